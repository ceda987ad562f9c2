use super::*;
use crate::graph::Error;
use crate::graph::model::User;

fn user(id: &str) -> Value {
    json!({"id": id, "userPrincipalName": format!("{id}@c.example")})
}

fn inner(id: &str, status: u16, body: &Value) -> Value {
    json!({"id": id, "status": status, "headers": {"Content-Type": "application/json"}, "body": body})
}

fn batch(responses: &[Value]) -> Reply {
    Reply::json(200, json!({"responses": responses}))
}

/// Asks for these users together, and gives what came of each.
async fn ask(client: &Client, names: &[&str]) -> Result<Vec<Result<User, Error>>, Error> {
    let mut batch = client.batch();
    let pending: Vec<_> = names
        .iter()
        .map(|name| batch.add(client.user(name)))
        .collect();
    let mut answers = batch.send().await?;
    let mut users = Vec::new();
    for one in pending {
        users.push(answers.take(one).await);
    }
    Ok(users)
}

fn ids(users: Vec<Result<User, Error>>) -> Vec<String> {
    users.into_iter().map(|one| one.unwrap().id).collect()
}

#[tokio::test]
async fn answers_find_their_questions_in_any_order() {
    let (server, client) = serve([batch(&[
        inner("3", 200, &user("c")),
        inner("1", 200, &user("a")),
        inner(
            "2",
            404,
            &json!({"error": {"code": "Request_ResourceNotFound", "message": "b"}}),
        ),
    ])])
    .await;
    let mut users = ask(&client, &["a", "b", "c"]).await.unwrap();
    assert_eq!(users.remove(0).unwrap().id, "a");
    assert!(matches!(users.remove(0), Err(Error::NotFound(refusal)) if refusal.message == "b"));
    assert_eq!(users.remove(0).unwrap().id, "c");
    assert_eq!(server.lines(), ["POST /v1.0/$batch"]);
    let sent = body(&server, 0);
    let first = &sent["requests"][0];
    assert_eq!(
        (&first["id"], &first["method"]),
        (&json!("1"), &json!("GET"))
    );
    assert!(
        first["url"]
            .as_str()
            .unwrap()
            .starts_with("/users/a?$select=id,")
    );
    assert!(first["headers"]["client-request-id"].is_string());
    assert_eq!(first.get("body"), None);
}

#[tokio::test]
async fn what_the_service_was_too_busy_for_is_asked_again_alone_after_its_own_wait() {
    let busy = json!({"error": {"code": "TooManyRequests", "message": "x"}});
    let mut throttled = inner("2", 429, &busy);
    throttled["headers"] = json!({"Retry-After": "1"});
    let (server, client) = serve([
        batch(&[throttled, inner("1", 200, &user("a"))]),
        Reply::json(503, ""),
        Reply::json(200, user("b")),
    ])
    .await;
    let env = Env::system();
    let started = env.monotonic();
    let users = ask(&client, &["a", "b"]).await.unwrap();
    assert_eq!(ids(users), ["a", "b"]);
    assert!(env.monotonic() - started >= Duration::from_secs(1));
    assert_eq!(server.lines().len(), 3);
    assert!(server.lines()[2].starts_with("GET /v1.0/users/b?"));
}

#[tokio::test]
async fn a_question_without_an_answer_is_an_error() {
    let (_server, client) = serve([batch(&[
        inner("1", 200, &user("a")),
        inner("7", 200, &user("b")),
    ])])
    .await;
    let users = ask(&client, &["a", "b"]).await.unwrap();
    assert!(users[0].is_ok());
    let error = users[1].as_ref().unwrap_err().to_string();
    assert!(error.contains("request 2 has no answer"), "{error}");
}

#[tokio::test]
async fn a_batch_is_repeated_like_any_question() {
    let (server, client) = serve([
        Reply::json(503, ""),
        Reply::HangUp,
        batch(&[inner("1", 200, &user("a")), inner("2", 200, &user("b"))]),
    ])
    .await;
    assert_eq!(ids(ask(&client, &["a", "b"]).await.unwrap()), ["a", "b"]);
    assert_eq!(server.lines().len(), 3);
    let (_server, client) = serve([Reply::json(401, "")]).await;
    let refused = ask(&client, &["a", "b"]).await;
    assert!(matches!(refused, Err(Error::Unauthenticated(_))));
}

