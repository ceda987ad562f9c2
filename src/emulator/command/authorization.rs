//! What makeCredential and getAssertion have in common: the credential lists, and the proof that the user was verified.

use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::command::AfterTouch;
use crate::emulator::profile::PinUvAuthProtocol;
use crate::emulator::request::Map;
use crate::encoding::cbor::Value;

/// The two parameters by which makeCredential and getAssertion prove user verification.
pub(super) struct PinUvAuthParam {
    pub(super) param: Option<Vec<u8>>,
    pub(super) protocol: Option<u64>,
}

impl Authenticator {
    /// Steps 1 and 2 of §6.1.2 and §6.2.2. A zero-length pinUvAuthParam asks which key the user means.
    pub(super) fn check_pin_uv_auth_param(
        &mut self,
        given: &PinUvAuthParam,
    ) -> Result<Option<AfterTouch>, Status> {
        match &given.param {
            None => Ok(None),
            Some(param) if param.is_empty() => Ok(Some(AfterTouch::Refuse {
                touched: if self.is_protected() {
                    Status::PinInvalid
                } else {
                    Status::PinNotSet
                },
                otherwise: Status::OperationDenied,
            })),
            Some(_) => {
                let number = given.protocol.ok_or(Status::MissingParameter)?;
                self.protocol(number).map(|_| None)
            }
        }
    }

    /// Step 11.1 of §6.1.2 and 6.1 of §6.2.2: whether the request was made by a platform that has verified the user.
    pub(super) fn user_verified(
        &mut self,
        given: &PinUvAuthParam,
        client_data_hash: &[u8],
        permission: u8,
        rp_id: &str,
    ) -> Result<bool, Status> {
        let (Some(param), Some(number), true) = (&given.param, given.protocol, self.is_protected())
        else {
            return Ok(false);
        };
        let protocol: PinUvAuthProtocol = self.protocol(number)?.protocol;
        self.verify_token(protocol, client_data_hash, param)?;
        let other_rp = self.token.rp_id().is_some_and(|bound| bound != rp_id);
        if !self.token.permits(permission) || other_rp || !self.token.user_verified() {
            return Err(Status::PinAuthInvalid);
        }
        self.token.bind(rp_id);
        Ok(true)
    }

    /// What a request without user verification is told under `alwaysUv`: to come back with a token, unless the PIN does
    /// not give one for it.
    pub(super) fn unverified_under_always_uv(&self) -> Status {
        if self.profile.no_mc_ga_permissions_with_client_pin {
            Status::OperationDenied
        } else {
            Status::PuatRequired
        }
    }

    /// Whether the touch that the command needs was already given when its token was issued.
    pub(super) fn user_present(&self, given: &PinUvAuthParam) -> bool {
        given.param.is_some() && self.token.user_present()
    }
}

/// Credential ids of type `public-key` in an allow or exclude list; other types are ignored.
pub(super) fn credential_ids(list: &[Value], limit: usize) -> Result<Vec<Vec<u8>>, Status> {
    if list.len() > limit {
        return Err(Status::LimitExceeded);
    }
    let mut ids = Vec::with_capacity(list.len());
    for descriptor in list {
        let descriptor = Map::top(descriptor)?;
        let id: &[u8] = descriptor.required("id")?;
        if descriptor.required::<&str>("type")? == "public-key" {
            ids.push(id.to_vec());
        }
    }
    Ok(ids)
}
