//! Settings of a key. A key without PIN and without alwaysUv takes them without proof.

use super::{Authenticator, PinUvAuth};
use crate::ctap::command::authenticator_config::{MinPinLength, Request};
use crate::ctap::error::Error;
use crate::ctap::transport::Wait;

impl Authenticator {
    /// Lets the key give enterprise attestations; only a reset takes it back. Needs the permission `acfg`.
    ///
    /// # Errors
    /// When the key has no enterprise attestation.
    pub fn enable_enterprise_attestation(&mut self, auth: Option<&PinUvAuth>) -> Result<(), Error> {
        match self.current_info()?.options.ep {
            None => Err(Error::Unsupported("enterprise attestation")),
            Some(_) => self.configure(&Request::EnableEnterpriseAttestation, auth),
        }
    }

    /// Switches alwaysUv to the other state. Needs the permission `acfg`.
    ///
    /// # Errors
    /// When the key does not have the option, or does not let it be switched off.
    pub fn toggle_always_uv(&mut self, auth: Option<&PinUvAuth>) -> Result<(), Error> {
        match self.current_info()?.options.always_uv {
            None => Err(Error::Unsupported("alwaysUv")),
            Some(_) => self.configure(&Request::ToggleAlwaysUv, auth),
        }
    }

    /// Raises the minimum PIN length, names the RP IDs that may learn it, or forces a change of the PIN. Needs the
    /// permission `acfg`.
    ///
    /// # Errors
    /// [`crate::ctap::PinFailureKind::PolicyViolation`] when the minimum would become lower.
    pub fn set_min_pin_length(
        &mut self,
        parameters: MinPinLength,
        auth: Option<&PinUvAuth>,
    ) -> Result<(), Error> {
        match self.current_info()?.options.set_min_pin_length {
            Some(true) => self.configure(&Request::SetMinPinLength(parameters), auth),
            _ => Err(Error::Unsupported("setMinPINLength")),
        }
    }

    fn configure(&mut self, request: &Request, auth: Option<&PinUvAuth>) -> Result<(), Error> {
        if self.info.options.authnr_cfg != Some(true) {
            return Err(Error::Unsupported("authenticatorConfig"));
        }
        let param = auth.map(|auth| auth.authenticate(&request.authenticated_message()));
        let message = request.encode(param.as_ref());
        self.send(request.name(), &message, &mut Wait::unattended())?;
        self.info_is_stale = true;
        Ok(())
    }
}
