//! Proving the user to the key where an assertion, or a credential, is to say that a person was there.

use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::PinPurpose;
use crate::ceremony::parties::touch_prompt;
use crate::ceremony::{Error, Parties};
use crate::ctap::{Permissions, PinUvAuth};
use crate::secret::Pin;
use crate::webauthn::RpId;

/// The user, who is asked for the PIN once.
pub(crate) struct UserVerification {
    spend_last_tries: bool,
    pin: Option<Pin>,
}

impl UserVerification {
    /// Nobody has been asked yet.
    pub(crate) fn new(spend_last_tries: bool) -> Self {
        let pin = None;
        Self {
            spend_last_tries,
            pin,
        }
    }

    /// By the PIN, or by built-in user verification where a PIN is not enough. A token that made a credential is spent (CTAP 2.1
    /// §6.1.2), so a ceremony may have to come here twice.
    pub(crate) fn verify(
        &mut self,
        permissions: Permissions,
        rp_id: &RpId,
        parties: &mut Parties<'_>,
    ) -> Result<PinUvAuth, Error> {
        if !parties.key.in_hand()?.takes_pin_for(permissions) {
            let mut wait = touch_prompt(parties.interaction, parties.cancel);
            let key = parties.key.in_hand_mut()?;
            return Ok(key.built_in_uv_auth(permissions, Some(rp_id), &mut wait)?);
        }
        let pin = self.pin(parties)?;
        let key = parties.key.in_hand_mut()?;
        Ok(key.pin_uv_auth(&pin, permissions, Some(rp_id))?)
    }

    fn pin(&mut self, parties: &mut Parties<'_>) -> Result<Pin, Error> {
        if let Some(pin) = &self.pin {
            return Ok(pin.clone());
        }
        let retries = parties.key.in_hand_mut()?.pin_retries()?;
        require_pin_tries(retries, self.spend_last_tries)?;
        let retries = Some(retries.retries);
        let pin = parties.interaction.pin(PinPurpose::Present { retries })?;
        self.pin = Some(pin.clone());
        Ok(pin)
    }
}
