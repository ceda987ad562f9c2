//! authenticatorClientPIN (CTAP 2.1 §6.5). Requests hold only what the PIN protocol has already encrypted.

use super::members::{DecodeError, Members, any, boolean, bytes, integer};
use super::{CLIENT_PIN, request};
use crate::ctap::pin_protocol::PinUvAuthProtocol;
use crate::encoding::cbor::Value;
use crate::webauthn::RpId;

/// What a pinUvAuthToken may be used for (CTAP 2.1 §6.5.5.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions(pub u8);

impl Permissions {
    /// makeCredential, for one RP ID.
    pub const MC: Self = Self(0x01);
    /// getAssertion, for one RP ID.
    pub const GA: Self = Self(0x02);
    /// Credential management.
    pub const CM: Self = Self(0x04);
    /// Bio enrollment.
    pub const BE: Self = Self(0x08);
    /// Writing large blobs.
    pub const LBW: Self = Self(0x10);
    /// authenticatorConfig.
    pub const ACFG: Self = Self(0x20);
    /// Credential management, only reading (CTAP 2.2).
    pub const PCMR: Self = Self(0x40);

    /// Whether all of `others` are among these.
    #[must_use]
    pub fn contain(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether any of `others` is among these.
    #[must_use]
    pub fn intersect(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

impl std::ops::BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The subcommands that this client sends. Byte strings are ciphertexts and authentication parameters of the PIN protocol.
#[derive(Clone)]
pub enum Request {
    /// How many tries the PIN has left.
    GetPinRetries,
    /// The key's part of the key agreement.
    GetKeyAgreement,
    /// Sets the first PIN.
    SetPin {
        /// Our part of the key agreement, a COSE_Key.
        key_agreement: Value,
        /// The encrypted PIN.
        new_pin_enc: Vec<u8>,
        /// Authenticates it.
        pin_uv_auth_param: Vec<u8>,
    },
    /// Replaces the PIN.
    ChangePin {
        /// Our part of the key agreement, a COSE_Key.
        key_agreement: Value,
        /// The encrypted hash of the current PIN.
        pin_hash_enc: Vec<u8>,
        /// The encrypted new PIN.
        new_pin_enc: Vec<u8>,
        /// Authenticates both.
        pin_uv_auth_param: Vec<u8>,
    },
    /// A token for a PIN, without stating what for (CTAP 2.0).
    GetPinToken {
        /// Our part of the key agreement, a COSE_Key.
        key_agreement: Value,
        /// The encrypted hash of the PIN.
        pin_hash_enc: Vec<u8>,
    },
    /// A token for built-in user verification.
    GetPinUvAuthTokenUsingUvWithPermissions {
        /// Our part of the key agreement, a COSE_Key.
        key_agreement: Value,
        /// What for.
        permissions: Permissions,
        /// For whom; needed for `mc` and `ga`.
        rp_id: Option<RpId>,
    },
    /// How many tries built-in user verification has left. A key without it may crash when asked.
    GetUvRetries,
    /// A token for a PIN.
    GetPinUvAuthTokenUsingPinWithPermissions {
        /// Our part of the key agreement, a COSE_Key.
        key_agreement: Value,
        /// The encrypted hash of the PIN.
        pin_hash_enc: Vec<u8>,
        /// What for.
        permissions: Permissions,
        /// For whom; needed for `mc` and `ga`.
        rp_id: Option<RpId>,
    },
}

impl Request {
    /// The command's name in errors.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::GetPinRetries => "clientPIN getPINRetries",
            Self::GetKeyAgreement => "clientPIN getKeyAgreement",
            Self::SetPin { .. } => "clientPIN setPIN",
            Self::ChangePin { .. } => "clientPIN changePIN",
            Self::GetPinToken { .. } => "clientPIN getPinToken",
            Self::GetPinUvAuthTokenUsingUvWithPermissions { .. } => {
                "clientPIN getPinUvAuthTokenUsingUvWithPermissions"
            }
            Self::GetUvRetries => "clientPIN getUVRetries",
            Self::GetPinUvAuthTokenUsingPinWithPermissions { .. } => {
                "clientPIN getPinUvAuthTokenUsingPinWithPermissions"
            }
        }
    }

    /// Command byte and canonical CBOR. The protocol is sent with every subcommand: CTAP 2.0 demands it.
    #[must_use]
    pub fn encode(&self, protocol: PinUvAuthProtocol) -> Vec<u8> {
        let mut parameters = vec![
            (0x01, Value::from(protocol.number())),
            (0x02, Value::from(self.subcommand())),
        ];
        parameters.extend(self.parameters());
        request(CLIENT_PIN, parameters)
    }

    fn subcommand(&self) -> u8 {
        match self {
            Self::GetPinRetries => 0x01,
            Self::GetKeyAgreement => 0x02,
            Self::SetPin { .. } => 0x03,
            Self::ChangePin { .. } => 0x04,
            Self::GetPinToken { .. } => 0x05,
            Self::GetPinUvAuthTokenUsingUvWithPermissions { .. } => 0x06,
            Self::GetUvRetries => 0x07,
            Self::GetPinUvAuthTokenUsingPinWithPermissions { .. } => 0x09,
        }
    }

    fn parameters(&self) -> Vec<(u8, Value)> {
        let bytes = |bytes: &Vec<u8>| Value::Bytes(bytes.clone());
        match self {
            Self::GetPinRetries | Self::GetKeyAgreement | Self::GetUvRetries => Vec::new(),
            Self::SetPin {
                key_agreement,
                new_pin_enc,
                pin_uv_auth_param,
            } => vec![
                (0x03, key_agreement.clone()),
                (0x04, bytes(pin_uv_auth_param)),
                (0x05, bytes(new_pin_enc)),
            ],
            Self::ChangePin {
                key_agreement,
                pin_hash_enc,
                new_pin_enc,
                pin_uv_auth_param,
            } => vec![
                (0x03, key_agreement.clone()),
                (0x04, bytes(pin_uv_auth_param)),
                (0x05, bytes(new_pin_enc)),
                (0x06, bytes(pin_hash_enc)),
            ],
            Self::GetPinToken {
                key_agreement,
                pin_hash_enc,
            } => vec![(0x03, key_agreement.clone()), (0x06, bytes(pin_hash_enc))],
            Self::GetPinUvAuthTokenUsingUvWithPermissions {
                key_agreement,
                permissions,
                rp_id,
            } => scoped(key_agreement, *permissions, rp_id.as_ref()),
            Self::GetPinUvAuthTokenUsingPinWithPermissions {
                key_agreement,
                pin_hash_enc,
                permissions,
                rp_id,
            } => {
                let mut parameters = scoped(key_agreement, *permissions, rp_id.as_ref());
                parameters.push((0x06, bytes(pin_hash_enc)));
                parameters
            }
        }
    }
}

fn scoped(
    key_agreement: &Value,
    permissions: Permissions,
    rp_id: Option<&RpId>,
) -> Vec<(u8, Value)> {
    let mut parameters = vec![
        (0x03, key_agreement.clone()),
        (0x09, Value::from(permissions.0)),
    ];
    if let Some(rp_id) = rp_id {
        parameters.push((0x0a, Value::from(rp_id.as_str())));
    }
    parameters
}

/// The members of all subcommands' responses; which are there depends on the subcommand.
pub struct Response {
    members: Members,
}

/// Answer to getPINRetries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinRetries {
    /// Tries left before the PIN is blocked for good.
    pub retries: u8,
    /// Whether the key must be unplugged before it takes another try; `None` if it did not say.
    pub power_cycle_state: Option<bool>,
}

