//! authenticatorConfig (CTAP 2.1 §6.11).

use std::ops::RangeInclusive;

use super::{Command, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::profile::Version;
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::encoding::cbor::{self, Value};

/// A minimum that no PIN can reach would lock the key.
const LONGEST_MIN_PIN_LENGTH: u64 = 63;
const TOGGLE_ALWAYS_UV: u64 = 0x02;
const ENABLE_LONG_TOUCH_FOR_RESET: u64 = 0x04;
/// All that the specification knows but the vendors' own.
const SUBCOMMANDS: RangeInclusive<u64> = 0x01..=0x04;

impl Authenticator {
    pub(in crate::emulator) fn authenticator_config(
        &mut self,
        parameters: Map<'_>,
    ) -> Result<Reply, Status> {
        let subcommand: u64 = parameters.required(1)?;
        let subcommand_parameters = parameters.optional::<Map<'_>>(2)?;
        if !self.supports_subcommand(subcommand) {
            return Err(Status::InvalidParameter);
        }
        // Without a PIN, always-UV could otherwise never be switched off again.
        let exempt = !self.is_protected() && subcommand == TOGGLE_ALWAYS_UV;
        if (self.is_protected() || self.always_uv()) && !exempt {
            self.authorize_config(subcommand, parameters)?;
        }
        match subcommand {
            0x01 => self.update(|state| state.enterprise_attestation = true)?,
            TOGGLE_ALWAYS_UV => self.update(|state| state.always_uv = !state.always_uv)?,
            ENABLE_LONG_TOUCH_FOR_RESET => {
                self.update(|state| state.long_touch_for_reset = true)?;
            }
            _ => self.set_min_pin_length(subcommand_parameters)?,
        }
        Ok(Reply::Empty)
    }

    fn supports_subcommand(&self, subcommand: u64) -> bool {
        match subcommand {
            0x01 => self.profile.enterprise_rp_ids.is_some(),
            TOGGLE_ALWAYS_UV => self.profile.always_uv.is_some(),
            0x03 => true,
            ENABLE_LONG_TOUCH_FOR_RESET => self.profile.can_enable_long_touch_for_reset,
            _ => false,
        }
    }

    /// getInfo `authenticatorConfigCommands` (CTAP 2.3 §6.4).
    pub(super) fn authenticator_config_commands(&self) -> Option<Value> {
        let profile = &self.profile;
        let is_mentioned =
            profile.authenticator_config && profile.versions.contains(&Version::Fido23);
        let supported = SUBCOMMANDS.filter(|&subcommand| self.supports_subcommand(subcommand));
        is_mentioned.then(|| Value::Array(supported.map(Value::from).collect()))
    }

    /// Steps 4 and 5: a token with the `acfg` permission.
    fn authorize_config(&mut self, subcommand: u64, parameters: Map<'_>) -> Result<(), Status> {
        let param = parameters
            .optional::<&[u8]>(4)?
            .ok_or(Status::PuatRequired)?;
        let number = parameters.required(3)?;
        let protocol = self.protocol(number)?.protocol;
        let mut message = vec![0xff; 32];
        message.push(0x0d);
        message.extend(u8::try_from(subcommand));
        if let Some(parameters) = parameters.optional::<&Value>(2)? {
            message.extend_from_slice(&cbor::encode(parameters));
        }
        self.verify_token(protocol, &message, param)?;
        if !self.token.permits(permission::ACFG) {
            return Err(Status::PinAuthInvalid);
        }
        tracing::debug!(command = %Command::AuthenticatorConfig, subcommand, "authorized");
        Ok(())
    }

    /// §6.11.4.
    fn set_min_pin_length(&mut self, parameters: Option<Map<'_>>) -> Result<(), Status> {
        let current = u64::try_from(self.state().min_pin_length).unwrap_or(u64::MAX);
        let (new_length, rp_ids, force) = match parameters {
            None => (None, None, false),
            Some(parameters) => (
                parameters.optional::<u64>(1)?,
                parameters.optional::<&[Value]>(2)?,
                parameters.optional(3)?.unwrap_or(false),
            ),
        };
        let new_length = new_length.unwrap_or(current);
        let longest = self.profile.max_pin_length;
        let longest = longest.map_or(LONGEST_MIN_PIN_LENGTH, u64::from);
        if new_length < current || new_length > longest {
            return Err(Status::PinPolicyViolation);
        }
        let rp_ids = rp_ids.map(|rp_ids| self.rp_ids(rp_ids)).transpose()?;
        let new_length = usize::try_from(new_length).map_err(|_| Status::PinPolicyViolation)?;
        let too_short = match &self.state().pin {
            None if force => return Err(Status::PinNotSet),
            None => false,
            Some(pin) => pin.code_points < new_length,
        };
        self.update(|state| {
            state.min_pin_length = new_length;
            state.force_pin_change |= force || too_short;
            if let Some(rp_ids) = rp_ids {
                state.min_pin_length_rp_ids = rp_ids;
            }
        })?;
        if self.state().force_pin_change {
            self.reset_tokens();
        }
        Ok(())
    }

    fn rp_ids(&self, rp_ids: &[Value]) -> Result<Vec<String>, Status> {
        if rp_ids.len() > self.profile.max_rp_ids_for_set_min_pin_length {
            return Err(Status::KeyStoreFull);
        }
        rp_ids
            .iter()
            .map(|rp_id| rp_id.as_text().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .ok_or(Status::CborUnexpectedType)
    }
}
