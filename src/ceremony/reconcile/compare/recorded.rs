//! A key of the ledger: is what the ledger says true in the directory, and may the key be used?

use super::account::{self, is_account_of};
use super::remedy::{self, remove_by_hand};
use super::{
    AccountFacts, Directory, Facts, Finding, FindingId, Line, Method, RecordedKey, Registered,
    Service, Subject, Today, method_of, open, quoted,
};
use crate::encoding::base64url;
use crate::ledger::{CeremonyKind, RetireReason};
use crate::tenant::passkey_policy::{self, Attestation, Purpose, Ruling};

pub(super) fn line(key: &RecordedKey, facts: &Facts) -> Line {
    let account = facts
        .accounts
        .iter()
        .find(|account| is_account_of(account, &key.account));
    let mut findings = Vec::new();
    let mut method_id = None;
    match account.map(|account| &account.directory) {
        Some(Ok(Directory::Account(there))) => {
            let method = method_of(key, &there.methods, facts);
            method_id = method.map(|method| method.id.clone());
            findings.extend(in_directory(key, there, method, facts));
        }
        Some(Ok(Directory::NoSuchAccount)) if key.service == Service::In => {
            findings.push(account::gone(Some(key)));
        }
        Some(Ok(Directory::NoSuchAccount)) => {}
        Some(Err(why)) => findings.push(unasked(why)),
        None => findings.push(unasked("its account was not asked for")),
    }
    findings.extend(by_standards(key));
    findings.extend(on_two_accounts(key, facts));
    findings.extend(ceremonies(key, facts).map(open));
    let subject = Subject {
        label: Some(key.label.clone()),
        account: Some(
            account.map_or_else(|| key.account.upn.clone(), |account| account.name.clone()),
        ),
        credential_id: Some(key.credential_id.clone()),
        method_id: method_id.or_else(|| Some(key.method_id.clone())),
        aaguid: Some(key.aaguid),
        in_hand: facts.is_in_hand(&key.credential_id),
    };
    Line::new(subject, findings, fine(key))
}

fn fine(key: &RecordedKey) -> &'static str {
    match key.service {
        Service::In => "in service, registered, and of a model that is allowed",
        Service::Reset => "reset, and no longer registered",
        Service::Retired => "retired, and no longer registered",
    }
}

fn unasked(why: &str) -> Finding {
    Finding::unknown(format!("the directory could not be asked: {why}"))
}

/// The ceremonies on this key that are open. An enrolment under the same label is about another credential.
fn ceremonies<'a>(
    key: &'a RecordedKey,
    facts: &'a Facts,
) -> impl Iterator<Item = &'a super::OpenCeremony> {
    facts.ceremonies.iter().filter(|ceremony| {
        let same = ceremony
            .credential_id
            .as_ref()
            .is_none_or(|id| *id == key.credential_id);
        ceremony.kind != CeremonyKind::Enroll
            && ceremony.label == key.label
            && same
            && key.service == Service::In
    })
}

fn in_directory(
    key: &RecordedKey,
    there: &Registered,
    method: Option<&Method>,
    facts: &Facts,
) -> Vec<Finding> {
    match (key.service, method) {
        (Service::In, Some(method)) => {
            let account = account::standing(there, Some(key));
            let findings = account.into_iter().chain(mismatches(key, method, facts));
            findings.chain(by_policy(key, there, facts)).collect()
        }
        (Service::In, None) => account::standing(there, Some(key))
            .into_iter()
            .chain(missing(key, facts))
            .collect(),
        (Service::Reset, Some(method)) => vec![Finding::new(
            FindingId::ResetStillRegistered,
            "the key was reset, so nobody can sign in with it, and it is still registered",
            remove_by_hand(method),
        )],
        (Service::Retired, Some(method)) => vec![Finding::new(
            FindingId::RetiredStillRegistered,
            "the key was retired, and whoever has it and its PIN can still sign in",
            remove_by_hand(method),
        )],
        (Service::Reset | Service::Retired, None) => Vec::new(),
    }
}

/// A retirement that is open may have removed the method already.
fn missing(key: &RecordedKey, facts: &Facts) -> Option<Finding> {
    let retiring = ceremonies(key, facts).any(|ceremony| ceremony.kind == CeremonyKind::Retire);
    (!retiring).then(|| {
        Finding::new(
            FindingId::KeyWithoutMethod,
            "the key is in service, and the directory does not list its credential: nobody can sign in with it",
            format!(
                "a registration of the last minutes may not show yet; else {} and enrol the key anew",
                remedy::retire(key, RetireReason::Rotated)
            ),
        )
    })
}

