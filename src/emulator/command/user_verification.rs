//! Built-in user verification (CTAP 2.1 §6.5.3): a finger on the sensor, for one makeCredential or getAssertion or for a
//! token. The finger is waited for as a touch is, and is one: it is evidence of user presence for the same request.

use super::creation::Creation;
use super::get_assertion::Assertion;
use super::{AfterTouch, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::fault::Effect;
use crate::emulator::pin_protocol::SharedSecret;
use crate::emulator::profile::{BioEnrollment, Fingerprint, Optional};
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::emulator::touch::Finger;
use crate::encoding::cbor::Value;

/// maxUvAttemptsForInternalRetries, 1 to 5.
const MAX_ATTEMPTS_FOR_INTERNAL_RETRIES: u8 = 3;
/// How often a platform had better try before it asks for the PIN.
const PREFERRED_PLATFORM_ATTEMPTS: u8 = 3;

/// A user who is being verified, and what for.
pub(in crate::emulator) struct UserVerification {
    /// Fingers that may still come before the request fails: attemptsBeforeReturning.
    attempts: u8,
    purpose: Purpose,
}

/// What goes on once the user is verified.
pub(super) enum Purpose {
    MakeCredential(Box<Creation>),
    GetAssertion(Box<Assertion>),
    Token(Box<TokenRequest>),
}

/// A token that waits for the user to be verified.
pub(super) struct TokenRequest {
    protocol: u64,
    shared_secret: SharedSecret,
    permissions: u8,
    rp_id: Option<String>,
}

impl Authenticator {
    /// `uv` in getInfo: there is a sensor and a finger is enrolled. Blocking does not change it.
    pub(in crate::emulator) fn is_uv_enabled(&self) -> bool {
        self.profile.fingerprint.is_some() && !self.state().templates.is_empty()
    }

    /// The sensor and its commands of CTAP 2.1, which permissions can be had for.
    pub(super) fn sensor_with_standard_enrollment(&self) -> Option<&Fingerprint> {
        let sensor = self.profile.fingerprint.as_ref();
        sensor.filter(|sensor| sensor.enrollment != BioEnrollment::Preview)
    }

    /// preferredPlatformUvAttempts. Above 1 each getPinUvAuthTokenUsingUvWithPermissions is one attempt.
    pub(super) fn preferred_platform_uv_attempts(sensor: &Fingerprint) -> u8 {
        PREFERRED_PLATFORM_ATTEMPTS.min(sensor.max_retries)
    }

    /// The uvRetries counter; durable, as the one of the PIN. `None` without a sensor.
    pub(in crate::emulator) fn stored_uv_retries(&self) -> Option<u8> {
        let sensor = self.profile.fingerprint.as_ref()?;
        let spent = self.state().spent_uv_retries;
        Some(sensor.max_retries.saturating_sub(spent))
    }

    /// The tries that are left; none while the fault that blocks the PIN is at work.
    fn uv_retries(&self) -> u8 {
        if self.faults.has(Effect::PinBlocked) {
            return 0;
        }
        self.stored_uv_retries().unwrap_or(0)
    }

    /// getUVRetries, §6.5.5.3.
    pub(super) fn get_uv_retries(&self) -> Result<Reply, Status> {
        if self.profile.fingerprint.is_none() {
            return Err(Status::InvalidSubcommand);
        }
        Ok(Reply::members([(5, Some(Value::from(self.uv_retries())))]))
    }

    /// getPinUvAuthTokenUsingUvWithPermissions, §6.5.5.7.3.
    pub(super) fn get_token_using_uv(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        if self.profile.fingerprint.is_none() {
            return Err(Status::InvalidSubcommand);
        }
        let key_agreement = parameters.required(3)?;
        let unauthorized = self.permissions_unauthorized_by_uv();
        let (permissions, rp_id) = self.requested_permissions(parameters, unauthorized)?;
        if !self.is_uv_enabled() {
            return Err(Status::NotAllowed);
        }
        let number = parameters.required(1)?;
        let request = TokenRequest {
            protocol: number,
            shared_secret: self.protocol(number)?.decapsulate(key_agreement)?,
            permissions,
            rp_id,
        };
        self.perform_built_in_uv(Purpose::Token(Box::new(request)))
    }

    /// `mc` and `ga` are always authorized. uvBioEnroll and uvAcfg are there whenever bioEnroll and authnrCfg are, unless the
    /// profile leaves them out.
    fn permissions_unauthorized_by_uv(&self) -> u8 {
        let mut unauthorized = self.unauthorized_permissions() & !(permission::MC | permission::GA);
        let left_out = &self.profile.leaves_out;
        if left_out.contains(&Optional::UvBioEnroll) {
            unauthorized |= permission::BE;
        }
        if left_out.contains(&Optional::UvAcfg) {
            unauthorized |= permission::ACFG;
        }
        unauthorized
    }

    /// `performBuiltInUv`, §6.5.3.1, up to the finger.
    pub(super) fn perform_built_in_uv(&mut self, purpose: Purpose) -> Result<Reply, Status> {
        if self.is_pin_set() && self.state().pin_retries == 0 {
            // With the PIN blocked, a finger must not be the way around it.
            self.update(|state| state.spent_uv_retries = u8::MAX)?;
        }
        if self.uv_retries() == 0 {
            return Err(self.not_verified(&purpose));
        }
        let attempts = match purpose {
            Purpose::Token(_) => 1,
            _ => MAX_ATTEMPTS_FOR_INTERNAL_RETRIES,
        };
        Ok(Reply::Touch(AfterTouch::VerifyUser(UserVerification {
            attempts,
            purpose,
        })))
    }

    /// A finger is on the sensor. The try is spent, durably, before the comparison: cutting power does not give it back.
    pub(in crate::emulator) fn finger_read(
        &mut self,
        verification: UserVerification,
        finger: Finger,
    ) -> Result<Reply, Status> {
        let UserVerification { attempts, purpose } = verification;
        self.update(|state| state.spent_uv_retries = state.spent_uv_retries.saturating_add(1))?;
        if finger == Finger::Right {
            self.update(|state| state.spent_uv_retries = 0)?;
            return self.verified(purpose);
        }
        let attempts = attempts.saturating_sub(1);
        if attempts == 0 || self.uv_retries() == 0 {
            return Err(self.not_verified(&purpose));
        }
        Ok(Reply::Touch(AfterTouch::VerifyUser(UserVerification {
            attempts,
            purpose,
        })))
    }

    fn verified(&mut self, purpose: Purpose) -> Result<Reply, Status> {
        match purpose {
            Purpose::MakeCredential(mut creation) => {
                creation.uv = true;
                self.exclude_or_create(*creation, true)
            }
            Purpose::GetAssertion(mut assertion) => {
                assertion.verified_by_touch();
                self.locate_and_assert(*assertion, true)
            }
            Purpose::Token(request) => {
                let TokenRequest {
                    protocol,
                    shared_secret,
                    permissions,
                    rp_id,
                } = *request;
                self.hand_out_token(protocol, &shared_secret, Some((permissions, rp_id)), true)
            }
        }
    }

    /// Step 11.2.3 of §6.1.2, 6.2.3 of §6.2.2, 10 of §6.5.5.7.3.
    fn not_verified(&self, purpose: &Purpose) -> Status {
        let is_blocked = self.uv_retries() == 0;
        match purpose {
            Purpose::Token(_) if is_blocked => Status::UvBlocked,
            Purpose::Token(_) => Status::UvInvalid,
            _ if self.is_pin_set() && !self.profile.no_mc_ga_permissions_with_client_pin => {
                Status::PuatRequired
            }
            _ if is_blocked => Status::PinBlocked,
            _ => Status::OperationDenied,
        }
    }
}
