//! The two files, written and opened, and what is refused.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{EnrollRequest, EnrollResponse, Wanted, write};
use crate::env::Env;
use crate::graph::ReceivedCreationOptions;
use crate::graph::creation_options::CreationOptions;
use crate::ledger::{Account, Draft, Event, Kind, Ledger, PinChanged, Station};

fn options() -> ReceivedCreationOptions {
    let raw = json!({
        "challengeTimeoutDateTime": "2030-01-01T00:00:00Z",
        "publicKey": {
            "rp": {"id": "login.microsoft.com", "name": "Microsoft"},
            "user": {"id": "T0Y6", "name": "bg1@contoso.example", "displayName": "BG1"},
            "challenge": "AAECAwQFBgcICQoLDA0ODw",
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        },
    });
    ReceivedCreationOptions {
        options: CreationOptions::from_json(&raw).unwrap(),
        raw,
    }
}

fn wanted() -> Wanted {
    Wanted {
        label: "BG1-A".to_owned(),
        account: Account {
            id: "0f3c1f0a-52a9-4d0b-9a53-6f8f3f0c9f11".to_owned(),
            upn: "bg1@contoso.example".to_owned(),
        },
        tenant: "contoso.example".to_owned(),
        methods: 1,
        options: options(),
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

async fn ledger(seed: u8) -> Ledger {
    let station = Station::from_seed("vault-1".parse().unwrap(), &[seed; 32]);
    let mut ledger = Ledger::open("memory:", &station, Env::system())
        .await
        .unwrap();
    let noted = Draft {
        kind: "test.noted".parse::<Kind>().unwrap(),
        ..Draft::new(
            &Event::PinChanged(PinChanged {
                label: "x".to_owned(),
                pin: None,
            }),
            None,
        )
    };
    ledger.append(noted).await.unwrap();
    ledger
}

fn request() -> (Value, Ledger) {
    run(async {
        let ledger = ledger(1).await;
        let time = "2026-03-01T09:00:00Z".parse().unwrap();
        let request = write(&wanted(), &ledger, time).unwrap();
        (Value::Object(request), ledger)
    })
}

fn refusal(request: &Value) -> String {
    EnrollRequest::open(request.to_string().as_bytes())
        .unwrap_err()
        .to_string()
}

#[test]
fn a_request_comes_through_with_its_ledger() {
    let (request, ledger) = request();
    let opened = EnrollRequest::open(request.to_string().as_bytes()).unwrap();
    assert_eq!(opened.wanted, wanted());
    assert_eq!(opened.entries, ledger.entries());
    assert_eq!(Some(opened.head), ledger.head());
    assert_eq!(opened.station.as_str(), "vault-1");
}

#[test]
fn a_request_that_was_changed_is_refused() {
    let (request, _) = request();
    let changed = |change: fn(&mut Value)| {
        let mut changed = request.clone();
        change(&mut changed);
        refusal(&changed)
    };
    let options = |request: &mut Value| {
        request["creation_options"]["publicKey"]["challenge"] = json!("AAAA");
    };
    assert!(changed(options).contains("does not verify"));
    assert!(changed(|request| request["label"] = json!("BG1-B")).contains("does not verify"));
    assert!(
        changed(|request| request["ledger"][1]["body"]["label"] = json!("y")).contains("entry 1")
    );
    assert!(changed(|request| request["ledger"] = json!([])).contains("never joined"));
    assert!(changed(|request| request["ledger"] = json!(7)).contains("no ledger"));
    assert!(changed(|request| request["station"] = json!("vault-9")).contains("never joined"));
    assert!(changed(|request| request["signature"] = json!(1)).contains("signature"));
}

#[test]
fn a_response_comes_through_and_holds_only_what_is_new() {
    let (_, ledger) = request();
    let entries = ledger.entries();
    let ceremony = uuid::Uuid::from_bytes([7; 16]);
    let head = entries[0].reference();
    let response = EnrollResponse::since(&head, entries, ceremony);
    assert_eq!(response.entries, entries[1..]);
    let text = Value::Object(response.to_members()).to_string();
    assert_eq!(EnrollResponse::open(text.as_bytes()).unwrap(), response);
    let later = text.replace("\"v\":1,\"ceremony\"", "\"v\":2,\"ceremony\"");
    let refusal = EnrollResponse::open(later.as_bytes()).unwrap_err();
    assert!(refusal.to_string().contains("version 2"), "{refusal}");
}

proptest! {
    #[test]
    fn any_text_is_refused_or_opened(text in r#"[\[\]{}",:0-9a-zE.\\-]{0,60}"#) {
        prop_assert!(EnrollRequest::open(text.as_bytes()).is_err());
        prop_assert!(EnrollResponse::open(text.as_bytes()).is_err());
    }
}
