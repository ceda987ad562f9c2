//! authenticatorClientPIN (CTAP 2.1 §6.5.5): setting and changing the PIN, and exchanging it for a token.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Command, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::pin_protocol::SharedSecret;
use crate::emulator::profile::{CredentialManagement, PinUvAuthProtocol};
use crate::emulator::request::{self, Map};
use crate::emulator::state::{MAX_PIN_RETRIES, StoredPin};
use crate::emulator::token::permission;
use crate::emulator::{pin_policy, pin_protocol};
use crate::encoding::cbor::Value;

const PADDED_PIN_LENGTH: usize = 64;
const GET_UV_RETRIES: u64 = 0x07;
/// Bytes of SHA-256 that are stored and compared.
const PIN_HASH_LENGTH: usize = 16;

/// What the subcommand does not need has to be of its type, too.
fn check_types(parameters: Map<'_>) -> Result<(), Status> {
    for number in [0x01, 0x02, 0x09] {
        parameters.optional::<u64>(number)?;
    }
    for bytes in [0x04, 0x05, 0x06] {
        parameters.optional::<&[u8]>(bytes)?;
    }
    if let Some(key_agreement) = parameters.optional(0x03)? {
        pin_protocol::check_types(key_agreement)?;
    }
    parameters.optional::<&str>(0x0a).map(|_| ())
}

impl Authenticator {
    pub(in crate::emulator) fn client_pin(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        check_types(parameters)?;
        match parameters.required::<u64>(2)? {
            0x01 => Ok(self.get_pin_retries()),
            0x02 => self.get_key_agreement(parameters),
            0x03 => self.set_pin(parameters),
            0x04 => self.change_pin(parameters),
            0x05 => self.get_pin_token(parameters),
            0x06 if self.profile.has_permissions() => self.get_token_using_uv(parameters),
            0x07 => self.get_uv_retries(),
            0x09 if self.profile.has_permissions() => self.get_token_with_permissions(parameters),
            _ => Err(Status::InvalidSubcommand),
        }
    }

    /// Whether this is the getUVRetries that the profile cannot bear.
    pub(in crate::emulator) fn crashes_on(&self, request: &[u8]) -> bool {
        let Some((&command, parameters)) = request.split_first() else {
            return false;
        };
        let sub_command = || {
            let parameters = request::decode(parameters).ok()?;
            Map::top(&parameters).ok()?.required::<u64>(2).ok()
        };
        self.profile.crashes_on_get_uv_retries
            && Command::from_byte(command) == Some(Command::ClientPin)
            && sub_command() == Some(GET_UV_RETRIES)
    }

    fn get_pin_retries(&self) -> Reply {
        Reply::members([
            (3, Some(Value::from(self.pin_retries()))),
            (4, Some(Value::Bool(self.is_power_cycle_needed()))),
        ])
    }

    fn get_key_agreement(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        let protocol = self.protocol(parameters.required(1)?)?;
        Ok(Reply::members([(1, Some(protocol.public_key()))]))
    }

    /// §6.5.5.5.
    fn set_pin(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        let number = parameters.required(1)?;
        let key_agreement = parameters.required(3)?;
        let pin_uv_auth_param = parameters.required(4)?;
        let new_pin_enc: &[u8] = parameters.required(5)?;
        let protocol = self.protocol(number)?;
        let shared_secret = protocol.decapsulate(key_agreement)?;
        if self.is_pin_set() || !shared_secret.verify(new_pin_enc, pin_uv_auth_param) {
            return Err(Status::PinAuthInvalid);
        }
        let pin = self.new_pin(&shared_secret, new_pin_enc)?;
        self.update(|state| {
            state.pin = Some(pin);
            state.pin_retries = MAX_PIN_RETRIES;
            state.force_pin_change = false;
        })?;
        Ok(Reply::Empty)
    }

