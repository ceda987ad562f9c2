//! The sensor, and what is enrolled, with both PIN protocols.

use std::time::Duration;

use proptest::prelude::*;

use super::host::{Answer, BE, CM, Host, Token, environment};
use crate::emulator::profile::{BioEnrollment, Fingerprint};
use crate::emulator::touch::Finger;
use crate::emulator::{Emulator, Profile};
use crate::encoding::cbor::{self, Value};

pub(super) const PIN: &str = "123456";
pub(super) const STANDARD: u8 = 0x09;
pub(super) const PROTOTYPE: u8 = 0x40;
pub(super) const GOOD: u64 = 0x00;

/// The default key with a sensor that takes two samples of each of two fingers.
pub(super) fn profile() -> Profile {
    Profile {
        fingerprint: Some(Fingerprint {
            enrollment: BioEnrollment::Both,
            samples: 2,
            templates: 2,
            max_friendly_name: 8,
            ..Fingerprint::default()
        }),
        ..Profile::default()
    }
}

/// A key with sensor and PIN, for either PIN protocol.
pub(super) fn both(test: impl Fn(&mut Host, u8)) {
    for protocol in [1, 2] {
        let mut host = Host::new(profile());
        host.set_pin(protocol, PIN).unwrap();
        test(&mut host, protocol);
    }
}

/// The parameters of a request and its message for the token.
pub(super) fn request(token: Option<&Token>, subcommand: u8, parameters: Option<Value>) -> Value {
    let mut members = vec![(1, Value::from(1)), (2, Value::from(subcommand))];
    let mut message = vec![1, subcommand];
    if let Some(parameters) = parameters {
        message.extend(cbor::encode(&parameters));
        members.push((3, parameters));
    }
    if let Some(token) = token {
        members.push((4, Value::from(token.protocol)));
        members.push((5, Value::Bytes(token.authenticate(&message))));
    }
    cbor::map(members)
}

pub(super) fn manage(
    host: &mut Host,
    token: &Token,
    subcommand: u8,
    parameters: Option<Value>,
) -> Result<Answer, u8> {
    host.call(STANDARD, &request(Some(token), subcommand, parameters))
}

pub(super) fn begin(host: &mut Host, token: &Token) -> Result<Answer, u8> {
    manage(host, token, 1, None)
}

pub(super) fn next(host: &mut Host, token: &Token, id: &[u8]) -> Result<Answer, u8> {
    manage(host, token, 2, Some(template(id)))
}

pub(super) fn template(id: &[u8]) -> Value {
    cbor::map([(1, Value::Bytes(id.to_vec()))])
}

fn named(id: &[u8], name: &str) -> Value {
    cbor::map([(1, Value::Bytes(id.to_vec())), (2, Value::from(name))])
}

/// Sample status and what remains.
pub(super) fn progress(answer: Result<Answer, u8>) -> Result<(u64, u64), u8> {
    answer.map(|answer| (answer.number(5), answer.number(6)))
}

/// Enrolls a finger; its template id.
pub(super) fn enroll(host: &mut Host, token: &Token) -> Vec<u8> {
    let begun = begin(host, token).unwrap();
    let id = begun.bytes(4);
    for remaining in (0..begun.number(6)).rev() {
        assert_eq!(progress(next(host, token, &id)), Ok((GOOD, remaining)));
    }
    id
}

/// A template's id and friendly name.
pub(super) type Info = (Vec<u8>, Value);

pub(super) fn enrolled(host: &mut Host, token: &Token) -> Result<Vec<Info>, u8> {
    let listed = manage(host, token, 4, None)?.get(7).into_array().unwrap();
    let infos = listed.into_iter().map(Answer);
    Ok(infos.map(|info| (info.bytes(1), info.get(2))).collect())
}

#[test]
fn the_sensor_is_described_without_a_token() {
    let mut host = Host::new(profile());
    assert_eq!(host.option("uv"), Some(false));
    assert_eq!(host.option("bioEnroll"), Some(false));
    assert_eq!(host.option("userVerificationMgmtPreview"), Some(false));
    assert_eq!(host.option("uvBioEnroll"), Some(true));
    assert_eq!(host.option("uvAcfg"), Some(true));
    let info = host.info();
    assert_eq!((info.number(0x11), info.number(0x12)), (3, 2));
    for command in [STANDARD, PROTOTYPE] {
        let modality = cbor::map([(6, Value::Bool(true))]);
        let modality = host.call(command, &modality).unwrap();
        assert_eq!(modality.number(1), 1);
        let sensor = host.call(command, &request(None, 7, None)).unwrap();
        let facts = (sensor.number(2), sensor.number(3), sensor.number(8));
        assert_eq!(facts, (1, 2, 8));
    }
}

