use super::*;
use crate::graph::client::SMALLEST_PAGE;
use crate::graph::http::ANSWER_LIMIT;
use crate::graph::model::{DirectoryAudit, SignIn};
use crate::graph::{AuditsOf, Error, LogRow, Row, Rows, SignInKind, Window};

const FROM: &str = "2026-10-24T01:02:03.456Z";
const UNTIL: &str = "2026-10-24T23:59:59.5Z";

fn window() -> Window {
    Window {
        from: FROM.parse().unwrap(),
        until: UNTIL.parse().unwrap(),
    }
}

fn sign_ins(client: &Client) -> Rows<SignIn> {
    client.sign_in_log(USER.parse().unwrap(), SignInKind::NonInteractive, window())
}

fn row(id: &str, time: &str) -> Value {
    json!({"id": id, "createdDateTime": time, "unknownMember": 7})
}

fn page(rows: &[Value], next: Option<String>) -> Reply {
    let mut page = json!({"value": rows});
    if let Some(next) = next {
        page["@odata.nextLink"] = next.into();
    }
    Reply::json(200, page)
}

fn too_long() -> Reply {
    Reply::json(200, "x".repeat(ANSWER_LIMIT + 1))
}

async fn ids<T: LogRow>(rows: &mut Rows<T>) -> Result<Vec<String>, Error> {
    let mut ids = Vec::new();
    while let Some(page) = rows.next_page().await? {
        ids.extend(page.iter().map(Row::id));
    }
    Ok(ids)
}

#[tokio::test]
async fn a_log_is_read_page_by_page_by_the_links_of_the_service() {
    let (server, client) = serve([]).await;
    let link = format!(
        "{}/beta/auditLogs/signIns?$top=1000&$skiptoken=a%2Fb",
        server.url
    );
    server.push(page(&[row("2", "2026-10-24T03:00:00Z")], Some(link)));
    server.push(page(&[row("1", "2026-10-24T02:00:00Z")], None));
    let mut rows = sign_ins(&client);
    let first = rows.next_page().await.unwrap().unwrap();
    assert_eq!(server.lines().len(), 1, "nothing is read ahead");
    let text = r#"{"id":"2","createdDateTime":"2026-10-24T03:00:00Z","unknownMember":7}"#;
    assert_eq!(first[0].text.get(), text);
    assert_eq!(ids(&mut rows).await.unwrap(), ["1"]);
    assert!(rows.next_page().await.unwrap().is_none());
    let filter = format!(
        "userId%20eq%20%27{USER}%27%20and%20signInEventTypes/any(t:%20t%20eq%20%27nonInteractiveUser%27)%20and%20\
         createdDateTime%20ge%202026-10-24T01:02:03Z%20and%20createdDateTime%20le%202026-10-25T00:00:00Z"
    );
    assert_eq!(
        server.lines(),
        [
            format!(
                "GET /beta/auditLogs/signIns?$filter={filter}&$orderby=createdDateTime%20desc&$top=1000"
            ),
            "GET /beta/auditLogs/signIns?$top=1000&$skiptoken=a%2Fb".to_owned(),
        ]
    );
}

#[tokio::test]
async fn changes_are_asked_for_as_documented() {
    let (server, client) = serve((0..4).map(|_| page(&[], None))).await;
    let user = USER.parse().unwrap();
    for of in [
        AuditsOf::Target(user),
        AuditsOf::InitiatedBy(user),
        AuditsOf::ConditionalAccess,
        AuditsOf::AuthenticationPolicies,
    ] {
        let mut rows: Rows<DirectoryAudit> = client.directory_audits(of, window());
        assert!(ids(&mut rows).await.unwrap().is_empty());
    }
    let filters = [
        format!("targetResources/any(t:t/id%20eq%20%27{USER}%27)"),
        format!("initiatedBy/user/id%20eq%20%27{USER}%27"),
        "loggedByService%20eq%20%27Conditional%20Access%27".to_owned(),
        "loggedByService%20eq%20%27Authentication%20Methods%27%20and%20\
         startswith(activityDisplayName,%27Authentication%20%27)"
            .to_owned(),
    ];
    for (line, filter) in server.lines().iter().zip(filters) {
        let expected = format!(
            "GET /v1.0/auditLogs/directoryAudits?$filter={filter}%20and%20activityDateTime%20ge%20"
        );
        assert!(line.starts_with(&expected), "{line}");
    }
}

