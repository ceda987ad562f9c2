//! The comparison itself: facts in, lines out, nothing asked.

mod in_hand;
mod recorded;
mod registered;
#[cfg(test)]
mod tests;

use super::facts::{
    AccountFacts, Directory, Facts, OpenCeremony, RecordedKey, Registered, Service,
};
use super::finding::{Finding, FindingId, Line, Subject};
use crate::encoding::base64url;
use crate::graph::model::Fido2AuthenticationMethod as Method;
use crate::ledger::{Account, CeremonyKind};
use crate::webauthn::Aaguid;

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
            .filter_map(|account| bare(account, facts)),
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
        CeremonyKind::Enroll => "its enrolment",
        CeremonyKind::Pin => "a change of its PIN",
        CeremonyKind::Reset => "its reset",
        CeremonyKind::Retire => "its retirement",
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

/// An account of which no other line speaks.
fn bare(account: &AccountFacts, facts: &Facts) -> Option<Line> {
    if facts
        .keys
        .iter()
        .any(|key| is_account_of(account, &key.account))
    {
        return None;
    }
    let findings: Vec<Finding> = match &account.directory {
        Ok(Directory::Account(there)) if !there.methods.is_empty() => return None,
        Ok(Directory::Account(there)) => of_account(there).into_iter().collect(),
        Ok(Directory::NoSuchAccount) => vec![no_such_account()],
        Err(why) => vec![Finding::unknown(format!(
            "the directory could not be asked: {why}"
        ))],
    };
    let begun = facts
        .ceremonies
        .iter()
        .filter_map(|ceremony| ceremony.account.as_ref());
    if findings.is_empty() && begun.into_iter().any(|begun| is_account_of(account, begun)) {
        return None;
    }
    let subject = Subject {
        account: Some(account.name.clone()),
        ..Subject::default()
    };
    let fine = "neither ledger nor directory has a key of this account";
    Some(Line::new(subject, findings, fine))
}

fn is_account_of(account: &AccountFacts, recorded: &Account) -> bool {
    let id = match &account.directory {
        Ok(Directory::Account(there)) => &there.id,
        _ => &account.asked_for,
    };
    *id == recorded.id
}

/// What an account that is there has against it.
fn of_account(there: &Registered) -> Option<Finding> {
    match there.enabled {
        Some(true) => None,
        Some(false) => Some(Finding::new(
            FindingId::AccountDisabled,
            "the account is disabled: nobody can sign in with it",
            "enable the account, or retire its keys",
        )),
        None => Some(Finding::unknown(
            "the directory does not say whether the account is enabled",
        )),
    }
}

fn no_such_account() -> Finding {
    Finding::new(
        FindingId::AccountDeleted,
        "the account is not in the directory",
        "for 30 days a deleted account can be restored in the Entra admin centre; if it is gone for good, retire its keys",
    )
}

/// The model that the directory says a method has.
fn model_of(method: &Method) -> Option<Aaguid> {
    method.aa_guid.as_deref()?.parse().ok()
}

/// Text of somebody else's, shown so that it can move no cursor.
fn quoted(text: &str) -> String {
    format!("{:?}", text.chars().take(64).collect::<String>())
}

/// Where a method is removed by hand.
fn remove_by_hand(method: &Method) -> String {
    format!(
        "remove the method {} in the Entra admin centre, under the account's authentication methods",
        quoted(&method.id)
    )
}
