//! Built-in user verification: fingers that verify the user, or do not, with both PIN protocols.

use std::time::Duration;

use super::config::toggle_always_uv;
use super::credentials::{authenticator_data, credential_id};
use super::fingerprint::{PIN, enroll, profile};
use super::host::{ACFG, Answer, BE, CM, GA, Host, LBW, MC, RP_ID};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::emulator::profile::Family;
use crate::emulator::touch::{After, Deny, Finger};
use crate::encoding::cbor::{self, Value};

const UP: u8 = 0x01;
const UV: u8 = 0x04;

/// A key with a PIN and one enrolled finger, for either PIN protocol.
fn both(test: impl Fn(&mut Host, u8)) {
    for protocol in [1, 2] {
        test(&mut host(profile(), protocol), protocol);
    }
}

fn host(profile: Profile, protocol: u8) -> Host {
    let mut host = Host::new(profile);
    host.set_pin(protocol, PIN).unwrap();
    let token = host.token(protocol, PIN, BE, None).unwrap();
    enroll(&mut host, &token);
    host
}

fn options(options: &[(&str, bool)]) -> Value {
    cbor::map(options.iter().map(|&(name, on)| (name, Value::Bool(on))))
}

/// makeCredential of a discoverable credential with built-in user verification.
fn create() -> Create {
    Create::new().with(7, options(&[("rk", true), ("uv", true)]))
}

fn assert() -> Assert {
    Assert::new().with(5, options(&[("uv", true)]))
}

fn flags(answer: &Answer) -> u8 {
    authenticator_data(answer).flags.0 & (UP | UV)
}

#[test]
fn the_right_finger_verifies_the_user_and_is_the_touch() {
    both(|host, _| {
        let made = create().send(host).unwrap();
        assert_eq!(flags(&made), UP | UV);
        assert_eq!(flags(&assert().send(host).unwrap()), UP | UV);
        // The finger is on the key, wanted or not.
        let silent = Assert::new().with(5, options(&[("uv", true), ("up", false)]));
        assert_eq!(flags(&silent.send(host).unwrap()), UP | UV);
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn without_an_enrolled_finger_there_is_nothing_to_verify_with() {
    for protocol in [1, 2] {
        let mut host = Host::new(profile());
        host.set_pin(protocol, PIN).unwrap();
        assert_eq!(create().send(&mut host), Err(0x2c));
        assert_eq!(assert().send(&mut host), Err(0x2c));
        let token = host.token_by_finger(protocol, CM, None);
        assert_eq!(token.err(), Some(0x30));
        assert_eq!(host.uv_retries(), 3);
    }
    let mut plain = Host::new(Profile::default());
    for subcommand in [6, 7] {
        let request = cbor::map([(2, Value::from(subcommand))]);
        assert_eq!(plain.call(0x06, &request), Err(0x3e));
    }
}

#[test]
fn a_token_in_the_request_comes_before_the_finger() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::Wrong);
        let token = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        let made = create().authorized(&token).send(host).unwrap();
        assert_eq!(flags(&made), UP | UV);
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn wrong_fingers_end_in_the_pin_and_the_pin_ends_the_block() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::Wrong);
        // Retried within the one request until the tries are spent.
        assert_eq!(create().send(host), Err(0x36));
        assert_eq!(host.uv_retries(), 0);
        host.emulator.set_finger(Finger::Right);
        assert_eq!(assert().send(host), Err(0x36));
        let blocked = host.token_by_finger(protocol, CM, None);
        assert_eq!(blocked.err(), Some(0x3c));
        assert_eq!(host.option("uv"), Some(true));
        // Power does not bring the tries back.
        host.emulator.power_cycle();
        assert_eq!(host.uv_retries(), 0);
        assert!(host.token(protocol, "000000", CM, None).is_err());
        assert_eq!(host.uv_retries(), 0);
        assert!(host.token(protocol, PIN, CM, None).is_ok());
        assert_eq!(host.uv_retries(), 3);
        assert!(create().send(host).is_ok());
    });
}

