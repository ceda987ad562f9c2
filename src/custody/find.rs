//! Which sealed PINs the ledger holds of a key, and which passwords of an account.

use uuid::Uuid;

use crate::ledger::{
    Ceremony, CeremonyKind, CeremonyPhase, Event, SealedSecret, State, TenantChange,
};

/// What a sealed secret is, as far as the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The PIN that the key got last, the password with which the account was made.
    InForce,
    /// Of a ceremony that is not finished: key or account may have it or not.
    Intended(CeremonyKind),
    /// Of a ceremony that was asked for by its identifier, finished or undone.
    Past,
}

/// A sealed secret and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// What it is.
    pub standing: Standing,
    /// The ceremony that it was made for; none for the one in force.
    pub ceremony: Option<Uuid>,
    /// The secret.
    pub sealed: &'a SealedSecret,
}

/// The sealed PINs of the key that has this label: the one in force, and that of an open ceremony, which may or may not have
/// taken its place.
#[must_use]
pub fn find<'a>(state: &'a State, label: &str) -> Vec<Found<'a>> {
    let key = state.key_by_label(label);
    let in_force = key.and_then(|key| key.pin.as_ref()).map(|pin| Found {
        standing: Standing::InForce,
        ceremony: None,
        sealed: pin,
    });
    let open = state.open_ceremonies().into_iter();
    let open = open.filter(|ceremony| ceremony.label == label);
    in_force
        .into_iter()
        .chain(open.filter_map(|ceremony| {
            Some(Found {
                standing: Standing::Intended(ceremony.kind),
                ceremony: Some(ceremony.id),
                sealed: intended(ceremony)?,
            })
        }))
        .collect()
}

/// The PIN that a ceremony was to give the key, sealed.
#[must_use]
pub fn intended(ceremony: &Ceremony) -> Option<&SealedSecret> {
    match &ceremony.intent {
        Event::EnrollIntended(intent) => intent.pin.as_ref(),
        Event::PinIntended(intent) => intent.pin.as_ref(),
        _ => None,
    }
}

/// The sealed passwords of an account by its name, or, once it was made, by its identifier: the one that it was made with last, and
/// those of changes that are open. With `ceremony` that of this one, finished or undone.
#[must_use]
pub fn find_password<'a>(
    state: &'a State,
    account: &str,
    ceremony: Option<Uuid>,
) -> Vec<Found<'a>> {
    let all = state.ceremonies();
    let of_account = all.filter(|one| is_about(state, one, account));
    if let Some(id) = ceremony {
        let found = of_account.filter(|one| one.id == id);
        return found.filter_map(intended_password).collect();
    }
    let mut of_account: Vec<&Ceremony> = of_account.collect();
    of_account.sort_by_key(|one| one.entries.first().copied());
    // A new account may have the name of one that was deleted: then only the newest is in force.
    let is_made = |one: &&Ceremony| one.phase == CeremonyPhase::Completed;
    let made = of_account.iter().copied().rfind(is_made);
    let open = of_account.iter().copied().filter(|one| one.is_open());
    made.into_iter()
        .chain(open)
        .filter_map(intended_password)
        .collect()
}

/// Whether a ceremony was to make this account.
fn is_about(state: &State, ceremony: &Ceremony, account: &str) -> bool {
    let Event::TenantChangeIntended(intended) = &ceremony.intent else {
        return false;
    };
    let name = &intended.object.name;
    let mut made = state.owned_in(&intended.tenant);
    intended.change == TenantChange::CreateAccount
        && (name.eq_ignore_ascii_case(account)
            || made.any(|one| one.id.eq_ignore_ascii_case(account) && one.name == *name))
}

/// The password with which a ceremony was to make an account, sealed; none if it was kept nowhere.
fn intended_password(ceremony: &Ceremony) -> Option<Found<'_>> {
    let Event::TenantChangeIntended(intended) = &ceremony.intent else {
        return None;
    };
    Some(Found {
        standing: match ceremony.phase {
            CeremonyPhase::Completed => Standing::InForce,
            CeremonyPhase::Open(_) => Standing::Intended(ceremony.kind),
            CeremonyPhase::Undone => Standing::Past,
        },
        ceremony: Some(ceremony.id),
        sealed: intended.password.as_ref()?,
    })
}
