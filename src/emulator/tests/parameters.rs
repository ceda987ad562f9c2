//! Requests that are not as they should be, and what is ignored in those that are.

use super::credentials::{credential_id, public_key};
use super::host::{GA, Host, RP_ID};
use super::requests::{Assert, Create, algorithms, descriptors};
use crate::emulator::Profile;
use crate::encoding::cbor::{self, Value};

const PIN: &str = "123456";

fn params(params: &[(&str, i64)]) -> Value {
    let param = |&(kind, algorithm): &(&str, i64)| {
        cbor::map([("alg", Value::from(algorithm)), ("type", Value::from(kind))])
    };
    Value::Array(params.iter().map(param).collect())
}

fn option(name: &str, value: Value) -> Value {
    cbor::map([(name, value)])
}

fn descriptor_of(kind: &str) -> Value {
    cbor::map([
        ("id", Value::Bytes(vec![1; 4])),
        ("type", Value::from(kind)),
    ])
}

#[test]
fn parameters_of_make_credential_are_checked() {
    let mut host = Host::new(Profile::default());
    for key in 1..=4 {
        assert_eq!(Create::new().without(key).send(&mut host), Err(0x14));
        let wrong = Create::new().with(key, Value::from(1));
        assert_eq!(wrong.send(&mut host), Err(0x11));
    }
    let entity =
        |member: &str, value: Value| cbor::map([("id", Value::from(RP_ID)), (member, value)]);
    let user_with =
        |member: &str| cbor::map([("id", Value::Bytes(vec![1])), (member, Value::from(8))]);
    let named_algorithm = cbor::map([("alg", "ES256".into()), ("type", "public-key".into())]);
    let cases = [
        (1, Value::Bytes(vec![1; 31]), 0x03),
        (2, cbor::map([("name", "no id".into())]), 0x14),
        (3, cbor::map([("id", Value::Bytes(vec![1; 65]))]), 0x03),
        (4, algorithms(&[-257]), 0x26),
        (4, Value::Array(vec![]), 0x26),
        (4, Value::Array(vec![option("alg", Value::from(-7))]), 0x14),
        (
            4,
            Value::Array(vec![option("type", "public-key".into())]),
            0x14,
        ),
        (4, Value::Array(vec![named_algorithm]), 0x11),
        (5, descriptors(&[[1].as_slice(); 11]), 0x15),
        (2, entity("icon", 8.into()), 0x11),
        (2, entity("name", 8.into()), 0x11),
        (3, user_with("icon"), 0x11),
        (3, user_with("displayName"), 0x11),
        (3, cbor::map([("id", "text".into())]), 0x11),
        (5, Value::from(8), 0x11),
        (5, Value::Array(vec!["1234".into()]), 0x11),
        (
            5,
            Value::Array(vec![option("id", Value::Bytes(vec![1]))]),
            0x14,
        ),
        (
            5,
            Value::Array(vec![option("type", "public-key".into())]),
            0x14,
        ),
        (6, Value::from(8), 0x11),
        (7, option("up", Value::Bool(false)), 0x2c),
        (7, option("uv", Value::Bool(true)), 0x2c),
        (7, option("rk", Value::from(1)), 0x11),
    ];
    for (key, value, status) in cases {
        let request = Create::new().with(key, value.clone());
        assert_eq!(request.send(&mut host), Err(status), "{key}: {value:?}");
    }
}

#[test]
fn types_come_before_what_a_zero_length_pin_uv_auth_param_asks() {
    let mut host = Host::new(Profile::default());
    let element = cbor::map([("alg", Value::from("-7")), ("type", "public-key".into())]);
    let asking = Create::new().with(8, Value::Bytes(Vec::new()));
    for list in [vec![Value::from(42)], vec![element]] {
        let request = Create {
            members: asking.members.clone(),
        };
        let request = request.with(4, Value::Array(list));
        assert_eq!(request.send(&mut host), Err(0x11));
    }
}

