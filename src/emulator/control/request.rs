//! What can be asked of a key.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::emulator::EventKind;
use crate::emulator::duration;

/// How long a `wait` waits when it does not say.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// A request, as JSON: `{"request": "advance", "by": "10s"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Puts the key's clock forward.
    Advance {
        /// By how much, as in `10s`.
        #[serde(with = "duration::text")]
        by: Duration,
    },
    /// Ends all faults.
    ClearFaults {},
    /// Declines the touch that is awaited.
    Deny {},
    /// Back to the factory: PIN, credentials and settings are gone, and power is cut.
    Erase {},
    /// Adds a fault.
    Fault {
        /// As after `--fault`.
        fault: String,
    },
    /// Lists the faults and how far each has come.
    Faults {},
    /// What a fingerprint sensor sees from now on.
    Finger {
        /// As after `--finger`.
        finger: String,
    },
    /// Brings an unplugged key back.
    Plug {},
    /// Unplugs the key and plugs it in again.
    PowerCycle {},
    /// Replaces all faults.
    SetFaults {
        /// As after `--fault`, each.
        faults: Vec<String>,
    },
    /// Shows the key.
    State {},
    /// From now on, a line for each event as well.
    Subscribe {
        /// Events after this number first; without it, only those to come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<u64>,
    },
    /// Touches the key, which must be asking for it.
    Touch {},
    /// Who touches from now on.
    TouchMode {
        /// As after `--touch`.
        mode: String,
    },
    /// Unplugs the key.
    Unplug {
        /// It comes back by itself after this time; without it, with `plug` or `power-cycle`.
        #[serde(
            default,
            rename = "for",
            with = "duration::optional_text",
            skip_serializing_if = "Option::is_none"
        )]
        stays_away: Option<Duration>,
    },
    /// Answers when something happens. A touch that is awaited already, or a key that is unplugged already, counts.
    Wait {
        /// For what.
        #[serde(rename = "for")]
        event: EventKind,
        /// Only if it is about this command.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        command: Option<String>,
        /// What happened after the event with this number counts too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<u64>,
        /// Gives up after this time.
        #[serde(default = "default_timeout", with = "duration::text")]
        timeout: Duration,
    },
}

fn default_timeout() -> Duration {
    DEFAULT_TIMEOUT
}

/// A line that is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseRequestError {
    /// Not the JSON of a request.
    #[error("no request: {0}")]
    Json(String),
    /// The word begins no request.
    #[error("no request begins with {0:?}")]
    UnknownWord(String),
    /// More words than the request takes, or fewer.
    #[error("{request} takes {expected}")]
    Words {
        /// The request's word.
        request: String,
        /// What follows it.
        expected: &'static str,
    },
}

impl Request {
    /// Reads a line of the protocol.
    ///
    /// # Errors
    /// When it is not one JSON object that is a request.
    pub fn from_json(line: &[u8]) -> Result<Self, ParseRequestError> {
        serde_json::from_slice(line).map_err(|error| ParseRequestError::Json(error.to_string()))
    }

    /// The word with which it begins.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Advance { .. } => "advance",
            Self::ClearFaults {} => "clear-faults",
            Self::Deny {} => "deny",
            Self::Erase {} => "erase",
            Self::Fault { .. } => "fault",
            Self::Faults {} => "faults",
            Self::Finger { .. } => "finger",
            Self::Plug {} => "plug",
            Self::PowerCycle {} => "power-cycle",
            Self::SetFaults { .. } => "set-faults",
            Self::State {} => "state",
            Self::Subscribe { .. } => "subscribe",
            Self::Touch {} => "touch",
            Self::TouchMode { .. } => "touch-mode",
            Self::Unplug { .. } => "unplug",
            Self::Wait { .. } => "wait",
        }
    }

    /// The line of the protocol, without its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a request has text keys, numbers and texts only")
    }
}