#[test]
fn the_right_finger_may_follow_a_wrong_one_in_the_same_request() {
    both(|host, _| {
        host.emulator.set_touch(Box::new(After(SECOND)));
        host.emulator.set_finger(Finger::Wrong);
        host.begin_call(0x01, &cbor::map(create().members));
        host.advance(SECOND);
        assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
        host.emulator.set_finger(Finger::Right);
        host.advance(SECOND / 2);
        assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
        host.advance(SECOND / 2);
        assert_eq!(flags(&host.answer().unwrap()), UP | UV);
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn a_wrong_finger_costs_a_try_of_which_each_token_request_has_one() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::Wrong);
        let attempt = |host: &mut Host| host.token_by_finger(protocol, CM, None).err();
        assert_eq!(attempt(host), Some(0x3f));
        assert_eq!(host.uv_retries(), 2);
        host.emulator.power_cycle();
        assert_eq!(attempt(host), Some(0x3f));
        host.emulator.set_finger(Finger::Right);
        assert_eq!(attempt(host), None);
        assert_eq!(host.uv_retries(), 3);
        host.emulator.set_finger(Finger::Wrong);
        assert_eq!(attempt(host), Some(0x3f));
        assert_eq!(attempt(host), Some(0x3f));
        assert_eq!(attempt(host), Some(0x3c));
        assert_eq!(attempt(host), Some(0x3c));
        assert_eq!(host.retries(), (8, false));
        assert_eq!(host.change_pin(protocol, PIN, "654321"), Ok(()));
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn a_token_by_finger_does_once_without_another_touch() {
    both(|host, protocol| {
        let mc = host.token_by_finger(protocol, MC, Some(RP_ID)).unwrap();
        host.never_touch();
        let made = Create::new().authorized(&mc).send(host).unwrap();
        assert_eq!(flags(&made), UP | UV);
        assert_eq!(Create::new().authorized(&mc).send(host), Err(0x33));
        host.touch();
        let ga = host.token_by_finger(protocol, GA, Some(RP_ID)).unwrap();
        host.never_touch();
        let id = credential_id(&made);
        let asserted = Assert::new().allow(&[&id]).authorized(&ga).send(host);
        assert_eq!(flags(&asserted.unwrap()), UP | UV);
        assert_eq!(Create::new().authorized(&ga).send(host), Err(0x33));
    });
}

#[test]
fn a_token_by_finger_manages_credentials_settings_and_fingers() {
    both(|host, protocol| {
        let cm = host.token_by_finger(protocol, CM, None).unwrap();
        let metadata = cbor::map([
            (1, Value::from(1)),
            (3, Value::from(protocol)),
            (4, Value::Bytes(cm.authenticate(&[1]))),
        ]);
        assert!(host.call(0x0a, &metadata).is_ok());
        let acfg = host.token_by_finger(protocol, ACFG, None).unwrap();
        assert_eq!(toggle_always_uv(host, Some(&acfg)), Ok(()));
        let be = host.token_by_finger(protocol, BE, None).unwrap();
        enroll(host, &be);
    });
}

#[test]
fn permissions_by_finger_are_as_announced() {
    both(|host, protocol| {
        let mut refusal = |permissions, rp_id| {
            let token = host.token_by_finger(protocol, permissions, rp_id);
            token.err()
        };
        assert_eq!(refusal(0, None), Some(0x02));
        assert_eq!(refusal(MC, None), None);
        assert_eq!(refusal(LBW, None), None);
        assert_eq!(refusal(0x80 | GA, Some(RP_ID)), None);
    });
    let mut host = host(
        Profile {
            authenticator_config: false,
            large_blobs: None,
            ..profile()
        },
        2,
    );
    assert_eq!(host.option("uvAcfg"), None);
    assert_eq!(host.token_by_finger(2, ACFG, None).err(), Some(0x40));
    assert_eq!(host.token_by_finger(2, LBW, None).err(), Some(0x40));
}

#[test]
fn what_is_left_out_is_not_permitted_by_finger() {
    let mut host = host(Family::named("bio").unwrap().read().profile, 2);
    assert_eq!(host.option("uv"), Some(true));
    for (option, permission) in [("uvAcfg", ACFG), ("uvBioEnroll", BE)] {
        assert_eq!(host.option(option), None);
        let by_finger = host.token_by_finger(2, permission, None);
        assert_eq!(by_finger.err(), Some(0x40));
        assert!(host.token(2, PIN, permission, None).is_ok());
    }
}

#[test]
fn nobody_at_the_sensor_is_a_time_out_and_no_try() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::None);
        let requests = [
            (0x01, cbor::map(create().members)),
            (0x02, cbor::map(assert().members)),
        ];
        for (command, parameters) in requests {
            host.begin_call(command, &parameters);
            host.advance(Duration::from_secs(29));
            assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
            host.advance(SECOND);
            assert_eq!(host.answer(), Err(0x2f));
            host.begin_call(command, &parameters);
            host.messages();
            assert_eq!(host.cancel(), Err(0x2d));
        }
        let begin_token = |host: &mut Host| {
            let request = host.token_request(protocol);
            host.begin_call(0x06, &request);
        };
        begin_token(host);
        host.advance(Duration::from_secs(30));
        assert_eq!(host.answer(), Err(0x2f));
        begin_token(host);
        assert_eq!(host.messages(), [(0x3b, vec![2])]);
        assert_eq!(host.cancel(), Err(0x2d));
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn a_touch_by_hand_without_a_finger_is_over_at_once() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::None);
        host.never_touch();
        let request = host.token_request(protocol);
        host.begin_call(0x06, &request);
        host.messages();
        host.emulator.touch().unwrap();
        assert_eq!(host.messages(), []);
        // Nothing is due before the next keep-alive: a serving loop sleeps.
        assert_ne!(host.emulator.time_until_next(), Some(Duration::ZERO));
        host.emulator.set_finger(Finger::Right);
        assert_eq!(host.messages(), []);
        host.emulator.touch().unwrap();
        assert!(host.answer().is_ok());
    });
}

