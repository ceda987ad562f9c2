//! What becomes of a request: an answer, a refusal, or a wait for a touch and what is to be done after it.

use std::time::Duration;

use super::creation::Creation;
use super::get_assertion::Assertion;
use crate::ctap::status::Status;
use crate::encoding::cbor::Value;

/// What a command comes to, short of refusing.
pub(in crate::emulator) enum Reply {
    /// Success without parameters.
    Empty,
    /// Success with these members.
    Map(Vec<(Value, Value)>),
    /// A touch is needed first.
    Touch(AfterTouch),
}

impl Reply {
    /// Members with unsigned keys; those that are `None` are left out.
    pub(super) fn members(members: impl IntoIterator<Item = (u8, Option<Value>)>) -> Self {
        Self::Map(
            members
                .into_iter()
                .filter_map(|(key, value)| Some((Value::from(key), value?)))
                .collect(),
        )
    }
}

/// What a request comes to.
pub(in crate::emulator) enum Outcome {
    /// Status byte and parameters.
    Response(Vec<u8>),
    /// A touch is needed first.
    Touch(AfterTouch),
}

/// How a request goes on when the touch comes.
pub(in crate::emulator) enum AfterTouch {
    MakeCredential(Box<Creation>),
    GetAssertion(Box<Assertion>),
    /// Refused in any case; the touch only keeps the reason from programs that nobody sits at.
    Refuse {
        touched: Status,
        otherwise: Status,
    },
    Reset {
        /// How long the touch has to last.
        hold: Duration,
    },
    Select,
}

impl AfterTouch {
    /// How long the touch has to last.
    pub(in crate::emulator) fn hold(&self) -> Duration {
        match self {
            Self::Reset { hold } => *hold,
            _ => Duration::ZERO,
        }
    }

    /// The user declined.
    pub(in crate::emulator) fn denied(&self) -> Status {
        match self {
            Self::Refuse { otherwise, .. } => *otherwise,
            _ => Status::OperationDenied,
        }
    }

    /// No touch came in time. The specification has two answers: §6.1.2 and §6.2.2 treat it as declined, §6.6 and §6.9 do
    /// not.
    pub(in crate::emulator) fn timed_out(&self) -> Status {
        match self {
            Self::Reset { .. } | Self::Select => Status::UserActionTimeout,
            _ => self.denied(),
        }
    }
}
