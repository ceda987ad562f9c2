//! What becomes of a request: an answer, a refusal, or a wait for a touch and what is to be done after it.

use std::time::Duration;

use super::bio_enrollment::Capture;
use super::creation::Creation;
use super::get_assertion::Assertion;
use super::user_verification::UserVerification;
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
    CaptureSample(Capture),
    VerifyUser(UserVerification),
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
    /// Whether the sensor looks at the finger, beyond being touched.
    pub(in crate::emulator) fn reads_finger(&self) -> bool {
        matches!(self, Self::CaptureSample(_) | Self::VerifyUser(_))
    }

    /// How long the touch has to last.
    pub(in crate::emulator) fn hold(&self) -> Duration {
        match self {
            Self::Reset { hold } => *hold,
            _ => Duration::ZERO,
        }
    }

    /// How long the platform wants to wait, if it has said so.
    pub(in crate::emulator) fn time_limit(&self) -> Option<Duration> {
        match self {
            Self::CaptureSample(capture) => capture.time_limit,
            _ => None,
        }
    }

    /// The user declined.
    pub(in crate::emulator) fn denied(&self) -> Status {
        match self {
            Self::Refuse { otherwise, .. } => *otherwise,
            _ => Status::OperationDenied,
        }
    }

    /// No touch came in time. The specification has two answers: §6.1.2 and §6.2.2 treat it as declined, §6.6, §6.9 and
    /// built-in user verification do not.
    pub(in crate::emulator) fn timed_out(&self) -> Status {
        match self {
            Self::Reset { .. } | Self::Select | Self::VerifyUser(_) => Status::UserActionTimeout,
            _ => self.denied(),
        }
    }
}
