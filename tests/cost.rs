//! What a ceremony asks of the key: no more CTAP messages and HID reports than the specification makes necessary. A message
//! may be a touch or a PIN try, and each report is a round trip on a slow bus.
//!
//! The messages are those of CTAP 2.1, for a key that issues tokens with permissions and speaks PIN/UV auth protocol two:
//!
//! ```text
//! getInfo                                        what the key can do
//! clientPIN getPINRetries                        §6.5.5.2; a key whose tries run out is left alone
//! getAssertion, up=false                         only if the account has keys: is this one of them?
//! clientPIN getKeyAgreement                      §6.5.5.4
//! clientPIN getPinUvAuthTokenUsingPinWithPermissions (mc, ga)
//! makeCredential                                 §6.1.2 step 14.6: takes the token's permissions away, but for lbw
//! clientPIN getPINRetries                        for the record: fewer tries later mean that somebody tried PINs
//! clientPIN getKeyAgreement                      so the proof needs another token, and each token a fresh agreement
//! clientPIN getPinUvAuthTokenUsingPinWithPermissions (ga)
//! getAssertion                                   the proof
//! ```
//!
//! A fresh key has its PIN set instead of its tries counted: getKeyAgreement and setPIN for getPINRetries.
//!
//! A message of n bytes takes one initialization report, which carries 57 of them, and one continuation report for each
//! further 59 (§11.2.4). To all this comes one report each way for CTAPHID_INIT.

use halligan::ctap::command::{CLIENT_PIN, GET_ASSERTION, GET_INFO, MAKE_CREDENTIAL};
use halligan::emulator::Profile;
use halligan::encoding::cbor::{self, Value};
use serde_json::Value as Json;

use crate::bench::{Bench, Exchange, Key, Wire};

const RP_ID: &str = "login.microsoft.com";

/// Reports for a message of this many bytes.
fn reports(bytes: usize) -> u64 {
    let continuations = bytes.saturating_sub(57).div_ceil(59);
    u64::try_from(1 + continuations).unwrap()
}

/// The bytes of a request: command byte and canonical CBOR map.
fn size(members: Vec<(i64, Value)>) -> usize {
    1 + cbor::encode(&cbor::map(members)).len()
}

fn bytes(length: usize) -> Value {
    Value::Bytes(vec![0; length])
}

/// A COSE_Key of kty EC2, alg ECDH-ES+HKDF-256 (-25), crv P-256, with x and y.
fn key_agreement_key() -> Value {
    let members: [(i64, Value); 5] = [
        (1, 2.into()),
        (3, (-25).into()),
        (-1, 1.into()),
        (-2, bytes(32)),
        (-3, bytes(32)),
    ];
    cbor::map(members)
}

/// clientPIN (§6.5.5): protocol two, the subcommand, and what else it needs.
fn client_pin(subcommand: i64, more: Vec<(i64, Value)>) -> usize {
    let members = [(1, Value::from(2)), (2, Value::from(subcommand))];
    size(members.into_iter().chain(more).collect())
}

fn pin_retries() -> usize {
    client_pin(1, vec![])
}

fn key_agreement() -> usize {
    client_pin(2, vec![])
}

/// setPIN: pinUvAuthParam of 32 bytes, newPinEnc of an IV and 64 bytes.
fn set_pin() -> usize {
    client_pin(
        3,
        vec![
            (3, key_agreement_key()),
            (4, bytes(32)),
            (5, bytes(16 + 64)),
        ],
    )
}

/// A token: pinHashEnc of an IV and 16 bytes, permissions, RP ID.
fn token() -> usize {
    let permissions = Value::from(3);
    let members = vec![
        (3, key_agreement_key()),
        (6, bytes(16 + 16)),
        (9, permissions),
        (10, RP_ID.into()),
    ];
    client_pin(9, members)
}

