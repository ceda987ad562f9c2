//! Which keys an account keeps, and which of them work as far as anybody knows.

use crate::ceremony::retire::Plan;
use crate::encoding::base64url;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{CeremonyKind, EnrolledKey, Entry, Event, KeyEnrolled, Ledger, State};

/// An emergency access account never drops below this many working keys by our hand, unless its name is typed.
pub const WORKING_KEYS_KEPT: usize = 2;

/// Another key in service of the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its label.
    pub label: String,
    /// Whether the directory has its credential.
    pub registered: bool,
    /// Whether its last check passed; a key that was never checked proved itself at its enrolment or not at all.
    pub proven: bool,
    /// Whether another retirement of it is under way.
    pub leaving: bool,
}

impl Kept {
    /// In service, registered, and its last proof passed.
    #[must_use]
    pub fn works(&self) -> bool {
        self.registered && self.proven && !self.leaving
    }

    /// For people.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match (self.leaving, self.registered, self.proven) {
            (true, ..) => "is being retired too",
            (_, false, _) => "not registered in the directory",
            (_, _, false) => "its last check did not pass",
            _ => "works",
        }
    }
}

/// The account's keys in service besides this one.
pub(super) fn kept(
    leaving: &KeyEnrolled,
    methods: &[Fido2AuthenticationMethod],
    ledger: &Ledger,
) -> Vec<Kept> {
    let state = ledger.state();
    state
        .keys_in_service()
        .filter(|key| {
            key.enrolled.account.id == leaving.account.id
                && key.enrolled.credential_id != leaving.credential_id
        })
        .map(|key| Kept {
            label: key.enrolled.label.clone(),
            registered: is_registered(&key.enrolled, methods),
            proven: last_proof_passed(key, ledger.entries()),
            leaving: is_leaving(&key.enrolled.label, state),
        })
        .collect()
}

/// Whether a retirement of the key is under way.
pub(crate) fn is_leaving(label: &str, state: &State) -> bool {
    let open = state.open_ceremonies().into_iter();
    open.filter(|open| open.kind == CeremonyKind::Retire)
        .any(|open| open.label == label)
}

/// Under its own credential id: a method that somebody made with another key is no way in for this one.
fn is_registered(key: &KeyEnrolled, methods: &[Fido2AuthenticationMethod]) -> bool {
    methods
        .iter()
        .any(|method| base64url::names_key(&method.id, &key.method_id, &key.credential_id))
}

/// Whether a key proved itself when it was last asked to.
pub(crate) fn last_proof_passed(key: &EnrolledKey, entries: &[Entry]) -> bool {
    let checks = entries.iter().rev().filter_map(event);
    let of_this_key = checks.filter_map(|event| match event {
        Event::KeyChecked(checked) if checked.credential_id == key.enrolled.credential_id => {
            Some(checked.passed)
        }
        _ => None,
    });
    let last = of_this_key.into_iter().next();
    last.unwrap_or(key.last_proof.is_some())
}

/// What an entry says, or the one of a branch that it brings in.
fn event(entry: &Entry) -> Option<Event> {
    let merged = entry.merged();
    merged.as_ref().unwrap_or(entry).event().ok()?
}

/// What a person reads before typing the account's name.
pub(super) fn stakes(plan: &Plan) -> String {
    let account = &plan.key.enrolled.account.upn;
    let working = plan.working();
    let mut text = format!(
        "Without {} the account {account} has {working} working keys; {WORKING_KEYS_KEPT} are the least.",
        plan.key.enrolled.label
    );
    for key in &plan.kept {
        text.push_str(&format!("\n  {}: {}", key.label, key.describe()));
    }
    text
}
