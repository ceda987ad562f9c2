//! What the tool is for, and the only place where key, tenant and ledger meet.
//!
//! A ceremony checks everything that can be checked read-only, writes its intent into the ledger, acts on the key, acts on
//! the tenant, and writes the outcome; each step leaves an entry before the next begins. It prints nothing, reads no
//! environment and opens no files: whoever calls it brings the parties and an [`interaction::Interaction`].
//!
//! CTAP is synchronous, because a key does one thing at a time; the tenant and the ledger are asynchronous. A ceremony blocks
//! while it talks to the key, so it runs on a thread of its own or as the main future of a runtime.

pub mod batch;
pub mod check;
pub mod enroll;
pub mod error;
pub mod fitness;
pub mod interaction;
pub mod parties;
pub mod reconcile;
mod silent;

pub use error::Error;
pub use parties::{KeyInHand, Parties};
