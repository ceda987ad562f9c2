//! The command byte (CTAP 2.1 §6).

use std::fmt;
use std::str::FromStr;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $byte:literal, $text:literal;)*) => {
        /// A CTAP2 command that an emulated key knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Command {
            $($(#[$doc])* $name,)*
            /// A CTAP1 message, which has no CTAP2 command byte.
            U2f,
        }

        impl Command {
            pub(in crate::emulator) fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$name),)* _ => None }
            }

            /// The specification's name without `authenticator`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* Self::U2f => "u2f" }
            }

            const ALL: &'static [Self] = &[$(Self::$name,)* Self::U2f];
        }
    };
}

commands! {
    /// authenticatorMakeCredential
    MakeCredential = 0x01, "makeCredential";
    /// authenticatorGetAssertion
    GetAssertion = 0x02, "getAssertion";
    /// authenticatorGetInfo
    GetInfo = 0x04, "getInfo";
    /// authenticatorClientPIN
    ClientPin = 0x06, "clientPIN";
    /// authenticatorReset
    Reset = 0x07, "reset";
    /// authenticatorGetNextAssertion
    GetNextAssertion = 0x08, "getNextAssertion";
    /// authenticatorBioEnrollment
    BioEnrollment = 0x09, "bioEnrollment";
    /// authenticatorCredentialManagement
    CredentialManagement = 0x0a, "credentialManagement";
    /// authenticatorSelection
    Selection = 0x0b, "selection";
    /// authenticatorLargeBlobs
    LargeBlobs = 0x0c, "largeBlobs";
    /// authenticatorConfig
    AuthenticatorConfig = 0x0d, "config";
    /// authenticatorBioEnrollment before CTAP 2.1
    PrototypeBioEnrollment = 0x40, "prototypeBioEnrollment";
    /// authenticatorCredentialManagement before CTAP 2.1
    PrototypeCredentialManagement = 0x41, "prototypeCredentialManagement";
}

impl Command {
    pub(in crate::emulator) fn has_parameters(self) -> bool {
        !matches!(
            self,
            Self::GetInfo | Self::GetNextAssertion | Self::Reset | Self::Selection
        )
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A text that is no command's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no CTAP command is called {0:?}")]
pub struct UnknownCommand(pub String);

impl FromStr for Command {
    type Err = UnknownCommand;

    fn from_str(text: &str) -> Result<Self, UnknownCommand> {
        Self::ALL
            .iter()
            .copied()
            .find(|command| command.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCommand(text.to_owned()))
    }
}
