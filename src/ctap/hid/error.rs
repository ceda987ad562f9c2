//! What goes wrong below CTAP2.

use std::time::Duration;

use crate::ctap::hid::packet::AssemblyError;
use crate::ctap::hid::{DeviceError, command_name};
use crate::ctap::status::Status;

/// Why a message could not be exchanged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program kept the key busy through all retries.
    #[error("{}: the key was busy with another program at all {attempts} attempts", command_name(*command))]
    Busy {
        /// The CTAPHID command.
        command: u8,
        /// How often it was sent.
        attempts: usize,
    },
    /// The operator cancelled, and the key did not do what it was asked.
    #[error("cancelled by the operator")]
    Cancelled,
    /// The operator cancelled, the key was told so and did not say that it had stopped: it may yet do what it was asked.
    #[error("cancelled by the operator, and the key did not confirm it within {} ms", waited.as_millis())]
    CancelUnconfirmed {
        /// How long was waited for its word.
        waited: Duration,
    },
    /// The device is gone, or the operating system refused.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The key asked for patience longer than the caller had.
    #[error("{}: the key sent keep-alives for {} s and never answered", command_name(*command), limit.as_secs())]
    KeepAliveTooLong {
        /// The CTAPHID command.
        command: u8,
        /// How long was waited.
        limit: Duration,
    },
    /// We refused to send a message that CTAPHID cannot carry.
    #[error("{}: {length} bytes do not fit into a message, which carries at most {maximum}", command_name(*command))]
    MessageTooLong {
        /// The CTAPHID command.
        command: u8,
        /// Bytes of the message.
        length: usize,
        /// Bytes possible.
        maximum: usize,
    },
    /// The key answered CTAPHID_ERROR.
    #[error("{}: the key answered {status} on the HID layer", command_name(*command))]
    Refused {
        /// The CTAPHID command.
        command: u8,
        /// The error code; CTAPHID shares its codes with CTAP1.
        status: Status,
    },
    /// Nothing came on our channel.
    #[error("{}: the key was silent for {} ms", command_name(*command), waited.as_millis())]
    Silent {
        /// The CTAPHID command.
        command: u8,
        /// How long nothing came.
        waited: Duration,
    },
    /// The key does not offer a CTAPHID command.
    #[error("the key does not support {}", command_name(*command))]
    Unsupported {
        /// The CTAPHID command.
        command: u8,
    },
    /// The key broke the protocol.
    #[error("{}: {violation}", command_name(*command))]
    Violation {
        /// The CTAPHID command that was outstanding.
        command: u8,
        /// What the key did.
        violation: Violation,
    },
}

/// What a key did against CTAPHID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Its packets do not make a message.
    #[error("the key's packets do not fit together: {0}")]
    Assembly(#[from] AssemblyError),
    /// The echo differs from what was sent.
    #[error("the key's echo differs from the {0} bytes that were sent")]
    Echo(usize),
    /// A message without the byte that it must have.
    #[error("the key's message of command 0x{0:02X} is empty")]
    Empty(u8),
    /// The channel that INIT assigned is reserved.
    #[error("the key assigned the reserved channel {0:02x?}")]
    ReservedChannel([u8; 4]),
    /// The response to INIT is too short.
    #[error("the key's response to INIT has {0} bytes instead of 17")]
    ShortInit(usize),
    /// A response to another command.
    #[error("the key answered with command 0x{0:02X}")]
    WrongCommand(u8),
}
