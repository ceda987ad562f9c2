use std::time::Duration;

use super::host::{ACFG, CM, GA, Host, MC, RP_ID};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::encoding::cbor::{self, Value};

const PIN: &str = "123456";

/// Both PIN protocols, always.
fn both(test: impl Fn(&mut Host, u8)) {
    for protocol in [1, 2] {
        test(&mut Host::new(Profile::default()), protocol);
    }
}

#[test]
fn a_pin_is_set_once_and_then_changed() {
    both(|host, protocol| {
        assert_eq!(host.option("clientPin"), Some(false));
        assert_eq!(host.set_pin(protocol, PIN), Ok(()));
        assert_eq!(host.option("clientPin"), Some(true));
        assert_eq!(host.set_pin(protocol, "654321"), Err(0x33));
        assert_eq!(host.change_pin(protocol, PIN, "654321"), Ok(()));
        assert_eq!(host.token(protocol, PIN, CM, None).err(), Some(0x31));
        assert!(host.token(protocol, "654321", CM, None).is_ok());
    });
}

#[test]
fn a_pin_that_breaks_the_policy_is_refused() {
    both(|host, protocol| {
        assert_eq!(host.set_pin(protocol, "123"), Err(0x37));
        assert_eq!(host.set_pin(protocol, "äöü"), Err(0x37));
        assert_eq!(host.set_pin(protocol, &"1".repeat(64)), Err(0x37));
        assert_eq!(host.set_pin(protocol, &"1".repeat(63)), Ok(()));
    });
}

#[test]
fn without_a_pin_there_is_nothing_to_change_or_to_exchange() {
    both(|host, protocol| {
        assert_eq!(host.change_pin(protocol, PIN, "654321"), Err(0x35));
        assert_eq!(host.token(protocol, PIN, CM, None).err(), Some(0x35));
        assert_eq!(host.retries(), (8, false));
    });
}

#[test]
fn three_wrong_pins_need_a_power_cycle_and_eight_block_the_key() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let attempt = |host: &mut Host| host.token(protocol, "000000", CM, None).err();
        assert_eq!(attempt(host), Some(0x31));
        assert_eq!(attempt(host), Some(0x31));
        assert_eq!(host.retries(), (6, false));
        assert_eq!(attempt(host), Some(0x34));
        assert_eq!(host.retries(), (5, true));
        // Now not even the right PIN, and no try is spent.
        assert_eq!(host.token(protocol, PIN, CM, None).err(), Some(0x34));
        assert_eq!(host.change_pin(protocol, PIN, "654321"), Err(0x34));
        assert_eq!(host.retries(), (5, true));
        host.emulator.power_cycle();
        assert_eq!(host.retries(), (5, false));
        assert_eq!(attempt(host), Some(0x31));
        assert_eq!(attempt(host), Some(0x31));
        assert_eq!(attempt(host), Some(0x34));
        host.emulator.power_cycle();
        assert_eq!(attempt(host), Some(0x31));
        assert_eq!(attempt(host), Some(0x32));
        assert_eq!(host.retries().0, 0);
        host.emulator.power_cycle();
        assert_eq!(host.token(protocol, PIN, CM, None).err(), Some(0x32));
        assert_eq!(host.change_pin(protocol, PIN, "654321"), Err(0x32));
    });
}

#[test]
fn the_right_pin_gives_all_tries_back() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        for _ in 0..2 {
            assert!(host.token(protocol, "000000", CM, None).is_err());
        }
        assert_eq!(host.retries(), (6, false));
        assert!(host.token(protocol, PIN, CM, None).is_ok());
        assert_eq!(host.retries(), (8, false));
    });
}

#[test]
fn a_wrong_pin_replaces_the_key_agreement_key() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let ask = cbor::map([(1, Value::from(protocol)), (2, Value::from(2))]);
        let before = host.call(0x06, &ask);
        assert_eq!(host.call(0x06, &ask), before);
        assert!(host.token(protocol, "000000", CM, None).is_err());
        assert_ne!(host.call(0x06, &ask), before);
    });
}

#[test]
fn parameters_are_checked_before_anything_is_tried() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        assert_eq!(host.token(protocol, PIN, 0, None).err(), Some(0x02));
        assert_eq!(host.token(protocol, PIN, 0x08, None).err(), Some(0x40));
        assert!(host.token(protocol, PIN, 0x80 | CM, None).is_ok());
        let call = |host: &mut Host, members: Vec<(i32, Value)>| {
            host.call(0x06, &cbor::map(members)).err()
        };
        assert_eq!(call(host, vec![(1, Value::from(protocol))]), Some(0x14));
        assert_eq!(call(host, vec![(2, Value::from(2))]), Some(0x14));
        let unknown = vec![(1, Value::from(3)), (2, Value::from(2))];
        assert_eq!(call(host, unknown), Some(0x02));
        for subcommand in [6, 7, 8, 10] {
            let request = vec![(1, Value::from(protocol)), (2, Value::from(subcommand))];
            assert_eq!(call(host, request), Some(0x3e));
        }
        let permissions = vec![
            (1, Value::from(protocol)),
            (2, Value::from(5)),
            (9, Value::from(1)),
        ];
        assert_eq!(call(host, permissions), Some(0x02));
        assert_eq!(host.retries(), (8, false));
    });
}

