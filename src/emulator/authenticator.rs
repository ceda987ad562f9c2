//! The authenticator: its state, and the way of a request from the command byte to the status byte (CTAP 2.1 §6). It has
//! no clock, no touch and no transport of its own: what needs a touch comes back as [`AfterTouch`] and is finished later.

use std::time::Duration;

use super::attestation::{AttestationAuthority, Issued};
use super::command::{AfterTouch, Command, Enrollment, Outcome, Reply, Sequence};
use super::device::OpenError;
use super::fault::{Effect, Script};
use super::pin_protocol::PinUvAuth;
use super::profile::{PinUvAuthProtocol, Profile};
use super::request::{self, Map};
use super::state::State;
use super::storage::{Storage, StorageError};
use super::token::TokenState;
use super::touch::Finger;
use super::wrapping::Wrapping;
use crate::ctap::hid::packet::ChannelId;
use crate::ctap::status::Status;
use crate::encoding::cbor::{self, Value};
use crate::env::Env;

/// Consecutive wrong PINs after which power has to be cut (CTAP 2.1 §6.5.5.6).
const MAX_CONSECUTIVE_MISMATCHES: u8 = 3;

pub(super) struct Authenticator {
    pub(super) env: Env,
    pub(super) profile: Profile,
    pub(super) faults: Script,
    /// The signature counter that went out last.
    pub(super) last_sign_count: Option<u32>,
    storage: Box<dyn Storage>,
    state: State,
    pub(super) batch: Issued,
    protocols: Vec<PinUvAuth>,
    pub(super) token: TokenState,
    consecutive_mismatches: u8,
    powered_up_at: Duration,
    /// Whether any command but getInfo and reset has come since power-up.
    pub(super) has_worked: bool,
    /// What the next command may continue; of the channel that began it.
    sequence: Option<Sequence>,
    /// The finger that is being enrolled.
    pub(super) enrollment: Option<Enrollment>,
    /// The channel of the request at hand.
    pub(super) channel: ChannelId,
}

impl Authenticator {
    pub(super) fn new(
        mut storage: Box<dyn Storage>,
        authority: &AttestationAuthority,
        env: Env,
        profile: Profile,
    ) -> Result<Self, OpenError> {
        let batch = authority.batch(profile.aaguid, &env)?;
        let stored = storage.load()?;
        let is_new = stored.is_none();
        let mut state = match stored {
            Some(blob) => State::decode(&blob).map_err(|source| OpenError::State {
                place: storage.place(),
                source,
            })?,
            None => State::new(&profile, &env),
        };
        let needs_identity = profile.enterprise_rp_ids.is_some()
            && state.enterprise.as_ref().map(|identity| identity.aaguid) != Some(profile.aaguid);
        if needs_identity {
            state.enterprise = Some(authority.enterprise(profile.aaguid, &env)?);
        }
        if is_new || needs_identity {
            storage.store(&|| state.encode())?;
        }
        let powered_up_at = env.monotonic();
        Ok(Self {
            protocols: fresh_protocols(&profile, &env),
            env,
            profile,
            faults: Script::default(),
            last_sign_count: None,
            storage,
            state,
            batch,
            token: TokenState::default(),
            consecutive_mismatches: 0,
            powered_up_at,
            has_worked: false,
            sequence: None,
            enrollment: None,
            channel: ChannelId::ZERO,
        })
    }

    /// Power cut and restored: what is only in memory is gone.
    pub(super) fn power_cycle(&mut self) {
        self.protocols = fresh_protocols(&self.profile, &self.env);
        self.token.stop();
        self.consecutive_mismatches = 0;
        self.powered_up_at = self.env.monotonic();
        self.has_worked = false;
        self.sequence = None;
        self.enrollment = None;
    }

    /// Works on a request: command byte, then parameters.
    pub(super) fn process(&mut self, channel: ChannelId, request: &[u8]) -> Outcome {
        let Some((&byte, parameters)) = request.split_first() else {
            return respond(Err(Status::InvalidLength));
        };
        let Some(command) = Command::from_byte(byte) else {
            return respond(Err(Status::InvalidCommand));
        };
        if request.len() > self.profile.max_msg_size {
            return respond(Err(Status::RequestTooLarge));
        }
        self.channel = channel;
        self.token.expire(self.env.monotonic());
        self.has_worked |= !matches!(command, Command::GetInfo | Command::Reset);
        respond(self.dispatch(command, parameters))
    }

