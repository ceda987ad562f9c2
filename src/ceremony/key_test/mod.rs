//! The test bench for one key: checks as data ([`CHECKS`]), each of which answers by a verdict with its reason, the numbers and
//! bytes behind it, and how long it took. Nothing stays on the key. A check never ends the run: only a key that is gone, a wrong
//! PIN or the operator does, and what was found till then is kept.
//!
//! Checks of [`Kind::Destructive`] are for a key that nobody uses yet. They set a PIN, store credentials, change settings; whatever
//! they find, the run ends with a reset. One that breaks off before tells what is on the key, its PIN included ([`LeftBehind`]).

mod bench;
mod check;
mod checks;
mod fresh;
mod latency;
mod line;
mod lockout;
mod observed;
mod obtain_pin;
mod own_pin;
mod plan;
mod plugging;
pub mod recorded;
mod reset;
mod run;
mod selection;
mod table;
mod throw_away;
mod traces;
mod wiped;

use crate::attestation::{Trust, Verdict};
use crate::ceremony::Error;
use crate::ceremony::interaction::{PinPurpose, PinUnavailable};
use crate::ctap::command::get_info;
use crate::ctap::hid::HidDevice;
use crate::ctap::{Cancel, Times};
use crate::env::Env;
use crate::secret::Pin;

pub use check::{Check, Kind, Need, Record, Tag};
pub use plan::Plan;
pub use run::run;
pub use selection::{Selection, SelectionError};
pub use table::CHECKS;
pub use traces::LeftBehind;

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

    /// Whether everything on the key may be lost: whoever is asked agrees, or there is a reason why not.
    ///
    /// # Errors
    /// [`Error::NotConfirmed`], before anything was written.
    fn agree(&mut self, plan: &Plan) -> Result<(), Error>;

    /// The key must be unplugged and plugged in again.
    fn reinsert_key(&mut self);

    /// The key must not be touched for up to a minute and a half.
    fn keep_off(&mut self);

    /// Asks for the PIN.
    ///
    /// # Errors
    /// When none can be had.
    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable>;
}

/// Opens the device again after it was unplugged; none while it is not back.
pub type Reconnect<'a> = dyn FnMut() -> Option<Box<dyn HidDevice>> + Send + 'a;

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
    /// For a key that is plugged in anew.
    pub reconnect: &'a mut Reconnect<'a>,
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
    /// What a run that broke off has left on the key.
    pub left_behind: Option<LeftBehind>,
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
