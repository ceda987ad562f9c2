//! `$batch`: inner requests meet the same routes, faults and refusals as others.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Answer, Bench};

/// As clients write it that say what they leave out.
fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url, "headers": null, "dependsOn": null})
}

async fn batch(bench: &Bench, token: &str, requests: Value) -> Answer {
    bench
        .post("/v1.0/$batch", token, &json!({"requests": requests}))
        .await
}

/// The answers by id.
fn by_id(answer: &Answer) -> HashMap<String, Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let responses = answer.body["responses"].as_array().unwrap().iter();
    responses
        .map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone()))
        .collect()
}

#[tokio::test]
async fn each_request_has_an_answer_of_its_own() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.Read.All"]).await;
    let filter = format!(
        "users?$select=id&$filter=userPrincipalName eq '{}'",
        bench.bg1()
    );
    let requests = json!([
        get("a", "/organization"),
        get("b", &filter),
        get("c", "/users/nobody"),
        get("d", "/teapots")
    ]);
    let answer = batch(&bench, &token, requests).await;
    assert_eq!(
        answer.body["responses"][0]["id"], "d",
        "in another order than asked"
    );
    let answers = by_id(&answer);
    assert_eq!(answers["a"]["status"], 403);
    assert_eq!(
        answers["a"]["body"]["error"]["code"],
        "Authorization_RequestDenied"
    );
    assert_eq!(answers["b"]["body"]["value"][0]["id"], bench.id("bg1"));
    assert!(
        answers["b"]["headers"]["Content-Type"]
            .as_str()
            .unwrap()
            .starts_with("application/json")
    );
    assert_eq!(answers["c"]["status"], 404);
    assert_eq!(answers["d"]["status"], 400);
    assert!(!answer.header("request-id").is_empty());
    assert_ne!(
        answers["c"]["headers"]["request-id"],
        answer.header("request-id")
    );
    let beta = format!("/users/{}/authentication/requirements", bench.bg1());
    let token = bench.token_with(&["Policy.Read.All"]).await;
    let body = json!({"requests": [get("1", &beta)]});
    let answer = bench.post("/beta/$batch", &token, &body).await;
    assert_eq!(by_id(&answer)["1"]["status"], 200);
}

#[tokio::test]
async fn writes_and_what_depends_on_them() {
    let bench = Bench::new().await;
    bench
        .seeded("users = [{ userPrincipalName = 'worker' }]")
        .await;
    let token = bench.token_with(&["User.ReadWrite.All"]).await;
    let path = format!("/users/{}", bench.id("worker"));
    let patch = |id: &str, title: Value, after: &[&str]| {
        json!({
            "id": id, "method": "PATCH", "url": path, "dependsOn": after,
            "headers": {"Content-Type": "application/json"}, "body": title,
        })
    };
    let mut last = get("3", &format!("{path}?$select=jobTitle"));
    last["dependsOn"] = json!(["two"]);
    let requests = json!([
        patch("1", json!({"jobTitle": "Smith"}), &[]),
        patch("Two", json!({"shoeSize": 1}), &["1"]),
        last
    ]);
    let answers = by_id(&batch(&bench, &token, requests).await);
    assert_eq!(answers["1"]["status"], 204);
    assert!(answers["1"].get("body").is_none());
    assert_eq!(answers["Two"]["status"], 400);
    assert_eq!(answers["3"]["status"], 424);
    let read = bench
        .get(&format!("/v1.0{path}?$select=jobTitle"), &token)
        .await;
    assert_eq!(read.body["jobTitle"], "Smith");
}

#[tokio::test]
async fn what_is_no_batch_is_refused_as_a_whole() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.Read.All"]).await;
    let many: Vec<Value> = (0..21).map(|id| get(&id.to_string(), "/users")).collect();
    batch(&bench, &token, json!(many))
        .await
        .is_error(400, "MaximumValueExceeded", "20");
    let mut bodied = get("1", "/users");
    bodied["body"] = json!({});
    let mut early = get("1", "/users");
    early["dependsOn"] = json!(["2"]);
    for (requests, reason) in [
        (json!([get("a", "/users"), get("A", "/users")]), "unique"),
        (json!([bodied]), "Content-Type"),
        (json!([early, get("2", "/users")]), "dependsOn"),
        (
            json!([get("1", "https://localhost/v1.0/users")]),
            "relative",
        ),
        (json!([get("1", "/$batch")]), "relative"),
        (json!([{"id": "1"}]), "payload"),
    ] {
        batch(&bench, &token, requests)
            .await
            .is_error(400, "BadRequest", reason);
    }
    let refused = batch(&bench, "nonsense", json!([get("1", "/users")])).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn faults_strike_single_requests_of_a_batch() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["User.Read.All"]).await;
    bench
        .running
        .faults
        .add("getUser=429,retry-after=7".parse().unwrap());
    let path = format!("/users/{}", bench.bg1());
    let requests = json!([get("1", &path), get("2", &path)]);
    let answers = by_id(&batch(&bench, &token, requests).await);
    assert_eq!(answers["1"]["status"], 429);
    assert_eq!(answers["1"]["headers"]["Retry-After"], "7");
    assert_eq!(answers["2"]["status"], 200);
    bench
        .running
        .faults
        .add("POST /v1.0/$batch=503".parse().unwrap());
    let answer = batch(&bench, &token, json!([get("1", &path)])).await;
    assert_eq!(answer.status, 503);
}