#[test]
fn a_finger_can_come_while_the_request_waits() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::None);
        let request = host.token_request(protocol);
        host.begin_call(0x06, &request);
        assert_eq!(host.messages(), [(0x3b, vec![2])]);
        host.emulator.set_finger(Finger::Right);
        assert!(host.answer().is_ok());
    });
}

#[test]
fn any_finger_is_a_touch() {
    both(|host, protocol| {
        for finger in [Finger::Wrong, Finger::None] {
            host.emulator.set_finger(finger);
            let token = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
            assert!(Create::new().authorized(&token).send(host).is_ok());
            assert!(host.call_plain(0x0b).is_ok());
        }
    });
}

#[test]
fn a_user_who_declines_is_not_asked_for_the_pin() {
    both(|host, protocol| {
        host.emulator.set_touch(Box::new(Deny));
        assert_eq!(create().send(host), Err(0x27));
        assert_eq!(host.token_by_finger(protocol, CM, None).err(), Some(0x27));
        assert_eq!(host.uv_retries(), 3);
    });
}

#[test]
fn always_uv_asks_for_the_finger_where_nothing_else_verifies() {
    both(|host, protocol| {
        let made = Create::new().send(host).unwrap();
        assert_eq!(flags(&made), UP);
        let id = credential_id(&made);
        let acfg = host.token(protocol, PIN, ACFG, None).unwrap();
        assert_eq!(toggle_always_uv(host, Some(&acfg)), Ok(()));
        assert_eq!(flags(&Create::new().send(host).unwrap()), UP | UV);
        let assert = Assert::new().allow(&[&id]);
        assert_eq!(flags(&assert.send(host).unwrap()), UP | UV);
        let silent = Assert::new()
            .allow(&[&id])
            .with(5, options(&[("up", false)]));
        assert_eq!(flags(&silent.send(host).unwrap()), 0);
        host.emulator.set_finger(Finger::Wrong);
        assert_eq!(Create::new().send(host), Err(0x36));
        let token = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        assert!(assert.authorized(&token).send(host).is_ok());
    });
}

