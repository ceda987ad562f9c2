//! FIDO's metadata (Metadata Service v3.1): which models there are, what their attestation leads to, what FIDO has certified and
//! what it warns of. Nothing is fetched and nothing is stored here: blob, roots and time are arguments.
//!
//! [`Metadata`] is what others judge by. Metadata older than its own `nextUpdate` may lack a revocation, so whoever judges by it
//! asks [`Metadata::freshness`] first, and answers `Unknown` where it is stale.

mod blob;
mod entry;
mod error;
mod jws;
mod metadata;
mod payload;
mod query;
mod status;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use blob::{Blob, SIGNER, SIZE_LIMIT, fido_roots};
pub use entry::{Entry, MetadataStatement, ProtocolVersion, UserVerification};
pub use error::Error;
pub use metadata::{Freshness, Lookup, Metadata, Origin};
pub use payload::{Payload, Unreadable};
pub use query::{Query, UnknownWord, transports};
pub use status::{AuthenticatorStatus, CertificationLevel, StatusReport, UnknownLevel};

/// The day in UTC, as the metadata's days are.
#[must_use]
pub fn date(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

/// The identifier of an attestation key: SHA-1 over the bits of `subjectPublicKey` (RFC 5280 §4.2.1.2, method 1). It finds
/// entries, and proves nothing.
#[must_use]
pub fn key_identifier(subject_public_key: &[u8]) -> Vec<u8> {
    let digest = &ring::digest::SHA1_FOR_LEGACY_USE_ONLY;
    ring::digest::digest(digest, subject_public_key)
        .as_ref()
        .to_vec()
}
