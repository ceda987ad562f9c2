//! The emulated key as a thing on a wire: CTAPHID in front of the authenticator, with touch, time and faults.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::attestation::{AttestationAuthority, AttestationError};
use super::authenticator::Authenticator;
use super::command::{Command, Outcome};
use super::ctap1::UserPresence;
use super::fault::{Effect, Fault, Faults, Moment, spoil, spoil_reports};
use super::hid::{Event, Hid};
use super::journal::Journal;
use super::profile::Profile;
use super::state::StateError;
use super::storage::{Directory, Memory, Storage, StorageError};
use super::touch::{Finger, Touch, TouchMode, TouchState};
use super::waiting::{Waiting, WaitingFor};
use crate::ctap::hid::packet::{ChannelId, Report};
use crate::ctap::status::Status;
use crate::env::{Env, OffsetClock};

/// A directory's own attestation root.
const ATTESTATION_DIRECTORY: &str = "attestation";

/// Why an emulated key could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its attestation could not be loaded or made.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// Its state is damaged.
    #[error("{place}: {source}")]
    State {
        /// The state file.
        place: String,
        /// What is wrong with it.
        source: StateError,
    },
    /// Its state could not be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A key in software. Reports go in by [`Emulator::handle_report`] and come out of [`Emulator::poll`]; between calls
/// nothing happens, and no call waits.
pub struct Emulator {
    pub(super) authenticator: Authenticator,
    pub(super) hid: Hid,
    pub(super) touch: Box<dyn Touch>,
    pub(super) user_presence: UserPresence,
    /// `None`: a source that has no word.
    pub(super) touch_mode: Option<TouchMode>,
    /// What somebody has done by hand; it counts for one request.
    pub(super) by_hand: Option<TouchState>,
    pub(super) finger: Finger,
    pub(super) env: Env,
    pub(super) clock: Arc<OffsetClock>,
    opened_at: Duration,
    pub(super) waiting: Option<Waiting>,
    /// Since power-up.
    pub(super) reports_received: u64,
    power: Power,
    power_cycles: u64,
    pub(super) journal: Journal,
    pub(super) profile_name: Option<String>,
    attestation_root_pem: String,
}

/// Whether the key is plugged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Power {
    On,
    /// On until the reports that are under way are out.
    Failing,
    /// Unplugged; comes back by itself when the time is reached.
    Off {
        until: Option<Duration>,
    },
}

impl Emulator {
    /// A key with its own attestation root, and both are gone with the value.
    ///
    /// # Errors
    /// When its certificates cannot be made.
    pub fn in_memory(env: Env, profile: Profile) -> Result<Self, OpenError> {
        let authority = AttestationAuthority::generate(&env)?;
        Self::new(Box::new(Memory), &authority, env, profile)
    }

    /// The key whose state is in this directory, made if there is none; its attestation root is in `attestation` below.
    ///
    /// # Errors
    /// When the directory is in use, or files are damaged or cannot be read or written.
    pub fn open(directory: &Path, env: Env, profile: Profile) -> Result<Self, OpenError> {
        let storage = Directory::open(directory)?;
        let authority = AttestationAuthority::open(&directory.join(ATTESTATION_DIRECTORY), &env)?;
        Self::new(Box::new(storage), &authority, env, profile)
    }

    /// Whether there is a key in this directory already.
    #[must_use]
    pub fn exists(directory: &Path) -> bool {
        Directory::holds_state(directory)
    }

    /// A key of this profile, attested by this authority.
    ///
    /// # Errors
    /// When the state cannot be read or is damaged, or certificates cannot be made.
    pub fn new(
        storage: Box<dyn Storage>,
        authority: &AttestationAuthority,
        env: Env,
        profile: Profile,
    ) -> Result<Self, OpenError> {
        let (env, clock) = env.with_offset();
        Ok(Self {
            attestation_root_pem: authority.root_pem()?,
            hid: Hid::new(&profile),
            authenticator: Authenticator::new(storage, authority, env.clone(), profile)?,
            touch: TouchMode::Auto.source(),
            user_presence: UserPresence::default(),
            touch_mode: Some(TouchMode::Auto),
            by_hand: None,
            finger: Finger::default(),
            opened_at: env.monotonic(),
            env,
            clock,
            waiting: None,
            reports_received: 0,
            power: Power::On,
            power_cycles: 0,
            journal: Journal::default(),
            profile_name: None,
        })
    }

