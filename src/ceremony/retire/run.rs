//! The steps that change something, each looking first whether it is done.

use uuid::Uuid;

use crate::ceremony::interaction::Step;
use crate::ceremony::retire::{authorize, directory};
use crate::ceremony::setback::Setback;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::ctap;
use crate::ctap::status::Status;
use crate::graph;
use crate::ledger::{
    EntryRef, Event, KeyRetired, RetireCredentialDeleted, RetireIntended, RetireMethodRemoved,
    Step as Reached,
};
use crate::secret::Pin;

/// Records the intent.
pub(super) async fn intend(
    ceremony: Uuid,
    intended: &RetireIntended,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    parties.interaction.begin(Step::RecordIntent);
    let intent = parties
        .record(ceremony, &Event::RetireIntended(intended.clone()))
        .await?;
    parties.interaction.done(
        Step::RecordIntent,
        &format!("entry {}, ceremony {ceremony}", intent.index),
    );
    Ok(())
}

/// A retirement, and how far it has come.
pub(super) struct Run<'a> {
    pub(super) ceremony: Uuid,
    pub(super) intended: &'a RetireIntended,
    pub(super) reached: Reached,
    /// Whether the tenant has said that the method is deleted.
    pub(super) deletion_answered: bool,
}

impl Run<'_> {
    /// Goes on from where it stands. Without a PIN, a credential that is to be deleted stays on the key.
    pub(super) async fn complete(
        mut self,
        pin: Option<&Pin>,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        match self.steps(pin, parties).await {
            Ok(entry) => Ok(entry),
            Err(error) => Err(self.stopped(error, parties).await),
        }
    }

    /// Records why it stopped, and closes it if nothing is changed.
    pub(super) async fn stopped(&self, error: Error, parties: &mut Parties<'_>) -> Error {
        let setback = Setback {
            ceremony: self.ceremony,
            label: &self.intended.label,
            reached: self.reached,
            remains: self.remains(&error),
        };
        setback.record(error, parties).await
    }

    async fn steps(
        &mut self,
        pin: Option<&Pin>,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        if self.reached == Reached::Intended {
            parties.go_on()?;
            self.remove_method(parties).await?;
        }
        if let (Some(pin), Reached::MethodRemoved) = (pin, self.reached) {
            self.delete_credential(pin, parties).await?;
        }
        parties.interaction.begin(Step::RecordOutcome);
        let retired = KeyRetired {
            label: self.intended.label.clone(),
            credential_id: self.intended.credential_id.clone(),
            reason: self.intended.reason,
        };
        let entry = parties
            .record(self.ceremony, &Event::KeyRetired(retired))
            .await?;
        parties
            .interaction
            .done(Step::RecordOutcome, &format!("entry {}", entry.index));
        Ok(entry)
    }

    async fn remove_method(&mut self, parties: &mut Parties<'_>) -> Result<(), Error> {
        let RetireIntended {
            label, method_id, ..
        } = self.intended;
        let account = &self.intended.account.id;
        parties.interaction.begin(Step::RemoveMethod);
        directory::delete(account, method_id, parties).await?;
        self.deletion_answered = true;
        directory::until_gone(account, method_id, parties).await?;
        parties
            .interaction
            .done(Step::RemoveMethod, &format!("method {method_id} is gone"));
        let removed = RetireMethodRemoved {
            label: label.clone(),
            method_id: method_id.clone(),
        };
        self.reached = Reached::MethodRemoved;
        parties
            .record(self.ceremony, &Event::RetireMethodRemoved(removed))
            .await?;
        Ok(())
    }

    async fn delete_credential(
        &mut self,
        pin: &Pin,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let id = &self.intended.credential_id;
        let auth = authorize(pin, parties)?;
        parties.interaction.begin(Step::DeleteCredential);
        match parties.key.in_hand_mut()?.delete_credential(id, &auth) {
            Err(ctap::Error::Status {
                status: Status::NoCredentials | Status::InvalidCredential,
                ..
            }) => {}
            answer => answer?,
        }
        self.reached = Reached::CredentialDeleted;
        let deleted = RetireCredentialDeleted {
            label: self.intended.label.clone(),
            credential_id: id.clone(),
        };
        parties
            .record(self.ceremony, &Event::RetireCredentialDeleted(deleted))
            .await?;
        parties.interaction.done(Step::DeleteCredential, "");
        Ok(())
    }

    /// What is left half done; nothing if the method is certainly still registered.
    fn remains(&self, error: &Error) -> Option<String> {
        let method = &self.intended.method_id;
        match self.reached {
            Reached::Intended if !self.deletion_answered && still_registered(error) => None,
            Reached::Intended => Some(format!("whether method {method} is deleted is not known")),
            Reached::CredentialDeleted => Some(
                "its method and its credential are deleted, and it is not yet recorded as retired"
                    .to_owned(),
            ),
            _ if self.intended.delete_credential => Some(format!(
                "method {method} is deleted, and its credential may still be on the key"
            )),
            _ => Some(format!(
                "method {method} is deleted, and the key is not yet recorded as retired"
            )),
        }
    }
}

/// Whether the service refused the deletion before it did anything, or was never asked.
fn still_registered(error: &Error) -> bool {
    match error {
        Error::Cancelled | Error::NoTenant | Error::TooFewKeys { .. } => true,
        Error::Tenant(error) => match error {
            graph::Error::SignIn(_) | graph::Error::Segment(_) => true,
            error => error
                .status()
                .is_some_and(|status| (400..500).contains(&status)),
        },
        _ => false,
    }
}

/// Whether the key in hand still holds the credential, asked silently.
pub(super) fn holding(
    intended: &RetireIntended,
    parties: &mut Parties<'_>,
) -> Result<Holding, Error> {
    let key = parties
        .ledger
        .state()
        .key_by_credential(&intended.credential_id)
        .map(|key| key.enrolled.clone())
        .ok_or_else(|| Error::UnknownLabel(intended.label.clone()))?;
    let found = parties.key.in_hand()?.info().aaguid;
    if found != key.aaguid {
        return Err(Error::WrongKey {
            wanted: key.label,
            found: format!("a key of model {found}"),
        });
    }
    silent::holding(parties, &key.rp_id, &key.credential_id)
}
