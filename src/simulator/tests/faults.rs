//! Scripted faults, seen from the client.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::json;

use super::Bench;
use super::key::Key;
use crate::simulator::fault::{Fault, Operation};

fn script(bench: &Bench, fault: &str) {
    bench.running.faults.add(fault.parse().unwrap());
}

/// How many keys bg1 has.
async fn keys(bench: &Bench, token: &str) -> usize {
    let listed = bench.get(&bench.methods(&bench.bg1()), token).await;
    listed.body["value"].as_array().unwrap().len()
}

#[tokio::test]
async fn throttling_comes_with_or_without_an_hour_to_come_back() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    script(&bench, "listMethods=429,retry-after=7,times=2");
    script(&bench, "listMethods=429");
    let path = bench.methods(&bench.bg1());
    for retry_after in ["7", "7", ""] {
        let answer = bench.get(&path, &token).await;
        answer.is_error(429, "TooManyRequests", "");
        assert_eq!(answer.header("retry-after"), retry_after);
    }
    assert_eq!(bench.get(&path, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_error_before_the_commit_leaves_nothing_and_after_it_a_key() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&token).await);
    let path = bench.methods(&bench.bg1());
    for (fault, status, count) in [
        ("createMethod=503", 503, 0),
        ("createMethod=504", 504, 0),
        ("createMethod=500,after-commit", 500, 1),
    ] {
        script(&bench, fault);
        assert_eq!(
            bench.post(&path, &token, &body).await.status.as_u16(),
            status
        );
        assert_eq!(keys(&bench, &token).await, count, "{fault}");
    }
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&token).await);
    let url = bench.url(&bench.methods(&bench.bg1()));
    for (fault, count) in [
        ("createMethod=drop", 0),
        ("createMethod=drop,after-commit", 1),
    ] {
        script(&bench, fault);
        // A fresh connection: a client may repeat by itself what failed on a reused one.
        let client = super::client(&bench.running);
        let request = client.post(&url).bearer_auth(&token).json(&body);
        assert!(request.send().await.is_err(), "{fault}");
        assert_eq!(keys(&bench, &token).await, count, "{fault}");
    }
}

#[tokio::test]
async fn a_new_key_may_show_up_late() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let body = Key::new(1).answer(&bench.options(&token).await);
    let path = bench.methods(&bench.bg1());
    script(&bench, "createMethod=hidden,seconds=30");
    let created = bench.post(&path, &token, &body).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let one = format!("{path}/{}", created.body["id"].as_str().unwrap());
    assert_eq!(keys(&bench, &token).await, 0);
    bench
        .get(&one, &token)
        .await
        .is_error(404, "resourceNotFound", "");
    bench.advance(30);
    assert_eq!(keys(&bench, &token).await, 1);
    assert_eq!(bench.get(&one, &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn challenges_may_be_short_lived() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    script(&bench, "creationOptions=challenge-lifetime,seconds=0");
    let body = Key::new(1).answer(&bench.options(&token).await);
    let refused = bench
        .post(&bench.methods(&bench.bg1()), &token, &body)
        .await;
    refused.is_error(400, "badRequest", "expired");
}

#[tokio::test]
async fn slow_answers_and_junk_are_scripted_too() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    script(&bench, "GET /v1.0/users/*/authentication/*=slow,seconds=1");
    let started = Instant::now();
    assert_eq!(keys(&bench, &token).await, 0);
    assert!(started.elapsed() >= Duration::from_secs(1));
    script(&bench, "any=junk,bytes=1000000");
    let answer = bench.get("/v1.0/users", &token).await;
    assert_eq!(
        (answer.status, answer.text.len()),
        (StatusCode::OK, 1_000_000)
    );
    script(&bench, "token=503");
    let refused = bench.post_form(&bench.token_path(), &[]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_script_is_read_and_written_over_http() {
    let bench = Bench::new().await;
    let url = bench.url("/simulator/faults");
    let script = "any=500,times=always\ncreateMethod=429,retry-after=2,times=3\n";
    let added = bench.client.post(&url).body(script).send().await.unwrap();
    assert_eq!(added.status(), StatusCode::OK);
    // Not even a fault for everything strikes the control route.
    let shown = super::Answer::read(bench.client.get(&url).send().await.unwrap()).await;
    let lines: Vec<&str> = script.lines().collect();
    assert_eq!(shown.body, json!({"faults": lines}));
    let bad = bench
        .client
        .post(&url)
        .body("any=500\nany=teapot")
        .send()
        .await
        .unwrap();
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
    assert_eq!(bench.running.faults.remaining().len(), 2);
    let cleared = bench.client.delete(&url).send().await.unwrap();
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);
    assert!(bench.running.faults.remaining().is_empty());
}

#[test]
fn the_documentation_names_every_operation_and_shows_faults_that_parse() {
    let documentation = include_str!("../../../docs/simulator.md");
    for operation in [
        Operation::Authorize,
        Operation::CreateMethod,
        Operation::CreationOptions,
        Operation::DeleteMethod,
        Operation::DeviceCode,
        Operation::GetMethod,
        Operation::GetOrganization,
        Operation::GetPolicy,
        Operation::GetUser,
        Operation::ListMethods,
        Operation::ListUsers,
        Operation::Other,
        Operation::Token,
    ] {
        assert!(
            documentation.contains(&format!("`{operation}`")),
            "{operation}"
        );
    }
    let example = documentation.split("--data-binary '").nth(1).unwrap();
    let example = example.split('\'').next().unwrap();
    assert!(example.parse::<Fault>().is_ok(), "{example}");
}
