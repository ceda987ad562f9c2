//! What the tool is for, and the only place where key, tenant and ledger meet.
//!
//! A ceremony checks everything that can be checked read-only, writes its intent into the ledger, acts on the key, acts on
//! the tenant, and writes the outcome; each step leaves an entry before the next begins. It prints nothing, reads no
//! environment and opens no files: whoever calls it brings the parties and an [`interaction::Interaction`].
//!
//! CTAP is synchronous, because a key does one thing at a time; the tenant and the ledger are asynchronous. A ceremony blocks
//! while it talks to the key, so it runs on a thread of its own or as the main future of a runtime.

pub mod apply;
pub mod audit;
pub mod batch;
pub mod check;
pub mod doctor;
pub mod drill;
pub mod duty;
pub mod enroll;
pub mod error;
pub mod fitness;
pub mod handover;
pub mod history;
pub mod interaction;
pub mod key_compare;
pub mod key_config;
pub mod key_test;
pub mod monitor;
pub mod parties;
pub mod pin_change;
pub mod preflight;
pub mod reconcile;
pub mod reset;
pub mod resume;
pub mod retire;
pub mod review;
mod setback;
mod silent;
pub mod snapshot;
mod standards;
mod subject;
pub mod two_rooms;
mod unread;
mod user_verification;
pub mod what_if;

pub use error::Error;
pub use parties::{KeyInHand, Parties, Reopen};
pub use standards::{Assessment, Standards, recorded, reported, siblings};
