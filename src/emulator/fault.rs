//! Scripted misbehaviour, as data: what a key does that it should not. One fault is one word with an optional value
//! (`unplug-on=makeCredential`); several together are [`Faults`].

use std::fmt;
use std::str::FromStr;

use super::command::Command;

/// One way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `bad-signature`: assertions and attestations carry signatures that do not verify.
    BadSignature,
    /// `keepalive-on=COMMAND`: keep-alives without end instead of an answer, also after CANCEL.
    KeepaliveOn(Command),
    /// `sign-count-back`: each signature counter is lower than the one before.
    SignCountBack,
    /// `silent-on=COMMAND`: no answer at all; only INIT is answered after it.
    SilentOn(Command),
    /// `unplug-after=N`: gone once the N-th report has arrived.
    UnplugAfter(u64),
    /// `unplug-on=COMMAND`: gone when this command has arrived, before it has any effect.
    UnplugOn(Command),
    /// `wrong-aaguid`: authenticator data names another AAGUID than the attestation certificate.
    WrongAaguid,
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseFaultError {
    /// No fault has this name.
    #[error("no fault is called {0:?}")]
    Unknown(String),
    /// The fault's value is no CTAP command.
    #[error("{fault}: no CTAP command is called {value:?}")]
    NotACommand {
        /// The fault's name.
        fault: String,
        /// What was given.
        value: String,
    },
    /// The fault's value is no number.
    #[error("{fault}: {value:?} is no number of reports")]
    NotANumber {
        /// The fault's name.
        fault: String,
        /// What was given.
        value: String,
    },
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        let (fault, value) = text.split_once('=').unwrap_or((text, ""));
        let command = || {
            value.parse().map_err(|_| ParseFaultError::NotACommand {
                fault: fault.to_owned(),
                value: value.to_owned(),
            })
        };
        match (fault, value) {
            ("bad-signature", "") => Ok(Self::BadSignature),
            ("sign-count-back", "") => Ok(Self::SignCountBack),
            ("wrong-aaguid", "") => Ok(Self::WrongAaguid),
            ("keepalive-on", _) => Ok(Self::KeepaliveOn(command()?)),
            ("silent-on", _) => Ok(Self::SilentOn(command()?)),
            ("unplug-on", _) => Ok(Self::UnplugOn(command()?)),
            ("unplug-after", _) => match value.parse() {
                Ok(reports) => Ok(Self::UnplugAfter(reports)),
                Err(_) => Err(ParseFaultError::NotANumber {
                    fault: fault.to_owned(),
                    value: value.to_owned(),
                }),
            },
            _ => Err(ParseFaultError::Unknown(text.to_owned())),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadSignature => write!(formatter, "bad-signature"),
            Self::KeepaliveOn(command) => write!(formatter, "keepalive-on={command}"),
            Self::SignCountBack => write!(formatter, "sign-count-back"),
            Self::SilentOn(command) => write!(formatter, "silent-on={command}"),
            Self::UnplugAfter(reports) => write!(formatter, "unplug-after={reports}"),
            Self::UnplugOn(command) => write!(formatter, "unplug-on={command}"),
            Self::WrongAaguid => write!(formatter, "wrong-aaguid"),
        }
    }
}

/// The faults of one emulated key; none by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

impl Faults {
    /// Whether this very fault is set.
    pub(super) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether the key is to vanish now that this many reports have arrived since power-up.
    pub(super) fn unplugs_after(&self, reports: u64) -> bool {
        self.has(Fault::UnplugAfter(reports))
    }

    /// A replugged key does not vanish again by the same fault.
    pub(super) fn forget_unplugging(&mut self) {
        self.0
            .retain(|fault| !matches!(fault, Fault::UnplugAfter(_) | Fault::UnplugOn(_)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_again() {
        for text in [
            "bad-signature",
            "keepalive-on=makeCredential",
            "sign-count-back",
            "silent-on=clientPIN",
            "unplug-after=17",
            "unplug-on=getAssertion",
            "wrong-aaguid",
        ] {
            let fault: Fault = text.parse().expect("a fault");
            assert_eq!(fault.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_by_name() {
        assert!(matches!(
            "unplug".parse::<Fault>(),
            Err(ParseFaultError::Unknown(_))
        ));
        assert!(matches!(
            "bad-signature=1".parse::<Fault>(),
            Err(ParseFaultError::Unknown(_))
        ));
        assert!(matches!(
            "unplug-on=signEverything".parse::<Fault>(),
            Err(ParseFaultError::NotACommand { .. })
        ));
        assert!(matches!(
            "unplug-after=soon".parse::<Fault>(),
            Err(ParseFaultError::NotANumber { .. })
        ));
    }
}