    /// §6.5.5.6.
    fn change_pin(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        let number = parameters.required(1)?;
        let key_agreement = parameters.required(3)?;
        let pin_uv_auth_param = parameters.required(4)?;
        let new_pin_enc: &[u8] = parameters.required(5)?;
        let pin_hash_enc: &[u8] = parameters.required(6)?;
        self.protocol(number)?;
        self.require_pin_tries()?;
        let protocol = self.protocol(number)?;
        let shared_secret = protocol.decapsulate(key_agreement)?;
        let message = [new_pin_enc, pin_hash_enc].concat();
        if !shared_secret.verify(&message, pin_uv_auth_param) {
            return Err(Status::PinAuthInvalid);
        }
        self.verify_pin(number, &shared_secret, pin_hash_enc)?;
        let pin = self.new_pin(&shared_secret, new_pin_enc)?;
        let unchanged = self
            .state()
            .pin
            .as_ref()
            .is_some_and(|old| old.hash == pin.hash);
        if self.state().force_pin_change && unchanged {
            return Err(Status::PinPolicyViolation);
        }
        self.update(|state| {
            state.pin = Some(pin);
            state.force_pin_change = false;
        })?;
        self.reset_tokens();
        Ok(Reply::Empty)
    }

    /// §6.5.5.7.1, superseded: a token with default permissions.
    fn get_pin_token(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        let has = |key: i32| {
            parameters
                .optional::<&Value>(key)
                .map(|value| value.is_some())
        };
        if has(0x09)? || has(0x0a)? {
            // Permissions and RP ID belong to 0x09 only.
            parameters.required::<u64>(1)?;
            return Err(Status::InvalidParameter);
        }
        if self.profile.no_mc_ga_permissions_with_client_pin {
            return Err(Status::UnauthorizedPermission);
        }
        if !self.profile.has_permissions() {
            return self.issue_token(parameters, None);
        }
        self.issue_token(parameters, Some((permission::MC | permission::GA, None)))
    }

    /// §6.5.5.7.2.
    fn get_token_with_permissions(&mut self, parameters: Map<'_>) -> Result<Reply, Status> {
        let requested = self.requested_permissions(parameters, self.unauthorized_permissions())?;
        self.issue_token(parameters, Some(requested))
    }

    /// The permissions and the RP ID that a token is asked for, none of them unauthorized.
    pub(super) fn requested_permissions(
        &mut self,
        parameters: Map<'_>,
        unauthorized: u8,
    ) -> Result<(u8, Option<String>), Status> {
        let permissions = parameters.required::<u64>(9)?;
        let rp_id: Option<&str> = parameters.optional(0x0a)?;
        self.protocol(parameters.required(1)?)?;
        if permissions == 0 {
            return Err(Status::InvalidParameter);
        }
        // Undefined permissions are ignored; all defined ones are in the low byte.
        let permissions = u8::try_from(permissions & 0xff).unwrap_or(0);
        if permissions & unauthorized != 0 {
            return Err(Status::UnauthorizedPermission);
        }
        // The platform owes an RP ID to `mc` and `ga`; no step refuses a request without one. The token is bound to the RP
        // that it is first used for.
        Ok((permissions, rp_id.map(str::to_owned)))
    }

    /// Permissions of features that getInfo does not announce, or that it denies to the PIN.
    pub(super) fn unauthorized_permissions(&self) -> u8 {
        let mut unauthorized = 0;
        if self.sensor_with_standard_enrollment().is_none() {
            unauthorized |= permission::BE;
        }
        if self.profile.no_mc_ga_permissions_with_client_pin {
            unauthorized |= permission::MC | permission::GA;
        }
        if self.profile.large_blobs.is_none() {
            unauthorized |= permission::LBW;
        }
        if matches!(
            self.profile.credential_management,
            CredentialManagement::Absent | CredentialManagement::Preview
        ) {
            unauthorized |= permission::CM;
        }
        if !self.profile.authenticator_config {
            unauthorized |= permission::ACFG;
        }
        unauthorized
    }

    /// The steps that both ways from the PIN to a token share.
    fn issue_token(
        &mut self,
        parameters: Map<'_>,
        permissions: Option<(u8, Option<String>)>,
    ) -> Result<Reply, Status> {
        let number = parameters.required(1)?;
        let key_agreement = parameters.required(3)?;
        let pin_hash_enc = parameters.required(6)?;
        self.protocol(number)?;
        self.require_pin_tries()?;
        let shared_secret = self.protocol(number)?.decapsulate(key_agreement)?;
        self.verify_pin(number, &shared_secret, pin_hash_enc)?;
        if self.state().force_pin_change {
            return Err(Status::PinInvalid);
        }
        self.hand_out_token(number, &shared_secret, permissions, false)
    }

