//! The order in which a ceremony's entries come. An intent opens it; the latest step may be repeated, none may be skipped or
//! taken back; failing leaves it open; the outcome or undoing closes it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::ledger::entry::Entry;
use crate::ledger::event::{DrillAttempted, EnrollCredentialCreated, Event, Kind, Step};

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CeremonyKind {
    /// Change a key's settings.
    Config,
    /// Sign in with an emergency account.
    Drill,
    /// Put a key into service.
    Enroll,
    /// Change a key's PIN.
    Pin,
    /// Make a key as it left the factory.
    Reset,
    /// Take a key out of service.
    Retire,
    /// Change something in the tenant.
    Tenant,
}

impl CeremonyKind {
    /// The first word of its entries' kinds.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Drill => "drill",
            Self::Enroll => "enroll",
            Self::Pin => "pin",
            Self::Reset => "reset",
            Self::Retire => "retire",
            Self::Tenant => "tenant",
        }
    }
}

/// Where a ceremony stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyPhase {
    /// It reached its end.
    Completed,
    /// Not finished; this step is done.
    Open(Step),
    /// Taken back.
    Undone,
}

/// A ceremony as far as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Its identifier.
    pub id: Uuid,
    /// What it is for.
    pub kind: CeremonyKind,
    /// The label of the key, or the name of the change of the tenant or of the drill.
    pub label: String,
    /// What was intended.
    pub intent: Event,
    /// Where it stands.
    pub phase: CeremonyPhase,
    /// The credential that it is about; in an enrolment the one that was created last.
    pub credential_id: Option<Vec<u8>>,
    /// Enrolment: the credential that was created last, with all that registering it needs.
    pub created: Option<EnrollCredentialCreated>,
    /// Enrolment: the credentials that were created before that one, and given up.
    pub earlier_credentials: Vec<Vec<u8>>,
    /// Enrolment: whether the credential that was created last may have been deleted from the key since.
    pub deleting: bool,
    /// Enrolment: whether it gave the key its PIN.
    pub pin_set: bool,
    /// Enrolment: the proof that the key gave before the tenant knew of it.
    pub proven: Option<EarlyProof>,
    /// Enrolment: the authentication method's identifier, once the tenant accepted the credential.
    pub method_id: Option<String>,
    /// Drill: what came of the sign-in.
    pub attempted: Option<DrillAttempted>,
    /// Its entries, oldest first.
    pub entries: Vec<u64>,
}

/// A proof by a key that is not enrolled yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyProof {
    /// The entry with the proof.
    pub index: u64,
    /// When it was written.
    pub time: Timestamp,
    /// The signature counter.
    pub sign_count: u32,
}

/// What is wrong with an entry's place in its ceremony.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyDefect {
    /// The ceremony was completed or undone before.
    #[error("{kind} in ceremony {ceremony}, which is closed")]
    Closed {
        /// The entry's kind.
        kind: Kind,
        /// The ceremony.
        ceremony: Uuid,
    },
    /// The same ceremony is intended twice.
    #[error("ceremony {0} was intended before")]
    IntendedTwice(Uuid),
    /// An entry of a ceremony names none.
    #[error("{0} without a ceremony")]
    None(Kind),
    /// A step is skipped, taken back, or of another kind of ceremony.
    #[error("{kind} in ceremony {ceremony}, which has reached {reached:?}")]
    Order {
        /// The entry's kind.
        kind: Kind,
        /// The ceremony.
        ceremony: Uuid,
        /// The last step that the ledger knows of.
        reached: Step,
    },
    /// The entry is about another credential than the ceremony.
    #[error("{kind} in ceremony {ceremony} is about another credential than the ceremony")]
    OtherCredential {
        /// The entry's kind.
        kind: Kind,
        /// The ceremony.
        ceremony: Uuid,
    },
    /// The ceremony was never intended.
    #[error("{kind} in ceremony {ceremony}, which was never intended")]
    Unknown {
        /// The entry's kind.
        kind: Kind,
        /// The ceremony.
        ceremony: Uuid,
    },
}

