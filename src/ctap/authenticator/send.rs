//! A message and its status byte.

use crate::ctap::command::{self, DecodeError, get_info};
use crate::ctap::error::{Error, PinFailure, PinFailureKind};
use crate::ctap::status::Status;
use crate::ctap::transport::{Transport, Wait};

/// Asks what the key can do.
pub(super) fn read_info(transport: &mut dyn Transport) -> Result<get_info::Response, Error> {
    let message = [command::GET_INFO];
    let cbor = send(transport, get_info::NAME, &message, &mut Wait::unattended())?;
    Ok(get_info::Response::decode(&cbor)?)
}

/// Sends a request and returns the CBOR of a successful response.
pub(super) fn send(
    transport: &mut dyn Transport,
    command: &'static str,
    message: &[u8],
    wait: &mut Wait<'_>,
) -> Result<Vec<u8>, Error> {
    let mut response = transport.transact(message, wait)?;
    let status = *response.first().ok_or(DecodeError::Empty { command })?;
    match Status::from(status) {
        Status::Ok => Ok(response.split_off(1)),
        status => Err(failure(command, status)),
    }
}

fn failure(command: &'static str, status: Status) -> Error {
    match PinFailureKind::from_status(status) {
        Some(kind) => Error::Pin {
            command,
            failure: PinFailure {
                kind,
                retries: None,
                power_cycle_needed: kind == PinFailureKind::AuthBlocked,
            },
        },
        None => Error::Status { command, status },
    }
}
