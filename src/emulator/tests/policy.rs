//! What one model of key does and another does not: members of the profile that change how commands behave.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::credentials::{authenticator_data, credential_id};
use super::host::{CM, GA, Host, MC, RP_ID};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::emulator::profile::Version;
use crate::emulator::touch::{After, Touch, TouchState};
use crate::encoding::cbor::{self, Value};

const PIN: &str = "246813";

#[test]
fn a_key_with_a_complexity_policy_refuses_trivial_pins() {
    let profile = Profile {
        pin_complexity_policy: Some(true),
        ..Profile::default()
    };
    for protocol in [1, 2] {
        let mut host = Host::new(profile.clone());
        for trivial in ["1111", "123456", "654321", "password"] {
            assert_eq!(host.set_pin(protocol, trivial), Err(0x37), "{trivial}");
        }
        assert_eq!(host.option("clientPin"), Some(false));
        assert_eq!(host.set_pin(protocol, PIN), Ok(()));
        assert_eq!(host.change_pin(protocol, PIN, "000000"), Err(0x37));
        assert_eq!(host.change_pin(protocol, PIN, "135791"), Ok(()));
    }
    let mut unset = Host::new(Profile {
        pin_complexity_policy: Some(false),
        ..Profile::default()
    });
    assert_eq!(unset.set_pin(2, "1111"), Ok(()));
}

#[test]
fn a_pin_may_give_no_tokens_to_make_and_assert_credentials() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile {
            no_mc_ga_permissions_with_client_pin: true,
            ..Profile::default()
        });
        assert_eq!(host.option("noMcGaPermissionsWithClientPin"), Some(true));
        host.set_pin(protocol, PIN).unwrap();
        for permissions in [MC, GA, MC | CM] {
            let refused = host.token(protocol, PIN, permissions, Some(RP_ID));
            assert_eq!(refused.err(), Some(0x40));
        }
        assert_eq!(host.legacy_token(protocol, PIN).err(), Some(0x40));
        assert!(host.token(protocol, PIN, CM, None).is_ok());
        // A token would be of no avail, so none is asked for.
        assert_eq!(Create::new().discoverable().send(&mut host), Err(0x27));
        assert!(Create::new().send(&mut host).is_ok());
    }
}

#[test]
fn always_uv_without_a_way_to_verify_denies() {
    let mut host = Host::new(Profile {
        no_mc_ga_permissions_with_client_pin: true,
        always_uv: Some(true),
        ..Profile::default()
    });
    assert_eq!(Create::new().send(&mut host), Err(0x27));
    assert_eq!(Assert::new().send(&mut host), Err(0x27));
}

#[test]
fn some_keys_do_not_assert_silently() {
    let mut host = Host::new(Profile {
        silent_assertions: false,
        ..Profile::default()
    });
    let id = credential_id(&Create::new().send(&mut host).unwrap());
    let silently = cbor::map([("up", Value::Bool(false))]);
    let assert = || Assert::new().allow(&[&id]);
    assert_eq!(assert().with(5, silently).send(&mut host), Err(0x2b));
    assert!(assert().send(&mut host).is_ok());
}

/// Touches during these spans of waiting.
struct During(Arc<Mutex<Vec<(u64, u64)>>>);

impl Touch for During {
    fn state(&mut self, waited: Duration) -> TouchState {
        let spans = self.0.lock().unwrap();
        let seconds = waited.as_secs();
        if spans.iter().any(|span| (span.0..span.1).contains(&seconds)) {
            TouchState::Touched
        } else {
            TouchState::Waiting
        }
    }
}

fn long_touch() -> Profile {
    Profile {
        long_touch_for_reset: true,
        ..Profile::default()
    }
}

/// Seconds until the reset is answered, and how.
fn reset(host: &mut Host) -> (u64, u8) {
    host.send(host.cid, 0x10, &[0x07]);
    for seconds in 0..60 {
        let messages = host.messages();
        if let Some((0x10, answer)) = messages.last() {
            return (seconds, answer[0]);
        }
        host.advance(Duration::from_secs(1));
    }
    panic!("no answer");
}

#[test]
fn a_long_touch_for_a_reset_is_held() {
    let mut host = Host::new(long_touch());
    assert_eq!(host.info().get(0x18), Value::Bool(true));
    // Somebody who touches holds on as long as need be.
    assert_eq!(reset(&mut host), (5, 0));
    host.emulator
        .set_touch(Box::new(After(Duration::from_secs(3))));
    assert_eq!(reset(&mut host), (8, 0));
    // Other commands want a short one.
    host.touch();
    assert!(host.call_plain(0x0b).is_ok());
}

