//! Which keys of an account work: registered in the tenant, known to the ledger, proven by an assertion, and of a model that the
//! passkey policy takes now.

use std::collections::BTreeSet;

use super::draft::Draft;
use crate::encoding::{base64url, shell_word};
use crate::graph::model::PasskeyType;
use crate::tenant::passkey_policy::{self, Attestation, Key, Purpose, Ruling};
use crate::tenant::snapshot::{Account, Snapshot};
use crate::webauthn::Aaguid;

/// A key in service, as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Its label.
    pub label: String,
    /// The object id of the account that it opens.
    pub account: String,
    /// Its credential.
    pub credential_id: Vec<u8>,
    /// The authentication method's id on record.
    pub method_id: String,
    /// Its model.
    pub aaguid: Aaguid,
    /// Whether its last proof passed, and nobody is taking it out of service.
    pub proven: bool,
}

/// The labels of an account's working keys, and why others are none.
#[must_use]
pub fn working(
    account: &Account,
    known: &[KnownKey],
    snapshot: &Snapshot,
) -> (Vec<String>, Vec<String>) {
    let Some(person) = account.person() else {
        return (Vec::new(), Vec::new());
    };
    let (mut working, mut not) = (Vec::new(), Vec::new());
    for key in known
        .iter()
        .filter(|key| key.account.eq_ignore_ascii_case(&person.id))
    {
        match stands(key, account, person.groups.as_deref(), snapshot) {
            Ok(()) => working.push(key.label.clone()),
            Err(why) => not.push(format!("{} {why}", key.label)),
        }
    }
    (working, not)
}

fn stands(
    key: &KnownKey,
    account: &Account,
    groups: Option<&[String]>,
    snapshot: &Snapshot,
) -> Result<(), String> {
    if !key.proven {
        return Err("has not proven itself at its last check".to_owned());
    }
    let registered = account.keys.as_ref().map_err(|unread| {
        format!(
            "may not be registered, which could not be read: {}",
            unread.why
        )
    })?;
    let is_it = |id: &str| base64url::names_key(id, &key.method_id, &key.credential_id);
    match registered.iter().find(|method| is_it(&method.id)) {
        None => return Err("is not registered in the tenant".to_owned()),
        Some(method) if method.passkey_type == Some(PasskeyType::Synced) => {
            return Err("is a synced passkey, and lies with somebody's provider".to_owned());
        }
        Some(_) => {}
    }
    let policy = snapshot.passkeys.as_ref().map_err(|unread| {
        format!(
            "may not be accepted, since the passkey policy could not be read: {}",
            unread.why
        )
    })?;
    let of = passkey_policy::Account {
        id: &key.account,
        groups,
    };
    let key = Key {
        aaguid: Some(key.aaguid),
        // Attestation counts at registration only, and it is registered.
        attestation: Attestation::Verified,
    };
    match passkey_policy::rule(policy, of, key, Purpose::SignIn) {
        Ruling::Allowed { .. } => Ok(()),
        Ruling::Refused { by, .. } => Err(format!("is not accepted: {by}")),
        Ruling::Unknown { why } => Err(format!("may not be accepted: {why}")),
    }
}

/// Accounts without enough of them. Keys are enrolled by people, one in each hand.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let known = draft.wish.keys.iter().map(|key| key.label.clone());
    let mut taken: BTreeSet<String> = known.collect();
    for (account, target) in draft.targets() {
        let wish = draft.wish;
        let (working, not) = working(account, wish.keys, wish.snapshot);
        let missing = wish.desired.keys_per_account.saturating_sub(working.len());
        if missing == 0 {
            continue;
        }
        // A label has at most 30 characters.
        let local: String = target
            .name
            .chars()
            .take_while(|one| *one != '@')
            .take(26)
            .collect();
        let numbers = working.len() + 1..;
        let labels = numbers.map(|number| format!("{local}-{number}"));
        let free: Vec<String> = labels
            .filter(|one| !taken.contains(one))
            .take(missing)
            .collect();
        taken.extend(free.iter().cloned());
        // Without a place the key would be in service, and overdue for custody from then on.
        let command = |label| {
            let account = shell_word(&target.name);
            format!(
                "halligan enroll --account {account} --label {label} --location PLACE --custodian NAME"
            )
        };
        let mut why = format!(
            "{} of {} keys work",
            working.len(),
            wish.desired.keys_per_account
        );
        if !not.is_empty() {
            why = format!("{why}; {}", not.join("; "));
        }
        draft.by_command(
            format!("enrol keys for {}", target.name),
            why,
            free.iter().map(command).collect(),
        );
    }
}

/// The fewest emergency accounts: one can be locked out, and its keys can be lost.
const FEWEST_ACCOUNTS: usize = 2;

/// What of accounts and their keys is too few to enforce anything, for people.
pub(super) fn lacking(draft: &Draft<'_>) -> Vec<String> {
    let wish = draft.wish;
    let wanted = wish.desired.keys_per_account;
    let too_few = draft.targets().into_iter().filter_map(|(account, target)| {
        let (working, _) = working(account, wish.keys, wish.snapshot);
        (working.len() < wanted).then(|| {
            format!(
                "{} has {} of {wanted} working keys",
                target.name,
                working.len()
            )
        })
    });
    let ids: BTreeSet<&str> = draft
        .accounts
        .iter()
        .map(|one| one.target.id.as_str())
        .collect();
    let accounts = (ids.len() < FEWEST_ACCOUNTS).then(|| {
        format!(
            "at least {FEWEST_ACCOUNTS} emergency accounts are needed, not {}",
            ids.len()
        )
    });
    accounts.into_iter().chain(too_few).collect()
}
