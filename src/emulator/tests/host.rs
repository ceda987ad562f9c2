//! A host made of as little as possible: it cuts and joins reports itself and speaks both PIN protocols with ring.

use std::sync::Arc;
use std::time::Duration;

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use p256::{PublicKey, SecretKey};
use ring::{digest, hkdf, hmac};

use crate::ctap::hid::packet::Report;
use crate::emulator::storage::{Memory, Storage};
use crate::emulator::touch::{Auto, Never};
use crate::emulator::{AttestationAuthority, Emulator, Profile};
use crate::encoding::cbor::{self, Value};
use crate::env::{Clock, Env, ManualClock, Rng, SeededRng};

pub(super) const BROADCAST: [u8; 4] = [0xff; 4];
pub(super) const RP_ID: &str = "login.microsoft.com";
pub(super) const CLIENT_DATA_HASH: [u8; 32] = [0xcd; 32];
/// Permissions (CTAP 2.1 §6.5.5.7).
pub(super) const MC: u8 = 1;
pub(super) const GA: u8 = 2;
pub(super) const CM: u8 = 4;
pub(super) const BE: u8 = 8;
pub(super) const LBW: u8 = 0x10;
pub(super) const ACFG: u8 = 0x20;

pub(super) struct Host {
    pub(super) emulator: Emulator,
    pub(super) clock: Arc<ManualClock>,
    pub(super) cid: [u8; 4],
}

/// A clock and randomness that tests decide.
pub(super) fn environment(seed: u64) -> (Env, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new("2026-03-01T09:00:00Z".parse().unwrap()));
    let shared: Arc<dyn Clock> = clock.clone();
    let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(seed));
    (Env::new(shared, rng), clock)
}

impl Host {
    pub(super) fn new(profile: Profile) -> Self {
        Self::with_storage(profile, Box::new(Memory))
    }

    pub(super) fn with_storage(profile: Profile, storage: Box<dyn Storage>) -> Self {
        let (env, clock) = environment(7);
        let authority = AttestationAuthority::generate(&env).unwrap();
        let emulator = Emulator::new(storage, &authority, env, profile).unwrap();
        Self::over(emulator, clock)
    }

    pub(super) fn over(emulator: Emulator, clock: Arc<ManualClock>) -> Self {
        let mut host = Self {
            emulator,
            clock,
            cid: BROADCAST,
        };
        host.cid = host.init(BROADCAST);
        host
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }

    pub(super) fn never_touch(&mut self) {
        self.emulator.set_touch(Box::new(Never));
    }

    pub(super) fn touch(&mut self) {
        self.emulator.set_touch(Box::new(Auto));
    }

    /// INIT; returns the channel of the answer.
    pub(super) fn init(&mut self, cid: [u8; 4]) -> [u8; 4] {
        self.send(cid, 0x06, b"nonce678");
        let (from, command, payload) = self.message().unwrap();
        assert_eq!((from, command), (cid, 0x06));
        assert_eq!(payload.len(), 17);
        assert_eq!(&payload[..8], b"nonce678");
        assert_eq!(payload[12], 2);
        payload[8..12].try_into().unwrap()
    }

    /// Sends a message, cut into reports (CTAP 2.1 §11.2.4).
    pub(super) fn send(&mut self, cid: [u8; 4], command: u8, payload: &[u8]) {
        for report in cut(cid, command, payload) {
            self.emulator.handle_report(&report);
        }
    }

    /// The next message to the host, joined.
    pub(super) fn message(&mut self) -> Option<([u8; 4], u8, Vec<u8>)> {
        let first = self.emulator.poll()?;
        let cid = first[..4].try_into().unwrap();
        assert_eq!(first[4] & 0x80, 0x80, "an initialization packet");
        let length = usize::from(u16::from_be_bytes([first[5], first[6]]));
        let mut payload = first[7..].to_vec();
        let mut sequence = 0;
        while payload.len() < length {
            let next = self.emulator.poll().expect("the rest of the message");
            assert_eq!(
                next[..5],
                [first[0], first[1], first[2], first[3], sequence]
            );
            payload.extend_from_slice(&next[5..]);
            sequence += 1;
        }
        assert!(payload[length..].iter().all(|byte| *byte == 0));
        payload.truncate(length);
        Some((cid, first[4] & 0x7f, payload))
    }