#[test]
fn all_parameters_have_their_types_whether_or_not_the_subcommand_needs_them() {
    let mut host = Host::new(Profile::default());
    let own_key = host.agree(2).key_agreement();
    let key_with = |label: i32, value: Value| {
        let mut members = own_key.clone().into_map().unwrap();
        members.retain(|(key, _)| *key != Value::from(label));
        members.push((Value::from(label), value));
        Value::Map(members)
    };
    let wrong = [
        (1, Value::from("2")),
        (3, Value::from(1)),
        (3, key_with(3, Value::from("ECDH"))),
        (3, key_with(-3, Value::from(1))),
        (4, Value::from("param")),
        (5, Value::Bool(true)),
        (6, Value::Array(Vec::new())),
        (9, Value::Bytes(vec![1])),
        (10, Value::Bytes(vec![1])),
    ];
    for subcommand in [1, 2, 3, 5, 9] {
        for (key, value) in &wrong {
            let members = [(2, Value::from(subcommand)), (*key, value.clone())];
            let refused = host.call(0x06, &cbor::map(members)).err();
            assert_eq!(refused, Some(0x11), "{subcommand}: {key}");
        }
    }
}

#[test]
fn a_point_off_the_curve_is_refused() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let platform = host.agree(protocol);
        let mut members = platform.key_agreement().into_map().unwrap();
        members.retain(|(key, _)| *key != Value::from(-3));
        members.push((Value::from(-3), Value::Bytes(vec![1; 32])));
        let request = cbor::map([
            (1, Value::from(protocol)),
            (2, Value::from(5)),
            (3, Value::Map(members)),
            (6, Value::Bytes(vec![0; 32])),
        ]);
        assert_eq!(host.call(0x06, &request).err(), Some(0x02));
        assert_eq!(host.retries(), (8, false));
    });
}

#[test]
fn a_token_serves_only_its_permission_and_its_rp() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let ga = host.token(protocol, PIN, GA, Some(RP_ID)).unwrap();
        assert_eq!(Create::new().authorized(&ga).send(host), Err(0x33));
        let elsewhere = host.token(protocol, PIN, MC, Some("example.org")).unwrap();
        assert_eq!(Create::new().authorized(&elsewhere).send(host), Err(0x33));
        let mc = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        assert!(Create::new().authorized(&mc).send(host).is_ok());
        // The touch has used it up.
        assert_eq!(Create::new().authorized(&mc).send(host), Err(0x33));
    });
}

#[test]
fn a_token_without_rp_is_bound_to_the_first_one() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let id = super::credentials::credential_id(&Create::new().send(host).unwrap());
        let token = host.token(protocol, PIN, GA, None).unwrap();
        // Silently, so that the token is not used up.
        let silently = cbor::map([("up", Value::Bool(false))]);
        let assert = |rp_id: &str| {
            let assert = Assert::at(rp_id).allow(&[&id]).with(5, silently.clone());
            assert.authorized(&token)
        };
        assert!(assert(RP_ID).send(host).is_ok());
        assert_eq!(assert("example.org").send(host), Err(0x33));
        assert!(assert(RP_ID).send(host).is_ok());
    });
}

#[test]
fn a_legacy_token_makes_and_asserts_for_the_first_rp_and_manages_nothing() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let made = Create::new().send(host).unwrap();
        let token = host.legacy_token(protocol, PIN).unwrap();
        // Silently, so that the token is not used up.
        let silently = cbor::map([("up", Value::Bool(false))]);
        let id = super::credentials::credential_id(&made);
        let assert = Assert::new().allow(&[&id]).with(5, silently.clone());
        assert!(assert.authorized(&token).send(host).is_ok());
        let other = Assert::at("example.org").with(5, silently);
        assert_eq!(other.authorized(&token).send(host), Err(0x33));
        let metadata = cbor::map([
            (1, Value::from(1)),
            (3, Value::from(protocol)),
            (4, Value::Bytes(token.authenticate(&[1]))),
        ]);
        assert_eq!(host.call(0x0a, &metadata), Err(0x33));
    });
}

