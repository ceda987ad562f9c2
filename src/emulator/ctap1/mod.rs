//! CTAP1, that is FIDO U2F 1.2 "Raw Message Formats", as CTAPHID_MSG carries it (CTAP 2.1 §10). U2F never waits: without a
//! touch it refuses at once, and the host asks again.
//!
//! Key handles are the credential ids of [`super::wrapping`], with the application parameter as RP ID hash. So each
//! protocol can use what the other has made, and both count with one counter.

mod apdu;
mod command;
mod message;
mod presence;
mod status;

pub(super) use presence::UserPresence;

use super::authenticator::Authenticator;
use message::Request;
use status::StatusWord;

impl Authenticator {
    /// Works on a command APDU; the response APDU. `is_touched` is asked at most once, when all depends on the touch.
    pub(super) fn process_ctap1(
        &mut self,
        command: &[u8],
        is_touched: impl FnOnce() -> bool,
    ) -> Vec<u8> {
        self.forget_sequence();
        let (mut response, status) = match self.answer_ctap1(command, is_touched) {
            Ok(response) => (response, StatusWord::NoError),
            Err(status) => {
                tracing::debug!(?status, "the emulated key refuses");
                (Vec::new(), status)
            }
        };
        response.extend_from_slice(&status.code().to_be_bytes());
        response
    }

    fn answer_ctap1(
        &mut self,
        command: &[u8],
        is_touched: impl FnOnce() -> bool,
    ) -> Result<Vec<u8>, StatusWord> {
        let request = Request::parse(command)?;
        tracing::debug!(command = request.name(), "request to the emulated key");
        match request {
            Request::Version => Ok(b"U2F_V2".to_vec()),
            _ if !self.is_ctap1_enabled() => Err(StatusWord::CommandNotAllowed),
            Request::Register(registration) => self.u2f_register(&registration, is_touched),
            Request::Authenticate(authentication) => {
                self.u2f_authenticate(&authentication, is_touched)
            }
        }
    }

    /// Always-UV disables CTAP1, which cannot ask for a PIN (CTAP 2.1 §7.2).
    pub(super) fn is_ctap1_enabled(&self) -> bool {
        self.profile.has_ctap1() && !self.always_uv()
    }
}