    /// A new token, and no other any more. Without permissions it is a token as keys before CTAP 2.1 issue it.
    pub(super) fn hand_out_token(
        &mut self,
        number: u64,
        shared_secret: &SharedSecret,
        permissions: Option<(u8, Option<String>)>,
        user_is_present: bool,
    ) -> Result<Reply, Status> {
        self.reset_tokens();
        let now = self.env.monotonic();
        let env = self.env.clone();
        let selected = self.protocol(number)?;
        let protocol: PinUvAuthProtocol = selected.protocol;
        let encrypted = selected.encrypted_token(shared_secret, &env);
        match permissions {
            Some((permissions, rp_id)) => {
                self.token
                    .begin(protocol, permissions, rp_id, user_is_present, now);
            }
            None => self.token.begin_unlimited(protocol, now),
        }
        Ok(Reply::members([(2, Some(Value::Bytes(encrypted)))]))
    }

    /// Whether a PIN may be tried at all.
    fn require_pin_tries(&self) -> Result<(), Status> {
        if !self.is_pin_set() {
            return Err(Status::PinNotSet);
        }
        if self.pin_retries() == 0 {
            return Err(Status::PinBlocked);
        }
        if self.is_power_cycle_needed() {
            return Err(Status::PinAuthBlocked);
        }
        Ok(())
    }

    /// Compares the PIN. The try is spent, durably, before the comparison: cutting power does not give it back.
    fn verify_pin(
        &mut self,
        number: u64,
        shared_secret: &SharedSecret,
        pin_hash_enc: &[u8],
    ) -> Result<(), Status> {
        self.update(|state| state.pin_retries = state.pin_retries.saturating_sub(1))?;
        let given = shared_secret.decrypt(pin_hash_enc);
        let matches = match (&self.state().pin, &given) {
            (Some(pin), Some(given)) => bool::from(pin.hash.ct_eq(given)),
            _ => false,
        };
        if !matches {
            let env = self.env.clone();
            self.protocol(number)?.regenerate(&env);
            self.count_mismatch();
            return Err(match self.state().pin_retries {
                0 => Status::PinBlocked,
                _ if self.is_power_cycle_needed() => Status::PinAuthBlocked,
                _ => Status::PinInvalid,
            });
        }
        self.update(|state| {
            state.pin_retries = MAX_PIN_RETRIES;
            state.spent_uv_retries = 0;
        })?;
        self.forget_mismatches();
        Ok(())
    }

    /// Decrypts and judges a new PIN.
    fn new_pin(
        &self,
        shared_secret: &SharedSecret,
        new_pin_enc: &[u8],
    ) -> Result<StoredPin, Status> {
        let padded: Zeroizing<Vec<u8>> = shared_secret
            .decrypt(new_pin_enc)
            .ok_or(Status::PinAuthInvalid)?;
        if padded.len() != PADDED_PIN_LENGTH {
            return Err(Status::InvalidParameter);
        }
        let length = padded
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        let pin = &padded[..length];
        let text = std::str::from_utf8(pin).map_err(|_| Status::PinPolicyViolation)?;
        let code_points = text.chars().count();
        // A PIN of 64 bytes has no padding: longer than the specification allows.
        let is_too_long = self
            .profile
            .max_pin_length
            .is_some_and(|most| code_points > usize::from(most));
        if length == PADDED_PIN_LENGTH || code_points < self.state().min_pin_length || is_too_long {
            return Err(Status::PinPolicyViolation);
        }
        if self.profile.pin_complexity_policy == Some(true) && pin_policy::is_trivial(text) {
            return Err(Status::PinPolicyViolation);
        }
        Ok(StoredPin {
            hash: Sha256::digest(pin)[..PIN_HASH_LENGTH].to_vec(),
            code_points,
        })
    }
}