    /// The touch that was waited for has come, from this finger.
    pub(super) fn touched(&mut self, after: AfterTouch, finger: Finger) -> Outcome {
        respond(match after {
            AfterTouch::MakeCredential(creation) => self.create(*creation),
            AfterTouch::GetAssertion(assertion) => self.assert(*assertion),
            AfterTouch::CaptureSample(capture) => self.sample_captured(capture, finger),
            AfterTouch::VerifyUser(verification) => self.finger_read(verification, finger),
            AfterTouch::Refuse { touched, .. } => Err(touched),
            AfterTouch::Reset { .. } => self.erase(),
            AfterTouch::Select => Ok(Reply::Empty),
        })
    }

    /// The touch that was waited for has not come in time.
    pub(super) fn timed_out(&mut self, after: AfterTouch) -> Outcome {
        respond(match after {
            AfterTouch::CaptureSample(capture) => self.sample_captured(capture, Finger::None),
            other => Err(other.timed_out()),
        })
    }

    /// The user has declined.
    pub(super) fn denied(&self, after: &AfterTouch) -> Outcome {
        respond(Err(after.denied()))
    }

    fn dispatch(&mut self, command: Command, parameters: &[u8]) -> Result<Reply, Status> {
        // A sequence lives until any other command comes, or for 30 s (CTAP 2.1 §6, stateful commands).
        let now = self.env.monotonic();
        let previous = self
            .sequence
            .take()
            .filter(|sequence| sequence.belongs_to(self.channel, now))
            .filter(|sequence| !sequence.with_token() || self.token.protocol().is_some());
        if !command.has_parameters() {
            if !parameters.is_empty() {
                return Err(Status::InvalidLength);
            }
            return match command {
                Command::GetInfo => Ok(self.get_info()),
                Command::GetNextAssertion => self.get_next_assertion(previous),
                Command::Reset => self.reset(),
                _ => Ok(Reply::Touch(AfterTouch::Select)),
            };
        }
        if !self.supports(command) {
            return Err(Status::InvalidCommand);
        }
        let parameters = request::decode(parameters)?;
        let parameters = Map::top(&parameters)?;
        match command {
            Command::MakeCredential => self.make_credential(parameters),
            Command::GetAssertion => self.get_assertion(parameters),
            Command::ClientPin => self.client_pin(parameters),
            Command::AuthenticatorConfig => self.authenticator_config(parameters),
            Command::BioEnrollment | Command::PrototypeBioEnrollment => {
                self.bio_enrollment(parameters)
            }
            Command::LargeBlobs => self.large_blobs(parameters, previous),
            _ => self.credential_management(command, parameters, previous),
        }
    }

    fn supports(&self, command: Command) -> bool {
        use super::profile::{BioEnrollment, CredentialManagement as Management};
        let management = self.profile.credential_management;
        let enrollment = self
            .profile
            .fingerprint
            .as_ref()
            .map(|sensor| sensor.enrollment);
        match command {
            Command::BioEnrollment => {
                enrollment.is_some_and(|answered| answered != BioEnrollment::Preview)
            }
            Command::PrototypeBioEnrollment => {
                enrollment.is_some_and(|answered| answered != BioEnrollment::Standard)
            }
            Command::CredentialManagement => {
                matches!(management, Management::Standard | Management::Both)
            }
            Command::PrototypeCredentialManagement => matches!(
                management,
                Management::Preview | Management::Both | Management::Misannounced
            ),
            Command::AuthenticatorConfig => self.profile.authenticator_config,
            Command::LargeBlobs => self.profile.large_blobs.is_some(),
            _ => true,
        }
    }

    pub(super) fn state(&self) -> &State {
        &self.state
    }

    /// Changes the state: durable before it counts, and unchanged when it cannot be stored.
    pub(super) fn update(&mut self, change: impl FnOnce(&mut State)) -> Result<(), Status> {
        let mut next = self.state.clone();
        change(&mut next);
        self.storage.store(&|| next.encode()).map_err(|error| {
            tracing::debug!(%error, "the emulated key cannot store its state");
            match error {
                StorageError::Full { .. } => Status::KeyStoreFull,
                _ => Status::Other,
            }
        })?;
        self.state = next;
        Ok(())
    }

