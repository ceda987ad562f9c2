use std::time::Duration;

use super::host::{ACFG, Host, MC, RP_ID, Token};
use super::requests::{Assert, Create};
use crate::emulator::Profile;
use crate::encoding::cbor::{self, Value};

const PIN: &str = "123456";

fn config(
    host: &mut Host,
    token: Option<&Token>,
    subcommand: u8,
    parameters: Option<Value>,
) -> Result<(), u8> {
    let mut members = vec![(1, Value::from(subcommand))];
    let mut message = vec![0xff; 32];
    message.extend([0x0d, subcommand]);
    if let Some(parameters) = parameters {
        message.extend(cbor::encode(&parameters));
        members.push((2, parameters));
    }
    if let Some(token) = token {
        members.push((3, Value::from(token.protocol)));
        members.push((4, Value::Bytes(token.authenticate(&message))));
    }
    host.call(0x0d, &cbor::map(members)).map(|_| ())
}

pub(super) fn toggle_always_uv(host: &mut Host, token: Option<&Token>) -> Result<(), u8> {
    config(host, token, 2, None)
}

fn set_min_pin_length(
    host: &mut Host,
    token: Option<&Token>,
    members: Vec<(i32, Value)>,
) -> Result<(), u8> {
    config(host, token, 3, Some(cbor::map(members)))
}

fn with_pin(protocol: u8) -> (Host, Token) {
    let mut host = Host::new(Profile::default());
    host.set_pin(protocol, PIN).unwrap();
    let token = host.token(protocol, PIN, ACFG, None).unwrap();
    (host, token)
}

#[test]
fn the_minimum_pin_length_only_grows() {
    for protocol in [1, 2] {
        let (mut host, token) = with_pin(protocol);
        let set = |host: &mut Host, length: u8| {
            set_min_pin_length(host, Some(&token), vec![(1, Value::from(length))])
        };
        assert_eq!(set(&mut host, 3), Err(0x37));
        assert_eq!(set(&mut host, 64), Err(0x37));
        assert_eq!(set(&mut host, 6), Ok(()));
        assert_eq!(set(&mut host, 5), Err(0x37));
        assert_eq!(host.info().number(0x0d), 6);
        assert_eq!(host.change_pin(protocol, PIN, "12345"), Err(0x37));
    }
}

#[test]
fn a_pin_that_has_become_too_short_must_be_changed() {
    for protocol in [1, 2] {
        let (mut host, token) = with_pin(protocol);
        set_min_pin_length(&mut host, Some(&token), vec![(1, Value::from(8))]).unwrap();
        assert_eq!(host.info().get(0x0c), Value::Bool(true));
        assert_eq!(host.token(protocol, PIN, ACFG, None).err(), Some(0x31));
        assert_eq!(host.retries(), (8, false));
        assert_eq!(host.change_pin(protocol, PIN, "12345678"), Ok(()));
        assert_eq!(host.info().get(0x0c), Value::Bool(false));
        assert!(host.token(protocol, "12345678", ACFG, None).is_ok());
    }
}

#[test]
fn a_forced_change_needs_another_pin_and_a_pin_at_all() {
    for protocol in [1, 2] {
        let force = vec![(3, Value::Bool(true))];
        let mut fresh = Host::new(Profile::default());
        assert_eq!(
            set_min_pin_length(&mut fresh, None, force.clone()),
            Err(0x35)
        );
        let (mut host, token) = with_pin(protocol);
        assert_eq!(set_min_pin_length(&mut host, Some(&token), force), Ok(()));
        assert_eq!(host.change_pin(protocol, PIN, PIN), Err(0x37));
        assert_eq!(host.change_pin(protocol, PIN, "abcdef"), Ok(()));
    }
}

#[test]
fn only_listed_rps_see_the_minimum_pin_length() {
    let (mut host, token) = with_pin(2);
    let too_many = vec![Value::from("a.example"); 5];
    let list = vec![(2, Value::Array(too_many))];
    assert_eq!(set_min_pin_length(&mut host, Some(&token), list), Err(0x28));
    let list = vec![(1, Value::from(6)), (2, Value::Array(vec![RP_ID.into()]))];
    assert_eq!(set_min_pin_length(&mut host, Some(&token), list), Ok(()));
    let ask = cbor::map([("minPinLength", Value::Bool(true))]);
    let seen = |host: &mut Host, rp_id: &str| {
        let made = Create::for_user(rp_id, b"u")
            .with(6, ask.clone())
            .send(host);
        let data = super::credentials::authenticator_data(&made.unwrap());
        data.extension("minPinLength").cloned()
    };
    assert_eq!(seen(&mut host, RP_ID), Some(Value::from(6)));
    assert_eq!(seen(&mut host, "example.org"), None);
}

