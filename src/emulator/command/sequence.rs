//! Commands that continue another one (CTAP 2.1 §6, stateful commands): getNextAssertion, the "next" subcommands of
//! credential management, and the second and later fragments of a large-blob array.

use std::time::Duration;

use super::credential_management::RpEntry;
use super::get_assertion::Assertion;
use super::large_blobs::LargeBlobWrite;
use crate::ctap::hid::packet::ChannelId;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::Credential;

/// How long the next command may take to follow.
const LIFETIME: Duration = Duration::from_secs(30);

/// What the next command may continue.
pub(in crate::emulator) struct Sequence {
    channel: ChannelId,
    began: Duration,
    pub(super) rest: Rest,
}

/// What is still to come; the next one is at the end.
pub(super) enum Rest {
    Assertions(Box<Assertion>),
    Rps(Vec<RpEntry>),
    Credentials {
        credentials: Vec<Credential>,
        /// The enumeration of RPs that goes on afterwards: platforms list an RP's credentials before the next RP.
        outer: Option<Box<Sequence>>,
    },
    LargeBlobs(LargeBlobWrite),
}

impl Sequence {
    pub(in crate::emulator) fn belongs_to(&self, channel: ChannelId, now: Duration) -> bool {
        self.channel == channel && now.saturating_sub(self.began) <= LIFETIME
    }

    /// The RPs that are still to be enumerated, whether or not the credentials of one were listed meanwhile.
    pub(super) fn into_rps(self) -> Option<Vec<RpEntry>> {
        match self.into_outer()?.rest {
            Rest::Rps(rps) => Some(rps),
            _ => None,
        }
    }

    /// The enumeration of RPs that this is, or that it interrupts.
    pub(super) fn into_outer(self) -> Option<Box<Self>> {
        match self.rest {
            Rest::Rps(_) => Some(Box::new(self)),
            Rest::Credentials { outer, .. } => outer,
            _ => None,
        }
    }

    /// Whether it was a token that authorized the first command: then it ends with the token, because the commands that
    /// follow are not authorized again.
    pub(in crate::emulator) fn with_token(&self) -> bool {
        match &self.rest {
            Rest::Assertions(assertion) => assertion.with_token,
            Rest::Rps(_) | Rest::Credentials { .. } => true,
            Rest::LargeBlobs(write) => write.with_token,
        }
    }
}

impl Authenticator {
    pub(super) fn remember(&mut self, rest: Rest) {
        let sequence = Sequence {
            channel: self.channel,
            began: self.env.monotonic(),
            rest,
        };
        self.begin_sequence(sequence);
    }
}
