//! Who can get at a PIN, or at the password of an account that the tool made. It is made here ([`generate`]), sealed to its custodians before key or account gets it ([`seal`]), and opened
//! with what they hold ([`open()`]). `docs/ledger-format.md` section 10 has the format, `docs/custody.md` the reasons.
//!
//! With a threshold of 1 every custodian can open it alone. With a larger one each holds a [`Share`], and fewer shares than
//! the threshold say nothing about it.

mod custodian;
mod error;
mod find;
mod generate;
mod identity;
mod recipient;
mod seal;
mod sealable;
mod share;
#[cfg(test)]
mod tests;

pub use custodian::{Custodian, Custodians, Warning};
pub use error::Error;
pub use find::{Found, Standing, find, find_password, intended};
pub use generate::{Alphabet, PinPolicy, generate, generate_password, is_trivial};
pub use identity::{Identity, IdentityError};
pub use recipient::{NotARecipient, Recipient};
pub use seal::{Opened, OpenedShare, names, open, open_shares, seal};
pub use sealable::Sealable;
pub use share::{Share, ShareError, combine};
