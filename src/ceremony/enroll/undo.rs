//! After a failure: take back what this ceremony made, and only that; record how far it came and what remains.

use crate::ceremony::enroll::run::{Creation, Method, PinState, Run};
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties};
use crate::ctap::Permissions;
use crate::encoding::hex;
use crate::ledger::{CeremonyFailed, CeremonyUndone, Event, Step as Reached};
use crate::secret::Pin;

/// Closes the ceremony and returns what the operator has to know.
pub(super) async fn after(error: Error, run: Run<'_>, parties: &mut Parties<'_>) -> Error {
    let error = parties.blame(error);
    let failed = CeremonyFailed {
        label: run.plan.label.clone(),
        reached: reached(&run),
        code: code(&error).to_owned(),
        message: in_full(&error),
        remains: None,
    };
    if run.pin_state == PinState::Set {
        parties
            .interaction
            .warn("the key keeps the PIN that was set");
    }
    let recorded = run.record(parties, Event::CeremonyFailed(failed)).await;
    let remains = match take_back(&run, parties) {
        Ok(undone) => match recorded {
            Ok(_) => run
                .record(parties, Event::CeremonyUndone(undone))
                .await
                .err()
                .map(unrecorded),
            Err(error) => Some(unrecorded(error)),
        },
        Err(remains) => Some(remains),
    };
    match remains {
        None => error,
        Some(remains) => Error::Stopped {
            ceremony: run.ceremony,
            remains,
            source: Box::new(error),
        },
    }
}

fn unrecorded(error: Error) -> String {
    format!(
        "nothing remains on the key or in the tenant, but the ledger could not record that ({})",
        in_full(&error)
    )
}

fn reached(run: &Run<'_>) -> Reached {
    match (&run.method, &run.creation, run.pin_state) {
        (Method::Registered(_), ..) => Reached::Registered,
        (_, Creation::Made(_), _) => Reached::CredentialCreated,
        (_, _, PinState::Set) => Reached::PinSet,
        (_, _, PinState::Unchanged | PinState::Unknown) => Reached::Intended,
    }
}

/// A short word for the ledger; the message says the rest.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Attestation(_) | Error::AttestationRefused { .. } => "attestation",
        Error::Cancelled => "cancelled",
        Error::Key(crate::ctap::Error::Pin { .. } | crate::ctap::Error::PinUnfit(_))
        | Error::Pin(_) => "pin",
        Error::AlreadyEnrolled { .. }
        | Error::Key(_)
        | Error::KeyProof(_)
        | Error::KeyUnfit(_)
        | Error::ModelRefused { .. }
        | Error::NoKeyInHand
        | Error::TooFewPinTries { .. }
        | Error::UnknownKey
        | Error::UnknownLabel(_)
        | Error::WrongKey { .. } => "key",
        Error::AccountUnfit { .. }
        | Error::DirectoryMismatch { .. }
        | Error::DisplayName(_)
        | Error::Tenant(_)
        | Error::NoTenant => "tenant",
        Error::LabelTaken { .. } | Error::Ledger(_) => "ledger",
        Error::Stopped { source, .. } => code(source),
    }
}

/// Removes the credential from the key unless the tenant knows it or may know it; the text says what remains.
fn take_back(run: &Run<'_>, parties: &mut Parties<'_>) -> Result<CeremonyUndone, String> {
    let undone = |credential_deleted| CeremonyUndone {
        label: run.plan.label.clone(),
        credential_deleted,
        method_deleted: false,
    };
    let credential = match (&run.creation, run.pin_state) {
        (Creation::Made(credential), _) => credential,
        (Creation::Unknown, _) => {
            return Err("whether the key made a credential is not known".to_owned());
        }
        (Creation::None, PinState::Unknown) => {
            return Err("whether the key took the new PIN is not known".to_owned());
        }
        (Creation::None, PinState::Set | PinState::Unchanged) => return Ok(undone(false)),
    };
    let id = hex::encode(&credential.id);
    match &run.method {
        Method::Registered(method) => {
            return Err(format!(
                "credential {id} is on the key and registered as method {}, but not proven",
                method.id
            ));
        }
        Method::Unknown => {
            return Err(format!(
                "credential {id} is on the key, and whether the tenant registered it is not known"
            ));
        }
        Method::Absent => {}
    }
    parties.interaction.begin(Step::UndoCredential);
    let deleted = delete(&credential.id, &run.pin, parties);
    match deleted {
        Ok(()) => {
            parties.interaction.done(Step::UndoCredential, &id);
            Ok(undone(true))
        }
        Err(error) => Err(format!(
            "credential {id} is on the key and not registered; removing it failed: {}",
            in_full(&error)
        )),
    }
}

fn delete(credential_id: &[u8], pin: &Pin, parties: &mut Parties<'_>) -> Result<(), Error> {
    let key = parties.key.in_hand_mut()?;
    let auth = key.pin_uv_auth(pin, Permissions::CM, None)?;
    Ok(key.delete_credential(credential_id, &auth)?)
}
