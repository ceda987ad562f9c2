//! The method in the directory: the one that was recorded, or none.

use crate::ceremony::parties::LAG_PAUSES;
use crate::ceremony::{Error, Parties};
use crate::encoding::base64url;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::KeyEnrolled;

/// Whether the directory has a key's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Registration {
    There,
    Gone,
}

/// The methods of an account; none of one that was deleted.
pub(super) async fn methods(
    account: &str,
    parties: &Parties<'_>,
) -> Result<Vec<Fido2AuthenticationMethod>, Error> {
    match parties.tenant()?.fido2_methods(account).await {
        Err(error) if error.status() == Some(404) => Ok(Vec::new()),
        methods => Ok(methods?),
    }
}

/// Looks for the method of a key. One with the recorded id and another model, or with the key's credential and another id, is
/// nothing that may be deleted in its name.
pub(super) fn find(
    key: &KeyEnrolled,
    methods: &[Fido2AuthenticationMethod],
) -> Result<Registration, Error> {
    let by_id = methods.iter().find(|method| method.id == key.method_id);
    let Some(method) = by_id else {
        let same_credential = methods
            .iter()
            .find(|method| base64url::names_credential(&method.id, &key.credential_id));
        return match same_credential {
            None => Ok(Registration::Gone),
            Some(other) => Err(Error::DirectoryMismatch {
                method_id: other.id.clone(),
                what: format!(
                    "it names the credential of {}, whose recorded method is {}",
                    key.label, key.method_id
                ),
            }),
        };
    };
    let expected = key.aaguid.to_string();
    match method.aa_guid.as_deref() {
        Some(found) if !found.eq_ignore_ascii_case(&expected) => Err(Error::DirectoryMismatch {
            method_id: method.id.clone(),
            what: format!("AAGUID {found} instead of {expected}"),
        }),
        _ => Ok(Registration::There),
    }
}

/// Deletes the method. One that is not there is as good as deleted.
pub(super) async fn delete(
    account: &str,
    method_id: &str,
    parties: &Parties<'_>,
) -> Result<(), Error> {
    let tenant = parties.tenant()?;
    match tenant.delete_fido2_method(account, method_id).await {
        Err(error) if error.status() == Some(404) => Ok(()),
        answer => Ok(answer?),
    }
}

/// Waits until the directory does not show the method any more.
pub(super) async fn until_gone(
    account: &str,
    method_id: &str,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    let mut pauses = LAG_PAUSES.into_iter();
    while is_shown(account, method_id, parties).await? {
        let Some(pause) = pauses.next() else {
            return Err(Error::DirectoryMismatch {
                method_id: method_id.to_owned(),
                what: "it was deleted and is still shown".to_owned(),
            });
        };
        let reason = "the directory still shows the registration";
        parties.pause(reason, pause).await?;
    }
    Ok(())
}

async fn is_shown(account: &str, method_id: &str, parties: &Parties<'_>) -> Result<bool, Error> {
    let methods = methods(account, parties).await?;
    Ok(methods.iter().any(|method| method.id == method_id))
}