/// Descriptors of credentials whose ids have these lengths.
fn descriptors(lengths: &[usize]) -> Value {
    let descriptor =
        |length: &usize| cbor::map([("id", bytes(*length)), ("type", "public-key".into())]);
    Value::Array(lengths.iter().map(descriptor).collect())
}

/// makeCredential (§6.1) with what the service's options say, of which a key with credProtect and hmac-secret leaves out
/// nothing.
fn make_credential(options: &Json, excluded: &[usize]) -> usize {
    let options = &options["publicKey"];
    let text = |value: &Json| Value::from(value.as_str().unwrap());
    let rp = cbor::map([
        ("id", text(&options["rp"]["id"])),
        ("name", text(&options["rp"]["name"])),
    ]);
    let user_id =
        halligan::encoding::base64url::decode(options["user"]["id"].as_str().unwrap()).unwrap();
    let user = cbor::map([
        ("id", Value::Bytes(user_id)),
        ("name", text(&options["user"]["name"])),
        ("displayName", text(&options["user"]["displayName"])),
    ]);
    let algorithms = options["pubKeyCredParams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| {
            cbor::map([
                ("alg", parameter["alg"].as_i64().unwrap().into()),
                ("type", Value::from("public-key")),
            ])
        });
    let extensions = cbor::map([
        ("credProtect", Value::from(1)),
        ("hmac-secret", Value::from(true)),
    ]);
    let mut members = vec![
        (1, bytes(32)),
        (2, rp),
        (3, user),
        (4, Value::Array(algorithms.collect())),
        (6, extensions),
        (7, cbor::map([("rk", Value::from(true))])),
        (8, bytes(32)),
        (9, Value::from(2)),
    ];
    if !excluded.is_empty() {
        members.push((5, descriptors(excluded)));
    }
    size(members)
}

/// getAssertion (§6.2) with user verification.
fn proof() -> usize {
    size(vec![
        (1, RP_ID.into()),
        (2, bytes(32)),
        (3, descriptors(&[32])),
        (6, bytes(32)),
        (7, Value::from(2)),
    ])
}

/// getAssertion without touch and verification.
fn silent(allowed: &[usize]) -> usize {
    let options = cbor::map([("up", Value::from(false))]);
    size(vec![
        (1, RP_ID.into()),
        (2, bytes(32)),
        (3, descriptors(allowed)),
        (5, options),
    ])
}

/// What was said on the wire, command and size of each request, and the reports for all of it.
struct Said {
    requests: Vec<(u8, usize)>,
    reports_to_key: u64,
    reports_to_host: u64,
}

fn said(wire: &Wire) -> (Said, Vec<Exchange>) {
    let overheard = wire.overheard();
    let requests = overheard.exchanges.iter();
    let said = Said {
        requests: requests
            .map(|exchange| (exchange.request[0], exchange.request.len()))
            .collect(),
        reports_to_key: overheard.to_key,
        reports_to_host: overheard.to_host,
    };
    (said, overheard.exchanges)
}

/// The requests are the expected ones, no report was wasted in either direction, and the tool counts as we do. For each touch
/// the key says once that it waits.
#[track_caller]
fn costs(wire: &Wire, expected: &[(u8, usize)], touches: u64, counted: &Json) -> Said {
    let (said, exchanges) = said(wire);
    assert_eq!(said.requests, expected);
    let written: u64 = 1 + expected.iter().map(|(_, size)| reports(*size)).sum::<u64>();
    let read: u64 = 1
        + touches
        + exchanges
            .iter()
            .map(|exchange| reports(exchange.response.len()))
            .sum::<u64>();
    assert_eq!((said.reports_to_key, said.reports_to_host), (written, read));
    if !counted.is_null() {
        assert_eq!(counted["messages"], expected.len());
        assert_eq!(counted["reports_written"], written);
        assert_eq!(counted["reports_read"], read);
    }
    said
}

