use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::emulator::profile::Fingerprint;
use crate::emulator::{Emulator, Profile};
use crate::env::Env;

fn key() -> Emulator {
    Emulator::in_memory(Env::system(), Profile::default()).expect("a key")
}

fn ask(emulator: &mut Emulator, request: &Value) -> Value {
    match answer(request.to_string().as_bytes(), emulator) {
        Ok(Answer::Done(members)) => members,
        Ok(Answer::Subscribed(since)) => json!({"event": since}),
        Ok(Answer::Waiting(_)) => json!("waiting"),
        Err(refusal) => refusal.to_json(),
    }
}

#[test]
fn words_stand_for_requests() {
    for (words, request) in [
        ("advance 10s", json!({"request": "advance", "by": "10s"})),
        ("clear-faults", json!({"request": "clear-faults"})),
        ("deny", json!({"request": "deny"})),
        ("erase", json!({"request": "erase"})),
        (
            "fault busy@nth:2",
            json!({"request": "fault", "fault": "busy@nth:2"}),
        ),
        ("faults", json!({"request": "faults"})),
        (
            "finger wrong",
            json!({"request": "finger", "finger": "wrong"}),
        ),
        ("plug", json!({"request": "plug"})),
        ("power-cycle", json!({"request": "power-cycle"})),
        (
            "set-faults busy noise",
            json!({"request": "set-faults", "faults": ["busy", "noise"]}),
        ),
        ("state", json!({"request": "state"})),
        (
            "subscribe since:3",
            json!({"request": "subscribe", "since": 3}),
        ),
        ("touch", json!({"request": "touch"})),
        (
            "touch-mode ask",
            json!({"request": "touch-mode", "mode": "ask"}),
        ),
        ("unplug", json!({"request": "unplug"})),
        ("unplug 2s", json!({"request": "unplug", "for": "2s"})),
        (
            "wait answered getInfo since:0 5s",
            json!({"request": "wait", "for": "answered", "command": "getInfo", "since": 0, "timeout": "5s"}),
        ),
        (
            "wait unplugged",
            json!({"request": "wait", "for": "unplugged", "timeout": "60s"}),
        ),
    ] {
        let parsed: Request = words.parse().expect(words);
        let line: Value = serde_json::from_str(&parsed.to_json()).expect("JSON");
        assert_eq!(line, request);
        assert_eq!(line["request"], parsed.word());
        assert_eq!(line.to_string().parse(), Ok(parsed));
    }
}

#[test]
fn what_is_no_request_is_refused() {
    for words in [
        "advance",
        "advance soon",
        "finger",
        "touch twice",
        "wait",
        "wait christmas",
        "wait request 1s 2s",
        "unplug please",
    ] {
        let refused = words.parse::<Request>();
        assert!(
            matches!(refused, Err(ParseRequestError::Words { .. })),
            "{words}"
        );
    }
    let unknown = ParseRequestError::UnknownWord("dance".to_owned());
    assert_eq!("dance".parse::<Request>(), Err(unknown));
    for line in [
        "",
        "{}",
        "[]",
        "{\"request\":\"dance\"}",
        "{\"request\":\"touch\",\"twice\":true}",
        "{\"request\":\"advance\",\"by\":10}",
    ] {
        let refused = Request::from_json(line.as_bytes());
        assert!(matches!(refused, Err(ParseRequestError::Json(_))), "{line}");
    }
}

#[test]
fn a_refusal_says_why() {
    let mut key = key();
    for (request, code) in [
        (json!({"request": "touch"}), "no_touch_awaited"),
        (json!({"request": "deny"}), "no_touch_awaited"),
        (json!({"request": "fault", "fault": "busier"}), "fault"),
        (json!({"request": "finger", "finger": "thumb"}), "finger"),
        (json!({"request": "touch-mode", "mode": "?"}), "touch_mode"),
        (json!({"request": "dance"}), "request"),
        (
            json!({"request": "wait", "for": "request", "command": "dance"}),
            "unknown_command",
        ),
    ] {
        let refusal = ask(&mut key, &request);
        assert_eq!(refusal["ok"], false);
        assert_eq!(refusal["error"]["code"], code, "{request}");
    }
}

#[test]
fn faults_are_set_listed_and_cleared() {
    let mut key = key();
    let set = json!({"request": "set-faults", "faults": ["noise", "busy@times:2"]});
    ask(&mut key, &set);
    let listed = ask(
        &mut key,
        &json!({"request": "fault", "fault": "silent@reset"}),
    );
    let fault = |fault| json!({"fault": fault, "occurrences": 0, "happened": 0});
    let expected =
        json!({"faults": [fault("noise"), fault("busy@times:2"), fault("silent@reset")]});
    assert_eq!(listed, expected);
    // One that is wrong changes nothing.
    ask(
        &mut key,
        &json!({"request": "set-faults", "faults": ["noise", "busier"]}),
    );
    assert_eq!(ask(&mut key, &json!({"request": "faults"})), expected);
    ask(&mut key, &json!({"request": "clear-faults"}));
    assert_eq!(
        ask(&mut key, &json!({"request": "faults"})),
        json!({"faults": []})
    );
}

#[test]
fn another_finger_is_seen_in_the_state() {
    let seen = |key: &mut Emulator| {
        let state = ask(key, &json!({"request": "state"}))["state"].clone();
        let member = |name| state.get(name).cloned();
        ["finger", "fingerprints", "uv_retries"].map(member)
    };
    let mut plain = key();
    let before = [json!("right"), json!(0), Value::Null].map(Some);
    assert_eq!(seen(&mut plain), before);
    let profile = Profile {
        fingerprint: Some(Fingerprint::default()),
        ..Profile::default()
    };
    let mut key = Emulator::in_memory(Env::system(), profile).expect("a key");
    ask(&mut key, &json!({"request": "finger", "finger": "wrong"}));
    let after = [json!("wrong"), json!(0), json!(3)].map(Some);
    assert_eq!(seen(&mut key), after);
}

#[test]
fn what_lasts_already_is_not_waited_for() {
    let mut key = key();
    let wait = json!({"request": "wait", "for": "unplugged", "timeout": "0s"});
    assert_eq!(ask(&mut key, &wait), json!("waiting"));
    ask(&mut key, &json!({"request": "unplug"}));
    assert_eq!(ask(&mut key, &wait), json!({"event": null}));
    assert_eq!(
        ask(&mut key, &json!({"request": "state"}))["state"]["plugged"],
        false
    );
    ask(&mut key, &json!({"request": "plug"}));
    assert!(!key.is_gone());
}

#[test]
fn the_state_holds_no_secret() {
    let mut key = key();
    let state = ask(&mut key, &json!({"request": "state"}))["state"].clone();
    for member in [
        "pin_set",
        "pin_retries",
        "sign_count",
        "credentials",
        "touch",
        "reports",
    ] {
        assert!(state.get(member).is_some(), "{member}");
    }
    for secret in ["private", "master", "hash", "token"] {
        assert!(!state.to_string().contains(secret), "{secret}: {state}");
    }
}

proptest! {
    #[test]
    fn any_line_is_answered_or_refused(line in prop::collection::vec(any::<u8>(), 0..80), words in "[a-z:0-9 -]{0,40}") {
        let _ = Request::from_json(&line);
        if let Ok(request) = words.parse::<Request>() {
            prop_assert_eq!(Request::from_json(request.to_json().as_bytes()), Ok(request));
        }
    }
}
