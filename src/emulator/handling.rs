//! What a person does to a key, and what an onlooker sees of it. Secrets are not among it: no PIN, no private key, no token.

use std::time::Duration;

use serde::Serialize;

use super::authenticator::Authenticator;
use super::command::Command;
use super::device::Emulator;
use super::fault::Progress;
use super::journal::Event;
use super::touch::TouchState;
use crate::ctap::status::Status;
use crate::encoding::base64url;

/// How many of the newest events a [`Snapshot`] shows.
const EVENTS_SHOWN: u64 = 16;

/// Nothing waits for a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no touch is awaited")]
pub struct NoTouchAwaited;

/// A key as an onlooker sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// The name of its profile, where it was given one.
    pub profile: Option<String>,
    /// The model's identifier.
    pub aaguid: String,
    /// Whether it is plugged in.
    pub plugged: bool,
    /// Time since it was opened, by its own clock.
    pub uptime_ms: u64,
    /// Whether a PIN is set.
    pub pin_set: bool,
    /// PIN tries left.
    pub pin_retries: u8,
    /// Whether PINs are refused until the next power cycle.
    pub power_cycle_needed: bool,
    /// Tries of built-in user verification left; absent without a fingerprint sensor.
    pub uv_retries: Option<u8>,
    /// How many fingers are enrolled.
    pub fingerprints: usize,
    /// What a fingerprint sensor sees when the key is touched.
    pub finger: String,
    /// The signature counter.
    pub sign_count: u32,
    /// Discoverable credentials, oldest first.
    pub credentials: Vec<CredentialSeen>,
    /// Who touches it, and whether that is awaited.
    pub touch: TouchSeen,
    /// What went over the wire since the key was opened.
    pub reports: ReportsSeen,
    /// How often each command has come.
    pub commands: serde_json::Map<String, serde_json::Value>,
    /// The newest events, oldest first.
    pub events: Vec<Event>,
    /// Faults and how far they have come.
    pub faults: Vec<Progress>,
}

/// A discoverable credential without its private key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialSeen {
    /// The relying party.
    pub rp_id: String,
    /// The account, base64url.
    pub user_id: String,
    /// The account's name, where the relying party gave one.
    pub user_name: Option<String>,
    /// base64url.
    pub credential_id: String,
}

/// The user's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TouchSeen {
    /// The word for who touches; absent when it is a program's own source.
    pub mode: Option<String>,
    /// Whether a request waits for a touch.
    pub awaited: bool,
    /// Which command's.
    pub command: Option<&'static str>,
    /// Since when.
    pub awaited_ms: Option<u64>,
}

/// Counters of 64-byte reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReportsSeen {
    /// From hosts.
    pub received: u64,
    /// From hosts, since power-up.
    pub received_since_power_up: u64,
    /// To hosts.
    pub sent: u64,
}

impl Emulator {
    /// Touches the key, whoever else is to touch it.
    ///
    /// # Errors
    /// When no touch is awaited: a key that is not asking does not remember that it was touched.
    pub fn touch(&mut self) -> Result<(), NoTouchAwaited> {
        self.decide(TouchState::Touched)
    }

    /// Declines for the user, once.
    ///
    /// # Errors
    /// As [`Emulator::touch`].
    pub fn deny(&mut self) -> Result<(), NoTouchAwaited> {
        self.decide(TouchState::Denied)
    }

    fn decide(&mut self, decision: TouchState) -> Result<(), NoTouchAwaited> {
        self.awaits_touch_for().ok_or(NoTouchAwaited)?;
        self.by_hand = Some(decision);
        Ok(())
    }

    /// The command that waits for a touch, if one does; inside, `None` where its byte is no command's.
    pub(super) fn awaits_touch(&self) -> Option<Option<Command>> {
        self.awaits_touch_for()
            .map(|_| self.journal.command_at_hand())
    }

    /// Puts the key's clock forward: tokens age, the window for a reset passes, keep-alives and time-outs fall due.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    /// As it left the factory, at once: without a touch, and outside the window for a reset too. Then power is cut.
    ///
    /// # Errors
    /// When that could not be stored; the key is as it was.
    pub fn erase(&mut self) -> Result<(), Status> {
        self.authenticator.erase()?;
        self.power_cycle();
        Ok(())
    }

    /// What to call its profile in a [`Snapshot`].
    pub fn set_profile_name(&mut self, name: &str) {
        self.profile_name = Some(name.to_owned());
    }

    /// Faults and how far they have come.
    #[must_use]
    pub fn faults(&self) -> Vec<Progress> {
        self.authenticator.faults.progress()
    }

    /// The number of the newest event; 0 before the first.
    #[must_use]
    pub fn newest_event(&self) -> u64 {
        self.journal.newest()
    }

    /// The events after the one with this number, oldest first, of those that are kept: the newest 256.
    pub fn events_since(&self, number: u64) -> impl Iterator<Item = &Event> {
        self.journal.since(number)
    }

    /// The key as an onlooker sees it now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let authenticator = &self.authenticator;
        let state = authenticator.state();
        let newest = self.newest_event();
        let count = |&(command, count): &(Command, u64)| (command.name().to_owned(), count.into());
        Snapshot {
            profile: self.profile_name.clone(),
            aaguid: authenticator.profile.aaguid.to_string(),
            plugged: !self.is_gone(),
            uptime_ms: milliseconds(self.uptime()),
            pin_set: state.pin.is_some(),
            pin_retries: state.pin_retries,
            power_cycle_needed: authenticator.is_power_cycle_needed(),
            uv_retries: authenticator.stored_uv_retries(),
            fingerprints: state.templates.len(),
            finger: self.finger.to_string(),
            sign_count: state.sign_count,
            credentials: credentials(authenticator),
            touch: self.touch_seen(),
            reports: ReportsSeen {
                received: self.journal.reports_received,
                received_since_power_up: self.reports_received,
                sent: self.journal.reports_sent,
            },
            commands: self.journal.commands().iter().map(count).collect(),
            events: self
                .events_since(newest.saturating_sub(EVENTS_SHOWN))
                .cloned()
                .collect(),
            faults: self.faults(),
        }
    }

    fn touch_seen(&self) -> TouchSeen {
        let awaited = self.awaits_touch_for();
        TouchSeen {
            mode: self.touch_mode.map(|mode| mode.to_string()),
            awaited: awaited.is_some(),
            command: awaited
                .and(self.journal.command_at_hand())
                .map(Command::name),
            awaited_ms: awaited.map(milliseconds),
        }
    }
}

fn credentials(authenticator: &Authenticator) -> Vec<CredentialSeen> {
    let stored = authenticator.state().credentials.iter();
    stored
        .filter_map(|credential| {
            let discoverable = credential.discoverable.as_ref()?;
            Some(CredentialSeen {
                rp_id: discoverable.rp_id.clone(),
                user_id: base64url::encode(&discoverable.user.id),
                user_name: discoverable.user.name.clone(),
                credential_id: base64url::encode(&credential.id),
            })
        })
        .collect()
}

fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
