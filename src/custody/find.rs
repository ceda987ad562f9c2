//! Which sealed PINs the ledger holds of a key.

use uuid::Uuid;

use crate::ledger::{Ceremony, CeremonyKind, Event, SealedPin, State};

/// What a sealed PIN is, as far as the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The PIN that the key got last.
    InForce,
    /// The PIN of a ceremony that is not finished: the key may have it or not.
    Intended(CeremonyKind),
    /// The PIN of a ceremony that was asked for by its identifier, finished or undone.
    Past,
}

/// A sealed PIN and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// What it is.
    pub standing: Standing,
    /// The ceremony that it was made for; none for the one in force.
    pub ceremony: Option<Uuid>,
    /// The PIN.
    pub pin: &'a SealedPin,
}

/// The sealed PINs of the key that has this label: the one in force, and that of an open ceremony, which may or may not have
/// taken its place.
#[must_use]
pub fn find<'a>(state: &'a State, label: &str) -> Vec<Found<'a>> {
    let key = state.key_by_label(label);
    let in_force = key.and_then(|key| key.pin.as_ref()).map(|pin| Found {
        standing: Standing::InForce,
        ceremony: None,
        pin,
    });
    let open = state.open_ceremonies().into_iter();
    let open = open.filter(|ceremony| ceremony.label == label);
    in_force
        .into_iter()
        .chain(open.filter_map(|ceremony| {
            Some(Found {
                standing: Standing::Intended(ceremony.kind),
                ceremony: Some(ceremony.id),
                pin: intended(ceremony)?,
            })
        }))
        .collect()
}

/// The PIN that a ceremony was to give the key, sealed.
#[must_use]
pub fn intended(ceremony: &Ceremony) -> Option<&SealedPin> {
    match &ceremony.intent {
        Event::EnrollIntended(intent) => intent.pin.as_ref(),
        Event::PinIntended(intent) => intent.pin.as_ref(),
        _ => None,
    }
}