    /// Who touches the key; at first [`super::touch::Auto`].
    pub fn set_touch(&mut self, touch: Box<dyn Touch>) {
        self.touch = touch;
        self.touch_mode = None;
    }

    /// As [`Emulator::set_touch`], by its word.
    pub fn set_touch_mode(&mut self, mode: TouchMode) {
        self.touch = mode.source();
        self.touch_mode = Some(mode);
    }

    /// Whose finger a fingerprint sensor sees; at first [`Finger::Right`]. Counts from now on, also for a request that
    /// waits.
    pub fn set_finger(&mut self, finger: Finger) {
        self.finger = finger;
    }

    /// How the key misbehaves from the next request on; at first not at all.
    pub fn set_faults(&mut self, faults: Faults) {
        self.authenticator.faults.set(faults, self.env.monotonic());
    }

    /// One fault more.
    pub fn add_fault(&mut self, fault: Fault) {
        self.authenticator.faults.add(fault, self.env.monotonic());
    }

    /// What kind of key it is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.authenticator.profile
    }

    /// The serial number that a USB device shows; empty for a key that was made before keys had one.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.authenticator.state().serial
    }

    /// The certificate to trust for this key's attestation, in PEM.
    #[must_use]
    pub fn attestation_root_pem(&self) -> &str {
        &self.attestation_root_pem
    }

    /// Whether the key is unplugged. Reports to it are lost until [`Emulator::power_cycle`].
    #[must_use]
    pub fn is_gone(&self) -> bool {
        matches!(self.power, Power::Off { .. })
    }

    /// How often it was power-cycled.
    #[must_use]
    pub fn power_cycles(&self) -> u64 {
        self.power_cycles
    }

    /// Unplugs and plugs in again: the PIN lock-out of this power cycle, tokens and the request at hand are gone, stored
    /// things and channels stay, and a new window for reset begins. A key that was unplugged comes back.
    pub fn power_cycle(&mut self) {
        tracing::debug!("the emulated key is power-cycled");
        self.authenticator.power_cycle();
        self.hid.power_cycle();
        self.user_presence.forget();
        self.waiting = None;
        self.by_hand = None;
        self.reports_received = 0;
        self.power_cycles += 1;
        self.power = Power::On;
        self.journal.powered_up(self.uptime());
    }

    /// Pulls the key out until [`Emulator::power_cycle`], or for this long.
    pub fn unplug(&mut self, stays_away: Option<Duration>) {
        tracing::debug!("the emulated key is unplugged");
        let until = stays_away.map(|away| self.env.monotonic().saturating_add(away));
        if !self.is_gone() {
            self.journal.unplugged(self.uptime());
        }
        self.power = Power::Off { until };
        self.waiting = None;
        self.user_presence.forget();
        self.hid.power_cycle();
    }

    /// Takes a report from the host.
    pub fn handle_report(&mut self, report: &Report) {
        if self.power != Power::On {
            return;
        }
        self.reports_received += 1;
        self.journal.reports_received += 1;
        let now = self.env.monotonic();
        let faults = &mut self.authenticator.faults;
        if faults.unplugs_at(self.reports_received, now) {
            return self.unplug(None);
        }
        match self.hid.receive(report, now) {
            None => {}
            Some(Event::Request { cid, request }) => self.begin(cid, &request),
            Some(Event::Ctap1(request)) => self.begin_ctap1(&request),
            Some(Event::Cancel) => self.cancel(),
            Some(Event::Abandoned) => self.waiting = None,
        }
    }

    /// The next report to the host, if there is one now. Looks after the touch, keep-alives and time-outs.
    pub fn poll(&mut self) -> Option<Report> {
        let now = self.env.monotonic();
        if let Power::Off { until } = self.power {
            if until.is_some_and(|until| now >= until) {
                self.power_cycle();
            }
            return None;
        }
        self.hid.expire(now);
        if let Some(waiting) = self.waiting.take() {
            self.look_after(waiting, now);
        }
        let report = self.hid.pop();
        match report {
            Some(_) => self.journal.reports_sent += 1,
            None if self.power == Power::Failing => self.unplug(None),
            None => {}
        }
        report
    }

    /// How long until [`Emulator::poll`] may have something new although no report comes in; `None`: forever.
    #[must_use]
    pub fn time_until_next(&self) -> Option<Duration> {
        let now = self.env.monotonic();
        if let Power::Off { until } = self.power {
            return until.map(|until| until.saturating_sub(now));
        }
        if self.hid.has_output() || self.power == Power::Failing {
            return Some(Duration::ZERO);
        }
        let waiting = self.waiting.as_ref();
        let waiting = waiting.and_then(|waiting| self.next_of(waiting));
        waiting
            .into_iter()
            .chain(self.hid.deadline())
            .min()
            .map(|deadline| deadline.saturating_sub(now))
    }

    /// Time since the key was opened, by its own clock.
    pub(super) fn uptime(&self) -> Duration {
        self.env.monotonic().saturating_sub(self.opened_at)
    }

    /// The same by the clock that the key was given, which nobody has put forward.
    pub(super) fn true_uptime(&self) -> Duration {
        self.uptime().saturating_sub(self.clock.offset())
    }

    fn begin(&mut self, cid: ChannelId, request: &[u8]) {
        let command = request.first().and_then(|&byte| Command::from_byte(byte));
        tracing::debug!(
            command = command.map(Command::name),
            "request to the emulated key"
        );
        if !self.admit(command) {
            return;
        }
        if self.authenticator.crashes_on(request) {
            return self.unplug(None);
        }
        let outcome = self.authenticator.process(cid, request);
        self.go_on(outcome);
    }

    pub(super) fn go_on(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Response(response) => self.answer(response),
            Outcome::Touch(after) => self.await_touch(after),
        }
    }

    fn begin_ctap1(&mut self, request: &[u8]) {
        if !self.admit(Some(Command::U2f)) {
            return;
        }
        let now = self.env.monotonic();
        let was_awaited = self.user_presence.awaited_for(now).is_some();
        let is_touched = || match self.by_hand.take() {
            None => self.user_presence.is_touched(self.touch.as_mut(), now),
            Some(by_hand) => {
                self.user_presence.forget();
                by_hand == TouchState::Touched
            }
        };
        let response = self.authenticator.process_ctap1(request, is_touched);
        if !was_awaited && self.user_presence.awaited_for(now).is_some() {
            self.journal.touch_awaited(self.uptime());
        }
        self.answer(response);
    }

    /// Whether the request is to be worked on; otherwise a fault has taken the place of everything that it would do.
    fn admit(&mut self, command: Option<Command>) -> bool {
        self.journal.request(command, self.uptime());
        let now = self.env.monotonic();
        let faults = &mut self.authenticator.faults;
        faults.begin(command, self.reports_received, now);
        match faults.preemption() {
            Some(Effect::Unplug(_)) => self.unplug(None),
            Some(Effect::Busy) => self.hid.refuse(Status::ChannelBusy),
            Some(Effect::Silent) => self.wait(WaitingFor::Silence),
            Some(Effect::Keepalive) => self.wait(WaitingFor::Nothing),
            Some(Effect::Status(status)) => self.answer(vec![status.into()]),
            _ => return true,
        }
        false
    }

    /// Answers the request at hand, now or when its delay is over.
    pub(super) fn answer(&mut self, mut answer: Vec<u8>) {
        spoil(&mut answer, self.authenticator.faults.active());
        match self.authenticator.faults.delay() {
            None => self.send(&answer),
            Some(delay) => {
                let until = self.env.monotonic().saturating_add(delay);
                self.wait(WaitingFor::Time { answer, until });
            }
        }
    }

    pub(super) fn send(&mut self, answer: &[u8]) {
        self.journal.answered(answer, self.uptime());
        let before = self.hid.outgoing().len();
        self.hid.respond(answer);
        let effects = self.authenticator.faults.active();
        if !effects.is_empty() {
            let reports = self.hid.outgoing().split_off(before).into();
            let spoilt = spoil_reports(reports, effects);
            self.hid.outgoing().extend(spoilt);
            if effects.contains(&Effect::Unplug(Moment::Answer)) {
                self.power = Power::Failing;
            }
        }
    }
}