    /// The PIN tries that are left; none while that fault is at work.
    pub(super) fn pin_retries(&self) -> u8 {
        if self.faults.has(Effect::PinBlocked) {
            return 0;
        }
        self.state.pin_retries
    }

    pub(super) fn wrapping(&self) -> Wrapping {
        Wrapping::new(&self.state.master)
    }

    /// `clientPin` in getInfo.
    pub(super) fn is_pin_set(&self) -> bool {
        self.state.pin.is_some()
    }

    /// "Protected by some form of user verification": the PIN, or a fingerprint.
    pub(super) fn is_protected(&self) -> bool {
        self.is_pin_set() || self.is_uv_enabled()
    }

    /// `alwaysUv` in getInfo.
    pub(super) fn always_uv(&self) -> bool {
        self.profile.always_uv.is_some() && self.state.always_uv
    }

    /// `makeCredUvNotRqd` in getInfo: never together with `alwaysUv`.
    pub(super) fn make_cred_uv_not_rqd(&self) -> bool {
        self.profile.make_cred_uv_not_rqd && !self.always_uv()
    }

    /// `longTouchForReset` in getInfo: since CTAP 2.2 keys say that they need no long touch, too.
    pub(super) fn long_touch_for_reset(&self) -> Option<bool> {
        let is_on = self.profile.long_touch_for_reset || self.state.long_touch_for_reset;
        let is_mentioned =
            is_on || self.profile.can_enable_long_touch_for_reset || self.profile.is_since_2_2();
        is_mentioned.then_some(is_on)
    }

    pub(super) fn time_since_power_up(&self) -> Duration {
        self.env.monotonic().saturating_sub(self.powered_up_at)
    }

    pub(super) fn is_power_cycle_needed(&self) -> bool {
        self.consecutive_mismatches >= MAX_CONSECUTIVE_MISMATCHES
    }

    pub(super) fn count_mismatch(&mut self) {
        self.consecutive_mismatches = self.consecutive_mismatches.saturating_add(1);
    }

    pub(super) fn forget_mismatches(&mut self) {
        self.consecutive_mismatches = 0;
    }

    pub(super) fn begin_sequence(&mut self, sequence: Sequence) {
        self.sequence = Some(sequence);
    }

    pub(super) fn forget_sequence(&mut self) {
        self.sequence = None;
    }

    /// The protocol with this number, of those that the profile has.
    pub(super) fn protocol(&mut self, number: u64) -> Result<&mut PinUvAuth, Status> {
        self.protocols
            .iter_mut()
            .find(|candidate| u64::from(candidate.protocol.number()) == number)
            .ok_or(Status::InvalidParameter)
    }

    /// New token bytes for all protocols: every token that was issued is void.
    pub(super) fn reset_tokens(&mut self) {
        self.token.stop();
        for protocol in &mut self.protocols {
            protocol.reset_token(&self.env);
        }
    }

    /// `verify(pinUvAuthToken, message, pinUvAuthParam)`; a token of another protocol, or none in use, is no match.
    pub(super) fn verify_token(
        &mut self,
        protocol: PinUvAuthProtocol,
        message: &[u8],
        pin_uv_auth_param: &[u8],
    ) -> Result<(), Status> {
        let verified = self.token.protocol() == Some(protocol)
            && self
                .protocol(protocol.number().into())?
                .verify_token(message, pin_uv_auth_param);
        if !verified {
            return Err(Status::PinAuthInvalid);
        }
        self.token.mark_used();
        Ok(())
    }
}

fn fresh_protocols(profile: &Profile, env: &Env) -> Vec<PinUvAuth> {
    profile
        .pin_uv_auth_protocols
        .iter()
        .map(|&protocol| PinUvAuth::new(protocol, env))
        .collect()
}

/// The status byte and, after success, the map.
fn respond(reply: Result<Reply, Status>) -> Outcome {
    match reply {
        Ok(Reply::Touch(after)) => Outcome::Touch(after),
        Ok(Reply::Empty) => Outcome::Response(vec![Status::Ok.into()]),
        Ok(Reply::Map(members)) => {
            let mut response = vec![Status::Ok.into()];
            response.extend_from_slice(&cbor::encode(&Value::Map(members)));
            Outcome::Response(response)
        }
        Err(status) => {
            tracing::debug!(%status, "the emulated key refuses");
            Outcome::Response(vec![status.into()])
        }
    }
}
