//! The commands of the authenticator, one file each (CTAP 2.1 §6). Every file reads its request itself and follows the
//! specification's numbered steps; step numbers in comments are of CTAP 2.1.

mod authenticator_config;
mod client_pin;
mod credential_management;
mod extension;
mod get_assertion;
mod get_info;
mod make_credential;
mod reset;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::authenticator::Authenticator;
use super::credential::Credential;
use super::profile::PinUvAuthProtocol;
use super::request::Map;
use crate::ctap::hid::packet::ChannelId;
use crate::ctap::status::Status;
use crate::encoding::cbor::Value;

use credential_management::RpEntry;
use get_assertion::Assertion;
use make_credential::Creation;

/// How long a "get next" command may follow (CTAP 2.1 §6).
const SEQUENCE_LIFETIME: Duration = Duration::from_secs(30);

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident = $byte:literal, $text:literal;)*) => {
        /// A CTAP2 command that an emulated key knows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Command { $($(#[$doc])* $name,)* }

        impl Command {
            pub(super) fn from_byte(byte: u8) -> Option<Self> {
                match byte { $($byte => Some(Self::$name),)* _ => None }
            }

            /// The specification's name without `authenticator`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            const ALL: &'static [Self] = &[$(Self::$name,)*];
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
    /// authenticatorCredentialManagement
    CredentialManagement = 0x0a, "credentialManagement";
    /// authenticatorSelection
    Selection = 0x0b, "selection";
    /// authenticatorConfig
    AuthenticatorConfig = 0x0d, "config";
    /// authenticatorCredentialManagement before CTAP 2.1
    PrototypeCredentialManagement = 0x41, "prototypeCredentialManagement";
}

impl Command {
    pub(super) fn has_parameters(self) -> bool {
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

/// What a command comes to, short of refusing.
pub(super) enum Reply {
    /// Success without parameters.
    Empty,
    /// Success with these members.
    Map(Vec<(Value, Value)>),
    /// A touch is needed first.
    Touch(AfterTouch),
}

impl Reply {
    /// Members with unsigned keys; those that are `None` are left out.
    fn members(members: impl IntoIterator<Item = (u8, Option<Value>)>) -> Self {
        Self::Map(
            members
                .into_iter()
                .filter_map(|(key, value)| Some((Value::from(key), value?)))
                .collect(),
        )
    }
}

/// What a request comes to.
pub(super) enum Outcome {
    /// Status byte and parameters.
    Response(Vec<u8>),
    /// A touch is needed first.
    Touch(AfterTouch),
}

/// How a request goes on when the touch comes.
pub(super) enum AfterTouch {
    MakeCredential(Box<Creation>),
    GetAssertion(Box<Assertion>),
    /// Refused in any case; the touch only keeps the reason from programs that nobody sits at.
    Refuse {
        touched: Status,
        otherwise: Status,
    },
    Reset,
    Select,
}

impl AfterTouch {
    /// The user declined.
    pub(super) fn denied(&self) -> Status {
        match self {
            Self::Refuse { otherwise, .. } => *otherwise,
            _ => Status::OperationDenied,
        }
    }

    /// No touch came in time. The specification has two answers: §6.1.2 and §6.2.2 treat it as declined, §6.6 and §6.9 do
    /// not.
    pub(super) fn timed_out(&self) -> Status {
        match self {
            Self::Reset | Self::Select => Status::UserActionTimeout,
            _ => self.denied(),
        }
    }
}

/// What a "get next" command continues.
pub(super) struct Sequence {
    channel: ChannelId,
    began: Duration,
    rest: Rest,
}

/// What is still to come; the next one is at the end.
enum Rest {
    Assertions(Box<Assertion>),
    Rps(Vec<RpEntry>),
    Credentials(Vec<Credential>),
}

impl Sequence {
    pub(super) fn belongs_to(&self, channel: ChannelId, now: Duration) -> bool {
        self.channel == channel && now.saturating_sub(self.began) <= SEQUENCE_LIFETIME
    }
}

/// The two parameters by which makeCredential and getAssertion prove user verification.
struct PinUvAuthParam {
    param: Option<Vec<u8>>,
    protocol: Option<u64>,
}

impl Authenticator {
    fn remember(&mut self, rest: Rest) {
        let sequence = Sequence {
            channel: self.channel,
            began: self.env.monotonic(),
            rest,
        };
        self.begin_sequence(sequence);
    }

    /// Steps 1 and 2 of §6.1.2 and §6.2.2. A zero-length pinUvAuthParam asks which key the user means.
    fn check_pin_uv_auth_param(
        &mut self,
        given: &PinUvAuthParam,
    ) -> Result<Option<AfterTouch>, Status> {
        match &given.param {
            None => Ok(None),
            Some(param) if param.is_empty() => Ok(Some(AfterTouch::Refuse {
                touched: if self.is_protected() {
                    Status::PinInvalid
                } else {
                    Status::PinNotSet
                },
                otherwise: Status::OperationDenied,
            })),
            Some(_) => {
                let number = given.protocol.ok_or(Status::MissingParameter)?;
                self.protocol(number).map(|_| None)
            }
        }
    }

    /// Step 11.1 of §6.1.2 and 6.1 of §6.2.2: whether the request was made by a platform that has verified the user.
    fn user_verified(
        &mut self,
        given: &PinUvAuthParam,
        client_data_hash: &[u8],
        permission: u8,
        rp_id: &str,
    ) -> Result<bool, Status> {
        let (Some(param), Some(number), true) = (&given.param, given.protocol, self.is_protected())
        else {
            return Ok(false);
        };
        let protocol: PinUvAuthProtocol = self.protocol(number)?.protocol;
        self.verify_token(protocol, client_data_hash, param)?;
        let other_rp = self.token.rp_id().is_some_and(|bound| bound != rp_id);
        if !self.token.permits(permission) || other_rp || !self.token.user_verified() {
            return Err(Status::PinAuthInvalid);
        }
        self.token.bind(rp_id);
        Ok(true)
    }
}

/// Credential ids of type `public-key` in an allow or exclude list; other types are ignored.
fn credential_ids(list: &[Value], limit: usize) -> Result<Vec<Vec<u8>>, Status> {
    if list.len() > limit {
        return Err(Status::LimitExceeded);
    }
    let mut ids = Vec::with_capacity(list.len());
    for descriptor in list {
        let descriptor = Map::top(descriptor)?;
        let id: &[u8] = descriptor.required("id")?;
        if descriptor.required::<&str>("type")? == "public-key" {
            ids.push(id.to_vec());
        }
    }
    Ok(ids)
}