#[test]
fn short_touches_do_not_add_up() {
    let spans = Arc::new(Mutex::new(vec![(1, 4), (6, 10), (12, 20)]));
    let mut host = Host::new(long_touch());
    host.emulator.set_touch(Box::new(During(spans.clone())));
    assert_eq!(reset(&mut host), (17, 0));
    *spans.lock().unwrap() = vec![(1, 4), (6, 10)];
    assert_eq!(reset(&mut host), (30, 0x2f));
}

#[test]
fn a_touch_by_hand_is_held_and_counts_for_one_request() {
    let mut host = Host::new(long_touch());
    host.never_touch();
    host.send(host.cid, 0x10, &[0x07]);
    host.messages();
    host.emulator.touch().unwrap();
    for _ in 0..50 {
        assert!(host.messages().iter().all(|(command, _)| *command == 0x3b));
        assert_ne!(host.emulator.time_until_next(), Some(Duration::ZERO));
        host.advance(Duration::from_millis(100));
    }
    assert_eq!(host.messages().last(), Some(&(0x10, vec![0])));
    assert_eq!(reset(&mut host), (30, 0x2f));
    // Neither does it outlast a cancelled one.
    host.send(host.cid, 0x10, &[0x07]);
    host.messages();
    host.emulator.touch().unwrap();
    host.send(host.cid, 0x11, b"");
    assert_eq!(host.messages().last(), Some(&(0x10, vec![0x2d])));
    assert_eq!(reset(&mut host), (30, 0x2f));
}

#[test]
fn a_long_touch_can_be_asked_for_until_the_next_reset() {
    let mut host = Host::new(Profile {
        can_enable_long_touch_for_reset: true,
        ..Profile::default()
    });
    let enable = cbor::map([(1, Value::from(4))]);
    assert_eq!(host.info().get(0x18), Value::Bool(false));
    assert_eq!(reset(&mut host), (0, 0));
    assert!(host.call(0x0d, &enable).is_ok());
    assert_eq!(host.info().get(0x18), Value::Bool(true));
    assert_eq!(reset(&mut host), (5, 0));
    assert_eq!(host.info().get(0x18), Value::Bool(false));
    // Others need none and say so, or know neither the member nor the subcommand.
    let mut newer = Host::new(Profile {
        versions: vec![Version::Fido21, Version::Fido23],
        ..Profile::default()
    });
    assert_eq!(newer.info().get(0x18), Value::Bool(false));
    assert_eq!(newer.call(0x0d, &enable), Err(0x02));
    let mut older = Host::new(Profile::default());
    assert_eq!(older.info().find(0x18), None);
    assert_eq!(older.call(0x0d, &enable), Err(0x02));
}

#[test]
fn a_platform_can_ask_for_no_attestation() {
    let formats = |formats: &[&str]| {
        let formats = formats.iter().map(|format| Value::from(*format));
        Value::Array(formats.collect())
    };
    let mut host = Host::new(Profile {
        attestation_formats: vec!["packed".to_owned(), "none".to_owned()],
        ..Profile::default()
    });
    assert!(host.call(0x0d, &cbor::map([(1, Value::from(1))])).is_ok());
    let format = |host: &mut Host, preference: Value| {
        let create = Create::new()
            .with(0x0a, Value::from(2))
            .with(0x0b, preference);
        let made = create.send(host)?;
        Ok((made.get(1), made.get(3) == Value::Map(vec![]), made.find(4)))
    };
    let none = Ok(("none".into(), true, None));
    let packed = Ok(("packed".into(), false, Some(Value::Bool(true))));
    assert_eq!(format(&mut host, formats(&["none"])), none);
    assert_eq!(format(&mut host, formats(&["none", "packed"])), packed);
    assert_eq!(format(&mut host, formats(&["tpm"])), packed);
    assert_eq!(format(&mut host, formats(&[])), packed);
    assert_eq!(format(&mut host, Value::Array(vec![1.into()])), Err(0x11));
    assert_eq!(format(&mut host, "none".into()), Err(0x11));
    let mut older = Host::new(Profile::default());
    let ignored = Create::new().with(0x0b, formats(&["none"]));
    assert_eq!(ignored.send(&mut older).unwrap().get(1), "packed".into());
}

#[test]
fn without_attestation_there_is_still_a_credential() {
    let mut host = Host::new(Profile {
        attestation_formats: vec!["packed".to_owned()],
        ..Profile::default()
    });
    let none = Value::Array(vec!["none".into()]);
    let made = Create::new().with(0x0b, none).send(&mut host).unwrap();
    let id = credential_id(&made);
    let public_key = authenticator_data(&made).attested.unwrap().public_key;
    let asserted = Assert::new().allow(&[&id]).send(&mut host).unwrap();
    assert!(super::credentials::verifies(&asserted, &public_key));
}