#[test]
fn a_non_discoverable_credential_needs_no_finger_and_a_discoverable_one_does() {
    both(|host, _| {
        host.emulator.set_finger(Finger::Wrong);
        assert_eq!(flags(&Create::new().send(host).unwrap()), UP);
        assert_eq!(Create::new().discoverable().send(host), Err(0x36));
        assert_eq!(host.uv_retries(), 3);
    });
    let mut strict = host(
        Profile {
            make_cred_uv_not_rqd: false,
            ..profile()
        },
        2,
    );
    assert_eq!(Create::new().send(&mut strict), Err(0x36));
    let by_finger = Create::new().with(7, options(&[("uv", true)]));
    assert!(by_finger.send(&mut strict).is_ok());
}

#[test]
fn an_excluded_credential_shows_by_the_finger_alone() {
    both(|host, _| {
        host.emulator.set_touch(Box::new(After(SECOND)));
        let protect = cbor::map([("credProtect", Value::from(3))]);
        host.begin_call(0x01, &cbor::map(create().with(6, protect).members));
        host.advance(SECOND);
        let id = credential_id(&host.answer().unwrap());
        let exclude = super::requests::descriptors(&[&id]);
        host.begin_call(0x01, &cbor::map(create().with(5, exclude).members));
        host.advance(SECOND);
        assert_eq!(host.answer(), Err(0x19));
        host.touch();
        assert_eq!(Assert::new().send(host), Err(0x2e));
        assert!(assert().send(host).is_ok());
    });
}

#[test]
fn a_blocked_pin_cannot_be_got_around_by_a_finger() {
    both(|host, protocol| {
        for attempt in 1..=8 {
            assert!(host.token(protocol, "000000", CM, None).is_err());
            if attempt % 3 == 0 {
                host.emulator.power_cycle();
            }
        }
        assert_eq!(host.retries().0, 0);
        assert_eq!(create().send(host), Err(0x36));
        let token = host.token_by_finger(protocol, CM, None);
        assert_eq!(token.err(), Some(0x3c));
        assert_eq!(host.uv_retries(), 0);
    });
}

#[test]
fn where_the_pin_is_no_help_it_is_not_asked_for() {
    for protocol in [1, 2] {
        let mut profile = profile();
        profile.no_mc_ga_permissions_with_client_pin = true;
        if let Some(sensor) = &mut profile.fingerprint {
            sensor.max_retries = 5;
        }
        let mut host = host(profile, protocol);
        assert_eq!(Create::new().discoverable().send(&mut host), Err(0x27));
        host.emulator.set_finger(Finger::Wrong);
        assert_eq!(create().send(&mut host), Err(0x27));
        assert_eq!(host.uv_retries(), 2);
        assert_eq!(create().send(&mut host), Err(0x32));
        assert!(host.token(protocol, PIN, CM, None).is_ok());
        host.emulator.set_finger(Finger::Right);
        let token = host.token_by_finger(protocol, MC, Some(RP_ID)).unwrap();
        assert!(Create::new().authorized(&token).send(&mut host).is_ok());
    }
}

#[test]
fn an_empty_param_still_asks_for_the_pin() {
    both(|host, _| {
        let which = Create::new().with(8, Value::Bytes(vec![]));
        assert_eq!(which.send(host), Err(0x31));
    });
}

const SECOND: Duration = Duration::from_secs(1);

impl Host {
    /// getUVRetries.
    pub(super) fn uv_retries(&mut self) -> u64 {
        let request = cbor::map([(2, Value::from(7))]);
        self.call(0x06, &request).unwrap().number(5)
    }

    /// getPinUvAuthTokenUsingUvWithPermissions for `cm`, not yet sent.
    fn token_request(&mut self, protocol: u8) -> Value {
        let platform = self.agree(protocol);
        cbor::map([
            (1, Value::from(protocol)),
            (2, Value::from(6)),
            (3, platform.key_agreement()),
            (9, Value::from(CM)),
        ])
    }
}