/// Enrols over a wire; the cost as the tool tells it, and the service's options.
fn enroll(bench: &Bench, key: &Key, label: &str) -> (Wire, Json, Json) {
    let wire = Wire::to(key.address());
    let enrolled = bench
        .enroll_over(wire.address(), label)
        .with(["--save", label])
        .json()
        .run();
    let cost = enrolled.exits(0).document()["cost"].clone();
    let options = std::fs::read(bench.path(label).join("creation-options.json")).unwrap();
    (wire, cost, serde_json::from_slice(&options).unwrap())
}

#[test]
fn an_enrolment_with_a_pin_takes_9_messages_and_21_reports() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let (wire, cost, options) = enroll(&bench, &key, "BG1-A");
    let minimum = [
        (GET_INFO, 1),
        (CLIENT_PIN, pin_retries()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (MAKE_CREDENTIAL, make_credential(&options, &[])),
        (CLIENT_PIN, pin_retries()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (GET_ASSERTION, proof()),
    ];
    let said = costs(&wire, &minimum, 2, &cost);
    assert_eq!((said.requests.len(), said.reports_to_key), (9, 21));
    // The key's answers vary by the bytes of two or three ECDSA signatures in DER.
    assert!(
        (35..=37).contains(&said.reports_to_host),
        "{}",
        said.reports_to_host
    );
}

#[test]
fn an_enrolment_of_a_fresh_key_takes_10_messages_and_25_reports() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let (wire, cost, options) = enroll(&bench, &key, "BG1-A");
    let minimum = [
        (GET_INFO, 1),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, set_pin()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (MAKE_CREDENTIAL, make_credential(&options, &[])),
        (CLIENT_PIN, pin_retries()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (GET_ASSERTION, proof()),
    ];
    let said = costs(&wire, &minimum, 2, &cost);
    assert_eq!((said.requests.len(), said.reports_to_key), (10, 25));
}

#[test]
fn a_tenant_that_knows_another_key_costs_one_silent_question_more() {
    let bench = Bench::new();
    let (other, key) = (bench.key(Profile::default()), bench.key(Profile::default()));
    bench.enroll(&other, "BG1-A").run().exits(0);
    key.set_pin();
    let (wire, cost, options) = enroll(&bench, &key, "BG1-B");
    // The directory's text for an id of 32 bytes can also be read as 33 bytes, and nothing in it says which is meant.
    let both_readings = [32, 33];
    let minimum = [
        (GET_INFO, 1),
        (CLIENT_PIN, pin_retries()),
        (GET_ASSERTION, silent(&both_readings)),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (MAKE_CREDENTIAL, make_credential(&options, &both_readings)),
        (CLIENT_PIN, pin_retries()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        (GET_ASSERTION, proof()),
    ];
    costs(&wire, &minimum, 2, &cost);
}

#[test]
fn a_check_takes_3_messages() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let wire = Wire::to(key.address());
    let check = ["check", "--device", wire.address(), "--key", "BG1-A"];
    bench.halligan(check).run().exits(0);
    let minimum = [
        (GET_INFO, 1),
        (CLIENT_PIN, pin_retries()),
        (GET_ASSERTION, silent(&[32])),
    ];
    costs(&wire, &minimum, 0, &Json::Null);
}

#[test]
fn a_wrong_pin_ends_the_questions() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let wire = Wire::to(key.address());
    bench
        .enroll_over(wire.address(), "BG1-A")
        .pin(crate::bench::WRONG_PIN)
        .run()
        .exits(4);
    let minimum = [
        (GET_INFO, 1),
        (CLIENT_PIN, pin_retries()),
        (CLIENT_PIN, key_agreement()),
        (CLIENT_PIN, token()),
        // How many tries are left.
        (CLIENT_PIN, pin_retries()),
    ];
    costs(&wire, &minimum, 0, &Json::Null);
}

#[test]
fn reports_are_counted_as_the_specification_cuts_them() {
    let counted: Vec<u64> = [1, 57, 58, 116, 117, 7609].map(reports).into();
    assert_eq!(counted, [1, 1, 2, 2, 3, 129]);
}