#[test]
fn a_key_without_sensor_says_nothing_of_fingers() {
    let mut host = Host::new(Profile::default());
    for option in ["uv", "bioEnroll", "uvBioEnroll", "uvAcfg"] {
        assert_eq!(host.option(option), None);
    }
    let info = host.info();
    assert_eq!((info.find(0x11), info.find(0x12)), (None, None));
    for command in [STANDARD, PROTOTYPE] {
        assert_eq!(host.call(command, &request(None, 7, None)), Err(0x01));
    }
}

#[test]
fn only_the_announced_command_is_answered() {
    for (enrollment, standard, prototype) in [
        (BioEnrollment::Standard, true, false),
        (BioEnrollment::Preview, false, true),
        (BioEnrollment::Both, true, true),
    ] {
        let mut host = Host::new(Profile {
            fingerprint: Some(Fingerprint {
                enrollment,
                ..Fingerprint::default()
            }),
            ..Profile::default()
        });
        for (command, option, is_answered) in [
            (STANDARD, "bioEnroll", standard),
            (PROTOTYPE, "userVerificationMgmtPreview", prototype),
        ] {
            let answer = host.call(command, &request(None, 7, None));
            assert_eq!(answer.err(), (!is_answered).then_some(0x01));
            assert_eq!(host.option(option), is_answered.then_some(false));
        }
    }
}

#[test]
fn a_finger_has_a_name_that_fits() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let id = enroll(host, &token);
        let name = |host: &mut Host, id: &[u8], name: &str| {
            let named = Some(named(id, name));
            manage(host, &token, 5, named).map(|_| ())
        };
        assert_eq!(name(host, &id, "12345678"), Ok(()));
        // Nine bytes in eight characters.
        assert_eq!(name(host, &id, "1234567é"), Err(0x03));
        assert_eq!(name(host, b"nobody", "thumb"), Err(0x2c));
        let listed = enrolled(host, &token);
        assert_eq!(listed, Ok(vec![(id.clone(), "12345678".into())]));
        assert_eq!(name(host, &id, "thumb"), Ok(()));
        assert_eq!(enrolled(host, &token), Ok(vec![(id, "thumb".into())]));
    });
}

#[test]
fn a_removed_finger_is_gone_and_with_the_last_one_built_in_verification() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let (first, second) = (enroll(host, &token), enroll(host, &token));
        let remove = |host: &mut Host, id: &[u8]| {
            let removed = manage(host, &token, 6, Some(template(id)));
            removed.map(|_| ())
        };
        assert_eq!(remove(host, &first), Ok(()));
        assert_eq!(remove(host, &first), Err(0x2c));
        assert_eq!(host.option("uv"), Some(true));
        assert_eq!(remove(host, &second), Ok(()));
        assert_eq!(host.option("uv"), Some(false));
        assert_eq!(host.option("bioEnroll"), Some(false));
        assert_eq!(enrolled(host, &token), Err(0x2c));
    });
}

#[test]
fn nothing_is_managed_without_the_right_token() {
    let mut fresh = Host::new(profile());
    assert_eq!(fresh.call(STANDARD, &request(None, 1, None)), Err(0x36));
    both(|host, protocol| {
        let wrong = host.token(protocol, PIN, CM, None).unwrap();
        for subcommand in [1, 4] {
            assert_eq!(manage(host, &wrong, subcommand, None), Err(0x33));
            let without = request(None, subcommand, None);
            assert_eq!(host.call(STANDARD, &without), Err(0x36));
        }
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let id = enroll(host, &token);
        for (subcommand, parameters) in [
            (2, template(&id)),
            (5, named(&id, "thumb")),
            (6, template(&id)),
        ] {
            let without = request(None, subcommand, Some(parameters));
            assert_eq!(host.call(STANDARD, &without), Err(0x36));
        }
        // The parameters are signed as well.
        let signed = request(Some(&token), 6, Some(template(b"another")));
        let mut members = signed.into_map().unwrap();
        members.retain(|(key, _)| *key != Value::from(3));
        members.push((Value::from(3), template(&id)));
        let request = cbor::map(members);
        assert_eq!(host.call(STANDARD, &request), Err(0x33));
        assert_eq!(host.option("uv"), Some(true));
    });
}

