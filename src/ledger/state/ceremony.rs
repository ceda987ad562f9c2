//! The order in which an enrolment's entries come: intended, PIN set (if it is), credential created, registered, and then the
//! key is enrolled. The latest step may be repeated, none may be skipped or taken back; failing leaves the ceremony open,
//! undoing closes it.

use uuid::Uuid;

use crate::ledger::entry::Entry;
use crate::ledger::event::{EnrollStep, Event, Kind};

/// An enrolment as far as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Its identifier.
    pub id: Uuid,
    /// The label of the key.
    pub label: String,
    /// Where it stands.
    pub phase: CeremonyPhase,
    /// The credential that was created last.
    pub credential_id: Option<Vec<u8>>,
    /// Its entries, oldest first.
    pub entries: Vec<u64>,
}

/// Where a ceremony stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CeremonyPhase {
    /// The key is enrolled.
    Completed,
    /// Not finished; this step is done.
    Open(EnrollStep),
    /// Taken back.
    Undone,
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
    /// An entry of an enrolment names no ceremony.
    #[error("{0} without a ceremony")]
    None(Kind),
    /// A step is skipped or taken back.
    #[error("{kind} in ceremony {ceremony}, which has reached {reached:?}")]
    Order {
        /// The entry's kind.
        kind: Kind,
        /// The ceremony.
        ceremony: Uuid,
        /// The last step that the ledger knows of.
        reached: EnrollStep,
    },
    /// The entry is about another credential than the ceremony created.
    #[error("{kind} in ceremony {ceremony} is about a credential that the ceremony did not create")]
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

/// The ceremony as it stands after this entry; nothing for an event that is no part of one.
pub(super) fn after(
    before: Option<&Ceremony>,
    entry: &Entry,
    event: &Event,
) -> Result<Option<Ceremony>, CeremonyDefect> {
    if matches!(event, Event::KeyChecked(_) | Event::StationJoined(_)) {
        return Ok(None);
    }
    let kind = entry.kind.clone();
    let id = entry.ceremony.ok_or(CeremonyDefect::None(kind.clone()))?;
    if let Event::EnrollIntended(intended) = event {
        return match before {
            Some(_) => Err(CeremonyDefect::IntendedTwice(id)),
            None => Ok(Some(Ceremony {
                id,
                label: intended.label.clone(),
                phase: CeremonyPhase::Open(EnrollStep::Intended),
                credential_id: None,
                entries: vec![entry.index],
            })),
        };
    }
    let ceremony = kind.clone();
    let before = before.ok_or(CeremonyDefect::Unknown {
        kind: ceremony,
        ceremony: id,
    })?;
    let mut after = before.advanced(&kind, event)?;
    after.entries.push(entry.index);
    Ok(Some(after))
}

impl Ceremony {
    fn advanced(&self, kind: &Kind, event: &Event) -> Result<Self, CeremonyDefect> {
        let CeremonyPhase::Open(reached) = self.phase else {
            return Err(CeremonyDefect::Closed {
                kind: kind.clone(),
                ceremony: self.id,
            });
        };
        let mut after = self.clone();
        let (needed, phase) = match event {
            Event::EnrollFailed(_) => return Ok(after),
            Event::EnrollUndone(_) => {
                after.phase = CeremonyPhase::Undone;
                return Ok(after);
            }
            Event::EnrollCredentialCreated(created) => {
                after.credential_id = Some(created.credential_id.clone());
                let step = EnrollStep::CredentialCreated;
                (EnrollStep::Intended..=step, CeremonyPhase::Open(step))
            }
            Event::EnrollRegistered(registered) => {
                self.expect_credential(kind, &registered.credential_id)?;
                let step = EnrollStep::Registered;
                (
                    EnrollStep::CredentialCreated..=step,
                    CeremonyPhase::Open(step),
                )
            }
            Event::KeyEnrolled(enrolled) => {
                self.expect_credential(kind, &enrolled.credential_id)?;
                let step = EnrollStep::Registered;
                (step..=step, CeremonyPhase::Completed)
            }
            _ => {
                let step = EnrollStep::PinSet;
                (EnrollStep::Intended..=step, CeremonyPhase::Open(step))
            }
        };
        if !needed.contains(&reached) {
            return Err(CeremonyDefect::Order {
                kind: kind.clone(),
                ceremony: self.id,
                reached,
            });
        }
        after.phase = phase;
        Ok(after)
    }

    fn expect_credential(&self, kind: &Kind, credential_id: &[u8]) -> Result<(), CeremonyDefect> {
        match &self.credential_id {
            Some(created) if created != credential_id => Err(CeremonyDefect::OtherCredential {
                kind: kind.clone(),
                ceremony: self.id,
            }),
            _ => Ok(()),
        }
    }
}
