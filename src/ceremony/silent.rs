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

/// What a key says, asked silently whether it holds a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    /// It holds it.
    Holds,
    /// It does not.
    Lacks,
    /// It does not tell without touch or PIN.
    Unsaid,
}

/// Whether the key holds this credential.
pub(crate) fn holding(
    parties: &mut Parties<'_>,
    rp_id: &RpId,
    credential_id: &[u8],
) -> Result<Holding, Error> {
    match ask(parties, rp_id, descriptors([credential_id])) {
        Ok(_) => Ok(Holding::Holds),
        Err(Error::Key(error)) if holds_none(&error) => Ok(Holding::Lacks),
        Err(Error::Key(error)) if wants_interaction(&error) => Ok(Holding::Unsaid),
        Err(error) => Err(error),
    }
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
    match ask(parties, rp_id, allow_list) {
        Ok(assertions) => Ok(assertions
            .into_iter()
            .find_map(|assertion| assertion.credential)
            .map(|credential| credential.id)),
        Err(Error::Key(error)) if holds_none(&error) || wants_interaction(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn ask(
    parties: &mut Parties<'_>,
    rp_id: &RpId,
    allow_list: Vec<CredentialDescriptor>,
) -> Result<Vec<get_assertion::Response>, Error> {
    let request = get_assertion::Request {
        allow_list,
        up: Some(false),
        ..get_assertion::Request::new(rp_id.clone(), parties.env.random())
    };
    Ok(parties
        .key
        .in_hand_mut()?
        .get_assertion(&request, None, &mut Wait::unattended())?)
}

fn holds_none(error: &ctap::Error) -> bool {
    matches!(
        error,
        ctap::Error::Status {
            status: Status::NoCredentials | Status::InvalidCredential,
            ..
        }
    )
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