#[test]
pub(super) fn requests_that_make_no_sense_are_refused() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let with = |key: i32, value: Option<Value>| {
            let mut members = request(Some(&token), 1, None).into_map().unwrap();
            members.retain(|(known, _)| *known != Value::from(key));
            members.extend(value.map(|value| (Value::from(key), value)));
            cbor::map(members)
        };
        let mut call = |parameters: Value| host.call(STANDARD, &parameters).err();
        assert_eq!(call(with(1, None)), Some(0x14));
        assert_eq!(call(with(1, Some(Value::from(2)))), Some(0x02));
        assert_eq!(call(with(2, None)), Some(0x14));
        assert_eq!(call(with(2, Some(Value::from(8)))), Some(0x3e));
        assert_eq!(call(with(2, Some(Value::from(0x1_0001)))), Some(0x3e));
        assert_eq!(call(with(4, None)), Some(0x14));
        assert_eq!(call(with(4, Some(Value::from(3)))), Some(0x02));
        assert_eq!(call(with(6, Some(Value::from(1)))), Some(0x11));
        assert_eq!(call(cbor::map([(6, Value::Bool(false))])), Some(0x14));
        for subcommand in [2, 5, 6] {
            assert_eq!(call(request(Some(&token), subcommand, None)), Some(0x14));
        }
        let nameless = request(Some(&token), 5, Some(template(b"id")));
        assert_eq!(call(nameless), Some(0x14));
    });
}

#[test]
fn fingers_survive_a_restart_but_not_a_reset() {
    let directory = tempfile::tempdir().unwrap();
    let open = |seed| {
        let (env, clock) = environment(seed);
        Host::over(
            Emulator::open(directory.path(), env, profile()).unwrap(),
            clock,
        )
    };
    let mut host = open(1);
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, BE, None).unwrap();
    let id = enroll(&mut host, &token);
    drop(host);
    let mut host = open(2);
    assert_eq!(host.option("uv"), Some(true));
    let token = host.token(2, PIN, BE, None).unwrap();
    assert_eq!(enrolled(&mut host, &token), Ok(vec![(id, "".into())]));
    assert!(host.call_plain(0x07).is_ok());
    assert_eq!(host.option("uv"), Some(false));
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, BE, None).unwrap();
    assert_eq!(enrolled(&mut host, &token), Err(0x2c));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_parameters_with_a_token_are_answered(
        subcommand in 0u8..9,
        id in prop::collection::vec(any::<u8>(), 0..20),
        name in ".{0,12}",
        milliseconds in any::<u64>(),
        finger in prop::sample::select(vec![Finger::Right, Finger::Wrong, Finger::None]),
    ) {
        let mut host = Host::new(profile());
        host.set_pin(2, PIN).unwrap();
        let token = host.token(2, PIN, BE, None).unwrap();
        host.emulator.set_finger(finger);
        let parameters = cbor::map([
            (1, Value::Bytes(id)),
            (2, Value::from(name)),
            (3, Value::from(milliseconds)),
        ]);
        host.begin_call(STANDARD, &request(Some(&token), subcommand, Some(parameters)));
        prop_assert!(!host.messages().is_empty());
        prop_assert!(host.emulator.time_until_next() != Some(Duration::ZERO));
        host.emulator.power_cycle();
        prop_assert_eq!(host.raw(&[0x04]).0, 0);
    }
}

impl Host {
    /// Sends a command that will wait.
    pub(super) fn begin_call(&mut self, command: u8, parameters: &Value) {
        let request = [[command].as_slice(), &cbor::encode(parameters)].concat();
        self.send(self.cid, 0x10, &request);
    }

    /// The answer, after keep-alives.
    pub(super) fn answer(&mut self) -> Result<Answer, u8> {
        let (command, payload) = self.messages().pop().expect("a message");
        assert_eq!(command, 0x10, "an answer");
        match payload.split_first().unwrap() {
            (0, rest) => Ok(Answer(cbor::decode(rest).unwrap())),
            (status, _) => Err(*status),
        }
    }

    /// CTAPHID_CANCEL; what becomes of the request at hand.
    pub(super) fn cancel(&mut self) -> Result<Answer, u8> {
        self.send(self.cid, 0x11, b"");
        self.answer()
    }
}
