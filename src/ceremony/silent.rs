//! Asking a key whether it holds a credential, without touch, PIN or trace (CTAP 2.1 §6.2, `up` false).

use crate::ceremony::{Error, Parties};
use crate::ctap::command::{CredentialDescriptor, get_assertion};
use crate::ctap::status::Status;
use crate::ctap::{self, PinFailureKind, Wait};
use crate::webauthn::RpId;

/// Exclude and allow lists as CTAP writes them.
pub(crate) fn descriptors<'a>(
    ids: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<CredentialDescriptor> {
    ids.into_iter()
        .map(|id| CredentialDescriptor { id: id.to_vec() })
        .collect()
}

/// The first of these credentials that the key admits to hold. A key that does not answer silently, because it always verifies
/// the user or knows no silent assertion, admits to none.
pub(crate) fn held<'a>(
    parties: &mut Parties<'_>,
    rp_id: &RpId,
    ids: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<Vec<u8>>, Error> {
    let allow_list = descriptors(ids);
    if allow_list.is_empty() {
        return Ok(None);
    }
    let request = get_assertion::Request {
        allow_list,
        up: Some(false),
        ..get_assertion::Request::new(rp_id.clone(), parties.env.random())
    };
    match parties
        .key
        .in_hand_mut()?
        .get_assertion(&request, None, &mut Wait::unattended())
    {
        Ok(assertions) => Ok(assertions
            .into_iter()
            .find_map(|assertion| assertion.credential)
            .map(|credential| credential.id)),
        Err(ctap::Error::Status {
            status: Status::NoCredentials | Status::InvalidCredential,
            ..
        }) => Ok(None),
        Err(error) if wants_interaction(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the key refuses because it wants a touch or a PIN. Keys differ in the status they give.
pub(crate) fn wants_interaction(error: &ctap::Error) -> bool {
    match error {
        ctap::Error::Pin { failure, .. } => failure.kind == PinFailureKind::Required,
        ctap::Error::Status { status, .. } => matches!(
            status,
            Status::UnsupportedOption
                | Status::InvalidOption
                | Status::UpRequired
                | Status::OperationDenied
                | Status::NotAllowed
        ),
        _ => false,
    }
}
