//! PINs that the run makes up and sets, proves or changes, by requests that an ordinary client would never send (CTAP 2.1 §6.5.5).

use super::bench::{Bench, PinAtHand, Trouble};
use super::{Need, fresh, throw_away};
use crate::attestation::Verdict;
use crate::ctap;
use crate::ctap::command::client_pin::{Permissions, Request, Response};
use crate::ctap::pin_protocol::{PinUvAuthProtocol, SharedSecret};
use crate::ctap::status::Status;
use crate::custody::{Alphabet, PinPolicy, generate};
use crate::encoding::cbor::Value;
use crate::secret::Pin;

/// Bytes of a PIN on its way to the key (§6.5.5.5), in blocks of the cipher.
pub(super) type Padded = [[u8; 16]; 4];
/// Longer than the minimum by this, so that the minimum can be raised.
const RESERVE: usize = 4;

/// As setPIN and changePIN carry it. What is beyond 64 bytes is left out.
pub(super) fn padded(pin: &str) -> Padded {
    let mut padded = [[0; 16]; 4];
    let slots = padded.as_flattened_mut().iter_mut();
    slots.zip(pin.bytes()).for_each(|(slot, byte)| *slot = byte);
    padded
}

impl Bench<'_> {
    /// The PIN of this run, which is set if it is not yet.
    pub(super) fn own_pin(&mut self) -> Result<Pin, Trouble> {
        if let PinAtHand::Known(pin) = &self.pin {
            return Ok(pin.clone());
        }
        if self.info()?.options.client_pin.is_none() {
            return Err(Verdict::not_applicable("the key has no PIN function").into());
        }
        if self.traces.blocked {
            return Err(Verdict::unknown("the PIN is blocked").into());
        }
        let pin = self.new_pin()?;
        let status = match self.traces.pin().map(str::to_owned) {
            None => self.set_own_pin(&pin)?,
            // The key has taken one that it should have refused.
            Some(odd) => self.change(&odd, pin.expose_text())?,
        };
        if status != Status::Ok {
            return Err(Verdict::fail(format!("a PIN cannot be set: {status}")).into());
        }
        self.pin = PinAtHand::Known(pin.clone());
        fresh::require_empty(self)?;
        Ok(pin)
    }

    /// The PIN is another one by now; [`Bench::own_pin`] sets one again.
    pub(super) fn forget_pin(&mut self) {
        self.pin = PinAtHand::Missing("the key has taken another".to_owned());
    }

    pub(super) fn set_own_pin(&mut self, pin: &Pin) -> Result<Status, Trouble> {
        let text = pin.expose_text();
        self.set(text, &padded(text))
    }

    /// A PIN that nobody has chosen, and that the key should take.
    pub(super) fn new_pin(&mut self) -> Result<Pin, Trouble> {
        let minimum = self.info()?.pin_minimum();
        let policy = PinPolicy {
            alphabet: Alphabet::Mixed,
            length: minimum + RESERVE,
        };
        Ok(generate(policy, minimum, &self.env))
    }

    /// The protocols of the key that are ours too, its preferred one first.
    pub(super) fn pin_protocols(&self) -> Result<Vec<PinUvAuthProtocol>, Trouble> {
        let listed = self.info()?.pin_uv_auth_protocols.clone();
        let listed = listed.unwrap_or_else(|| vec![1]);
        let ours = listed
            .iter()
            .filter_map(|number| PinUvAuthProtocol::from_number(*number));
        Ok(ours.collect())
    }

    fn pin_protocol(&self) -> Result<PinUvAuthProtocol, Trouble> {
        let none = || Verdict::unknown("the key has neither PIN protocol one nor two").into();
        self.pin_protocols()?.first().copied().ok_or_else(none)
    }

    /// A fresh shared secret, and our part of the agreement on it.
    pub(super) fn agree(
        &mut self,
        protocol: PinUvAuthProtocol,
    ) -> Result<(Value, SharedSecret), Trouble> {
        let number = protocol.number();
        let peer = self.public_key(protocol)?;
        SharedSecret::encapsulate(protocol, &peer, &self.env)
            .map_err(|error| Verdict::fail(format!("protocol {number}: {error}")).into())
    }

    /// The key's part of the agreement by its preferred protocol.
    pub(super) fn key_agreement(&mut self) -> Result<Value, Trouble> {
        let protocol = self.pin_protocol()?;
        self.public_key(protocol)
    }

    fn public_key(&mut self, protocol: PinUvAuthProtocol) -> Result<Value, Trouble> {
        let request = Request::GetKeyAgreement;
        let number = protocol.number();
        let answer = self.raw(&request.encode(protocol))?;
        let (status, cbor) = answer
            .split_first()
            .ok_or_else(|| Verdict::fail("an empty answer"))?;
        let status = Status::from(*status);
        if status != Status::Ok {
            let why = format!("protocol {number} is listed, and answers {status}");
            return Err(Verdict::fail(why).into());
        }
        let response = Response::decode(request.name(), cbor).map_err(ctap::Error::from)?;
        Ok(response.key_agreement().map_err(ctap::Error::from)?)
    }

    /// setPIN with these blocks, which are the PIN `text` if the key takes them.
    pub(super) fn set(&mut self, text: &str, blocks: &[[u8; 16]]) -> Result<Status, Trouble> {
        let protocol = self.pin_protocol()?;
        let (key_agreement, secret) = self.agree(protocol)?;
        let new_pin_enc = secret.encrypt(blocks, &self.env);
        let request = Request::SetPin {
            pin_uv_auth_param: secret.authenticate(&new_pin_enc),
            key_agreement,
            new_pin_enc,
        };
        self.traces.pin_may_be(text);
        let status = self.status_of(&request.encode(protocol))?;
        let has_pin = self.key()?.refresh_info()?.options.client_pin == Some(true);
        let is_first = self.traces.pin().is_some();
        // A key that refuses a PIN and has one now has taken it all the same.
        self.traces
            .pin_was_taken(status == Status::Ok || (is_first && has_pin));
        Ok(status)
    }

    /// changePIN, with what the key is told to be the present PIN.
    pub(super) fn change(&mut self, current: &str, new: &str) -> Result<Status, Trouble> {
        let protocol = self.pin_protocol()?;
        let (key_agreement, secret) = self.agree(protocol)?;
        let new_pin_enc = secret.encrypt(&padded(new), &self.env);
        let pin_hash_enc = secret.encrypt_hash_of(current.as_bytes(), &self.env);
        let authenticated = [new_pin_enc.as_slice(), &pin_hash_enc].concat();
        let request = Request::ChangePin {
            pin_uv_auth_param: secret.authenticate(&authenticated),
            key_agreement,
            pin_hash_enc,
            new_pin_enc,
        };
        self.traces.pin_may_be(new);
        let status = self.status_of(&request.encode(protocol))?;
        self.traces.pin_was_taken(status == Status::Ok);
        if status == Status::Ok {
            self.pin = match Pin::new(new) {
                Ok(pin) => PinAtHand::Known(pin),
                Err(error) => PinAtHand::Missing(error.to_string()),
            };
            self.key()?.refresh_info()?;
        }
        Ok(status)
    }

    /// What the key says to a PIN, in the exchange for a token.
    pub(super) fn try_pin(&mut self, pin: &str) -> Result<Status, Trouble> {
        let protocol = self.pin_protocol()?;
        self.try_pin_by(protocol, pin)
    }

    pub(super) fn try_pin_by(
        &mut self,
        protocol: PinUvAuthProtocol,
        pin: &str,
    ) -> Result<Status, Trouble> {
        let (key_agreement, secret) = self.agree(protocol)?;
        let pin_hash_enc = secret.encrypt_hash_of(pin.as_bytes(), &self.env);
        let key = self.key()?;
        let request = match key.info().options.pin_uv_auth_token {
            Some(true) => {
                let by_pin = key.takes_pin_for(Permissions::GA);
                Request::GetPinUvAuthTokenUsingPinWithPermissions {
                    key_agreement,
                    pin_hash_enc,
                    permissions: if by_pin {
                        Permissions::GA
                    } else {
                        Permissions::CM
                    },
                    rp_id: by_pin.then(throw_away::rp_id),
                }
            }
            _ => Request::GetPinToken {
                key_agreement,
                pin_hash_enc,
            },
        };
        self.status_of(&request.encode(protocol))
    }

    /// The tries that are left.
    pub(super) fn tries(&mut self) -> Result<u8, Trouble> {
        Ok(self.key()?.pin_retries()?.retries)
    }

    fn status_of(&mut self, message: &[u8]) -> Result<Status, Trouble> {
        let answer = self.raw(message)?;
        let status = answer.first().map(|status| Status::from(*status));
        status.ok_or_else(|| Verdict::fail("an empty answer").into())
    }

    /// Whether credentials of this run can be made, once the key has the run's PIN.
    pub(super) fn ready_to_create(&mut self) -> Result<(), Trouble> {
        if self.info()?.options.client_pin.is_some() {
            self.own_pin()?;
        }
        Ok(self.has(Need::Creation)?)
    }
}