#[tokio::test]
async fn twenty_go_together_and_each_version_by_itself() {
    let names: Vec<String> = (1..=21).map(|number| number.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let first: Vec<_> = names[..20]
        .iter()
        .map(|one| inner(one, 200, &user(one)))
        .collect();
    let (server, client) = serve([batch(&first), Reply::json(200, user("21"))]).await;
    assert_eq!(ids(ask(&client, &names).await.unwrap()), names);
    assert!(server.lines()[1].starts_with("GET /v1.0/users/21?"));
    let state = json!({"perUserMfaState": "disabled"});
    let (server, client) = serve([Reply::json(200, user("a")), Reply::json(200, &state)]).await;
    let mut both = client.batch();
    let _user = both.add(client.user("a"));
    let _state = both.add(client.per_user_mfa("a"));
    both.send().await.unwrap();
    let mut lines = server.lines();
    lines.sort();
    assert_eq!(lines[0], "GET /beta/users/a/authentication/requirements");
}

#[tokio::test]
async fn what_has_to_wait_its_turn_does_not_hold_the_others_up() {
    let empty = json!({"value": []});
    let (server, client) = serve([Reply::json(200, &empty), Reply::json(200, &empty)]).await;
    let client = client.paced(true);
    let mut batch = client.batch();
    let policies = batch.add(client.conditional_access_policies());
    let locations = batch.add(client.named_locations());
    let env = Env::system();
    let started = env.monotonic();
    let mut answers = batch.send().await.unwrap();
    assert!(env.monotonic() - started >= Duration::from_secs(1));
    assert!(answers.take(policies).await.unwrap().is_empty());
    assert!(answers.take(locations).await.unwrap().is_empty());
    assert_eq!(
        server.lines()[0],
        "GET /v1.0/identity/conditionalAccess/policies?$top=240"
    );
}

#[tokio::test]
async fn pages_behind_an_answer_are_followed_alone() {
    let (server, client) = serve([]).await;
    let next = format!("{}/v1.0/domains?$skiptoken=x", server.url);
    server.push(batch(&[
        inner(
            "1",
            200,
            &json!({"value": [{"id": "a.example"}], "@odata.nextLink": next}),
        ),
        inner("2", 200, &user("a")),
    ]));
    server.push(Reply::json(200, json!({"value": [{"id": "b.example"}]})));
    let mut batch = client.batch();
    let domains = batch.add(client.domains());
    let _user = batch.add(client.user("a"));
    let mut answers = batch.send().await.unwrap();
    let domains = answers.take(domains).await.unwrap();
    assert_eq!(domains.len(), 2);
    assert_eq!(server.lines()[1], "GET /v1.0/domains?$skiptoken=x");
}

#[tokio::test]
async fn a_service_that_takes_no_batches_is_asked_one_by_one() {
    for reply in [
        refusal(
            400,
            "BadRequest",
            "Resource not found for the segment '$batch'.",
        ),
        Reply::json(405, ""),
        Reply::json(200, "x".repeat((4 << 20) + 1)),
    ] {
        let (server, client) = serve([
            reply,
            Reply::json(200, user("a")),
            Reply::json(200, user("a")),
        ])
        .await;
        assert_eq!(ids(ask(&client, &["a", "a"]).await.unwrap()), ["a", "a"]);
        assert_eq!(server.lines().len(), 3);
    }
}

#[tokio::test]
async fn a_name_that_cannot_stand_in_a_request_is_the_question_s_own_error() {
    let (server, client) = serve([Reply::json(200, user("a"))]).await;
    let users = ask(&client, &["..", "a"]).await.unwrap();
    assert!(matches!(users[0], Err(Error::Segment(_))));
    assert!(users[1].is_ok());
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn an_interrupt_ends_a_batch() {
    let (_server, client) = serve([]).await;
    let client = client.stop_when(async {});
    let stopped = ask(&client, &["a", "b"]).await;
    assert!(matches!(stopped, Err(Error::Interrupted(_))));
}
