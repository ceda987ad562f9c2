//! The key in hand: whether it is one of ours, and what else is on it.

use super::{Directory, Facts, Finding, FindingId, Line, Subject, quoted};
use crate::ceremony::reconcile::facts::{KeyFacts, StoredCredential};
use crate::encoding::{base64url, hex};

pub(super) fn lines(key: &KeyFacts, facts: &Facts) -> Vec<Line> {
    let unknown_to_ledger = key.listed().filter(|stored| !is_recorded(stored, facts));
    let orphans = unknown_to_ledger.filter(|stored| !is_registered(stored, facts));
    let orphans = orphans.map(|stored| orphan(stored, key, facts));
    itself(key, facts).into_iter().chain(orphans).collect()
}

fn is_recorded(stored: &StoredCredential, facts: &Facts) -> bool {
    let recorded = facts
        .keys
        .iter()
        .any(|known| known.credential_id == stored.id);
    let mut open = facts.ceremonies.iter();
    recorded || open.any(|ceremony| ceremony.credential_id.as_ref() == Some(&stored.id))
}

/// Whether the line of a method speaks of it.
fn is_registered(stored: &StoredCredential, facts: &Facts) -> bool {
    let names = |id: &str| base64url::names_credential(id, &stored.id);
    let mut methods = facts.registered().flat_map(|(_, there)| &there.methods);
    methods.any(|method| names(&method.id))
}

/// What there is to say of the key as a whole; nothing if it holds a credential that the ledger knows.
fn itself(key: &KeyFacts, facts: &Facts) -> Option<Line> {
    let known = facts.keys.iter().map(|known| &known.credential_id);
    let begun = facts
        .ceremonies
        .iter()
        .filter_map(|ceremony| ceremony.credential_id.as_ref());
    let is_ours = known.chain(begun).any(|id| key.holds(id));
    let finding = match &key.contents {
        Some(Err(why)) if is_ours => Finding::unknown(format!("what is on it: {why}")),
        _ if is_ours => return None,
        Some(Ok(_)) => stranger("holds no credential of the ledger", ""),
        _ if key.is_silent => Finding::unknown(
            "it says nothing without a touch or a PIN; --contents asks for the PIN and looks",
        ),
        _ => stranger(
            "admits to no credential of the ledger",
            "; a credential that shows itself only for the PIN is found with --contents",
        ),
    };
    let subject = Subject {
        aaguid: Some(key.aaguid),
        in_hand: true,
        ..Subject::default()
    };
    Some(Line::new(subject, vec![finding], ""))
}

fn stranger(what: &str, further: &str) -> Finding {
    Finding::new(
        FindingId::KeyNotEnrolled,
        format!("the key in hand {what}: nobody enrolled it here, or it was reset since"),
        format!("enrol it, or keep it out of the safe{further}"),
    )
}

/// A credential that neither ledger nor directory knows, if the directory could be asked for its account.
fn orphan(stored: &StoredCredential, key: &KeyFacts, facts: &Facts) -> Line {
    let name = stored.user_name.as_deref();
    let account = name.and_then(|name| {
        let mut accounts = facts.accounts.iter();
        accounts.find(|account| {
            [&account.name, &account.asked_for]
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
        })
    });
    let shown = quoted(name.unwrap_or("an account without a name"));
    let finding = match account.map(|account| &account.directory) {
        Some(Ok(Directory::Account(_))) => Finding::new(
            FindingId::OrphanCredential,
            format!("on the key in hand for {shown}, and neither ledger nor directory knows it"),
            format!(
                "`halligan key credentials delete --device {} --id {}`",
                key.address,
                hex::encode(&stored.id)
            ),
        ),
        Some(Ok(Directory::NoSuchAccount)) => Finding::unknown(format!(
            "on the key in hand for {shown}, which is not in the directory: renamed, deleted, or of another tenant"
        )),
        Some(Err(why)) => Finding::unknown(format!(
            "on the key in hand for {shown}, for which the directory could not be asked: {why}"
        )),
        None => Finding::unknown(format!(
            "on the key in hand for {shown}; with --account the directory is asked for it"
        )),
    };
    let subject = Subject {
        account: name.map(str::to_owned),
        credential_id: Some(stored.id.clone()),
        aaguid: Some(key.aaguid),
        in_hand: true,
        ..Subject::default()
    };
    Line::new(subject, vec![finding], "")
}
