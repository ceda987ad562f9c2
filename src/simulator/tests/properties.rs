//! Whatever is posted, the simulator answers, and never with its own fault.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::Bench;
use super::key::Key;

/// JSON of any shape, in which the members of the interface occur.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[A-Za-z0-9_-]{0,80}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("displayName".to_owned()),
        Just("publicKeyCredential".to_owned()),
        Just("response".to_owned()),
        Just("id".to_owned()),
        Just("attestationObject".to_owned()),
        Just("clientDataJSON".to_owned()),
        ".{0,8}",
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..5)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A good registration with one byte of its attestation object or client data changed.
fn flipped(good: &Value, member: &str, at: prop::sample::Index, bit: u8) -> Value {
    let mut body = good.clone();
    let text = &mut body["publicKeyCredential"]["response"][member];
    let mut bytes = crate::encoding::base64url::decode(text.as_str().unwrap()).unwrap();
    let at = at.index(bytes.len());
    bytes[at] ^= 1 << bit;
    *text = crate::encoding::base64url::encode(&bytes).into();
    body
}

fn run<S: Strategy>(strategy: S, test: impl Fn(S::Value)) {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&strategy, |value| {
            test(value);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_body_is_answered_with_a_client_error() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let token = runtime.block_on(bench.app_token());
    let url = bench.url(&bench.methods(&bench.bg1()));
    let post = |body: Vec<u8>| {
        let request = bench.client.post(&url).bearer_auth(&token).body(body);
        let response = runtime.block_on(request.send()).unwrap();
        assert_eq!(response.status().as_u16(), 400);
    };
    run(any_json(), |body| post(body.to_string().into_bytes()));
    run(prop::collection::vec(any::<u8>(), 0..300), post);
}

#[test]
fn any_change_of_the_policy_is_answered_and_leaves_one_that_can_be_read() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let permissions = ["Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"];
    let token = runtime.block_on(bench.token_with(&permissions));
    let path =
        "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let members = prop::sample::select(vec![
        "defaultPasskeyProfile",
        "excludeTargets",
        "includeTargets",
        "keyRestrictions",
        "passkeyProfiles",
        "state",
    ]);
    run((members, any_json()), |(member, value)| {
        let mut body =
            json!({"@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration"});
        body[member] = value;
        let answer = runtime.block_on(bench.patch(path, &token, &body));
        assert!(
            matches!(answer.status.as_u16(), 204 | 400),
            "{}",
            answer.text
        );
        let read = runtime.block_on(bench.get(path, &token));
        assert_eq!(read.status.as_u16(), 200);
    });
}

#[test]
fn any_flipped_bit_of_a_registration_is_noticed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let token = runtime.block_on(bench.app_token());
    let options = runtime.block_on(bench.options(&token));
    let good = Key::new(1).answer(&options);
    bench.change(|state| {
        state.fido2_policy.is_attestation_enforced = true;
        state.trust_anchor(&Key::new(1).vendor.root);
    });
    let path = bench.methods(&bench.bg1());
    let members = prop::sample::select(vec!["attestationObject", "clientDataJSON"]);
    let strategy = (members, any::<prop::sample::Index>(), 0u8..8);
    run(strategy, |(member, at, bit)| {
        let body = flipped(&good, member, at, bit);
        let answer = runtime.block_on(bench.post(&path, &token, &body));
        assert_eq!(answer.status.as_u16(), 400, "{}", answer.text);
    });
}

#[test]
fn any_path_and_form_is_answered() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let token = runtime.block_on(bench.app_token());
    run("[a-zA-Z0-9%$(){}'=?&/._~-]{0,60}", |path| {
        let url = bench.url("/v1.0/users/") + &path;
        let request = bench.client.get(url).bearer_auth(&token);
        let response = runtime.block_on(request.send()).unwrap();
        assert!(!response.status().is_server_error());
    });
    run("[a-zA-Z_0-9%=&+ -]{0,80}", |form| {
        let url = bench.url(&bench.token_path());
        let form = format!("grant_type=client_credentials&client_id=x&{form}");
        let request = bench
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let response = runtime.block_on(request.send()).unwrap();
        assert!(response.status().is_client_error());
    });
    assert_eq!(json!(bench.running.faults.remaining().len()), json!(0));
}
