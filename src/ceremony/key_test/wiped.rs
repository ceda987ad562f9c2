//! What becomes of everything by a reset (CTAP 2.1 §6.6): a PIN, credentials and settings are put on the key, it is reset, and asked
//! for each of them. One reset for all checks that look at it.

use super::Need;
use super::bench::{Bench, Trouble};
use super::throw_away::{Created, keep, kept, rp_id};
use crate::attestation::Verdict;
use crate::ctap::Permissions;
use crate::ctap::command::GET_INFO;
use crate::ctap::command::authenticator_config::MinPinLength;
use crate::ctap::command::large_blobs;
use crate::ctap::hid::packet::{Message, command};
use crate::ctap::hid::probe::Answer as Heard;
use crate::encoding::cbor::{self, Value};

/// Members of getInfo that differ from one time to the next: remainingDiscoverableCredentials, which is an estimate,
/// uvCountSinceLastPinEntry, encIdentifier, encCredStoreState.
const CHANGING: [u8; 4] = [0x14, 0x17, 0x19, 0x1e];

/// Members of getInfo, by number.
pub(super) type Info = Vec<(Value, Value)>;

/// Something that the key showed before the reset, and whether it still shows it afterwards.
pub(super) type Survives = Option<bool>;

/// What was seen.
#[derive(Debug, Clone)]
pub(super) struct Wiped {
    /// Whether a PIN is set, by getInfo.
    pub(super) pin: Survives,
    /// The credential that lives in its id.
    pub(super) wrapped: Survives,
    /// The one that is stored.
    pub(super) discoverable: Survives,
    /// The first one, asked for by U2F.
    pub(super) u2f: Survives,
    /// An array of large blobs.
    pub(super) large_blobs: Survives,
    /// What getInfo says, before anything was written and after the reset.
    pub(super) info: [Info; 2],
}