#[test]
fn a_token_ends_with_time_with_power_and_with_the_next_token() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        let token = |host: &mut Host| host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        let late = token(host);
        host.advance(Duration::from_secs(31));
        assert_eq!(Create::new().authorized(&late).send(host), Err(0x33));
        let unplugged = token(host);
        host.emulator.power_cycle();
        assert_eq!(Create::new().authorized(&unplugged).send(host), Err(0x33));
        let first = token(host);
        let second = token(host);
        assert_eq!(Create::new().authorized(&first).send(host), Err(0x33));
        assert!(Create::new().authorized(&second).send(host).is_ok());
        let changed = token(host);
        host.change_pin(protocol, PIN, "654321").unwrap();
        assert_eq!(Create::new().authorized(&changed).send(host), Err(0x33));
    });
}

#[test]
fn accounts_are_not_told_beyond_the_token() {
    let mut host = Host::new(Profile::default());
    for user in [b"1", b"2", b"3"] {
        let create = Create::for_user(RP_ID, user).discoverable();
        create.send(&mut host).unwrap();
    }
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, GA, Some(RP_ID)).unwrap();
    // Silently, so that the token is used and not used up.
    let silently = cbor::map([("up", Value::Bool(false))]);
    let assert = || Assert::new().authorized(&token).with(5, silently.clone());
    assert!(assert().send(&mut host).is_ok());
    host.advance(Duration::from_secs(590));
    assert!(assert().send(&mut host).is_ok());
    assert!(host.call_plain(0x08).is_ok());
    host.advance(Duration::from_secs(11));
    assert_eq!(host.call_plain(0x08), Err(0x30));
    // Without a token there is none to end.
    assert!(Assert::new().send(&mut host).is_ok());
    host.advance(Duration::from_secs(29));
    assert!(host.call_plain(0x08).is_ok());
}

#[test]
fn a_token_of_one_protocol_is_none_of_the_other() {
    let mut host = Host::new(Profile::default());
    host.set_pin(1, PIN).unwrap();
    let one = host.token(1, PIN, MC, Some(RP_ID)).unwrap();
    let as_two = Create::new().authorized(&one).with(9, Value::from(2));
    assert_eq!(as_two.send(&mut host), Err(0x33));
    assert!(Create::new().authorized(&one).send(&mut host).is_ok());
}

#[test]
fn an_empty_param_asks_which_key_is_meant() {
    let mut host = Host::new(Profile::default());
    let which = |host: &mut Host| Create::new().with(8, Value::Bytes(vec![])).send(host);
    assert_eq!(which(&mut host), Err(0x35));
    host.set_pin(2, PIN).unwrap();
    assert_eq!(which(&mut host), Err(0x31));
    let assert = Assert::new().with(6, Value::Bytes(vec![]));
    assert_eq!(assert.send(&mut host), Err(0x31));
    assert_eq!(
        Create::new().with(8, Value::Bytes(vec![1])).send(&mut host),
        Err(0x14)
    );
}

#[test]
fn the_preview_key_has_tokens_for_everything_until_power_is_cut() {
    let mut host = Host::new(Profile::preview());
    host.set_pin(1, PIN).unwrap();
    assert_eq!(host.agree_refusal(2), 0x02);
    assert_eq!(host.token(1, PIN, CM, None).err(), Some(0x3e));
    let token = host.legacy_token(1, PIN).unwrap();
    host.advance(Duration::from_secs(3600));
    for user in [b"a", b"b"] {
        let create = Create::for_user(RP_ID, user).discoverable();
        assert!(create.authorized(&token).send(&mut host).is_ok());
    }
    assert!(Assert::new().authorized(&token).send(&mut host).is_ok());
    let metadata = cbor::map([
        (1, Value::from(1)),
        (3, Value::from(1)),
        (4, Value::Bytes(token.authenticate(&[1]))),
    ]);
    assert_eq!(host.call(0x0a, &metadata), Err(0x01));
    assert_eq!(host.call(0x41, &metadata).unwrap().number(1), 2);
    assert_eq!(host.option("credentialMgmtPreview"), Some(true));
    assert_eq!(host.option("pinUvAuthToken"), None);
}

#[test]
fn configuration_needs_its_own_permission() {
    both(|host, protocol| {
        host.set_pin(protocol, PIN).unwrap();
        assert_eq!(super::config::toggle_always_uv(host, None), Err(0x36));
        let cm = host.token(protocol, PIN, CM, None).unwrap();
        assert_eq!(super::config::toggle_always_uv(host, Some(&cm)), Err(0x33));
        let acfg = host.token(protocol, PIN, ACFG, None).unwrap();
        assert_eq!(super::config::toggle_always_uv(host, Some(&acfg)), Ok(()));
    });
}

impl Host {
    fn agree_refusal(&mut self, protocol: u8) -> u8 {
        let request = cbor::map([(1, Value::from(protocol)), (2, Value::from(2))]);
        self.call(0x06, &request).unwrap_err()
    }
}
