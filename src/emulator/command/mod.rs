//! The commands of the authenticator, one file each (CTAP 2.1 §6). Every file reads its request itself and follows the
//! specification's numbered steps; step numbers in comments are of CTAP 2.1.

mod authenticator_config;
mod authorization;
mod bio_enrollment;
mod client_pin;
mod code;
mod creation;
mod credential_management;
mod extension;
mod get_assertion;
mod get_info;
mod hmac_secret;
mod large_blobs;
mod make_credential;
mod outcome;
mod reset;
mod sequence;
mod user_verification;

pub(super) use bio_enrollment::Enrollment;
pub use code::{Command, UnknownCommand};
pub(super) use outcome::{AfterTouch, Outcome, Reply};
pub(super) use sequence::Sequence;
