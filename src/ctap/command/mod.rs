//! The CTAP2 commands (CTAP 2.1 §6), one file each: `Request` to bytes and bytes to `Response`. Pure; what is sent is always
//! canonical CBOR, what comes back is read leniently where real keys differ and strictly where a mistake could mislead.

pub mod authenticator_config;
pub mod client_pin;
pub mod credential_management;
pub mod entity;
pub mod get_assertion;
pub mod get_info;
pub mod large_blobs;
pub mod make_credential;
mod members;

#[cfg(test)]
mod tests;

pub use entity::{CredentialDescriptor, LargeBlobKey, RelyingParty, User};
pub use members::{DecodeError, MemberName};

use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::encoding::cbor::{self, Value};

/// The command byte of authenticatorMakeCredential.
pub const MAKE_CREDENTIAL: u8 = 0x01;
/// The command byte of authenticatorGetAssertion.
pub const GET_ASSERTION: u8 = 0x02;
/// The command byte of authenticatorGetInfo.
pub const GET_INFO: u8 = 0x04;
/// The command byte of authenticatorClientPIN.
pub const CLIENT_PIN: u8 = 0x06;
/// The command byte of authenticatorReset.
pub const RESET: u8 = 0x07;
/// The command byte of authenticatorGetNextAssertion.
pub const GET_NEXT_ASSERTION: u8 = 0x08;
/// The command byte of authenticatorCredentialManagement.
pub const CREDENTIAL_MANAGEMENT: u8 = 0x0a;
/// The command byte of authenticatorSelection.
pub const SELECTION: u8 = 0x0b;
/// The command byte of authenticatorLargeBlobs.
pub const LARGE_BLOBS: u8 = 0x0c;
/// The command byte of authenticatorConfig.
pub const CONFIG: u8 = 0x0d;
/// The command byte of credential management before CTAP 2.1 gave it one (FIDO_2_1_PRE).
pub const CREDENTIAL_MANAGEMENT_PREVIEW: u8 = 0x41;

/// A request with parameters; commands without any are their command byte alone.
fn request(command: u8, parameters: Vec<(u8, Value)>) -> Vec<u8> {
    let mut bytes = vec![command];
    bytes.extend(cbor::encode(&cbor::map(parameters)));
    bytes
}

/// Appends pinUvAuthParam and pinUvAuthProtocol under the keys that the command gives them.
fn push_auth(
    parameters: &mut Vec<(u8, Value)>,
    auth: Option<&PinUvAuthParam>,
    param_key: u8,
    protocol_key: u8,
) {
    if let Some(auth) = auth {
        parameters.push((param_key, Value::Bytes(auth.bytes.clone())));
        parameters.push((protocol_key, Value::from(auth.protocol.number())));
    }
}
