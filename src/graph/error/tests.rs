#![allow(clippy::unwrap_used)]

use uuid::Uuid;

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderValue};

use super::*;

fn refusal(headers: &[(&'static str, &'static str)], body: &[u8]) -> Refusal {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_static(value));
    }
    let answer = Answer {
        status: 502,
        headers: map,
        body: bytes::Bytes::copy_from_slice(body),
    };
    Refusal::new(call(), &answer)
}

fn call() -> Call {
    Call {
        method: "GET".to_owned(),
        path: "/v1.0/users/x".to_owned(),
        client_request_id: Uuid::nil(),
    }
}

#[test]
fn a_page_that_is_not_graphs_survives_as_an_excerpt() {
    let body = format!("<html>\n<title>Proxy</title>{}", "x".repeat(10_000));
    let refusal = refusal(
        &[("request-id", "from the header"), ("date", "today")],
        body.as_bytes(),
    );
    assert_eq!(refusal.message.chars().count(), 200);
    assert!(refusal.message.starts_with("<html> <title>Proxy</title>"));
    assert_eq!(
        (refusal.code.as_str(), refusal.request_id.as_deref()),
        ("", Some("from the header"))
    );
    assert!(
        refusal
            .to_string()
            .ends_with("[request-id from the header, today]")
    );
}

#[test]
fn an_empty_answer_is_still_an_error_that_can_be_traced() {
    let text = refusal(&[], b"").to_string();
    assert_eq!(
        text,
        "GET /v1.0/users/x: HTTP 502 [client-request-id 00000000-0000-0000-0000-000000000000]"
    );
}

#[test]
fn the_inner_message_is_kept_where_it_says_more() {
    let body = r#"{"error":{"code":"","message":"m","innerError":{"message":"really","x":1}}}"#;
    assert_eq!(
        refusal(&[], body.as_bytes()).inner_message.as_deref(),
        Some("really")
    );
    let body = r#"{"error":{"code":"c","message":"m","innerError":{"message":"m"}}}"#;
    assert_eq!(refusal(&[], body.as_bytes()).inner_message, None);
}

proptest! {
    #[test]
    fn any_challenge_gives_claims_or_none(challenge in "([ -~]{0,20}insufficient_claims)?[ -~]{0,20}(claims=\"[ -~]{0,20})?") {
        let mut headers = HeaderMap::new();
        headers.insert("www-authenticate", HeaderValue::from_str(&challenge).unwrap());
        let answer = Answer { status: 401, headers, body: bytes::Bytes::new() };
        let error = Error::refused(call(), &answer, None);
        prop_assert_eq!(error.status(), Some(401));
    }

    #[test]
    fn any_body_gives_a_bounded_text_without_control_characters(body in prop::collection::vec(any::<u8>(), 0..4096)) {
        let text = refusal(&[], &body).to_string();
        prop_assert!(text.chars().count() < 6000);
        prop_assert!(!text.chars().any(char::is_control));
    }
}
