//! Sign-ins under way: authorization codes and device codes. They live minutes, so a restart may forget them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::simulator::oauth::scope::Scopes;

/// Sign-ins of each kind at the same time; beyond that the request is refused.
const LIMIT: usize = 1000;

/// What a user agreed to on the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AuthorizationCode {
    pub(super) client_id: Uuid,
    pub(super) user_id: Uuid,
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

/// What the user said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Approved(Uuid),
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
    codes: HashMap<String, AuthorizationCode>,
    devices: HashMap<String, DeviceSignIn>,
}

impl Sessions {
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

    /// Notes the user's decision; false when no pending device has this code.
    pub(super) fn decide(&self, user_code: &str, decision: Decision, now: Timestamp) -> bool {
        let mut inner = self.lock();
        let sign_in = inner.devices.values_mut().find(|sign_in| {
            sign_in.user_code.eq_ignore_ascii_case(user_code)
                && sign_in.expires > now
                && sign_in.decision == Decision::Pending
        });
        sign_in.map(|sign_in| sign_in.decision = decision).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
