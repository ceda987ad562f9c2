//! PINs and user verification: setting and changing a PIN, and turning one into a [`PinUvAuth`].
//!
//! A wrong PIN is never tried again here, and each error about a PIN carries the tries that are left.

use super::Authenticator;
use super::pin_uv_auth::{PinUvAuth, Scope};
use crate::ctap::command::client_pin::{Permissions, PinRetries, Request, Response};
use crate::ctap::error::{Error, PinFailure, PinFailureKind};
use crate::ctap::pin_protocol::{PinUvAuthProtocol, SharedSecret};
use crate::ctap::transport::Wait;
use crate::encoding::cbor::Value;
use crate::secret::Pin;
use crate::webauthn::RpId;

/// A key agreement under way.
pub(super) struct Agreement {
    pub(super) protocol: PinUvAuthProtocol,
    pub(super) key_agreement: Value,
    pub(super) secret: SharedSecret,
}

impl Authenticator {
    /// How many tries the PIN has left.
    ///
    /// # Errors
    /// When the key has no PINs or does not say.
    pub fn pin_retries(&mut self) -> Result<PinRetries, Error> {
        self.require_pins()?;
        let request = Request::GetPinRetries;
        Ok(self
            .client_pin(&request, &mut Wait::unattended())?
            .pin_retries()?)
    }

    /// How many tries built-in user verification has left. Not asked of a key without it: some crash.
    ///
    /// # Errors
    /// When the key has no built-in user verification or does not say.
    pub fn uv_retries(&mut self) -> Result<u8, Error> {
        if self.current_info()?.options.uv.is_none() {
            return Err(Error::Unsupported("built-in user verification"));
        }
        let request = Request::GetUvRetries;
        Ok(self
            .client_pin(&request, &mut Wait::unattended())?
            .uv_retries()?)
    }

    /// Sets the first PIN.
    ///
    /// # Errors
    /// When the key has a PIN, cannot have one, or does not take this one.
    pub fn set_pin(&mut self, pin: &Pin) -> Result<(), Error> {
        const COMMAND: &str = "clientPIN setPIN";
        if self.require_pins()? {
            return Err(refused(COMMAND, PinFailureKind::AlreadySet));
        }
        pin.require(self.info.pin_minimum())?;
        let agreement = self.agree()?;
        let new_pin_enc = agreement.secret.encrypt_new_pin(pin, &self.env);
        let request = Request::SetPin {
            pin_uv_auth_param: agreement.secret.authenticate(&new_pin_enc),
            key_agreement: agreement.key_agreement,
            new_pin_enc,
        };
        self.client_pin(&request, &mut Wait::unattended())?;
        self.note_new_pin();
        Ok(())
    }

    /// Replaces the PIN.
    ///
    /// # Errors
    /// When the current PIN is wrong, with the tries left, or the key does not take the new one.
    pub fn change_pin(&mut self, current: &Pin, new: &Pin) -> Result<(), Error> {
        self.require_pin_set("clientPIN changePIN")?;
        new.require(self.info.pin_minimum())?;
        let agreement = self.agree()?;
        let new_pin_enc = agreement.secret.encrypt_new_pin(new, &self.env);
        let pin_hash_enc = agreement.secret.encrypt_pin_hash(current, &self.env);
        let authenticated = [new_pin_enc.as_slice(), &pin_hash_enc].concat();
        let request = Request::ChangePin {
            pin_uv_auth_param: agreement.secret.authenticate(&authenticated),
            key_agreement: agreement.key_agreement,
            pin_hash_enc,
            new_pin_enc,
        };
        let changed = self.client_pin(&request, &mut Wait::unattended());
        self.with_retries(changed)?;
        self.note_new_pin();
        Ok(())
    }

    /// What a new PIN changes in getInfo (CTAP 2.1 §6.5.5.5, §6.5.5.6), so that the key need not be asked again.
    fn note_new_pin(&mut self) {
        self.info.options.client_pin = Some(true);
        self.info.force_pin_change = self.info.force_pin_change.map(|_| false);
    }

    /// Whether the key gives these permissions for its PIN; if not, only its built-in user verification does.
    #[must_use]
    pub fn takes_pin_for(&self, permissions: Permissions) -> bool {
        self.info.options.no_mc_ga_permissions_with_client_pin != Some(true)
            || !permissions.intersect(Permissions::MC | Permissions::GA)
    }

    /// Proves the PIN once, for some permissions; `mc` and `ga` are given for one RP ID only. Costs a key agreement and one
    /// token command. Keys before CTAP 2.1 give a token for everything, whatever is asked for.
    ///
    /// # Errors
    /// When the PIN is wrong, with the tries left; when the key has no PIN or wants it changed first.
    pub fn pin_uv_auth(
        &mut self,
        pin: &Pin,
        permissions: Permissions,
        rp_id: Option<&RpId>,
    ) -> Result<PinUvAuth, Error> {
        self.require_provable(permissions)?;
        let limited = self.info.options.pin_uv_auth_token == Some(true);
        if limited {
            require_rp_id(permissions, rp_id)?;
        }
        let agreement = self.agree()?;
        let pin_hash_enc = agreement.secret.encrypt_pin_hash(pin, &self.env);
        let key_agreement = agreement.key_agreement.clone();
        let (request, scope) = if limited {
            let request = Request::GetPinUvAuthTokenUsingPinWithPermissions {
                key_agreement,
                pin_hash_enc,
                permissions,
                rp_id: rp_id.cloned(),
            };
            (request, scope(permissions, rp_id))
        } else {
            let request = Request::GetPinToken {
                key_agreement,
                pin_hash_enc,
            };
            (request, Scope::Unlimited)
        };
        self.obtain_token(&request, &agreement, scope, &mut Wait::unattended())
    }