#[test]
fn what_nobody_knows_is_ignored_wherever_it_is() {
    let mut host = Host::new(Profile::default());
    let foreign = cbor::map([
        (Value::from(1), Value::from(2)),
        (Value::from("id"), Value::from(RP_ID)),
        (Value::Bytes(vec![1]), Value::Null),
    ]);
    let ignored = Create::new()
        .with(2, foreign)
        .with(4, params(&[("telepathy", -7), ("public-key", -7)]))
        .with(5, Value::Array(vec![descriptor_of("rot13")]))
        .with(0x40, Value::Null);
    assert!(ignored.send(&mut host).is_ok());
    let other_type = Create::new().with(4, params(&[("telepathy", -7)]));
    assert_eq!(other_type.send(&mut host), Err(0x26));
    let unknown = option("plutonium", Value::Bool(true));
    assert!(Create::new().with(7, unknown).send(&mut host).is_ok());
    let eddsa_first = Create::new().with(4, algorithms(&[-257, -8, -7]));
    let made = eddsa_first.send(&mut host).unwrap();
    assert_eq!(public_key(&made).algorithm(), -8);
}

#[test]
fn parameters_of_get_assertion_are_checked() {
    let mut host = Host::new(Profile::default());
    let id = credential_id(&Create::new().send(&mut host).unwrap());
    let option = |name: &str, value: bool| cbor::map([(name, Value::Bool(value))]);
    let assert = || Assert::new().allow(&[&id]);
    assert_eq!(
        assert().with(5, option("rk", false)).send(&mut host),
        Err(0x2b)
    );
    assert_eq!(
        assert().with(5, option("uv", true)).send(&mut host),
        Err(0x2c)
    );
    assert!(
        assert()
            .with(5, option("uv", false))
            .send(&mut host)
            .is_ok()
    );
    assert_eq!(
        assert().with(2, Value::Bytes(vec![])).send(&mut host),
        Err(0x03)
    );
    assert_eq!(
        Assert::new().allow(&[[1].as_slice(); 11]).send(&mut host),
        Err(0x15)
    );
    // An empty list is as good as none; one that names nothing of this key is not.
    assert_eq!(Assert::new().allow(&[]).send(&mut host), Err(0x2e));
    let discoverable = Create::new().discoverable().send(&mut host).unwrap();
    for assert in [Assert::new(), Assert::new().allow(&[])] {
        let asserted = assert.send(&mut host).unwrap().map(1).find("id");
        let expected = credential_id(&discoverable);
        assert_eq!(asserted, Some(Value::Bytes(expected)));
    }
    let foreign = Value::Array(vec![descriptor_of("rot13")]);
    assert_eq!(Assert::new().with(3, foreign).send(&mut host), Err(0x2e));
    assert_eq!(Assert::at("example.org").send(&mut host), Err(0x2e));
    assert_eq!(
        Assert::at("example.org").allow(&[&id]).send(&mut host),
        Err(0x2e)
    );
}

#[test]
fn names_are_cut_at_64_bytes_between_characters() {
    let mut host = Host::new(Profile::default());
    for (given, kept) in [
        ("a".repeat(64), 64),
        ("a".repeat(65), 64),
        ("é".repeat(40), 64),
        (format!("a{}", "é".repeat(40)), 63),
        ("🔑".repeat(17), 64),
    ] {
        let user = |id: &[u8]| {
            cbor::map([
                ("id", Value::Bytes(id.to_vec())),
                ("name", Value::from(given.as_str())),
                ("displayName", Value::from(given.as_str())),
                ("icon", Value::from("https://example.org/icon")),
            ])
        };
        for id in [b"1", b"2"] {
            let create = Create::new().discoverable().with(3, user(id));
            create.send(&mut host).unwrap();
        }
        host.set_pin(2, PIN).unwrap();
        let token = host.token(2, PIN, GA, Some(RP_ID)).unwrap();
        let asserted = Assert::new().authorized(&token).send(&mut host).unwrap();
        for member in ["name", "displayName"] {
            let stored = asserted.map(4).find(member).unwrap().into_text().unwrap();
            assert_eq!(stored, given[..kept], "{given}");
        }
        assert_eq!(asserted.map(4).find("icon"), None);
        assert!(host.call_plain(0x07).is_ok());
    }
}
