//! Sign-ins under way: authorization codes and device codes. They live minutes, so a restart may forget them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::simulator::oauth::scope::Scopes;
use crate::simulator::oauth::signed_in::SignedIn;

/// Sign-ins of each kind at the same time; beyond that the request is refused.
const LIMIT: usize = 1000;

/// What a user agreed to on the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthorizationCode {
    pub(super) client_id: Uuid,
    pub(super) signed_in: SignedIn,
    pub(super) redirect_uri: String,
    /// S256 of the code verifier.
    pub(super) code_challenge: Option<String>,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<String>,
    pub(super) expires: Timestamp,
}

/// A device that waits for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DeviceSignIn {
    pub(super) user_code: String,
    pub(super) client_id: Uuid,
    pub(super) scopes: Scopes,
    pub(super) expires: Timestamp,
    pub(super) decision: Decision,
}

impl DeviceSignIn {
    fn waits_with(&self, user_code: &str, now: Timestamp) -> bool {
        self.user_code.eq_ignore_ascii_case(user_code)
            && self.expires > now
            && self.decision == Decision::Pending
    }
}

/// What the user said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    Approved(SignedIn),
    Declined,
    Pending,
}

/// Too many sign-ins under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// All sign-ins under way.
#[derive(Default)]
pub(in crate::simulator) struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// With the end of each; oldest first.
    challenges: VecDeque<(String, Timestamp)>,
    codes: HashMap<String, AuthorizationCode>,
    devices: HashMap<String, DeviceSignIn>,
}

impl Sessions {
    /// Keeps a challenge that a page asks keys to sign. Pages that nobody answers must keep nobody out: the oldest gives way.
    pub(super) fn add_challenge(&self, challenge: String, expires: Timestamp) {
        let mut inner = self.lock();
        if inner.challenges.len() >= LIMIT {
            inner.challenges.pop_front();
        }
        inner.challenges.push_back((challenge, expires));
    }

    /// Whether this challenge was given out and still holds; it does not a second time.
    pub(super) fn redeem_challenge(&self, challenge: &str, now: Timestamp) -> bool {
        let mut inner = self.lock();
        inner.challenges.retain(|(_, expires)| *expires > now);
        let known = inner
            .challenges
            .iter()
            .position(|(one, _)| one == challenge);
        known.and_then(|at| inner.challenges.remove(at)).is_some()
    }

    pub(super) fn add_code(
        &self,
        code: String,
        session: AuthorizationCode,
        now: Timestamp,
    ) -> Result<(), Full> {
        let mut inner = self.lock();
        inner.codes.retain(|_, session| session.expires > now);
        if inner.codes.len() >= LIMIT {
            return Err(Full);
        }
        inner.codes.insert(code, session);
        Ok(())
    }

    /// Takes the session of a code, which nobody can redeem again.
    pub(super) fn redeem_code(&self, code: &str) -> Option<AuthorizationCode> {
        self.lock().codes.remove(code)
    }

    pub(super) fn add_device(
        &self,
        device_code: String,
        sign_in: DeviceSignIn,
        now: Timestamp,
    ) -> Result<(), Full> {
        let mut inner = self.lock();
        inner.devices.retain(|_, sign_in| sign_in.expires > now);
        if inner.devices.len() >= LIMIT {
            return Err(Full);
        }
        inner.devices.insert(device_code, sign_in);
        Ok(())
    }

    pub(super) fn device(&self, device_code: &str) -> Option<DeviceSignIn> {
        self.lock().devices.get(device_code).cloned()
    }

    pub(super) fn forget_device(&self, device_code: &str) {
        self.lock().devices.remove(device_code);
    }

    /// The client of the pending device with this code.
    pub(super) fn pending(&self, user_code: &str, now: Timestamp) -> Option<Uuid> {
        let inner = self.lock();
        let mut devices = inner.devices.values();
        let device = devices.find(|device| device.waits_with(user_code, now));
        device.map(|device| device.client_id)
    }

    /// Notes the user's decision; false when no pending device has this code.
    pub(super) fn decide(&self, user_code: &str, decision: Decision, now: Timestamp) -> bool {
        let mut inner = self.lock();
        let mut devices = inner.devices.values_mut();
        let sign_in = devices.find(|device| device.waits_with(user_code, now));
        sign_in.map(|sign_in| sign_in.decision = decision).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
