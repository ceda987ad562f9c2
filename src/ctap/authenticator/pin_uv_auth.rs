//! A proof that the user was verified, good for the commands that its permissions cover.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::ctap::command::client_pin::Permissions;
use crate::ctap::pin_protocol::{PinUvAuthParam, PinUvAuthProtocol};
use crate::secret::PinUvAuthToken;
use crate::webauthn::RpId;

/// A pinUvAuthToken with what it may be used for. Keys let it lapse: 30 s after it was given if it is not used, 10 minutes
/// after in any case, and its `mc` and `ga` permissions with the first touch (CTAP 2.1 §6.5.2.1). A lapsed one is answered
/// by `CTAP2_ERR_PIN_AUTH_INVALID`.
pub struct PinUvAuth {
    protocol: PinUvAuthProtocol,
    token: PinUvAuthToken,
    scope: Scope,
    /// A touch has been asked for with this token.
    touched: AtomicBool,
}

pub(super) enum Scope {
    /// A CTAP 2.0 token: good for everything until the key is unplugged.
    Unlimited,
    Limited {
        permissions: Permissions,
        rp_id: Option<RpId>,
    },
}

impl PinUvAuth {
    pub(super) fn new(protocol: PinUvAuthProtocol, token: PinUvAuthToken, scope: Scope) -> Self {
        Self {
            protocol,
            token,
            scope,
            touched: AtomicBool::new(false),
        }
    }

    /// Whether a command that needs these permissions, for this RP ID or for none, can use the proof.
    #[must_use]
    pub fn covers(&self, permissions: Permissions, rp_id: Option<&RpId>) -> bool {
        let Scope::Limited {
            permissions: granted,
            rp_id: bound,
        } = &self.scope
        else {
            return true;
        };
        let lapsed = self.touched.load(Ordering::Relaxed)
            && permissions.intersect(Permissions::MC | Permissions::GA);
        let fits = bound.is_none() || bound.as_ref() == rp_id;
        granted.contain(permissions) && fits && !lapsed
    }

    pub(super) fn authenticate(&self, message: &[u8]) -> PinUvAuthParam {
        self.protocol.authenticate(&self.token, message)
    }

    /// Notes that a command has asked for a touch. Whether the touch came is not looked at: a proof too many is cheaper
    /// than a refusal that looks like a wrong PIN.
    pub(super) fn touch(&self) {
        self.touched.store(true, Ordering::Relaxed);
    }
}
