//! The ledger: who holds which key, provably. An append-only, hash-chained sequence of small signed JSON objects in a
//! directory or an object store; `docs/ledger-format.md` is normative, and a second verifier in Python agrees with it.
//!
//! [`Ledger`] writes for a [`Station`], [`Reader`] reads and verifies without one; opening either writes nothing. What an entry says is an [`Event`]; what
//! all entries add up to is the [`State`]. A [`Proof`] is a key's own word, made in two halves around the key:
//!
//! ```text
//! let draft = Draft::new(&event, ceremony);          // the body is final from here on
//! let request = ledger.prove(&draft)?;               // anchored at the ledger's head
//! …getAssertion(rp_id, request.client_data_hash(), allow list)…   // key.enrolled: with user verification
//! let proof = request.complete(credential_id, authenticator_data, signature);
//! ledger.append(draft.with_proof(proof)).await?;
//! ```

pub mod branch;
mod canonical;
mod chain;
mod defect;
pub mod document;
mod entry;
mod error;
mod event;
mod keyring;
mod lock;
mod proof;
mod reader;
mod state;
mod station;
mod store;
#[cfg(test)]
pub(crate) mod tests;
mod told;
mod verify;
mod whole_seconds;
mod writer;

pub use canonical::{Error as CanonicalError, hash as canonical_hash};
pub use chain::{EntryHash, EntryRef, NotAHash, NotAnEntryRef};
pub use defect::{Defect, Warning};
pub use entry::{Draft, Entry, FormatError, SIZE_LIMIT};
pub use error::Error;
pub use event::{
    Account, AlertReceived, Alike, Answer, BadBody, CeremonyFailed, CeremonyUndone, ConfigApplied,
    ConfigIntended, Custody, DrillAttempted, DrillCompleted, DrillIntended,
    EnrollCredentialCreated, EnrollIntended, EnrollPinSet, EnrollProven, EnrollRegistered,
    EntryMerged, Event, KeyChecked, KeyDescription, KeyEnrolled, KeyHandedOver, KeyRetired,
    KeySettings, KeyTested, Kind, Latency, Log, LogEvent, LoggedSignIn, NotAKind, Observation,
    Outcome, OutcomeVerdict, Period, PinChanged, PinIntended, PinOpened, ProvenAccount,
    ResetIntended, ResetPerformed, RetireCredentialDeleted, RetireIntended, RetireMethodRemoved,
    RetireReason, ReviewHeld, ReviewSigned, ReviewerJoined, ReviewerLeft, SealedPart, SealedSecret,
    StationJoined, StationRevoked, Step, TenantAudited, TenantChange, TenantChangeIntended,
    TenantChanged, TenantExclusionProven, TenantMonitored, TenantObject, TenantPasswordOpened,
    Unread,
};
pub use lock::StationLock;
pub use proof::{ORIGIN, Proof, ProofDefect, ProofRequest};
pub use reader::Reader;
pub use state::{
    Ceremony, CeremonyDefect, CeremonyKind, CeremonyPhase, EarlyProof, EnrolledKey, JoinedStation,
    Moment, OwnedObject, Review, Reviewer, Revocation, Signature, State,
};
pub use station::{NotAStationName, Station, StationError, StationName};
pub use store::{Settings, Store};
pub(crate) use told::{Branches, Lineage, Told};
pub use verify::{Failure, Verification};
pub use writer::Ledger;
