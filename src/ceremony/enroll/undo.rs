//! Taking back what an enrolment made, and only that: after a failure, or when somebody decides so later.

use crate::ceremony::enroll::Terms;
use crate::ceremony::enroll::identity;
use crate::ceremony::enroll::in_tenant::{LOST_ANSWER_PAUSES, manages_credentials};
use crate::ceremony::enroll::run::{Run, intent};
use crate::ceremony::enroll::user::has_pin;
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::parties::LAG_PAUSES;
use crate::ceremony::{Error, Parties};
use crate::ctap::Permissions;
use crate::encoding::{base64url, hex};
use crate::ledger::{
    Ceremony, CeremonyFailed, CeremonyPhase, CeremonyUndone, EntryRef, Event, Step as Reached,
};

/// After a failure: records how far it came, deletes the credential unless the tenant knows it or may know it, and returns what
/// the operator has to know.
pub(super) async fn after(error: Error, mut run: Run<'_>, parties: &mut Parties<'_>) -> Error {
    let error = parties.blame(error);
    let remains = match run.after_failure(&error, parties).await {
        Ok(()) => return error,
        Err(remains) => remains,
    };
    Error::Stopped {
        ceremony: run.ceremony,
        remains,
        source: Box::new(error),
    }
}

impl Run<'_> {
    /// The text says what remains.
    async fn after_failure(
        &mut self,
        error: &Error,
        parties: &mut Parties<'_>,
    ) -> Result<(), String> {
        let recorded = self.recorded(parties).map_err(|error| in_full(&error))?;
        let remains = self.beyond_recall(&recorded);
        let made = self.made.as_ref().map(|credential| credential.id.clone());
        let failed = Event::CeremonyFailed(CeremonyFailed {
            label: self.intent.label.clone(),
            reached: reached(&recorded, made.is_some()),
            code: error.code().to_owned(),
            message: in_full(error),
            remains: remains.clone(),
            deletes_credential: remains.is_none() && made.is_some(),
        });
        if recorded.pin_set {
            parties
                .interaction
                .warn("the key keeps the PIN that was set");
        }
        let written = parties.record(self.ceremony, &failed).await;
        if let Some(remains) = remains {
            return Err(remains);
        }
        if let (Err(error), Some(_)) = (&written, &recorded.created) {
            return Err(unrecorded("the credential is on the key", error));
        }
        if let Some(id) = &made {
            self.delete(std::slice::from_ref(id), parties)
                .map_err(|error| not_removed(id, &error))?;
        }
        let settings = self.close_settings(parties).await;
        settings.map_err(|error| unrecorded("the key's settings may have changed", &error))?;
        let undone = self.undone(made.is_some(), false);
        let nothing = "nothing remains on the key or in the tenant";
        written.map_err(|error| unrecorded(nothing, &error))?;
        let closed = parties.record(self.ceremony, &undone).await;
        closed.map_err(|error| unrecorded(nothing, &error))?;
        Ok(())
    }

    /// What must not be deleted without looking at key and tenant first.
    fn beyond_recall(&self, recorded: &Ceremony) -> Option<String> {
        let made = self.made.as_ref().map(|credential| &credential.id);
        let id = made.or(recorded.credential_id.as_ref());
        let id = hex::encode(id.map_or(&[], Vec::as_slice));
        if let Some(method_id) = self.method_id.as_ref().or(recorded.method_id.as_ref()) {
            Some(format!(
                "credential {id} is on the key and registered as method {method_id}, but not proven"
            ))
        } else if self.unanswered.registration {
            Some(format!(
                "credential {id} is on the key, and whether the tenant registered it is not known"
            ))
        } else if self.unanswered.creation {
            Some("whether the key made a credential is not known".to_owned())
        } else if self.unanswered.pin {
            Some("whether the key took the new PIN is not known".to_owned())
        } else {
            None
        }
    }

    fn delete(&mut self, ids: &[Vec<u8>], parties: &mut Parties<'_>) -> Result<(), Error> {
        parties.interaction.begin(Step::UndoCredential);
        for id in ids {
            let auth = self.verify_user(Permissions::CM, parties)?;
            let key = parties.key.in_hand_mut()?;
            key.delete_credential(id, &auth)?;
            parties
                .interaction
                .done(Step::UndoCredential, &hex::encode(id));
        }
        Ok(())
    }

    fn undone(&self, credential_deleted: bool, method_deleted: bool) -> Event {
        Event::CeremonyUndone(CeremonyUndone {
            label: self.intent.label.clone(),
            credential_deleted,
            method_deleted,
            pin: None,
        })
    }

    /// Deletes what the directory shows of this ceremony's credentials.
    async fn remove_methods(&self, parties: &mut Parties<'_>) -> Result<bool, Error> {
        let recorded = self.recorded(parties)?;
        let account = &self.intent.account.id;
        let mut removed = false;
        for id in credentials_of(&recorded) {
            let tenant = parties.tenant()?;
            let mut found = tenant.fido2_method_of_credential(account, &id).await?;
            if found.is_none() && recorded.credential_id.as_deref() == Some(id.as_slice()) {
                // It may have been sent a moment ago, or be hidden behind a directory that lags.
                let pauses = match recorded.method_id {
                    Some(_) => &LAG_PAUSES[..],
                    None => &LOST_ANSWER_PAUSES[..],
                };
                found = self.look_for(&id, pauses, parties).await?;
            }
            if let Some(method) = found {
                parties.interaction.begin(Step::UndoRegistration);
                let tenant = parties.tenant()?;
                tenant.delete_fido2_method(account, &method.id).await?;
                parties
                    .interaction
                    .done(Step::UndoRegistration, &format!("method {}", method.id));
                removed = true;
            }
        }
        Ok(removed)
    }

    /// The credentials of this account on the key that this ceremony made, recorded or not: those that neither the tenant nor
    /// another entry of the ledger knows.
    async fn own_on_key(&mut self, parties: &mut Parties<'_>) -> Result<Vec<Vec<u8>>, Error> {
        let recorded = self.recorded(parties)?;
        let own = credentials_of(&recorded);
        let methods = parties
            .tenant()?
            .fido2_methods(&self.intent.account.id)
            .await?;
        let auth = self.verify_user(Permissions::CM, parties)?;
        let rp_id_hash = self.intent.rp_id.hash();
        let on_key = parties
            .key
            .in_hand_mut()?
            .credentials(rp_id_hash, &auth)?
            .into_iter()
            .filter(|stored| stored.user.id == self.options.options.user_handle)
            .map(|stored| stored.credential.id);
        let known = |id: &[u8]| {
            parties.ledger.state().key_by_credential(id).is_some()
                || methods
                    .iter()
                    .any(|method| base64url::names_credential(&method.id, id))
        };
        Ok(on_key.filter(|id| own.contains(id) || !known(id)).collect())
    }

    async fn remove_credentials(&mut self, parties: &mut Parties<'_>) -> Result<bool, Error> {
        if !has_pin(parties)? {
            // No credential is made before there is a PIN.
            return Ok(false);
        }
        if !manages_credentials(parties)? {
            return Err(Error::NotUndoable {
                ceremony: self.ceremony,
                why: CANNOT_DELETE.to_owned(),
            });
        }
        let on_key = self.own_on_key(parties).await?;
        if on_key.is_empty() {
            return Ok(false);
        }
        let recorded = self.recorded(parties)?;
        self.announce("operator", "taken back", None, parties, &recorded)
            .await?;
        self.delete(&on_key, parties)?;
        Ok(true)
    }

    /// Says in the ledger what is about to happen to the key, or what remains on it.
    async fn announce(
        &self,
        code: &str,
        message: &str,
        remains: Option<String>,
        parties: &mut Parties<'_>,
        recorded: &Ceremony,
    ) -> Result<EntryRef, Error> {
        let failed = CeremonyFailed {
            label: self.intent.label.clone(),
            reached: reached(recorded, false),
            code: code.to_owned(),
            message: message.to_owned(),
            deletes_credential: remains.is_none(),
            remains,
        };
        let failed = Event::CeremonyFailed(failed);
        parties.record(self.ceremony, &failed).await
    }
}

