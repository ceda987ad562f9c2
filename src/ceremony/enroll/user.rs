//! The user, as the key knows them: the PIN that a fresh key gets, and the proof of it.

use crate::ceremony::enroll::Request;
use crate::ceremony::enroll::plan::tries_left;
use crate::ceremony::enroll::run::Run;
use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::{Error, Parties};
use crate::ctap::{self, Permissions, PinUvAuth};
use crate::custody;
use crate::ledger::{EnrollPinSet, Event};
use crate::secret::Pin;
use crate::webauthn::RpId;

impl Run<'_> {
    /// Gives a fresh key its PIN, unless it has it, and records that it has.
    pub(super) async fn set_pin(&mut self, parties: &mut Parties<'_>) -> Result<(), Error> {
        if !self.intent.sets_pin || self.recorded(parties)?.pin_set {
            return Ok(());
        }
        parties.interaction.begin(Step::SetPin);
        if has_pin(parties)? {
            // Set by this ceremony, which ended before it could record it. That the PIN is the right one shows in the next step.
            let pin = self.pin(parties)?;
            self.prove_pin(&pin, parties)?;
        } else {
            let pin = self.pin(parties)?;
            let answer = parties.key.in_hand_mut()?.set_pin(&pin);
            self.unanswered.pin = answer.as_ref().is_err_and(ctap::Error::outcome_unknown);
            answer?;
        }
        let label = self.intent.label.clone();
        let set = Event::EnrollPinSet(EnrollPinSet { label });
        parties.record(self.ceremony, &set).await?;
        parties.interaction.done(Step::SetPin, "");
        Ok(())
    }

    /// The PIN that the key has or is to get, asked for once. One that is sealed must be opened for a key that lacks it: whatever
    /// else was typed, its custodians would hold the wrong one.
    pub(super) fn pin(&mut self, parties: &mut Parties<'_>) -> Result<Pin, Error> {
        if let Some(pin) = &self.pin {
            return Ok(pin.clone());
        }
        let purpose = if has_pin(parties)? {
            PinPurpose::Present {
                retries: tries_left(self.terms, parties)?,
            }
        } else if self.intent.pin.is_some() {
            return Err(Error::PinSealed(self.intent.label.clone()));
        } else {
            PinPurpose::New {
                minimum: parties.key.in_hand()?.info().pin_minimum(),
            }
        };
        let pin = parties.interaction.pin(purpose)?;
        self.pin = Some(pin.clone());
        Ok(pin)
    }

    /// Seals the PIN to its custodians. One that the key has already is proven first, so that they do not get a wrong one.
    pub(super) fn seal_pin(
        &mut self,
        request: &Request,
        parties: &mut Parties<'_>,
    ) -> Result<(), Error> {
        let Some(custodians) = &request.custodians else {
            return Ok(());
        };
        let pin = self.pin(parties)?;
        if !self.intent.sets_pin {
            self.prove_pin(&pin, parties)?;
        }
        self.intent.pin = Some(custody::seal(&pin, custodians, parties.env)?);
        Ok(())
    }

    fn prove_pin(&self, pin: &Pin, parties: &mut Parties<'_>) -> Result<(), Error> {
        let permissions = if parties.key.in_hand()?.takes_pin_for(Permissions::GA) {
            Permissions::GA
        } else {
            Permissions::CM
        };
        let rp_id = Some(&self.intent.rp_id).filter(|_| permissions == Permissions::GA);
        let key = parties.key.in_hand_mut()?;
        key.pin_uv_auth(pin, permissions, rp_id)?;
        Ok(())
    }

    /// Proves the user to the key: by the PIN, or by built-in user verification where a PIN is not enough.
    pub(super) fn verify_user(
        &mut self,
        permissions: Permissions,
        parties: &mut Parties<'_>,
    ) -> Result<PinUvAuth, Error> {
        let rp_id: Option<RpId> =
            (permissions != Permissions::CM).then(|| self.intent.rp_id.clone());
        if !parties.key.in_hand()?.takes_pin_for(permissions) {
            parties.interaction.begin(Step::VerifyPin);
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            let key = parties.key.in_hand_mut()?;
            let auth = key.built_in_uv_auth(permissions, rp_id.as_ref(), &mut wait)?;
            drop(wait);
            parties.interaction.done(Step::VerifyPin, "");
            return Ok(auth);
        }
        let pin = self.pin(parties)?;
        parties.interaction.begin(Step::VerifyPin);
        let key = parties.key.in_hand_mut()?;
        let auth = key.pin_uv_auth(&pin, permissions, rp_id.as_ref())?;
        parties.interaction.done(Step::VerifyPin, "");
        Ok(auth)
    }
}

pub(super) fn has_pin(parties: &Parties<'_>) -> Result<bool, Error> {
    Ok(parties.key.in_hand()?.info().options.client_pin == Some(true))
}
