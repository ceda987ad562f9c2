//! Many enrolments from one plan.
//!
//! ```text
//! plan       read and held against itself
//! resolve    against ledger, directory and policy; nothing begins while a key of the plan is impossible
//! run        keys with an address side by side, each on a thread with a ledger of its own; the others one after the other
//! ```
//!
//! Each key is an enrolment like any other, and leaves the same entries. A failure ends its own key's ceremony and no other's; what
//! is enrolled already is passed over when the plan is run again.

mod admissible;
mod one_by_one;
mod plan;
mod resolve;
mod run;

use crate::ceremony::Error;
use crate::ceremony::enroll::{Enrolled, Request};
use crate::ceremony::interaction::Interaction;
use crate::ctap::hid::Address;
use crate::ctap::{Authenticator, Cancel};
use crate::env::Env;
use crate::graph::Client;
use crate::ledger::Ledger;

pub use one_by_one::one_by_one;
pub use plan::{KeyError, PlanError, PlannedKey, parse};
pub use resolve::{Resolution, Resolved, Todo, resolve};
pub use run::side_by_side;

/// A key that was opened, and what its connection says of it.
pub struct Connected {
    /// The key.
    pub authenticator: Authenticator,
    /// For the record: how it is connected.
    pub transport: String,
    /// The serial number, where the operating system shows one.
    pub serial: Option<String>,
}

/// Where the work is done: what only the command line knows.
pub trait Workshop: Sync {
    /// Why a key was not enrolled.
    type Error: From<Error> + Send;

    /// Opens the key at an address.
    ///
    /// # Errors
    /// When it is not there, or cannot be used.
    fn open(&self, address: &Address) -> Result<Connected, Self::Error>;

    /// The keys that are plugged in now.
    ///
    /// # Errors
    /// When the operating system does not list its devices.
    fn plugged_in(&self) -> Result<Vec<Address>, Self::Error>;

    /// A handle on the ledger, for one worker.
    ///
    /// # Errors
    /// When it cannot be read, or does not verify.
    fn ledger(&self) -> impl Future<Output = Result<Ledger, Self::Error>>;

    /// The person, as they are asked about the key with this label.
    fn person(&self, label: &str) -> Box<dyn Interaction + '_>;

    /// The next key has to be plugged in, and will have this label.
    fn insert_key(&self, label: &str);

    /// What to ask of the enrolment.
    fn request(&self, line: &Resolved, key: &Connected) -> Request;

    /// The enrolment of the key at this place of the plan has ended.
    fn ended(&self, index: usize, result: Result<Enrolled, Self::Error>);
}

/// Who takes part in every enrolment.
#[derive(Clone, Copy)]
pub struct Common<'a> {
    /// The plan.
    pub resolution: &'a Resolution,
    /// The tenant.
    pub tenant: &'a Client,
    /// Raised by Ctrl-C.
    pub cancel: &'a Cancel,
    /// Clock and randomness.
    pub env: &'a Env,
}
