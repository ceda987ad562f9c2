//! Waiting for a touch and nothing else, to see which key it is.

use super::Authenticator;
use crate::ctap::command::{self, RelyingParty, User, make_credential};
use crate::ctap::error::{Error, PinFailureKind};
use crate::ctap::pin_protocol::PinUvAuthParam;
use crate::ctap::status::Status;
use crate::ctap::transport::Wait;
use crate::webauthn::RpId;

const COMMAND: &str = "selection";
/// A relying party that cannot exist (RFC 2606).
const NOBODY: &str = "selection.invalid";

impl Authenticator {
    /// Waits for a touch (CTAP 2.1 §6.9). Keys from before CTAP 2.1 have no command for it; some crash when they are asked. They wait
    /// for a touch before they refuse an empty pinUvAuthParam (§6.1.2 step 1).
    ///
    /// # Errors
    /// When the touch does not come.
    pub fn selection(&mut self, wait: &mut Wait<'_>) -> Result<(), Error> {
        if self.info.has_selection() {
            return self.send(COMMAND, &[command::SELECTION], wait).map(drop);
        }
        let request = self.refused_creation()?;
        match self.send(COMMAND, &request, wait) {
            Err(error) if touched(&error) => Ok(()),
            result => result.map(drop),
        }
    }

    fn refused_creation(&self) -> Result<Vec<u8>, Error> {
        let rp = RelyingParty {
            id: NOBODY.parse::<RpId>().expect("it is a domain name"),
            name: None,
        };
        let user = User {
            id: vec![0],
            name: Some(COMMAND.to_owned()),
            display_name: None,
        };
        let empty = PinUvAuthParam {
            bytes: Vec::new(),
            protocol: self.pin_uv_auth_protocol()?,
        };
        Ok(make_credential::Request::new([0; 32], rp, user).encode(Some(&empty)))
    }
}

/// What a key answers to an empty pinUvAuthParam, after the touch: with a PIN, without one, or not looking closely.
fn touched(error: &Error) -> bool {
    match error {
        Error::Pin { failure, .. } => matches!(
            failure.kind,
            PinFailureKind::Invalid | PinFailureKind::NotSet
        ),
        Error::Status { status, .. } => *status == Status::PinAuthInvalid,
        _ => false,
    }
}