/// Takes back an enrolment that another process began. The method goes first: a key without one opens nothing.
pub(super) async fn undo(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let needs_key = needs_key(ceremony)?;
    if !terms.key_gone && needs_key {
        identity::require(ceremony, terms, parties)?;
    }
    let mut run = Run::resumed(ceremony, terms, parties).await?;
    let method_deleted = run.remove_methods(parties).await?;
    let credential_deleted = if parties.key.is_there() && needs_key {
        run.remove_credentials(parties).await?
    } else {
        if let Some(remains) = remains_on_key(ceremony)? {
            let message = "taken back without the key";
            run.announce("key_gone", message, Some(remains), parties, ceremony)
                .await?;
        }
        false
    };
    run.close_settings(parties).await?;
    let undone = run.undone(credential_deleted, method_deleted);
    parties.record(ceremony.id, &undone).await
}

const CANNOT_DELETE: &str = "the key cannot delete single credentials; finish the ceremony, or reset the key and say --key-gone";

/// Whether it can be taken back with the key in hand; if not, why. Asked before the method is deleted: of a key that keeps its
/// credential nothing is taken back.
pub(super) fn possible(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<Result<(), String>, Error> {
    if terms.key_gone || !parties.key.is_there() || !needs_key(ceremony)? {
        return Ok(Ok(()));
    }
    let may_hold = has_pin(parties)? && !manages_credentials(parties)?;
    // That another key is in hand is an error of its own.
    let cannot = may_hold && identity::mismatch(ceremony, terms, parties)?.is_none();
    Ok(if cannot {
        Err(CANNOT_DELETE.to_owned())
    } else {
        Ok(())
    })
}

/// Whether the key may hold a credential of this ceremony. None is made before the PIN is recorded.
pub(super) fn needs_key(ceremony: &Ceremony) -> Result<bool, Error> {
    let untouched = ceremony.phase == CeremonyPhase::Open(Reached::Intended);
    Ok(!(untouched && intent(ceremony)?.sets_pin))
}

/// What a key that is gone may still have.
pub(super) fn remains_on_key(ceremony: &Ceremony) -> Result<Option<String>, Error> {
    let intent = intent(ceremony)?;
    Ok(match (&ceremony.created, ceremony.pin_set) {
        (Some(created), _) => Some(format!(
            "credential {} may be on the key, which opens nothing without a method",
            hex::encode(&created.credential_id)
        )),
        (None, false) if intent.sets_pin => Some("the key may have the PIN".to_owned()),
        (None, _) => Some(
            "a credential of this account may be on the key, which opens nothing without a method"
                .to_owned(),
        ),
    })
}

/// All credentials that a ceremony has recorded.
fn credentials_of(recorded: &Ceremony) -> Vec<Vec<u8>> {
    let mut ids = recorded.earlier_credentials.clone();
    ids.extend(recorded.credential_id.clone());
    ids
}

fn reached(recorded: &Ceremony, made: bool) -> Reached {
    match recorded.phase {
        CeremonyPhase::Open(Reached::Intended | Reached::PinSet) if made => {
            Reached::CredentialCreated
        }
        CeremonyPhase::Open(step) => step,
        CeremonyPhase::Completed | CeremonyPhase::Undone => Reached::Intended,
    }
}

fn not_removed(id: &[u8], error: &Error) -> String {
    format!(
        "credential {} is on the key and not registered; removing it failed: {}",
        hex::encode(id),
        in_full(error)
    )
}

fn unrecorded(remains: &str, error: &Error) -> String {
    format!(
        "{remains}, but the ledger could not record that ({})",
        in_full(error)
    )
}
