//! A method that no key of the ledger accounts for.

use super::remedy::remove_by_hand;
use super::{AccountFacts, Facts, Finding, FindingId, Line, Method, Service, Subject, quoted};
use crate::encoding::base64url;

pub(super) fn line(method: &Method, account: &AccountFacts, facts: &Facts) -> Line {
    let stored = facts.in_hand.iter().flat_map(|key| key.listed());
    let on_key = stored
        .into_iter()
        .find(|stored| base64url::names_credential(&method.id, &stored.id));
    let subject = Subject {
        label: None,
        account: Some(account.name.clone()),
        credential_id: on_key.map(|stored| stored.id.clone()),
        method_id: Some(method.id.clone()),
        aaguid: method.aaguid(),
        in_hand: on_key.is_some(),
    };
    let finding = another_accounts(method, facts).unwrap_or_else(|| {
        let mut what = format!("registered as {}", called(method));
        what.push_str(if on_key.is_some() {
            " and on the key in hand, and not in the ledger"
        } else {
            ", and no key of the ledger has the credential: whoever has that key can sign in"
        });
        Finding::new(
            FindingId::MethodWithoutKey,
            what,
            format!(
                "find the key, and enrol it here under a label; if it is nobody's, {}",
                remove_by_hand(method)
            ),
        )
    });
    Line::new(subject, vec![finding], "")
}

/// The key of another account that this is: by its credential, or by model and name.
fn another_accounts(method: &Method, facts: &Facts) -> Option<Finding> {
    let same = |key: &&super::RecordedKey| {
        let named = method.display_name.as_ref() == Some(&key.label);
        base64url::names_credential(&method.id, &key.credential_id)
            || (named && method.aaguid() == Some(key.aaguid))
    };
    let in_service = facts.keys.iter().filter(|key| key.service == Service::In);
    let key = in_service.into_iter().find(same)?;
    Some(Finding::new(
        FindingId::KeyOnTwoAccounts,
        format!(
            "registered as {}, which in the ledger is a key of {}",
            called(method),
            quoted(&key.account.upn)
        ),
        format!(
            "give each account keys of its own; {}",
            remove_by_hand(method)
        ),
    ))
}

fn called(method: &Method) -> String {
    let model = method
        .model
        .as_deref()
        .map(|model| format!(" ({})", quoted(model)));
    format!(
        "{}{}",
        quoted(method.display_name.as_deref().unwrap_or_default()),
        model.unwrap_or_default()
    )
}
