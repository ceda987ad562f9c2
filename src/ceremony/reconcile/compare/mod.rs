//! The comparison itself: facts in, lines out, nothing asked.

mod account;
mod in_hand;
mod recorded;
mod registered;
mod remedy;
#[cfg(test)]
mod tests;

use super::facts::{
    AccountFacts, Directory, Facts, OpenCeremony, RecordedKey, Registered, Service, Today,
};
use super::finding::{Finding, FindingId, Line, Subject};
use crate::encoding::base64url;
use crate::graph::model::Fido2AuthenticationMethod as Method;
use crate::ledger::CeremonyKind;

/// One line per credential: the ledger's keys, the enrolments under way, what else is registered, what else is on the key in
/// hand; then the accounts of which nothing was said.
pub(super) fn compare(facts: &Facts) -> Vec<Line> {
    let mut lines: Vec<Line> = facts
        .keys
        .iter()
        .map(|key| recorded::line(key, facts))
        .collect();
    let enrolments = facts
        .ceremonies
        .iter()
        .filter(|ceremony| ceremony.kind == CeremonyKind::Enroll);
    lines.extend(enrolments.map(|ceremony| under_way(ceremony, facts)));
    for (account, there) in facts.registered() {
        let methods = there.methods.iter();
        let unrecorded = methods.filter(|method| !is_accounted_for(method, there, facts));
        lines.extend(unrecorded.map(|method| registered::line(method, account, facts)));
    }
    if let Some(key) = &facts.in_hand {
        lines.extend(in_hand::lines(key, facts));
    }
    lines.extend(
        facts
            .accounts
            .iter()
            .filter_map(|account| account::line(account, facts)),
    );
    lines
}

/// Whether the line of a key or of an enrolment speaks of this method.
fn is_accounted_for(method: &Method, there: &Registered, facts: &Facts) -> bool {
    let of_account = |id: &str| id == there.id;
    let recorded = facts.keys.iter().any(|key| {
        of_account(&key.account.id)
            && method_of(key, &there.methods, facts).is_some_and(|found| found.id == method.id)
    });
    recorded
        || facts
            .ceremonies
            .iter()
            .any(|ceremony| made(ceremony, method))
}

/// Whether the ceremony registered this method.
fn made(ceremony: &OpenCeremony, method: &Method) -> bool {
    let credential = ceremony.credential_id.as_deref();
    ceremony.kind == CeremonyKind::Enroll
        && (ceremony.method_id.as_ref() == Some(&method.id)
            || credential.is_some_and(|id| base64url::names_credential(&method.id, id)))
}

/// The method of a key: the one whose id names its credential, or else the one with the id on record, unless that id names the
/// credential of another key.
fn method_of<'a>(key: &RecordedKey, methods: &'a [Method], facts: &Facts) -> Option<&'a Method> {
    let named = |method: &&Method| base64url::names_credential(&method.id, &key.credential_id);
    let recorded =
        |method: &&Method| method.id == key.method_id && names_no_other(method, key, facts);
    methods
        .iter()
        .find(named)
        .or_else(|| methods.iter().find(recorded))
}

fn names_no_other(method: &Method, key: &RecordedKey, facts: &Facts) -> bool {
    let others = facts
        .keys
        .iter()
        .filter(|other| other.credential_id != key.credential_id);
    !others
        .into_iter()
        .any(|other| base64url::names_credential(&method.id, &other.credential_id))
}

/// An enrolment that is neither finished nor undone.
fn under_way(ceremony: &OpenCeremony, facts: &Facts) -> Line {
    let credential = ceremony.credential_id.as_deref();
    let subject = Subject {
        label: Some(ceremony.label.clone()),
        account: ceremony.account.as_ref().map(|account| account.upn.clone()),
        credential_id: ceremony.credential_id.clone(),
        method_id: ceremony.method_id.clone(),
        in_hand: credential.is_some_and(|id| facts.is_in_hand(id)),
        ..Subject::default()
    };
    Line::new(subject, vec![open(ceremony)], "")
}

fn open(ceremony: &OpenCeremony) -> Finding {
    let act = match ceremony.kind {
        CeremonyKind::Config => "a change of its settings",
        CeremonyKind::Drill => "a drill",
        CeremonyKind::Enroll => "its enrolment",
        CeremonyKind::Pin => "a change of its PIN",
        CeremonyKind::Reset => "its reset",
        CeremonyKind::Retire => "its retirement",
        CeremonyKind::Tenant => "a change of the tenant",
    };
    Finding::new(
        FindingId::CeremonyOpen,
        format!(
            "{act}, ceremony {}, was neither finished nor undone",
            ceremony.id
        ),
        "`halligan resume` says what is true, and finishes it or undoes it",
    )
}

/// Text of somebody else's, shown so that it can move no cursor.
fn quoted(text: &str) -> String {
    format!("{:?}", text.chars().take(64).collect::<String>())
}