    /// All messages that are due.
    pub(super) fn messages(&mut self) -> Vec<(u8, Vec<u8>)> {
        std::iter::from_fn(|| self.message())
            .map(|(_, command, payload)| (command, payload))
            .collect()
    }

    /// Sends a CTAP2 request and returns the status and what follows it; keep-alives before it are passed over.
    pub(super) fn raw(&mut self, request: &[u8]) -> (u8, Vec<u8>) {
        self.send(self.cid, 0x10, request);
        let (cid, command, payload) = std::iter::from_fn(|| self.message())
            .find(|(_, command, _)| *command != 0x3b)
            .expect("an answer");
        assert_eq!((cid, command), (self.cid, 0x10));
        let (status, rest) = payload.split_first().unwrap();
        (*status, rest.to_vec())
    }

    /// Sends a CTAP1 command APDU and returns the data and the status word of its response.
    pub(super) fn apdu(&mut self, command: &[u8]) -> (Vec<u8>, u16) {
        self.send(self.cid, 0x03, command);
        let (cid, command, mut payload) = self.message().expect("an answer");
        assert_eq!((cid, command), (self.cid, 0x03));
        let status = payload.split_off(payload.len() - 2);
        (payload, u16::from_be_bytes([status[0], status[1]]))
    }

    /// Sends a command with parameters; the answer's map, or the status.
    pub(super) fn call(&mut self, command: u8, parameters: &Value) -> Result<Answer, u8> {
        let request = [[command].as_slice(), &cbor::encode(parameters)].concat();
        self.parse(&request)
    }

    /// Sends a command without parameters.
    pub(super) fn call_plain(&mut self, command: u8) -> Result<Answer, u8> {
        self.parse(&[command])
    }

    fn parse(&mut self, request: &[u8]) -> Result<Answer, u8> {
        match self.raw(request) {
            (0, rest) if rest.is_empty() => Ok(Answer(Value::Map(Vec::new()))),
            (0, rest) => {
                assert!(cbor::is_canonical(&rest));
                Ok(Answer(cbor::decode(&rest).unwrap()))
            }
            (status, rest) => {
                assert!(rest.is_empty());
                Err(status)
            }
        }
    }

    pub(super) fn info(&mut self) -> Answer {
        self.call_plain(0x04).unwrap()
    }

    pub(super) fn option(&mut self, name: &str) -> Option<bool> {
        let options = self.info().get(4);
        let members = options.as_map().unwrap().clone();
        cbor::get(&members, &Value::from(name)).map(|value| value.as_bool().unwrap())
    }

    /// Agrees on a shared secret under this protocol.
    pub(super) fn agree(&mut self, protocol: u8) -> Platform {
        let answer = self
            .call(
                0x06,
                &cbor::map([(1, Value::from(protocol)), (2, Value::from(2))]),
            )
            .unwrap();
        Platform::new(protocol, &answer.get(1))
    }

    pub(super) fn set_pin(&mut self, protocol: u8, pin: &str) -> Result<(), u8> {
        let platform = self.agree(protocol);
        let new_pin_enc = platform.encrypt(&padded(pin));
        let parameters = cbor::map([
            (1, Value::from(protocol)),
            (2, Value::from(3)),
            (3, platform.key_agreement()),
            (4, Value::Bytes(platform.authenticate(&new_pin_enc))),
            (5, Value::Bytes(new_pin_enc)),
        ]);
        self.call(0x06, &parameters).map(|_| ())
    }

