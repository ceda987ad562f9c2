//! What can be wrong with a ledger: a defect makes an entry, and all that follow it, worthless as evidence; a warning does
//! not. Each carries the evidence and has a stable code, which `docs/ledger-format.md` lists and the vectors use.

use jiff::Timestamp;

use super::chain::{EntryHash, EntryRef};
use super::entry::FormatError;
use super::event::{BadBody, Kind};
use super::proof::ProofDefect;
use super::state::CeremonyDefect;
use super::station::StationName;
use crate::encoding::base64url;

/// Why an entry is not valid where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// `key.enrolled` and the attestation object in it disagree in this member, or one cannot be read.
    #[error("{0} does not agree with the attestation object")]
    Attestation(&'static str),
    /// The body lacks what the kind needs.
    #[error("the body of {kind}: {error}")]
    Body {
        /// The entry's kind.
        kind: Kind,
        /// What is missing or malformed.
        error: BadBody,
    },
    /// The entry is out of order in its ceremony.
    #[error("{0}")]
    Ceremony(#[from] CeremonyDefect),
    /// The credential was enrolled before.
    #[error("the credential {} was enrolled before", base64url::encode(.0))]
    EnrolledTwice(Vec<u8>),
    /// Not an entry at all.
    #[error("{0}")]
    Format(#[from] FormatError),
    /// The entry names another place than its own.
    #[error("says it is entry {found}, stands at {expected}")]
    Index {
        /// Where it stands.
        expected: u64,
        /// What it says.
        found: u64,
    },
    /// The entry names a credential that is not enrolled.
    #[error("no key with the credential {} is enrolled", base64url::encode(.0))]
    KeyUnknown(Vec<u8>),
    /// An entry of a branch that is not valid where it is brought in.
    #[error("the merged entry {index}: {defect}")]
    Merged {
        /// Its index in the branch.
        index: u64,
        /// What is wrong with it.
        defect: Box<Defect>,
    },
    /// An entry of a branch is itself one that brings another in.
    #[error("the merged entry is itself merged")]
    MergedNested,
    /// The entry is known already.
    #[error("the merged entry {0} is known already")]
    MergedTwice(EntryHash),
    /// The entry does not follow one that is known.
    #[error("the merged entry follows {0}, which is not known")]
    MergedUnconnected(EntryHash),
    /// There is no such entry, but there are later ones.
    #[error("missing, although entry {next} exists")]
    Missing {
        /// The next entry that exists.
        next: u64,
    },
    /// A head that was noted elsewhere names another entry.
    #[error("has the hash {found}, the head that was noted is {noted}")]
    OtherHead {
        /// The hash that was noted.
        noted: EntryHash,
        /// The hash of the entry in the ledger.
        found: EntryHash,
    },
    /// The entry names another predecessor than the one before it.
    #[error("names {found} as its predecessor, which is {expected}")]
    Previous {
        /// The hash of the entry before it.
        expected: EntryHash,
        /// The hash that it names.
        found: EntryHash,
    },
    /// The proof is no proof.
    #[error("the proof: {0}")]
    Proof(#[from] ProofDefect),
    /// The proof is by another key than the body is about.
    #[error("the proof is by another key than the one in the body")]
    ProofByOtherKey,
    /// A review names an entry as the newest that it knows, and there is no such entry before it.
    #[error("the review names {0} as the newest entry that it knows, which is not known")]
    ReviewHead(EntryRef),
    /// The reviewer signed this review before.
    #[error("reviewer {0} signed this review before")]
    ReviewSignedTwice(String),
    /// No review was held in this entry.
    #[error("no review was held in entry {0}")]
    ReviewUnknown(EntryRef),
    /// A reviewer of that name joined before, and has not left.
    #[error("reviewer {0} joined before")]
    ReviewerJoinedTwice(String),
    /// Nobody of that name joined, or they have left.
    #[error("{0} is no reviewer")]
    ReviewerUnknown(String),
    /// A station revokes itself.
    #[error("station {0} revokes itself")]
    RevokedByItself(StationName),
    /// The key was retired before.
    #[error("the key with the credential {} was retired before", base64url::encode(.0))]
    RetiredTwice(Vec<u8>),
    /// The station's signature does not verify.
    #[error("the signature of station {0} does not verify")]
    Signature(StationName),
    /// The station's name was taken before.
    #[error("station {0} joined before")]
    StationJoinedTwice(StationName),
    /// A station introduces another name than it signs with.
    #[error("station {entry} introduces itself as {body}")]
    StationName {
        /// The entry's station.
        entry: StationName,
        /// The name in the body.
        body: StationName,
    },
    /// The station was revoked before.
    #[error("station {station} was revoked in entry {revoked}")]
    StationRevoked {
        /// The station.
        station: StationName,
        /// The entry that revoked it.
        revoked: u64,
    },
    /// The station never introduced itself.
    #[error("station {0} never joined")]
    StationUnknown(StationName),
    /// A head that was noted elsewhere names an entry beyond the last.
    #[error("missing, although it was noted as the head; the ledger has {entries} entries")]
    Truncated {
        /// How many entries there are.
        entries: u64,
    },
    /// What only the key can say is said without a proof by it.
    #[error("claims what takes a proof by the key, without one")]
    Unproven,
}

impl Defect {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Attestation(_) => "attestation",
            Self::Body { .. } => "body",
            Self::Ceremony(_) => "ceremony",
            Self::EnrolledTwice(_) => "enrolled-twice",
            Self::Format(FormatError::Malformed(_)) => "malformed",
            Self::Format(FormatError::NotCanonical(_)) => "not-canonical",
            Self::Format(FormatError::NotJson(_)) => "not-json",
            Self::Format(FormatError::TooLarge(_)) => "too-large",
            Self::Index { .. } => "index",
            Self::KeyUnknown(_) => "key-unknown",
            Self::Merged { defect, .. } => defect.code(),
            Self::MergedNested => "merged-nested",
            Self::MergedTwice(_) => "merged-twice",
            Self::MergedUnconnected(_) => "merged-unconnected",
            Self::Missing { .. } => "missing",
            Self::OtherHead { .. } => "other-head",
            Self::Previous { .. } => "previous",
            Self::Proof(proof) => proof.code(),
            Self::ProofByOtherKey => "proof-by-other-key",
            Self::ReviewHead(_) => "review-head",
            Self::ReviewSignedTwice(_) => "review-signed-twice",
            Self::ReviewUnknown(_) => "review-unknown",
            Self::ReviewerJoinedTwice(_) => "reviewer-joined-twice",
            Self::ReviewerUnknown(_) => "reviewer-unknown",
            Self::RevokedByItself(_) => "revoked-by-itself",
            Self::RetiredTwice(_) => "retired-twice",
            Self::Signature(_) => "signature",
            Self::StationJoinedTwice(_) => "station-joined-twice",
            Self::StationName { .. } => "station-name",
            Self::StationRevoked { .. } => "station-revoked",
            Self::StationUnknown(_) => "station-unknown",
            Self::Truncated { .. } => "truncated",
            Self::Unproven => "unproven",
        }
    }
}

impl ProofDefect {
    fn code(&self) -> &'static str {
        match self {
            Self::AnchorHash { .. } | Self::AnchorNotBefore { .. } => "proof-anchor",
            Self::AuthenticatorData(_) => "proof-authenticator-data",
            Self::ClientData => "proof-client-data",
            Self::Replayed => "proof-replayed",
            Self::RpId(_) => "proof-rp-id",
            Self::SignCount { .. } => "proof-sign-count",
            Self::Signature => "proof-signature",
            Self::UnknownCredential(_) => "proof-credential",
            Self::UserNotPresent | Self::UserNotVerified => "proof-flags",
        }
    }
}

/// What is odd about a ledger without making it invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// A station's clock was behind.
    #[error("entry {index} says {time}, the entry before it says {before}")]
    TimeWentBack {
        /// The entry.
        index: u64,
        /// The time of the entry before it.
        before: Timestamp,
        /// Its own time.
        time: Timestamp,
    },
    /// Something that is no entry lies among the entries.
    #[error("unexpected object {0}")]
    UnexpectedObject(String),
    /// A kind of a later version; its rules were not checked.
    #[error("entry {index} is of kind {kind}, which this version does not know")]
    UnknownKind {
        /// The entry.
        index: u64,
        /// Its kind.
        kind: String,
    },
}
