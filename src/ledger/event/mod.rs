//! What may happen, and what an entry says about it. Members that a body has beyond those listed here are kept and
//! ignored, so that a later version may say more.

mod audit;
pub(in crate::ledger) mod base64url_member;
mod ceremony;
mod config;
mod custody;
mod drill;
mod enroll;
mod key;
mod kind;
mod merged;
mod monitor;
mod observation;
mod pin;
mod reset;
mod retire;
mod review;
mod station;
mod tenant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use audit::TenantAudited;
pub use ceremony::{CeremonyFailed, CeremonyUndone, Step};
pub use config::{ConfigApplied, ConfigIntended, KeySettings};
pub use custody::{Custody, KeyHandedOver};
pub use drill::{AlertReceived, DrillAttempted, DrillCompleted, DrillIntended, LoggedSignIn};
pub use enroll::{
    EnrollCredentialCreated, EnrollIntended, EnrollPinSet, EnrollProven, EnrollRegistered,
};
pub use key::{
    Account, KeyChecked, KeyDescription, KeyEnrolled, KeyTested, Outcome, OutcomeVerdict,
};
pub use kind::NotAKind;
pub use merged::EntryMerged;
pub use monitor::{Alike, Log, LogEvent, Period, TenantMonitored, Unread};
pub use observation::{Latency, Observation};
pub use pin::{PinChanged, PinIntended, PinOpened, SealedPart, SealedSecret};
pub use reset::{ResetIntended, ResetPerformed};
pub use retire::{
    KeyRetired, RetireCredentialDeleted, RetireIntended, RetireMethodRemoved, RetireReason,
};
pub use review::{Answer, ReviewHeld, ReviewSigned, ReviewerJoined, ReviewerLeft};
pub use station::{StationJoined, StationRevoked};
pub use tenant::{
    ProvenAccount, TenantChange, TenantChangeIntended, TenantChanged, TenantExclusionProven,
    TenantObject, TenantPasswordOpened,
};

/// A body that lacks what its kind needs, or says it in another form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadBody(String);

/// The kinds and their bodies, from one list.
macro_rules! events {
    ($($(#[doc = $doc:literal])+ $kind:ident($body:ty) = $name:literal,)+) => {
        /// What an entry records. A kind of a later version is kept, so that its entries can still be shown and their hashes,
        /// signatures and proofs be verified.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Kind {
            $($(#[doc = $doc])+ $kind,)+
            /// A kind that this version does not know.
            Unknown(String),
        }

        impl Kind {
            /// Every kind that this version knows.
            #[cfg(test)]
            pub(in crate::ledger) const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The kind as it is written in an entry.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$kind => $name,)+
                    Self::Unknown(name) => name,
                }
            }

            fn known(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$kind),)+
                    _ => None,
                }
            }
        }

        /// A typed body.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[doc = $doc])+ $kind($body),)+
        }

        impl Event {
            /// Reads the body of an entry; nothing for a kind of a later version.
            ///
            /// # Errors
            /// When a member is missing or malformed.
            pub fn parse(kind: &Kind, body: &Map<String, Value>) -> Result<Option<Self>, BadBody> {
                Ok(match kind {
                    $(Kind::$kind => Some(Self::$kind(read(body)?)),)+
                    Kind::Unknown(_) => None,
                })
            }

            /// The kind of entry that records it.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)+
                }
            }

            /// The body as JSON.
            #[must_use]
            pub fn to_body(&self) -> Map<String, Value> {
                match self {
                    $(Self::$kind(body) => members(body),)+
                }
            }
        }
    };
}

