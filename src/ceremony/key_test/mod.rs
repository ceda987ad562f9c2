//! The test bench for one key: checks as data ([`CHECKS`]), each of which answers by a verdict with its reason, the numbers and
//! bytes behind it, and how long it took. Nothing stays on the key. A check never ends the run: only a key that is gone, a wrong
//! PIN or the operator does, and what was found till then is kept.

mod bench;
mod check;
mod checks;
mod latency;
mod observed;
mod obtain_pin;
pub mod recorded;
mod run;
mod selection;
mod table;
mod throw_away;

use crate::attestation::{Trust, Verdict};
use crate::ceremony::Error;
use crate::ceremony::interaction::{PinPurpose, PinUnavailable};
use crate::ctap::command::get_info;
use crate::ctap::{Cancel, Times};
use crate::env::Env;
use crate::secret::Pin;

pub use check::{Check, Kind, Need, Record, Tag};
pub use run::run;
pub use selection::{Selection, UnknownCheck};
pub use table::CHECKS;

/// Whoever watches a run and does what it asks for.
pub trait Witness: Send {
    /// It begins: how many checks, and how many touches at most.
    fn planned(&mut self, checks: usize, touches: u32);

    /// A check begins.
    fn begun(&mut self, check: &'static Check);

    /// A check has answered.
    fn ended(&mut self, record: &Record);

    /// The key waits for a touch, for this.
    fn touch_needed(&mut self, purpose: &str);

    /// The key must not be touched for up to a minute and a half.
    fn keep_off(&mut self);

    /// Asks for the PIN.
    ///
    /// # Errors
    /// When none can be had.
    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable>;
}

/// What a run needs besides the key.
pub struct Setting<'a> {
    /// What the key's attestation is judged by.
    pub trust: &'a Trust,
    /// Whoever watches.
    pub witness: &'a mut dyn Witness,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Clock and randomness.
    pub env: &'a Env,
    /// Whether a PIN try may leave fewer than three.
    pub spend_last_tries: bool,
}

/// What a run found.
#[derive(Debug)]
pub struct Tested {
    /// What the key said of itself when the run began; none if it said nothing that can be read.
    pub info: Option<get_info::Response>,
    /// One for each chosen check, in order.
    pub records: Vec<Record>,
    /// How long the commands took that needed no touch.
    pub times: Times,
    /// What ended the run before its end.
    pub broken_off: Option<Error>,
}

impl Tested {
    /// Whether all chosen checks passed, or had nothing to look at.
    #[must_use]
    pub fn passed(&self) -> bool {
        let good = |record: &Record| {
            matches!(
                record.verdict,
                Verdict::Pass | Verdict::NotApplicable { .. }
            )
        };
        self.broken_off.is_none() && self.records.iter().all(good)
    }
}