#[tokio::test]
async fn smaller_pages_are_asked_for_where_an_answer_is_too_long() {
    let (server, client) = serve([too_long()]).await;
    let link = format!("{}/beta/auditLogs/signIns?$skiptoken=x", server.url);
    let moment = "2026-10-24T03:00:00.1234567Z";
    let first = [row("4", "2026-10-24T04:00:00Z"), row("3", moment)];
    server.push(page(&first, Some(link)));
    server.push(too_long());
    let rest = [
        row("3", moment),
        row("2", moment),
        row("1", "2026-10-24T02:00:00Z"),
    ];
    server.push(page(&rest, None));
    let read = ids(&mut sign_ins(&client)).await.unwrap();
    assert_eq!(read, ["4", "3", "2", "1"], "every row, and each once");
    let lines = server.lines();
    let size = |line: &String| line.rsplit_once("$top=").map(|(_, size)| size.to_owned());
    let sizes: Vec<_> = lines.iter().filter_map(size).collect();
    assert_eq!(sizes, ["1000", "250", "62"]);
    let onwards = format!("createdDateTime%20le%20{moment}&");
    assert!(lines[3].contains(&onwards), "{}", lines[3]);
}

#[tokio::test]
async fn no_answer_is_too_long_for_ever() {
    let (server, client) = serve((0..9).map(|_| too_long())).await;
    let refused = ids(&mut sign_ins(&client)).await;
    assert!(matches!(refused, Err(Error::Http { .. })));
    let lines = server.lines();
    assert!(
        lines
            .last()
            .unwrap()
            .ends_with(&format!("$top={SMALLEST_PAGE}"))
    );
    assert_eq!(lines.len(), 4, "1000, 250, 62, 20");
}

#[tokio::test]
async fn a_link_elsewhere_is_not_followed() {
    let elsewhere = Some("https://elsewhere.example/".to_owned());
    let (server, client) = serve([page(&[row("1", FROM)], elsewhere)]).await;
    let refused = ids(&mut sign_ins(&client)).await;
    assert!(matches!(refused, Err(Error::ForeignNextLink { .. })));
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn a_time_of_the_service_does_not_become_part_of_the_question() {
    let (server, client) = serve([]).await;
    let link = format!("{}/beta/auditLogs/signIns?$skiptoken=x", server.url);
    server.push(page(
        &[row("1", "2026-10-24T03:00:00Z&$top=1 or true")],
        Some(link),
    ));
    server.push(too_long());
    server.push(page(&[], None));
    assert_eq!(ids(&mut sign_ins(&client)).await.unwrap(), ["1"]);
    let last = &server.lines()[2];
    assert!(
        last.contains("createdDateTime%20le%202026-10-25T00:00:00Z&"),
        "{last}"
    );
}

#[tokio::test]
async fn a_page_that_failed_can_be_asked_for_again() {
    let denied = || refusal(403, "Authorization_RequestDenied", "x");
    let (_server, client) = serve([denied(), page(&[row("1", FROM)], None)]).await;
    let mut rows = sign_ins(&client);
    assert!(matches!(rows.next_page().await, Err(Error::Forbidden(_))));
    assert_eq!(ids(&mut rows).await.unwrap(), ["1"]);
}

#[tokio::test]
async fn a_row_of_another_shape_does_not_hide_the_others() {
    let shape = json!({"id": "1", "createdDateTime": FROM, "status": {"errorCode": "x"}});
    let nameless = || json!({"createdDateTime": FROM, "appId": null});
    let nulls = json!({"id": "3", "createdDateTime": FROM, "authenticationDetails": null,
        "appliedConditionalAccessPolicies": null, "signInEventTypes": null});
    let other = json!({"id": null, "createdDateTime": FROM, "appId": "another"});
    let rows = [shape, nameless(), other, json!(7), nulls];
    let (_server, client) = serve([page(&rows, None)]).await;
    let read = sign_ins(&client).next_page().await.unwrap().unwrap();
    let unreadable = read[0].row.as_ref().unwrap_err();
    assert!(unreadable.why.contains("status.errorCode"));
    assert_eq!((read[0].id(), read[0].time()), ("1".to_owned(), Some(FROM)));
    assert!(read[1].id().starts_with("sha256:") && read[1].row.is_ok());
    assert_ne!(read[1].id(), read[2].id(), "two rows without an id are two");
    assert!(read[3].row.is_err());
    assert!(read[4].row.is_ok(), "null is an empty list");
}

#[tokio::test]
async fn those_that_succeeded_are_asked_for_by_their_number() {
    let (server, client) = serve([page(&[], None)]).await;
    let read = ids(&mut sign_ins(&client).that_succeeded()).await.unwrap();
    assert!(read.is_empty());
    let line = &server.lines()[0];
    assert!(
        line.contains("status/errorCode%20eq%200%20and%20createdDateTime%20ge"),
        "{line}"
    );
}
