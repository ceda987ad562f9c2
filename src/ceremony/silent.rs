//! Asking a key whether it holds a credential, without touch, PIN or trace (CTAP 2.1 §6.2, `up` false).

use crate::ceremony::{Error, Parties};
use crate::ctap::command::{CredentialDescriptor, get_assertion};
use crate::ctap::status::Status;
use crate::ctap::{self, Authenticator, PinFailureKind, Wait};
use crate::env::Env;
use crate::webauthn::RpId;

/// Exclude and allow lists as CTAP writes them.
pub(crate) fn descriptors<'a>(
    ids: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<CredentialDescriptor> {
    ids.into_iter()
        .map(|id| CredentialDescriptor { id: id.to_vec() })
        .collect()
}

/// What a key says when it is asked silently for one of several credentials.
pub(crate) enum Answer {
    /// It holds this one, perhaps among others.
    Holds(Vec<u8>),
    /// It admits to none.
    HoldsNone,
    /// It always verifies the user, or knows no silent assertion.
    WillNotSay,
}

/// What a key says when it is asked silently for one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    /// It holds it.
    Holds,
    /// It does not.
    Lacks,
    /// It does not tell without touch or PIN.
    Unsaid,
}

/// Asks a key for one of these credentials.
pub(crate) fn ask<'a>(
    key: &mut Authenticator,
    env: &Env,
    rp_id: &RpId,
    ids: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Answer, Error> {
    let allow_list = descriptors(ids);
    let Some(first) = allow_list.first().map(|descriptor| descriptor.id.clone()) else {
        return Ok(Answer::HoldsNone);
    };
    let request = get_assertion::Request {
        allow_list,
        up: Some(false),
        ..get_assertion::Request::new(rp_id.clone(), env.random())
    };
    match key.get_assertion(&request, None, &mut Wait::unattended()) {
        // A key that was asked for one credential need not name it (CTAP 2.1 §6.2.2).
        Ok(assertions) => Ok(Answer::Holds(
            assertions
                .into_iter()
                .find_map(|assertion| assertion.credential)
                .map_or(first, |credential| credential.id),
        )),
        Err(ctap::Error::Status {
            status: Status::NoCredentials | Status::InvalidCredential,
            ..
        }) => Ok(Answer::HoldsNone),
        Err(error) if wants_interaction(&error) => Ok(Answer::WillNotSay),
        Err(error) => Err(error.into()),
    }
}

/// Whether the key holds this credential.
pub(crate) fn holding(
    parties: &mut Parties<'_>,
    rp_id: &RpId,
    credential_id: &[u8],
) -> Result<Holding, Error> {
    let key = parties.key.in_hand_mut()?;
    Ok(match ask(key, parties.env, rp_id, [credential_id])? {
        Answer::Holds(_) => Holding::Holds,
        Answer::HoldsNone => Holding::Lacks,
        Answer::WillNotSay => Holding::Unsaid,
    })
}

/// The first of these credentials that the key admits to hold. A key that does not answer silently admits to none.
pub(crate) fn held<'a>(
    parties: &mut Parties<'_>,
    rp_id: &RpId,
    ids: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Option<Vec<u8>>, Error> {
    match ask(parties.key.in_hand_mut()?, parties.env, rp_id, ids)? {
        Answer::Holds(id) => Ok(Some(id)),
        Answer::HoldsNone | Answer::WillNotSay => Ok(None),
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
