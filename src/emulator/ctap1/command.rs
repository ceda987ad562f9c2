//! U2F_REGISTER and U2F_AUTHENTICATE (U2F Raw Message Formats §4, §5).

use super::message::{
    Authentication, Control, Registration, authentication_response, registration_response,
};
use super::status::StatusWord;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{Algorithm, CredProtect, Credential, PrivateKey};

/// Its length is one byte in the response.
const LONGEST_KEY_HANDLE: usize = 255;

impl Authenticator {
    /// Always attested by the batch, whatever the profile says of CTAP2: U2F knows no registration without certificate.
    pub(super) fn u2f_register(
        &self,
        registration: &Registration<'_>,
        is_touched: impl FnOnce() -> bool,
    ) -> Result<Vec<u8>, StatusWord> {
        if !is_touched() {
            return Err(StatusWord::ConditionsNotSatisfied);
        }
        let private_key = PrivateKey::generate(Algorithm::Es256, &self.env);
        let length = self.profile.credential_id_length.unwrap_or_default();
        let key_handle = self.wrapping().wrap(
            &private_key,
            CredProtect::Optional,
            registration.application,
            length.min(LONGEST_KEY_HANDLE),
            &self.env,
        );
        let public_key = private_key.public_point();
        let signed = registration.signed(&key_handle, &public_key);
        let signature = self.shown_signature(&self.batch.private_key, &signed);
        Ok(registration_response(
            &public_key,
            &key_handle,
            &self.batch.certificate,
            &signature,
        ))
    }

    pub(super) fn u2f_authenticate(
        &mut self,
        authentication: &Authentication<'_>,
        is_touched: impl FnOnce() -> bool,
    ) -> Result<Vec<u8>, StatusWord> {
        let credential = self
            .wrapping()
            .unwrap(authentication.key_handle, authentication.application)
            .filter(is_usable)
            .ok_or(StatusWord::WrongData)?;
        let user_presence = match authentication.control {
            Control::CheckOnly => return Err(StatusWord::ConditionsNotSatisfied),
            Control::DontEnforceUserPresence if self.profile.silent_assertions => 0x00,
            _ if is_touched() => 0x01,
            _ => return Err(StatusWord::ConditionsNotSatisfied),
        };
        self.update(|state| state.sign_count = state.sign_count.saturating_add(1))
            .map_err(|_| StatusWord::MemoryFailure)?;
        let counter = self.shown_sign_count(false);
        let signed = authentication.signed(user_presence, counter);
        let signature = self.shown_signature(&credential.private_key, &signed);
        Ok(authentication_response(user_presence, counter, &signature))
    }
}

/// U2F can neither verify the user, as credProtect level 3 demands (CTAP 2.1 §12.1), nor name an algorithm.
fn is_usable(credential: &Credential) -> bool {
    credential.cred_protect != CredProtect::Required
        && credential.private_key.algorithm() == Algorithm::Es256
}
