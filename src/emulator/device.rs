//! The emulated key as a thing on a wire: CTAPHID in front of the authenticator, with touch, time and faults.

use std::path::Path;
use std::time::Duration;

use super::attestation::{AttestationAuthority, AttestationError};
use super::authenticator::Authenticator;
use super::command::{AfterTouch, Command, Outcome};
use super::ctap1::UserPresence;
use super::fault::{Fault, Faults};
use super::hid::{Event, Hid, KeepaliveStatus};
use super::profile::Profile;
use super::state::StateError;
use super::storage::{Directory, Memory, Storage, StorageError};
use super::touch::{Auto, Touch, TouchState};
use crate::ctap::hid::packet::{ChannelId, Report};
use crate::ctap::status::Status;
use crate::env::Env;

/// A host waits for no more than this between keep-alives (CTAP 2.1 §11.2.9.1.7).
const KEEPALIVE_INTERVAL: Duration = Duration::from_millis(100);
/// A directory's own attestation root.
const ATTESTATION_DIRECTORY: &str = "attestation";

/// Why an emulated key could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its attestation could not be loaded or made.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// Its state is damaged.
    #[error(transparent)]
    State(#[from] StateError),
    /// Its state could not be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A key in software. Reports go in by [`Emulator::handle_report`] and come out of [`Emulator::poll`]; between calls
/// nothing happens, and no call waits.
pub struct Emulator {
    authenticator: Authenticator,
    hid: Hid,
    touch: Box<dyn Touch>,
    user_presence: UserPresence,
    env: Env,
    waiting: Option<Waiting>,
    reports_received: u64,
    gone: bool,
    attestation_root_pem: String,
}

/// A request that has no answer yet.
struct Waiting {
    reason: WaitingFor,
    since: Duration,
    next_keepalive: Duration,
}

enum WaitingFor {
    Touch(AfterTouch),
    /// The fault of keep-alives without end.
    Nothing,
    /// The fault of silence.
    Silence,
}

impl Emulator {
    /// A key with its own attestation root, and both are gone with the value.
    ///
    /// # Errors
    /// When its certificates cannot be made.
    pub fn in_memory(env: Env, profile: Profile) -> Result<Self, OpenError> {
        let authority = AttestationAuthority::generate(&env)?;
        Self::new(Box::new(Memory::default()), &authority, env, profile)
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
        Ok(Self {
            attestation_root_pem: authority.root_pem()?,
            hid: Hid::new(&profile),
            authenticator: Authenticator::new(storage, authority, env.clone(), profile)?,
            touch: Box::new(Auto),
            user_presence: UserPresence::default(),
            env,
            waiting: None,
            reports_received: 0,
            gone: false,
        })
    }

    /// Who touches the key; at first [`Auto`].
    pub fn set_touch(&mut self, touch: Box<dyn Touch>) {
        self.touch = touch;
    }

    /// How the key misbehaves; at first not at all.
    pub fn set_faults(&mut self, faults: Faults) {
        self.authenticator.faults = faults;
    }

    /// The certificate to trust for this key's attestation, in PEM.
    #[must_use]
    pub fn attestation_root_pem(&self) -> &str {
        &self.attestation_root_pem
    }

    /// Whether a fault has unplugged the key. Reports to it are lost until [`Emulator::power_cycle`].
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Unplugs and plugs in again: the PIN lock-out of this power cycle, tokens and the request at hand are gone, stored
    /// things and channels stay, and a new window for reset begins. A key that a fault has unplugged comes back.
    pub fn power_cycle(&mut self) {
        tracing::debug!("the emulated key is power-cycled");
        self.authenticator.power_cycle();
        self.authenticator.faults.forget_unplugging();
        self.hid.power_cycle();
        self.user_presence.forget();
        self.waiting = None;
        self.reports_received = 0;
        self.gone = false;
    }

    /// Takes a report from the host.
    pub fn handle_report(&mut self, report: &Report) {
        if self.gone {
            return;
        }
        self.reports_received += 1;
        if self
            .authenticator
            .faults
            .unplugs_after(self.reports_received)
        {
            return self.unplug();
        }
        match self.hid.receive(report, self.env.monotonic()) {
            None => {}
            Some(Event::Request { cid, request }) => self.begin(cid, &request),
            Some(Event::Ctap1(command)) => self.answer_ctap1(&command),
            Some(Event::Cancel) => self.cancel(),
            Some(Event::Abandoned) => self.waiting = None,
        }
    }

    /// The next report to the host, if there is one now. Looks after the touch, keep-alives and time-outs.
    pub fn poll(&mut self) -> Option<Report> {
        if self.gone {
            return None;
        }
        let now = self.env.monotonic();
        self.hid.expire(now);
        if let Some(waiting) = self.waiting.take() {
            self.look_after(waiting, now);
        }
        self.hid.pop()
    }

    /// How long until [`Emulator::poll`] may have something new although no report comes in; `None`: forever.
    #[must_use]
    pub fn time_until_next(&self) -> Option<Duration> {
        if self.gone {
            return None;
        }
        if self.hid.has_output() {
            return Some(Duration::ZERO);
        }
        let now = self.env.monotonic();
        let waiting = self
            .waiting
            .as_ref()
            .and_then(|waiting| match waiting.reason {
                WaitingFor::Touch(_) => {
                    let timeout = waiting.since + self.authenticator.profile.touch_timeout;
                    Some(waiting.next_keepalive.min(timeout))
                }
                WaitingFor::Nothing => Some(waiting.next_keepalive),
                WaitingFor::Silence => None,
            });
        waiting
            .into_iter()
            .chain(self.hid.deadline())
            .min()
            .map(|deadline| deadline.saturating_sub(now))
    }

    fn begin(&mut self, cid: ChannelId, request: &[u8]) {
        let command = request.first().and_then(|&byte| Command::from_byte(byte));
        tracing::debug!(
            command = command.map(Command::name),
            "request to the emulated key"
        );
        if let Some(command) = command {
            let faults = &self.authenticator.faults;
            if faults.has(Fault::UnplugOn(command)) {
                return self.unplug();
            }
            if faults.has(Fault::SilentOn(command)) {
                return self.wait(WaitingFor::Silence);
            }
            if faults.has(Fault::KeepaliveOn(command)) {
                return self.wait(WaitingFor::Nothing);
            }
        }
        match self.authenticator.process(cid, request) {
            Outcome::Response(response) => self.hid.respond(&response),
            Outcome::Touch(after) => self.wait(WaitingFor::Touch(after)),
        }
    }

    fn answer_ctap1(&mut self, command: &[u8]) {
        let now = self.env.monotonic();
        let is_touched = || self.user_presence.is_touched(self.touch.as_mut(), now);
        let response = self.authenticator.process_ctap1(command, is_touched);
        self.hid.respond(&response);
    }

    /// The first keep-alive is due at once: the status has changed.
    fn wait(&mut self, reason: WaitingFor) {
        let now = self.env.monotonic();
        self.waiting = Some(Waiting {
            reason,
            since: now,
            next_keepalive: now,
        });
    }

    fn look_after(&mut self, mut waiting: Waiting, now: Duration) {
        let status = match waiting.reason {
            WaitingFor::Touch(after) => {
                let waited = now.saturating_sub(waiting.since);
                let response = match self.touch.state(waited) {
                    TouchState::Touched => self.authenticator.touched(after),
                    TouchState::Denied => vec![after.denied().into()],
                    TouchState::Waiting if waited >= self.authenticator.profile.touch_timeout => {
                        vec![after.timed_out().into()]
                    }
                    TouchState::Waiting => {
                        waiting.reason = WaitingFor::Touch(after);
                        return self.keep_waiting(waiting, KeepaliveStatus::UpNeeded, now);
                    }
                };
                return self.hid.respond(&response);
            }
            WaitingFor::Nothing => KeepaliveStatus::Processing,
            WaitingFor::Silence => {
                self.waiting = Some(waiting);
                return;
            }
        };
        self.keep_waiting(waiting, status, now);
    }

    fn keep_waiting(&mut self, mut waiting: Waiting, status: KeepaliveStatus, now: Duration) {
        if now >= waiting.next_keepalive {
            self.hid.keepalive(status);
            waiting.next_keepalive = now + KEEPALIVE_INTERVAL;
        }
        self.waiting = Some(waiting);
    }

    /// CANCEL ends a wait for a touch; the faults do not listen.
    fn cancel(&mut self) {
        if let Some(Waiting {
            reason: WaitingFor::Touch(_),
            ..
        }) = self.waiting
        {
            self.waiting = None;
            self.hid.respond(&[Status::KeepaliveCancel.into()]);
        }
    }

    fn unplug(&mut self) {
        tracing::debug!("a fault unplugs the emulated key");
        self.gone = true;
        self.waiting = None;
        self.hid.power_cycle();
    }
}