impl Response {
    /// Decodes the CBOR after the status byte; `command` is the name for errors.
    ///
    /// # Errors
    /// When it is not a map.
    pub fn decode(command: &'static str, cbor: &[u8]) -> Result<Self, DecodeError> {
        let members = Members::parse(command, cbor)?;
        Ok(Self { members })
    }

    /// The answer to getKeyAgreement, a COSE_Key.
    ///
    /// # Errors
    /// When it is missing.
    pub fn key_agreement(mut self) -> Result<Value, DecodeError> {
        self.members.required(0x01, "keyAgreement", any)
    }

    /// The answer to the subcommands that give a token: its ciphertext.
    ///
    /// # Errors
    /// When it is missing or malformed.
    pub fn pin_uv_auth_token(mut self) -> Result<Vec<u8>, DecodeError> {
        self.members.required(0x02, "pinUvAuthToken", bytes)
    }

    /// The answer to getPINRetries.
    ///
    /// # Errors
    /// When the count is missing or malformed: absent is not zero.
    pub fn pin_retries(mut self) -> Result<PinRetries, DecodeError> {
        Ok(PinRetries {
            retries: self.members.required(0x03, "pinRetries", integer)?,
            power_cycle_state: self.members.optional(0x04, "powerCycleState", boolean)?,
        })
    }

    /// The answer to getUVRetries.
    ///
    /// # Errors
    /// When the count is missing or malformed.
    pub fn uv_retries(mut self) -> Result<u8, DecodeError> {
        self.members.required(0x05, "uvRetries", integer)
    }
}