/// What an entry does to its ceremony.
enum Move {
    Opens(CeremonyKind),
    /// Possible after any of these steps.
    Reaches(CeremonyKind, &'static [Step], Step),
    Completes(CeremonyKind, &'static [Step]),
    Fails,
    Undoes,
}

/// Nothing for an event that is no part of a ceremony.
fn movement(event: &Event) -> Option<Move> {
    use CeremonyKind::{Config, Drill, Enroll, Pin, Reset, Retire, Tenant};
    use Step::{
        Attempted, CredentialCreated, CredentialDeleted, Intended, MethodRemoved, PinSet, Proven,
        Registered,
    };
    Some(match event {
        Event::AlertReceived(_)
        | Event::EntryMerged(_)
        | Event::KeyChecked(_)
        | Event::KeyHandedOver(_)
        | Event::KeyTested(_)
        | Event::PinOpened(_)
        | Event::ReviewHeld(_)
        | Event::ReviewSigned(_)
        | Event::ReviewerJoined(_)
        | Event::ReviewerLeft(_)
        | Event::StationJoined(_)
        | Event::StationRevoked(_)
        | Event::TenantAudited(_)
        | Event::TenantExclusionProven(_)
        | Event::TenantMonitored(_)
        | Event::TenantPasswordOpened(_) => return None,
        Event::CeremonyFailed(_) => Move::Fails,
        Event::CeremonyUndone(_) => Move::Undoes,
        Event::ConfigIntended(_) => Move::Opens(Config),
        Event::ConfigApplied(_) => Move::Completes(Config, &[Intended]),
        Event::DrillIntended(_) => Move::Opens(Drill),
        Event::DrillAttempted(_) => Move::Reaches(Drill, &[Intended, Attempted], Attempted),
        Event::DrillCompleted(_) => Move::Completes(Drill, &[Intended, Attempted]),
        Event::PinIntended(_) => Move::Opens(Pin),
        Event::PinChanged(_) => Move::Completes(Pin, &[Intended]),
        Event::ResetIntended(_) => Move::Opens(Reset),
        Event::ResetPerformed(_) => Move::Completes(Reset, &[Intended]),
        Event::TenantChangeIntended(_) => Move::Opens(Tenant),
        Event::TenantChanged(_) => Move::Completes(Tenant, &[Intended]),
        Event::EnrollIntended(_) => Move::Opens(Enroll),
        Event::EnrollPinSet(_) => Move::Reaches(Enroll, &[Intended, PinSet], PinSet),
        Event::EnrollCredentialCreated(_) => Move::Reaches(
            Enroll,
            &[Intended, PinSet, CredentialCreated, Proven],
            CredentialCreated,
        ),
        Event::EnrollProven(_) => Move::Reaches(Enroll, &[CredentialCreated, Proven], Proven),
        Event::EnrollRegistered(_) => {
            Move::Reaches(Enroll, &[CredentialCreated, Proven, Registered], Registered)
        }
        Event::KeyEnrolled(_) => Move::Completes(Enroll, &[Registered]),
        Event::RetireIntended(_) => Move::Opens(Retire),
        Event::RetireMethodRemoved(_) => {
            Move::Reaches(Retire, &[Intended, MethodRemoved], MethodRemoved)
        }
        Event::RetireCredentialDeleted(_) => Move::Reaches(
            Retire,
            &[MethodRemoved, CredentialDeleted],
            CredentialDeleted,
        ),
        Event::KeyRetired(_) => Move::Completes(Retire, &[MethodRemoved, CredentialDeleted]),
    })
}

/// The credential that an entry of a ceremony is about.
fn credential(event: &Event) -> Option<&[u8]> {
    match event {
        Event::EnrollCredentialCreated(body) => Some(&body.credential_id),
        Event::EnrollProven(body) => Some(&body.credential_id),
        Event::EnrollRegistered(body) => Some(&body.credential_id),
        Event::KeyEnrolled(body) => Some(&body.credential_id),
        Event::KeyRetired(body) => Some(&body.credential_id),
        Event::ResetIntended(body) => Some(&body.credential_id),
        Event::ResetPerformed(body) => Some(&body.credential_id),
        Event::RetireCredentialDeleted(body) => Some(&body.credential_id),
        Event::RetireIntended(body) => Some(&body.credential_id),
        _ => None,
    }
}

/// The label of the key that a ceremony is opened for, or the name of the change or the drill.
fn label(intent: &Event) -> &str {
    match intent {
        Event::ConfigIntended(body) => &body.label,
        Event::DrillIntended(body) => &body.label,
        Event::EnrollIntended(body) => &body.label,
        Event::PinIntended(body) => &body.label,
        Event::ResetIntended(body) => &body.label,
        Event::RetireIntended(body) => &body.label,
        Event::TenantChangeIntended(body) => &body.label,
        _ => "",
    }
}

/// The ceremony as it stands after this entry, which is or was brought in by the one at `index`; nothing for an event that is no
/// part of one.
pub(super) fn after(
    before: Option<&Ceremony>,
    entry: &Entry,
    event: &Event,
    index: u64,
) -> Result<Option<Ceremony>, CeremonyDefect> {
    let Some(movement) = movement(event) else {
        return Ok(None);
    };
    let kind = || entry.kind.clone();
    let id = entry.ceremony.ok_or_else(|| CeremonyDefect::None(kind()))?;
    match (movement, before) {
        (Move::Opens(_), Some(_)) => Err(CeremonyDefect::IntendedTwice(id)),
        (Move::Opens(purpose), None) => Ok(Some(Ceremony::opened(id, purpose, event, index))),
        (_, None) => Err(CeremonyDefect::Unknown {
            kind: kind(),
            ceremony: id,
        }),
        (movement, Some(before)) => {
            let mut after = before.advanced(&movement, &entry.kind, event)?;
            after.entries.push(index);
            Ok(Some(after))
        }
    }
}

impl Ceremony {
    fn opened(id: Uuid, kind: CeremonyKind, intent: &Event, index: u64) -> Self {
        Self {
            id,
            kind,
            label: label(intent).to_owned(),
            phase: CeremonyPhase::Open(Step::Intended),
            credential_id: credential(intent).map(<[u8]>::to_vec),
            intent: intent.clone(),
            created: None,
            earlier_credentials: Vec::new(),
            deleting: false,
            pin_set: false,
            proven: None,
            method_id: None,
            attempted: None,
            entries: vec![index],
        }
    }

    /// Whether it was neither completed nor undone.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.phase, CeremonyPhase::Open(_))
    }

    fn advanced(
        &self,
        movement: &Move,
        kind: &Kind,
        event: &Event,
    ) -> Result<Self, CeremonyDefect> {
        let CeremonyPhase::Open(reached) = self.phase else {
            return Err(CeremonyDefect::Closed {
                kind: kind.clone(),
                ceremony: self.id,
            });
        };
        let possible = match movement {
            Move::Opens(_) => false,
            Move::Fails | Move::Undoes => true,
            Move::Reaches(purpose, steps, _) | Move::Completes(purpose, steps) => {
                *purpose == self.kind && steps.contains(&reached)
            }
        };
        if !possible {
            return Err(CeremonyDefect::Order {
                kind: kind.clone(),
                ceremony: self.id,
                reached,
            });
        }
        let mut after = self.clone();
        after.take_in(event);
        if after.credential_id.as_deref() != credential(event).or(after.credential_id.as_deref()) {
            return Err(CeremonyDefect::OtherCredential {
                kind: kind.clone(),
                ceremony: self.id,
            });
        }
        match movement {
            Move::Opens(_) | Move::Fails => {}
            Move::Reaches(_, _, step) => after.phase = CeremonyPhase::Open(*step),
            Move::Completes(..) => after.phase = CeremonyPhase::Completed,
            Move::Undoes => after.phase = CeremonyPhase::Undone,
        }
        if !after.is_open() {
            after.created = None;
        }
        Ok(after)
    }

    fn take_in(&mut self, event: &Event) {
        match event {
            Event::EnrollPinSet(_) => self.pin_set = true,
            Event::CeremonyFailed(failed) => self.deleting |= failed.deletes_credential,
            Event::EnrollCredentialCreated(created) => {
                let earlier = self.created.take().map(|earlier| earlier.credential_id);
                self.earlier_credentials.extend(earlier);
                self.deleting = false;
                self.credential_id = Some(created.credential_id.clone());
                self.created = Some(created.clone());
                self.proven = None;
            }
            Event::DrillAttempted(attempted) => self.attempted = Some(attempted.clone()),
            Event::EnrollRegistered(registered) => {
                self.method_id = Some(registered.method_id.clone());
            }
            _ => {}
        }
    }
}
