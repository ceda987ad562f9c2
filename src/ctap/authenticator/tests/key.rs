use std::sync::{Arc, Mutex};

use p256::SecretKey;
use sha2::{Digest, Sha256};

use super::{Authenticator, env, member, parameters};
use crate::ctap::hid;
use crate::ctap::pin_protocol::{PinUvAuthProtocol, SharedSecret};
use crate::ctap::status::Status;
use crate::ctap::transport::{Capabilities, Counters, Identity, Transport, Wait};
use crate::encoding::cbor::{self, Value};

/// The messages that a key received after its first getInfo.
pub(super) type Log = Arc<Mutex<Vec<Vec<u8>>>>;

/// What a key answers to a message other than getInfo.
type Behaviour = Box<dyn FnMut(&[u8]) -> Vec<u8> + Send>;

pub(super) struct Key {
    info: Value,
    behaviour: Behaviour,
    log: Log,
}

impl Key {
    /// A key with these getInfo members, opened.
    pub(super) fn open(
        info: Value,
        behaviour: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
    ) -> (Authenticator, Log) {
        let log = Log::default();
        let key = Self {
            info,
            behaviour: Box::new(behaviour),
            log: log.clone(),
        };
        let authenticator = Authenticator::over(Box::new(key), env()).unwrap();
        log.lock().unwrap().clear();
        (authenticator, log)
    }
}

impl Transport for Key {
    fn transact(&mut self, request: &[u8], _: &mut Wait<'_>) -> Result<Vec<u8>, hid::Error> {
        self.log.lock().unwrap().push(request.to_vec());
        Ok(match request {
            [0x04] => ok(self.info.clone()),
            _ => (self.behaviour)(request),
        })
    }

    fn wink(&mut self) -> Result<(), hid::Error> {
        Ok(())
    }

    fn ping(&mut self, _: &[u8]) -> Result<(), hid::Error> {
        Ok(())
    }

    fn identity(&self) -> Identity {
        Identity {
            protocol_version: 2,
            device_version: [0; 3],
            capabilities: Capabilities(5),
        }
    }

    fn counters(&self) -> Counters {
        Counters::default()
    }
}

/// A successful response.
pub(super) fn ok(value: Value) -> Vec<u8> {
    [vec![0], cbor::encode(&value)].concat()
}

/// A failed response.
pub(super) fn status(status: Status) -> Vec<u8> {
    vec![status.into()]
}

/// A getInfo response with options and further members.
pub(super) fn info(options: &[(&str, bool)], members: &[(u8, Value)]) -> Value {
    let options = options.iter().map(|(id, on)| (*id, Value::from(*on)));
    let fixed = [
        (0x01, Value::Array(vec![Value::from("FIDO_2_0")])),
        (0x03, Value::Bytes(vec![0; 16])),
        (0x04, cbor::map(options)),
    ];
    cbor::map(fixed.into_iter().chain(members.iter().cloned()))
}

/// The same getInfo response with other versions.
pub(super) fn with_versions(info: Value, versions: &[&str]) -> Value {
    let mut members = info.into_map().unwrap();
    let versions = versions.iter().map(|version| Value::from(*version));
    members[0].1 = Value::Array(versions.collect());
    Value::Map(members)
}

/// A list of PIN protocols as a getInfo member.
pub(super) fn protocols(numbers: &[u8]) -> (u8, Value) {
    let numbers = numbers.iter().map(|number| Value::from(*number));
    (0x06, Value::Array(numbers.collect()))
}

/// The token that [`pin_key`] gives.
pub(super) const TOKEN: [u8; 32] = [0x77; 32];

/// The authenticator's side of clientPIN: PIN 123456, eight tries, three in a row. Other commands go to `others`.
pub(super) fn pin_key(
    info: Value,
    mut others: impl FnMut(&[u8]) -> Vec<u8> + Send + 'static,
) -> (Authenticator, Log) {
    let mut state = PinState {
        private_key: SecretKey::from_slice(&[0x11; 32]).unwrap(),
        pin: "123456".to_owned(),
        retries: 8,
        wrong_in_a_row: 0,
    };
    Key::open(info, move |message| match message[0] {
        0x06 => state.answer(&parameters(message)),
        _ => others(message),
    })
}

struct PinState {
    private_key: SecretKey,
    pin: String,
    retries: u8,
    wrong_in_a_row: u8,
}

impl PinState {
    fn answer(&mut self, request: &[(Value, Value)]) -> Vec<u8> {
        let bytes = |key| member(request, key).map(|value| value.into_bytes().unwrap());
        let subcommand = member(request, 2).unwrap().as_integer().unwrap();
        let number = u64::try_from(member(request, 1).unwrap().as_integer().unwrap()).unwrap();
        let protocol = PinUvAuthProtocol::from_number(number).unwrap();
        match u8::try_from(subcommand).unwrap() {
            1 => ok(cbor::map([
                (0x03, Value::from(self.retries)),
                (0x04, Value::from(self.wrong_in_a_row == 3)),
            ])),
            2 => ok(cbor::map([(0x01, self.public_key())])),
            7 => ok(cbor::map([(0x05, Value::from(3))])),
            subcommand => {
                let peer = member(request, 3).unwrap();
                let secret = SharedSecret::agree(protocol, &peer, &self.private_key);
                let secret = secret.unwrap().1;
                if let Some(enc) = bytes(6)
                    && let Err(refusal) = self.check(&secret.decrypt(&enc).unwrap())
                {
                    return status(refusal);
                }
                if let Some(enc) = bytes(5) {
                    let message = [enc.clone(), bytes(6).unwrap_or_default()].concat();
                    assert_eq!(bytes(4).unwrap(), secret.authenticate(&message));
                    let padded = secret.decrypt(&enc).unwrap();
                    assert_eq!(padded.len(), 64);
                    let text = String::from_utf8(padded.to_vec()).unwrap();
                    text.trim_end_matches('\0').clone_into(&mut self.pin);
                    return vec![0];
                }
                assert!([5, 6, 9].contains(&subcommand));
                let token = secret.encrypt(TOKEN.as_chunks().0, &env());
                ok(cbor::map([(0x02, Value::Bytes(token))]))
            }
        }
    }

    fn check(&mut self, hash: &[u8]) -> Result<(), Status> {
        if self.wrong_in_a_row == 3 {
            return Err(Status::PinAuthBlocked);
        }
        if hash == &Sha256::digest(self.pin.as_bytes())[..16] {
            self.wrong_in_a_row = 0;
            self.retries = 8;
            return Ok(());
        }
        self.retries -= 1;
        self.wrong_in_a_row += 1;
        Err(Status::PinInvalid)
    }

    fn public_key(&self) -> Value {
        // Any valid peer will do to learn our own public key in COSE form; here the curve's base point.
        SharedSecret::agree(PinUvAuthProtocol::One, &base_point(), &self.private_key)
            .unwrap()
            .0
    }
}

/// The base point of P-256 as a COSE_Key: somebody's public key.
pub(super) fn base_point() -> Value {
    cbor::map([
        (1, Value::from(2)),
        (-1, Value::from(1)),
        (
            -2,
            Value::Bytes(hex(
                "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            )),
        ),
        (
            -3,
            Value::Bytes(hex(
                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            )),
        ),
    ])
}

fn hex(digits: &str) -> Vec<u8> {
    crate::encoding::hex::decode(digits).unwrap()
}