    pub(super) fn change_pin(&mut self, protocol: u8, old: &str, new: &str) -> Result<(), u8> {
        let platform = self.agree(protocol);
        let new_pin_enc = platform.encrypt(&padded(new));
        let pin_hash_enc = platform.encrypt(&pin_hash(old));
        let message = [new_pin_enc.as_slice(), &pin_hash_enc].concat();
        let parameters = cbor::map([
            (1, Value::from(protocol)),
            (2, Value::from(4)),
            (3, platform.key_agreement()),
            (4, Value::Bytes(platform.authenticate(&message))),
            (5, Value::Bytes(new_pin_enc)),
            (6, Value::Bytes(pin_hash_enc)),
        ]);
        self.call(0x06, &parameters).map(|_| ())
    }

    /// getPinToken, superseded.
    pub(super) fn legacy_token(&mut self, protocol: u8, pin: &str) -> Result<Token, u8> {
        self.request_token(protocol, Some(pin), 5, None, None)
    }

    /// getPinUvAuthTokenUsingPinWithPermissions.
    pub(super) fn token(
        &mut self,
        protocol: u8,
        pin: &str,
        permissions: u8,
        rp_id: Option<&str>,
    ) -> Result<Token, u8> {
        self.request_token(protocol, Some(pin), 9, Some(permissions), rp_id)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions.
    pub(super) fn token_by_finger(
        &mut self,
        protocol: u8,
        permissions: u8,
        rp_id: Option<&str>,
    ) -> Result<Token, u8> {
        self.request_token(protocol, None, 6, Some(permissions), rp_id)
    }

    fn request_token(
        &mut self,
        protocol: u8,
        pin: Option<&str>,
        subcommand: u8,
        permissions: Option<u8>,
        rp_id: Option<&str>,
    ) -> Result<Token, u8> {
        let platform = self.agree(protocol);
        let mut members = vec![
            (1, Value::from(protocol)),
            (2, Value::from(subcommand)),
            (3, platform.key_agreement()),
        ];
        members.extend(pin.map(|pin| (6, Value::Bytes(platform.encrypt(&pin_hash(pin))))));
        members.extend(permissions.map(|permissions| (9, Value::from(permissions))));
        members.extend(rp_id.map(|rp_id| (10, Value::from(rp_id))));
        let answer = self.call(0x06, &cbor::map(members))?;
        Ok(Token {
            protocol,
            bytes: platform.decrypt(&answer.bytes(2)),
        })
    }

    /// The number of PIN tries left, and whether power has to be cut.
    pub(super) fn retries(&mut self) -> (u64, bool) {
        let answer = self.call(0x06, &cbor::map([(2, Value::from(1))])).unwrap();
        (answer.number(3), answer.get(4).as_bool().unwrap())
    }
}

/// Reports of a message.
pub(super) fn cut(cid: [u8; 4], command: u8, payload: &[u8]) -> Vec<Report> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = payload.iter().copied();
    let mut fill = |header: Vec<u8>| {
        let mut report = [0; 64];
        report[..header.len()].copy_from_slice(&header);
        for slot in &mut report[header.len()..] {
            *slot = bytes.next().unwrap_or(0);
        }
        report
    };
    let head = [cid.as_slice(), &[command | 0x80], &length].concat();
    let mut reports = vec![fill(head)];
    let rest = payload.len().saturating_sub(57).div_ceil(59);
    for sequence in 0..u8::try_from(rest).unwrap() {
        reports.push(fill([cid.as_slice(), &[sequence]].concat()));
    }
    reports
}

/// The map of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer(pub(super) Value);

impl Answer {
    pub(super) fn find(&self, key: impl Into<Value>) -> Option<Value> {
        cbor::get(self.0.as_map().unwrap(), &key.into()).cloned()
    }

    pub(super) fn get(&self, key: i32) -> Value {
        self.find(key).expect("the member")
    }