#[test]
fn always_uv_asks_for_the_pin_even_where_it_was_not_needed() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        let made = Create::new().send(&mut host).unwrap();
        let id = super::credentials::credential_id(&made);
        assert_eq!(toggle_always_uv(&mut host, None), Ok(()));
        assert_eq!(host.option("alwaysUv"), Some(true));
        assert_eq!(host.option("makeCredUvNotRqd"), Some(false));
        assert_eq!(Create::new().send(&mut host), Err(0x36));
        assert_eq!(Assert::new().allow(&[&id]).send(&mut host), Err(0x36));
        // Without touch nothing is proven, so it is allowed.
        let silently = cbor::map([("up", Value::Bool(false))]);
        let assert = Assert::new().allow(&[&id]).with(5, silently);
        assert!(assert.send(&mut host).is_ok());
        host.set_pin(protocol, PIN).unwrap();
        assert_eq!(Create::new().send(&mut host), Err(0x36));
        let token = host.token(protocol, PIN, MC, Some(RP_ID)).unwrap();
        assert!(Create::new().authorized(&token).send(&mut host).is_ok());
        let token = host.token(protocol, PIN, ACFG, None).unwrap();
        assert_eq!(toggle_always_uv(&mut host, Some(&token)), Ok(()));
        assert_eq!(host.option("alwaysUv"), Some(false));
        assert!(Create::new().send(&mut host).is_ok());
    }
}

#[test]
fn always_uv_can_be_switched_off_while_there_is_no_pin() {
    let mut host = Host::new(Profile::default());
    assert_eq!(toggle_always_uv(&mut host, None), Ok(()));
    // Everything else wants a token, which nobody can get.
    let longer = vec![(1, Value::from(6))];
    assert_eq!(set_min_pin_length(&mut host, None, longer), Err(0x36));
    assert_eq!(toggle_always_uv(&mut host, None), Ok(()));
    assert_eq!(host.option("alwaysUv"), Some(false));
}

#[test]
fn enterprise_attestation_is_given_where_it_was_arranged() {
    let mut host = Host::new(Profile::default());
    let create = |value: u8| Create::new().with(0x0a, Value::from(value));
    assert_eq!(host.option("ep"), Some(false));
    assert_eq!(create(1).send(&mut host), Err(0x02));
    assert_eq!(config(&mut host, None, 1, None), Ok(()));
    assert_eq!(host.option("ep"), Some(true));
    assert_eq!(create(3).send(&mut host), Err(0x2c));
    let made = create(1).send(&mut host).unwrap();
    assert_eq!(made.find(4), Some(Value::Bool(true)));
    let leaf = |answer: &super::host::Answer| answer.map(3).find("x5c").unwrap();
    let batch = Create::new().send(&mut host).unwrap();
    assert_eq!(batch.find(4), None);
    assert_ne!(leaf(&made), leaf(&batch));
    let elsewhere = Create::for_user("example.org", b"u");
    let vendor = elsewhere
        .with(0x0a, Value::from(1))
        .send(&mut host)
        .unwrap();
    assert_eq!(leaf(&vendor), leaf(&batch));
    let elsewhere = Create::for_user("example.org", b"u");
    let platform = elsewhere
        .with(0x0a, Value::from(2))
        .send(&mut host)
        .unwrap();
    assert_eq!(leaf(&platform), leaf(&made));
    super::credentials::assert_attested(&host, &made);
}

#[test]
fn unknown_subcommands_and_absent_features_are_refused() {
    let mut host = Host::new(Profile::default());
    assert_eq!(config(&mut host, None, 9, None), Err(0x02));
    let mut preview = Host::new(Profile::preview());
    assert_eq!(config(&mut preview, None, 2, None), Err(0x01));
}

#[test]
fn a_strict_key_is_reset_only_soon_after_power_up() {
    let mut host = Host::new(Profile::strict());
    host.set_pin(2, PIN).unwrap();
    host.advance(Duration::from_secs(11));
    assert_eq!(host.call_plain(0x07), Err(0x30));
    assert_eq!(host.option("clientPin"), Some(true));
    host.emulator.power_cycle();
    host.advance(Duration::from_secs(10));
    assert!(host.call_plain(0x07).is_ok());
    assert_eq!(host.option("clientPin"), Some(false));
}

#[test]
fn a_reset_ends_every_credential_and_every_setting() {
    let mut host = Host::new(Profile::default());
    let made = Create::new().send(&mut host).unwrap();
    let id = super::credentials::credential_id(&made);
    Create::new().discoverable().send(&mut host).unwrap();
    set_min_pin_length(&mut host, None, vec![(1, Value::from(8))]).unwrap();
    toggle_always_uv(&mut host, None).unwrap();
    assert_eq!(host.info().number(0x14), 99);
    host.advance(Duration::from_secs(3600));
    assert!(host.call_plain(0x07).is_ok());
    assert_eq!(host.info().number(0x14), 100);
    assert_eq!(host.info().number(0x0d), 4);
    assert_eq!(host.option("alwaysUv"), Some(false));
    assert_eq!(Assert::new().send(&mut host), Err(0x2e));
    assert_eq!(Assert::new().allow(&[&id]).send(&mut host), Err(0x2e));
}