/// What the directory says of the method that does not fit the record.
fn mismatches(key: &RecordedKey, method: &Method, facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(model) = method.aaguid().filter(|model| *model != key.aaguid) {
        findings.push(Finding::new(
            FindingId::MethodMismatch,
            format!("the directory has it as model {model}, the ledger as {}", key.aaguid),
            "do not rely on the key before you know why; `halligan check` tells whether it still signs",
        ));
    }
    if method.id != key.method_id {
        findings.push(Finding::new(
            FindingId::MethodMismatch,
            format!(
                "its method is {}, and on record is {}",
                quoted(&method.id),
                quoted(&key.method_id)
            ),
            format!(
                "somebody has registered the credential again, outside the record: {}, then {} and enrol the key anew",
                remove_by_hand(method),
                remedy::retire(key, RetireReason::Compromised)
            ),
        ));
    }
    if let Some(name) = method
        .display_name
        .as_deref()
        .filter(|name| *name != key.label)
    {
        findings.push(misnamed(key, name, facts));
    }
    findings
}

fn misnamed(key: &RecordedKey, name: &str, facts: &Facts) -> Finding {
    let another = facts.keys.iter().any(|other| {
        other.label == name
            && other.credential_id != key.credential_id
            && other.service == Service::In
    });
    let whose = if another {
        ", which is another key's label"
    } else {
        ""
    };
    Finding::new(
        FindingId::NameMismatch,
        format!("the directory calls it {}{whose}", quoted(name)),
        format!(
            "the directory's name cannot be changed; mark the key by its label, or {} and enrol it anew",
            remedy::retire(key, RetireReason::Rotated)
        ),
    )
}

/// What the passkey policy says of a sign-in with this key.
fn by_policy(key: &RecordedKey, there: &Registered, facts: &Facts) -> Option<Finding> {
    let policy = match &facts.policy {
        Ok(policy) => policy,
        Err(why) => {
            return Some(Finding::unknown(format!(
                "the passkey policy could not be read: {why}"
            )));
        }
    };
    let account = passkey_policy::Account {
        id: &there.id,
        groups: there.groups.as_deref().ok(),
    };
    let key = passkey_policy::Key {
        aaguid: Some(key.aaguid),
        attestation: Attestation::Unknown,
    };
    match passkey_policy::rule(policy, account, key, Purpose::SignIn) {
        Ruling::Allowed { .. } => None,
        Ruling::Refused { by, .. } => Some(Finding::new(
            FindingId::ModelNotAllowed,
            format!("the passkey policy does not take the key, so it is locked out already: {by}"),
            "change the passkey policy back, or enrol a key that it takes",
        )),
        Ruling::Unknown { why } => Some(Finding::unknown(format!("the passkey policy: {why}"))),
    }
}

/// What metadata and policy of today say of a key in service.
fn by_standards(key: &RecordedKey) -> Option<Finding> {
    let Today { against, unknown } = &key.today;
    if key.service != Service::In || (against.is_empty() && unknown.is_empty()) {
        return None;
    }
    if against.is_empty() {
        return Some(Finding::unknown(unknown.join("; ")));
    }
    Some(Finding::new(
        FindingId::KeyRefused,
        against.join("; "),
        format!(
            "enrol a key that policy and metadata take, then {}",
            remedy::retire(key, RetireReason::Rotated)
        ),
    ))
}

/// The other accounts that this key opens: its credential is registered there, or it holds a credential of theirs.
fn on_two_accounts(key: &RecordedKey, facts: &Facts) -> Option<Finding> {
    if key.service != Service::In {
        return None;
    }
    let others = registered_elsewhere(key, facts).chain(same_device(key, facts));
    let mut names: Vec<String> = others.collect();
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| {
        Finding::new(
            FindingId::KeyOnTwoAccounts,
            format!("the same key opens {} too", names.join(" and ")),
            format!(
                "losing it would lose both accounts: enrol a key of its own for this one, then {}",
                remedy::retire(key, RetireReason::Rotated)
            ),
        )
    })
}

fn registered_elsewhere<'a>(
    key: &'a RecordedKey,
    facts: &'a Facts,
) -> impl Iterator<Item = String> + 'a {
    let elsewhere = |there: &Registered| there.id != key.account.id && names_credential(there, key);
    facts
        .registered()
        .filter(move |(_, there)| elsewhere(there))
        .map(|(account, _): (&AccountFacts, _)| account.name.clone())
}

fn names_credential(there: &Registered, key: &RecordedKey) -> bool {
    let methods = there.methods.iter();
    methods
        .into_iter()
        .any(|method| base64url::names_credential(&method.id, &key.credential_id))
}

/// Records of other accounts that are about the same device: the same serial number of the same model, or both credentials on
/// the key in hand.
fn same_device<'a>(key: &'a RecordedKey, facts: &'a Facts) -> impl Iterator<Item = String> + 'a {
    let same = move |other: &RecordedKey| {
        let serial = key.serial.is_some() && key.serial == other.serial;
        let in_hand =
            facts.is_in_hand(&key.credential_id) && facts.is_in_hand(&other.credential_id);
        other.aaguid == key.aaguid && (serial || in_hand)
    };
    facts
        .keys
        .iter()
        .filter(move |other| other.account.id != key.account.id && other.service == Service::In)
        .filter(move |other| same(other))
        .map(|other| other.account.upn.clone())
}
