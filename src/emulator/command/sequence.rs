//! Commands that continue another one (CTAP 2.1 §6, stateful commands): getNextAssertion and the "next" subcommands of
//! credential management.

use std::time::Duration;

use super::credential_management::RpEntry;
use super::get_assertion::Assertion;
use crate::ctap::hid::packet::ChannelId;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::Credential;

/// How long a "get next" command may follow.
const LIFETIME: Duration = Duration::from_secs(30);

/// What a "get next" command continues.
pub(in crate::emulator) struct Sequence {
    channel: ChannelId,
    began: Duration,
    pub(super) rest: Rest,
}

/// What is still to come; the next one is at the end.
pub(super) enum Rest {
    Assertions(Box<Assertion>),
    Rps(Vec<RpEntry>),
    Credentials(Vec<Credential>),
}

impl Sequence {
    pub(in crate::emulator) fn belongs_to(&self, channel: ChannelId, now: Duration) -> bool {
        self.channel == channel && now.saturating_sub(self.began) <= LIFETIME
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