    /// Has the key verify the user by itself, a fingerprint for example, for some permissions.
    ///
    /// # Errors
    /// When the key has no built-in user verification that is ready, or does not recognise the user.
    pub fn built_in_uv_auth(
        &mut self,
        permissions: Permissions,
        rp_id: Option<&RpId>,
        wait: &mut Wait<'_>,
    ) -> Result<PinUvAuth, Error> {
        let options = &self.current_info()?.options;
        if options.uv != Some(true) || options.pin_uv_auth_token != Some(true) {
            return Err(Error::Unsupported("tokens by built-in user verification"));
        }
        require_rp_id(permissions, rp_id)?;
        let agreement = self.agree()?;
        let request = Request::GetPinUvAuthTokenUsingUvWithPermissions {
            key_agreement: agreement.key_agreement.clone(),
            permissions,
            rp_id: rp_id.cloned(),
        };
        self.obtain_token(&request, &agreement, scope(permissions, rp_id), wait)
    }

    fn obtain_token(
        &mut self,
        request: &Request,
        agreement: &Agreement,
        scope: Scope,
        wait: &mut Wait<'_>,
    ) -> Result<PinUvAuth, Error> {
        let answer = self.client_pin(request, wait);
        let ciphertext = self.with_retries(answer)?.pin_uv_auth_token()?;
        let command = request.name();
        let token = agreement
            .secret
            .decrypt_token(&ciphertext)
            .map_err(|source| Error::PinProtocol { command, source })?;
        Ok(PinUvAuth::new(agreement.protocol, token, scope))
    }

    /// Agrees on a fresh shared secret: each one is used for a single subcommand.
    pub(super) fn agree(&mut self) -> Result<Agreement, Error> {
        let protocol = self.pin_uv_auth_protocol()?;
        let request = Request::GetKeyAgreement;
        let command = request.name();
        let peer = self
            .client_pin(&request, &mut Wait::unattended())?
            .key_agreement()?;
        let (key_agreement, secret) = SharedSecret::encapsulate(protocol, &peer, &self.env)
            .map_err(|source| Error::PinProtocol { command, source })?;
        Ok(Agreement {
            protocol,
            key_agreement,
            secret,
        })
    }

    fn client_pin(&mut self, request: &Request, wait: &mut Wait<'_>) -> Result<Response, Error> {
        let message = request.encode(self.pin_uv_auth_protocol()?);
        let cbor = self.send(request.name(), &message, wait)?;
        Ok(Response::decode(request.name(), &cbor)?)
    }

    /// The first of the key's protocols that this client speaks. A key that names none is older than protocol two.
    pub(super) fn pin_uv_auth_protocol(&self) -> Result<PinUvAuthProtocol, Error> {
        match &self.info.pin_uv_auth_protocols {
            None => Ok(PinUvAuthProtocol::One),
            Some(protocols) => protocols
                .iter()
                .find_map(|number| PinUvAuthProtocol::from_number(*number))
                .ok_or(Error::Unsupported("pinUvAuthProtocol one or two")),
        }
    }

    /// Whether a PIN is set; an error on keys that cannot have one.
    fn require_pins(&mut self) -> Result<bool, Error> {
        self.current_info()?
            .options
            .client_pin
            .ok_or(Error::Unsupported("PINs"))
    }

    fn require_pin_set(&mut self, command: &'static str) -> Result<(), Error> {
        match self.require_pins()? {
            true => Ok(()),
            false => Err(refused(command, PinFailureKind::NotSet)),
        }
    }

    /// Refuses what the key has said it will refuse, before a PIN is at stake.
    fn require_provable(&mut self, permissions: Permissions) -> Result<(), Error> {
        const COMMAND: &str = "clientPIN getPinUvAuthTokenUsingPinWithPermissions";
        self.require_pin_set(COMMAND)?;
        if self.info.force_pin_change == Some(true) {
            return Err(refused(COMMAND, PinFailureKind::ChangeRequired));
        }
        if !self.takes_pin_for(permissions) {
            return Err(Error::Unsupported("the permissions mc and ga by PIN"));
        }
        Ok(())
    }

    /// Adds the tries left to a failed try. Not knowing them does not hide the failure.
    fn with_retries<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        let Err(Error::Pin { command, failure }) = result else {
            return result;
        };
        let failure = match failure.kind {
            PinFailureKind::Invalid | PinFailureKind::AuthBlocked | PinFailureKind::Blocked => {
                let answer = self.pin_retries().ok();
                PinFailure {
                    retries: answer.map(|answer| answer.retries),
                    power_cycle_needed: failure.power_cycle_needed
                        || answer.and_then(|answer| answer.power_cycle_state) == Some(true),
                    ..failure
                }
            }
            PinFailureKind::UvBlocked | PinFailureKind::UvInvalid => PinFailure {
                retries: self.uv_retries().ok(),
                ..failure
            },
            _ => failure,
        };
        Err(Error::Pin { command, failure })
    }
}

/// A failure that is plain before the key is asked.
fn refused(command: &'static str, kind: PinFailureKind) -> Error {
    Error::Pin {
        command,
        failure: PinFailure {
            kind,
            retries: None,
            power_cycle_needed: false,
        },
    }
}

fn require_rp_id(permissions: Permissions, rp_id: Option<&RpId>) -> Result<(), Error> {
    if rp_id.is_none() && permissions.intersect(Permissions::MC | Permissions::GA) {
        return Err(Error::RpIdNeeded);
    }
    Ok(())
}

fn scope(permissions: Permissions, rp_id: Option<&RpId>) -> Scope {
    Scope::Limited {
        permissions,
        rp_id: rp_id.cloned(),
    }
}
