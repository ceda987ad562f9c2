//! An account itself: whether it is there, and anybody can sign in with it.

use super::{
    AccountFacts, Directory, Facts, Finding, FindingId, Line, RecordedKey, Registered, Subject,
    remedy,
};
use crate::ledger::{Account, RetireReason};

/// An account of which no other line speaks.
pub(super) fn line(account: &AccountFacts, facts: &Facts) -> Option<Line> {
    if facts
        .keys
        .iter()
        .any(|key| is_account_of(account, &key.account))
    {
        return None;
    }
    let findings: Vec<Finding> = match &account.directory {
        Ok(Directory::Account(there)) if !there.methods.is_empty() => return None,
        Ok(Directory::Account(there)) => standing(there, None).into_iter().collect(),
        Ok(Directory::NoSuchAccount) => vec![gone(None)],
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

pub(super) fn is_account_of(account: &AccountFacts, recorded: &Account) -> bool {
    let id = match &account.directory {
        Ok(Directory::Account(there)) => &there.id,
        _ => &account.asked_for,
    };
    *id == recorded.id
}

/// What an account that is there has against it; `key` is the one of the ledger that the finding is about.
pub(super) fn standing(there: &Registered, key: Option<&RecordedKey>) -> Option<Finding> {
    match there.enabled {
        Some(true) => None,
        Some(false) => Some(Finding::new(
            FindingId::AccountDisabled,
            "the account is disabled: nobody can sign in with it",
            or_retire("enable the account", key),
        )),
        None => Some(Finding::unknown(
            "the directory does not say whether the account is enabled",
        )),
    }
}

/// An account that is not there.
pub(super) fn gone(key: Option<&RecordedKey>) -> Finding {
    Finding::new(
        FindingId::AccountDeleted,
        "the account is not in the directory",
        or_retire(
            "for 30 days a deleted account can be restored in the Entra admin centre",
            key,
        ),
    )
}

fn or_retire(remedy: &str, key: Option<&RecordedKey>) -> String {
    match key {
        Some(key) => format!(
            "{remedy}; if it is not to come back, {}",
            remedy::retire(key, RetireReason::Rotated)
        ),
        None => remedy.to_owned(),
    }
}