    pub(super) fn bytes(&self, key: i32) -> Vec<u8> {
        self.get(key).into_bytes().unwrap()
    }

    pub(super) fn number(&self, key: i32) -> u64 {
        self.get(key).as_integer().unwrap().try_into().unwrap()
    }

    /// A map inside.
    pub(super) fn map(&self, key: i32) -> Self {
        Self(self.get(key))
    }
}

/// A PIN/UV auth token in the hands of the platform.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) protocol: u8,
    bytes: Vec<u8>,
}

impl Token {
    pub(super) fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.protocol, &self.bytes, message)
    }
}

/// The platform's side of a PIN protocol.
pub(super) struct Platform {
    protocol: u8,
    hmac_key: Vec<u8>,
    aes_key: [u8; 32],
    public: [u8; 65],
}

impl Platform {
    fn new(protocol: u8, authenticator: &Value) -> Self {
        let authenticator = Answer(authenticator.clone());
        assert_eq!(authenticator.get(3), Value::from(-25));
        let point = [
            &[4],
            authenticator.bytes(-2).as_slice(),
            &authenticator.bytes(-3),
        ]
        .concat();
        let secret = SecretKey::from_slice(&[0x5a; 32]).unwrap();
        let shared = secret.diffie_hellman(&PublicKey::from_sec1_bytes(&point).unwrap());
        let z: &[u8] = shared.raw_secret_bytes();
        let (hmac_key, aes_key) = match protocol {
            1 => {
                let key = digest::digest(&digest::SHA256, z);
                (key.as_ref().to_vec(), key.as_ref().try_into().unwrap())
            }
            _ => (
                expand(z, b"CTAP2 HMAC key").to_vec(),
                expand(z, b"CTAP2 AES key"),
            ),
        };
        let public = (*secret.public_key().to_sec1_bytes()).try_into().unwrap();
        Self {
            protocol,
            hmac_key,
            aes_key,
            public,
        }
    }

    pub(super) fn key_agreement(&self) -> Value {
        cbor::map([
            (1, Value::from(2)),
            (3, Value::from(-25)),
            (-1, Value::from(1)),
            (-2, Value::Bytes(self.public[1..33].to_vec())),
            (-3, Value::Bytes(self.public[33..].to_vec())),
        ])
    }

    pub(super) fn encrypt(&self, plaintext: &[u8]) -> Vec<u8> {
        let iv = match self.protocol {
            1 => [0; 16],
            _ => [0x1f; 16],
        };
        let ciphertext = cbc::Encryptor::<Aes256>::new(&self.aes_key.into(), &iv.into())
            .encrypt_padded_vec::<NoPadding>(plaintext);
        match self.protocol {
            1 => ciphertext,
            _ => [iv.as_slice(), &ciphertext].concat(),
        }
    }

    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Vec<u8> {
        let (iv, ciphertext) = match self.protocol {
            1 => ([0; 16], ciphertext),
            _ => (ciphertext[..16].try_into().unwrap(), &ciphertext[16..]),
        };
        cbc::Decryptor::<Aes256>::new(&self.aes_key.into(), &iv.into())
            .decrypt_padded_vec::<NoPadding>(ciphertext)
            .unwrap()
    }

    pub(super) fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        authenticate(self.protocol, &self.hmac_key, message)
    }
}

fn expand(z: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, &[0; 32])
        .extract(z)
        .expand(&[info], hkdf::HKDF_SHA256)
        .unwrap()
        .fill(&mut key)
        .unwrap();
    key
}

fn authenticate(protocol: u8, key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    let length = if protocol == 1 { 16 } else { 32 };
    mac.as_ref()[..length].to_vec()
}

fn padded(pin: &str) -> [u8; 64] {
    let mut padded = [0; 64];
    padded[..pin.len()].copy_from_slice(pin.as_bytes());
    padded
}

fn pin_hash(pin: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, pin.as_bytes()).as_ref()[..16].to_vec()
}
