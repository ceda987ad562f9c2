//! What goes wrong between host and key, with the facts that a caller needs to decide.

use crate::ctap::command::DecodeError;
use crate::ctap::hid;
use crate::ctap::pin_protocol;
use crate::ctap::status::Status;
use crate::secret::PinError;
use crate::webauthn::authenticator_data;

/// Why a command did not succeed. `command` is the specification's name, with the subcommand where there is one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The authenticator data in a response is malformed.
    #[error("{command} response: {source}")]
    AuthenticatorData {
        /// The command.
        command: &'static str,
        /// What is wrong.
        source: authenticator_data::Error,
    },
    /// The key already holds one of the credentials that were to be excluded.
    #[error("the key already holds a credential for this account")]
    CredentialExcluded {
        /// The credential, where the key said which one.
        credential_id: Option<Vec<u8>>,
    },
    /// The message could not be exchanged: gone, silent, busy, cancelled, or against CTAPHID.
    #[error(transparent)]
    Hid(#[from] hid::Error),
    /// The key and we could not agree on a shared secret, or its ciphertext is malformed.
    #[error("{command}: {source}")]
    PinProtocol {
        /// The command.
        command: &'static str,
        /// What is wrong.
        source: pin_protocol::Error,
    },
    /// The key refused a PIN or a user verification, or demands one.
    #[error("{command}: {failure}")]
    Pin {
        /// The command.
        command: &'static str,
        /// What the key said, and the tries left.
        failure: PinFailure,
    },
    /// We refused a PIN before the key saw it.
    #[error(transparent)]
    PinUnfit(#[from] PinError),
    /// We refused to ask for permissions that are only given for one RP ID.
    #[error("the permissions mc and ga are only given for one RP ID")]
    RpIdNeeded,
    /// We refused to send more than the key takes.
    #[error("{command}: {length} bytes are more than the {maximum} that the key takes")]
    RequestTooLarge {
        /// The command.
        command: &'static str,
        /// Bytes of the request.
        length: usize,
        /// The key's maxMsgSize.
        maximum: usize,
    },
    /// The response is not what the specification says.
    #[error(transparent)]
    Response(#[from] DecodeError),
    /// The key answered with an error status.
    #[error("{command}: the key answered {status}")]
    Status {
        /// The command.
        command: &'static str,
        /// The status.
        status: Status,
    },
    /// The key says by getInfo that it cannot do this.
    #[error("the key does not support {0}")]
    Unsupported(&'static str),
}

impl Error {
    /// Whether the key may have done what it was asked although no usable answer came.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        use hid::Error as E;
        match self {
            Self::AuthenticatorData { .. } | Self::Response(_) => true,
            Self::Hid(error) => match error {
                E::CancelUnconfirmed { .. }
                | E::Device(_)
                | E::KeepAliveTooLong { .. }
                | E::Silent { .. }
                | E::Violation { .. } => true,
                E::Busy { .. }
                | E::Cancelled
                | E::MessageTooLong { .. }
                | E::Refused { .. }
                | E::Unsupported { .. } => false,
            },
            Self::CredentialExcluded { .. }
            | Self::Pin { .. }
            | Self::PinProtocol { .. }
            | Self::PinUnfit(_)
            | Self::RequestTooLarge { .. }
            | Self::RpIdNeeded
            | Self::Status { .. }
            | Self::Unsupported(_) => false,
        }
    }
}

/// A PIN or user verification that failed, or is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind}{}{}", tries(self.retries), if self.power_cycle_needed { ", the key must be unplugged first" } else { "" })]
pub struct PinFailure {
    /// What the key said.
    pub kind: PinFailureKind,
    /// Tries left, of the PIN or of the built-in user verification, whichever was tried; `None` if the key did not say.
    pub retries: Option<u8>,
    /// Whether the key takes no more tries until it is unplugged and plugged in again.
    pub power_cycle_needed: bool,
}

/// The kinds of [`PinFailure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFailureKind {
    /// We refused to set a first PIN on a key that has one.
    #[error("the key already has a PIN")]
    AlreadySet,
    /// Too many wrong PINs since the key was plugged in (0x34).
    #[error("PIN entry is blocked until the key is unplugged")]
    AuthBlocked,
    /// No tries left at all (0x32); only a reset helps.
    #[error("the PIN is blocked")]
    Blocked,
    /// The PIN must be changed before it can be used (forcePINChange).
    #[error("the PIN must be changed first")]
    ChangeRequired,
    /// The PIN is wrong (0x31).
    #[error("the PIN is wrong")]
    Invalid,
    /// The key has no PIN (0x35).
    #[error("the key has no PIN")]
    NotSet,
    /// The new PIN does not satisfy the key (0x37).
    #[error("the key refuses this PIN by its policy")]
    PolicyViolation,
    /// The command needs a PIN or user verification (0x36).
    #[error("the key demands a PIN or user verification")]
    Required,
    /// Built-in user verification has no tries left (0x3C).
    #[error("built-in user verification is blocked")]
    UvBlocked,
    /// Built-in user verification did not recognise the user (0x3F).
    #[error("built-in user verification failed")]
    UvInvalid,
}

impl PinFailureKind {
    /// The kind that a status stands for, if it is about PINs or user verification.
    #[must_use]
    pub fn from_status(status: Status) -> Option<Self> {
        match status {
            Status::PinInvalid => Some(Self::Invalid),
            Status::PinBlocked => Some(Self::Blocked),
            Status::PinAuthBlocked => Some(Self::AuthBlocked),
            Status::PinNotSet => Some(Self::NotSet),
            Status::PuatRequired => Some(Self::Required),
            Status::PinPolicyViolation => Some(Self::PolicyViolation),
            Status::UvBlocked => Some(Self::UvBlocked),
            Status::UvInvalid => Some(Self::UvInvalid),
            _ => None,
        }
    }
}

fn tries(retries: Option<u8>) -> String {
    match retries {
        Some(1) => ", 1 try left".to_owned(),
        Some(tries) => format!(", {tries} tries left"),
        None => String::new(),
    }
}