events! {
    /// A drill was noticed by those who are to notice it.
    AlertReceived(AlertReceived) = "alert.received",
    /// A step of a ceremony failed; the ceremony stays open.
    CeremonyFailed(CeremonyFailed) = "ceremony.failed",
    /// A ceremony was taken back and is closed.
    CeremonyUndone(CeremonyUndone) = "ceremony.undone",
    /// The key has its new settings; closes the ceremony.
    ConfigApplied(ConfigApplied) = "config.applied",
    /// A station is about to change a key's settings.
    ConfigIntended(ConfigIntended) = "config.intended",
    /// The sign-in of a drill came to its end, well or not.
    DrillAttempted(DrillAttempted) = "drill.attempted",
    /// What was seen of a drill; closes the ceremony.
    DrillCompleted(DrillCompleted) = "drill.completed",
    /// Somebody is about to sign in with an emergency account.
    DrillIntended(DrillIntended) = "drill.intended",
    /// A credential was made on the key.
    EnrollCredentialCreated(EnrollCredentialCreated) = "enroll.credential_created",
    /// A station is about to provision a key.
    EnrollIntended(Box<EnrollIntended>) = "enroll.intended",
    /// The key has a PIN now.
    EnrollPinSet(EnrollPinSet) = "enroll.pin_set",
    /// The new credential proved itself before it was registered.
    EnrollProven(EnrollProven) = "enroll.proven",
    /// The tenant accepted the credential.
    EnrollRegistered(EnrollRegistered) = "enroll.registered",
    /// An entry of a branch, which a station wrote that could not reach the ledger.
    EntryMerged(EntryMerged) = "entry.merged",
    /// A key was checked, by an assertion or in vain.
    KeyChecked(KeyChecked) = "key.checked",
    /// A key is in service; closes its enrolment.
    KeyEnrolled(Box<KeyEnrolled>) = "key.enrolled",
    /// A key lies somewhere else, or with somebody else.
    KeyHandedOver(KeyHandedOver) = "key.handed_over",
    /// A key is out of service; closes its retirement.
    KeyRetired(KeyRetired) = "key.retired",
    /// A key was put through the test bench.
    KeyTested(KeyTested) = "key.tested",
    /// The key has its new PIN; closes the ceremony.
    PinChanged(PinChanged) = "pin.changed",
    /// A station is about to change a key's PIN.
    PinIntended(PinIntended) = "pin.intended",
    /// A sealed PIN was opened.
    PinOpened(PinOpened) = "pin.opened",
    /// A station is about to reset a key.
    ResetIntended(ResetIntended) = "reset.intended",
    /// The key is as it left the factory; closes the ceremony.
    ResetPerformed(ResetPerformed) = "reset.performed",
    /// The credential is no longer on the key.
    RetireCredentialDeleted(RetireCredentialDeleted) = "retire.credential_deleted",
    /// A station is about to take a key out of service.
    RetireIntended(RetireIntended) = "retire.intended",
    /// The tenant no longer knows the credential.
    RetireMethodRemoved(RetireMethodRemoved) = "retire.method_removed",
    /// Everything was looked at together.
    ReviewHeld(Box<ReviewHeld>) = "review.held",
    /// A reviewer vouches for a review.
    ReviewSigned(ReviewSigned) = "review.signed",
    /// A person introduced the credential with which they sign reviews.
    ReviewerJoined(Box<ReviewerJoined>) = "reviewer.joined",
    /// Nothing is signed by a person any more.
    ReviewerLeft(ReviewerLeft) = "reviewer.left",
    /// A station introduced its public key.
    StationJoined(StationJoined) = "station.joined",
    /// A station must not write any more.
    StationRevoked(StationRevoked) = "station.revoked",
    /// Somebody looked at the whole tenant.
    TenantAudited(TenantAudited) = "tenant.audited",
    /// A station is about to change something in the tenant.
    TenantChangeIntended(Box<TenantChangeIntended>) = "tenant.change_intended",
    /// The change was seen in the tenant; closes the ceremony.
    TenantChanged(TenantChanged) = "tenant.changed",
    /// What service and tool say of the emergency accounts if a policy is enforced.
    TenantExclusionProven(TenantExclusionProven) = "tenant.exclusion_proven",
    /// Somebody looked into the logs for the emergency accounts.
    TenantMonitored(TenantMonitored) = "tenant.monitored",
    /// The sealed password of an account was opened.
    TenantPasswordOpened(TenantPasswordOpened) = "tenant.password_opened",
}

fn read<T: DeserializeOwned>(body: &Map<String, Value>) -> Result<T, BadBody> {
    T::deserialize(body).map_err(|error| BadBody(super::entry::printable(&error)))
}

fn members(body: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(body) {
        Ok(Value::Object(members)) => members,
        _ => unreachable!("structs with text keys serialize to JSON objects"),
    }
}