impl Bench<'_> {
    pub(super) fn wiped(&mut self) -> Result<Wiped, Trouble> {
        if self.wiped.is_some() {
            return kept(&self.wiped, "the key could not be reset");
        }
        let made = self.wipe();
        keep(made, &mut self.wiped)
    }

    fn wipe(&mut self) -> Result<Wiped, Trouble> {
        let has_pin = match self.info()?.options.client_pin {
            Some(_) => Some(self.own_pin()?),
            None => None,
        };
        let [wrapped, discoverable] = self.credentials_to_lose()?;
        let by_u2f = match &wrapped {
            Some(created) => self.holds_by_u2f(created)?,
            None => false,
        };
        let blobs = self.store_blobs()?;
        // What keeps a key from it, the check of that setting says.
        if let Err(Trouble::Over(error)) = self.raise_minimum() {
            return Err(Trouble::Over(error));
        }
        self.reset()?;
        let pin = self.info()?.options.client_pin == Some(true);
        let survives = |bench: &mut Self, created: &Option<Created>| match created {
            Some(created) => bench.holds(created).map(Some),
            None => Ok(None),
        };
        Ok(Wiped {
            pin: has_pin.map(|_| pin),
            u2f: match &wrapped {
                Some(created) if by_u2f => Some(self.holds_by_u2f(created)?),
                _ => None,
            },
            large_blobs: match &blobs {
                Some(array) => Some(self.stores_blobs(array)?),
                None => None,
            },
            wrapped: survives(self, &wrapped)?,
            discoverable: survives(self, &discoverable)?,
            info: [self.factory.clone(), self.members()?],
        })
    }

    /// One that lives in its id and one that is stored, as far as the key makes them and admits to them silently.
    fn credentials_to_lose(&mut self) -> Result<[Option<Created>; 2], Trouble> {
        match self.ready_to_create() {
            Ok(()) => {}
            Err(Trouble::Settled(Verdict::NotApplicable { .. })) => return Ok([None, None]),
            Err(trouble) => return Err(trouble),
        }
        let stores = self.info()?.options.rk == Some(true);
        let mut made = [None, None];
        for (place, rk) in made.iter_mut().zip([None, Some(true)]) {
            if rk.is_some() && !stores {
                continue;
            }
            let mut order = self.order();
            order.request.rk = rk;
            self.traces.changed = true;
            self.purpose = "a credential is made, to be erased by a reset";
            let created = self.create(&order)?;
            if self.holds(&created)? {
                *place = Some(created);
            }
        }
        Ok(made)
    }

    /// Whether the key admits to a credential without a touch. A key that cannot be asked so admits to none.
    fn holds(&mut self, created: &Created) -> Result<bool, Trouble> {
        match self.ask_silently(rp_id(), vec![created.descriptor()]) {
            Ok(signed) => Ok(signed.is_some()),
            Err(Trouble::Settled(Verdict::NotApplicable { .. })) => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }

    /// U2F Raw Message Formats §5.1, check-only: 0x6985 is the word for a credential that would sign after a touch.
    fn holds_by_u2f(&mut self, created: &Created) -> Result<bool, Trouble> {
        /// With the first byte of an extended length.
        const CHECK_ONLY: &[u8] = &[0x00, 0x02, 0x07, 0x00, 0x00];
        const CONDITIONS_NOT_SATISFIED: [u8; 2] = [0x69, 0x85];
        let id = &created.attested.credential_id;
        let Ok(length) = u8::try_from(id.len()) else {
            return Ok(false);
        };
        if self.has(Need::Ctap1).is_err() {
            return Ok(false);
        }
        let challenge = self.env.random::<32>();
        let body = [challenge.as_slice(), &rp_id().hash(), &[length], id].concat();
        let body_length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
        let apdu = [CHECK_ONLY, &body_length, &body, &[0, 0]].concat();
        let mut probe = self.probe();
        let Some(cid) = probe.channel()? else {
            return Ok(false);
        };
        probe.send(cid, command::MSG, &apdu)?;
        let answer = probe.hear(cid, std::time::Duration::from_secs(2))?;
        Ok(
            matches!(answer, Heard::Message(Message { payload, .. }) if payload == CONDITIONS_NOT_SATISFIED),
        )
    }

    /// Stores an array of large blobs that nobody can read; none where the key does not store it.
    fn store_blobs(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        if self.has(Need::LargeBlobs).is_err() {
            return Ok(None);
        }
        let [ciphertext, nonce] = [self.env.random::<24>(), self.env.random::<24>()];
        // CTAP 2.1 §6.10.3: ciphertext, nonce, length of what is encrypted.
        let blob = cbor::map([
            (1, Value::Bytes(ciphertext.to_vec())),
            (2, Value::Bytes(nonce[..12].to_vec())),
            (3, Value::from(8)),
        ]);
        let array = cbor::encode(&Value::Array(vec![blob]));
        let proof = match self.info()?.options.client_pin {
            Some(_) => {
                let pin = self.own_pin()?;
                let key = self.key()?;
                Some(key.pin_uv_auth(&pin, Permissions::LBW, None)?)
            }
            None => None,
        };
        self.traces.changed = true;
        self.key()?.replace_large_blobs(&array, proof.as_ref())?;
        Ok(self.stores_blobs(&array)?.then_some(array))
    }

    fn stores_blobs(&mut self, array: &[u8]) -> Result<bool, Trouble> {
        let answer = self.raw(&large_blobs::get(array.len()))?;
        let stored = answer.get(1..).and_then(|cbor| cbor::decode(cbor).ok());
        let stored = stored.and_then(|value| value.into_map().ok());
        let stored = stored.and_then(|map| cbor::get(&map, &Value::from(1)).cloned());
        Ok(stored.as_ref().and_then(Value::as_bytes).map(Vec::as_slice) == Some(array))
    }

    /// Raises the minimum PIN length by one, where the key lets it be raised; what it is then.
    pub(super) fn raise_minimum(&mut self) -> Result<Option<u8>, Trouble> {
        let info = self.info()?;
        let can = info.options.set_min_pin_length == Some(true)
            && info.options.authnr_cfg == Some(true)
            && info.options.client_pin.is_some();
        let (Some(raised), true) = (u8::try_from(info.pin_minimum() + 1).ok(), can) else {
            return Ok(None);
        };
        let parameters = MinPinLength {
            new_min_pin_length: Some(raised),
            ..MinPinLength::default()
        };
        self.configure(parameters)?;
        Ok(Some(raised))
    }

    /// setMinPINLength with the run's PIN.
    pub(super) fn configure(&mut self, parameters: MinPinLength) -> Result<(), Trouble> {
        let pin = self.own_pin()?;
        let key = self.key()?;
        let proof = key.pin_uv_auth(&pin, Permissions::ACFG, None)?;
        self.traces.changed = true;
        let key = self.key()?;
        key.set_min_pin_length(parameters, Some(&proof))?;
        key.refresh_info()?;
        Ok(())
    }

    /// What getInfo says, without what changes by itself.
    pub(super) fn members(&mut self) -> Result<Info, Trouble> {
        let answer = self.raw(&[GET_INFO])?;
        let members = answer.get(1..).and_then(|cbor| cbor::decode(cbor).ok());
        let members = members.and_then(|value| value.into_map().ok());
        let mut members = members.ok_or_else(|| Verdict::fail("getInfo cannot be read"))?;
        members.retain(|(number, _)| {
            CHANGING
                .iter()
                .all(|changing| *number != Value::from(*changing))
        });
        Ok(members)
    }
}
