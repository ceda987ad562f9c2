//! authenticatorConfig (CTAP 2.1 §6.11).

use super::{CONFIG, push_auth, request};
use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::RpId;

/// The subcommands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Lets the key give enterprise attestations. Only a reset takes it back.
    EnableEnterpriseAttestation,
    /// Switches alwaysUv to the other state.
    ToggleAlwaysUv,
    /// Raises the minimum PIN length, and more. Only a reset takes the length back.
    SetMinPinLength(MinPinLength),
}

/// Parameters of setMinPINLength; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MinPinLength {
    /// The new minimum in code points; must not be lower than the present one.
    pub new_min_pin_length: Option<u8>,
    /// RP IDs that may learn the minimum through the minPinLength extension; replaces the present list.
    pub rp_ids: Option<Vec<RpId>>,
    /// Whether the PIN must be changed before it can be used again.
    pub force_change_pin: Option<bool>,
}

impl Request {
    /// The command's name in errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::EnableEnterpriseAttestation => "authenticatorConfig enableEnterpriseAttestation",
            Self::ToggleAlwaysUv => "authenticatorConfig toggleAlwaysUv",
            Self::SetMinPinLength(_) => "authenticatorConfig setMinPINLength",
        }
    }

    /// What the pinUvAuthParam authenticates: 32 bytes of 0xff, the command, the subcommand and its parameters.
    #[must_use]
    pub fn authenticated_message(&self) -> Vec<u8> {
        let mut message = vec![0xff; 32];
        message.extend([CONFIG, self.subcommand()]);
        message.extend(self.parameters().iter().flat_map(cbor::encode));
        message
    }

    /// Command byte and canonical CBOR.
    #[must_use]
    pub fn encode(&self, auth: Option<&PinUvAuthParam>) -> Vec<u8> {
        let mut parameters = vec![(0x01, Value::from(self.subcommand()))];
        if let Some(subcommand_parameters) = self.parameters() {
            parameters.push((0x02, subcommand_parameters));
        }
        push_auth(&mut parameters, auth, 0x04, 0x03);
        request(CONFIG, parameters)
    }

    fn subcommand(&self) -> u8 {
        match self {
            Self::EnableEnterpriseAttestation => 0x01,
            Self::ToggleAlwaysUv => 0x02,
            Self::SetMinPinLength(_) => 0x03,
        }
    }

    fn parameters(&self) -> Option<Value> {
        let Self::SetMinPinLength(parameters) = self else {
            return None;
        };
        let rp_ids = parameters.rp_ids.as_ref().map(|rp_ids| {
            let rp_ids = rp_ids.iter().map(|rp_id| Value::from(rp_id.as_str()));
            Value::Array(rp_ids.collect())
        });
        let members = [
            (0x01, parameters.new_min_pin_length.map(Value::from)),
            (0x02, rp_ids),
            (0x03, parameters.force_change_pin.map(Value::from)),
        ];
        Some(cbor::map(
            members
                .into_iter()
                .filter_map(|(key, member): (u8, _)| Some((key, member?))),
        ))
    }
}
