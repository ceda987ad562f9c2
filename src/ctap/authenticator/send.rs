//! A message and its status byte.

use super::times::Times;
use crate::ctap::command::{self, DecodeError, get_info};
use crate::ctap::error::{Error, PinFailure, PinFailureKind};
use crate::ctap::status::Status;
use crate::ctap::transport::{Transport, Wait};
use crate::env::Env;

/// Asks what the key can do.
pub(super) fn read_info(
    transport: &mut dyn Transport,
    env: &Env,
    times: &mut Times,
) -> Result<get_info::Response, Error> {
    let (name, message) = (get_info::NAME, [command::GET_INFO]);
    let response = times.timed(transport, env, name, &message, &mut Wait::unattended())?;
    Ok(get_info::Response::decode(&answered(name, response)?)?)
}

/// The CBOR of a successful response.
pub(super) fn answered(command: &'static str, mut response: Vec<u8>) -> Result<Vec<u8>, Error> {
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
