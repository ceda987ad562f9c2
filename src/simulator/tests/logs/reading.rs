//! How the logs are read: delay, retention, pages, throttling, who may.

use serde_json::{Value, json};

use super::{AUDITS, SIGN_INS};
use crate::simulator::tests::Bench;
use crate::simulator::tests::sign_in::{authorization, sign_in};

fn audit(id: &str, time: &str) -> Value {
    json!({
        "id": id, "activityDateTime": time, "activityDisplayName": "Update user", "category": "UserManagement",
        "initiatedBy": {"user": null, "app": null}, "targetResources": [],
    })
}

#[tokio::test]
async fn rows_show_up_after_the_delay_with_the_time_at_which_it_happened() {
    let bench = Bench::new().await;
    bench.seeded("logDelaySeconds = 300").await;
    sign_in(&bench, &authorization(&bench, &[]), &bench.bg1()).await;
    assert!(
        bench
            .rows(SIGN_INS, "isInteractive eq true")
            .await
            .is_empty()
    );
    bench.advance(299);
    assert!(
        bench
            .rows(SIGN_INS, "isInteractive eq true")
            .await
            .is_empty()
    );
    bench.advance(1);
    let bench = bench.restart().await;
    let rows = bench.rows(SIGN_INS, "isInteractive eq true").await;
    assert_eq!(rows[0]["createdDateTime"], "2026-06-01T09:00:00Z");
}

#[tokio::test]
async fn rows_are_kept_for_as_long_as_the_tenant_pays_for() {
    let bench = Bench::new().await;
    let rows = [
        audit("old", "2026-05-02T08:59:59Z"),
        audit("month", "2026-05-02T09:00:00Z"),
        audit("week", "2026-05-25T09:00:00Z"),
    ];
    let seed = json!({"directoryAudits": rows});
    bench.seeded(seed.to_string()).await;
    bench.seeded(seed.to_string()).await;
    for (license, wanted) in [("p1", vec!["week", "month"]), ("free", vec!["week"])] {
        bench.seeded(format!("license = '{license}'")).await;
        let rows = bench
            .rows(AUDITS, "activityDateTime ge 2026-01-01T00:00:00Z")
            .await;
        let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids, wanted, "{license}");
    }
    bench.advance(1);
    assert!(
        bench
            .rows(AUDITS, "category eq 'UserManagement'")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn pages_have_every_row_once_in_either_direction() {
    let bench = Bench::new().await;
    bench
        .seeded("logPopulation = { signIns = 2500, directoryAudits = 2500 }")
        .await;
    let token = bench.reader().await;
    for (path, order, time) in [
        (SIGN_INS, "createdDateTime desc", "createdDateTime"),
        (SIGN_INS, "createdDateTime asc", "createdDateTime"),
        (AUDITS, "activityDateTime", "activityDateTime"),
    ] {
        let mut page = bench.find(path, &[("$orderby", order)], &token).await.body;
        let (mut times, mut sizes) = (Vec::new(), Vec::new());
        loop {
            let rows = page["value"].as_array().unwrap();
            sizes.push(rows.len());
            times.extend(
                rows.iter()
                    .map(|row| row[time].as_str().unwrap().to_owned()),
            );
            let Some(next) = page["@odata.nextLink"].as_str() else {
                break;
            };
            let next = next
                .strip_prefix(bench.url("/").trim_end_matches('/'))
                .unwrap();
            page = bench.get(next, &token).await.body;
        }
        assert_eq!(sizes, [1000, 1000, 500], "{order}");
        let parsed: Vec<jiff::Timestamp> = times.iter().map(|time| time.parse().unwrap()).collect();
        let mut sorted = parsed.clone();
        sorted.sort();
        sorted.dedup();
        if order.ends_with("desc") {
            sorted.reverse();
        }
        assert_eq!(parsed, sorted, "{path} {order}");
    }
    for bad in ["$skiptoken", "$orderby"] {
        let answer = bench.find(SIGN_INS, &[(bad, "x")], &token).await;
        answer.is_error(400, "Request_UnsupportedQuery", "");
    }
    let user = crate::simulator::tenant::Population::user_id(7);
    let of_one = bench.rows(SIGN_INS, &format!("userId eq '{user}'")).await;
    assert_eq!(of_one.len(), 3);
    let window =
        "createdDateTime ge 2026-05-31T09:00:00Z and createdDateTime lt 2026-06-01T09:00:00Z";
    let of_a_day = bench.rows(SIGN_INS, window).await;
    assert!((355..360).contains(&of_a_day.len()), "{}", of_a_day.len());
}

#[tokio::test]
async fn five_answers_in_ten_seconds_for_each_application() {
    let bench = Bench::new().await;
    bench.seeded("throttleLogs = true").await;
    let (one, other) = (bench.reader().await, bench.app_token().await);
    for _ in 0..5 {
        assert_eq!(bench.get(AUDITS, &one).await.status, 200);
    }
    bench.advance(4);
    let refused = bench.get(SIGN_INS, &one).await;
    refused.is_error(429, "TooManyRequests", "");
    assert_eq!(refused.header("retry-after"), "6");
    assert_eq!(bench.get(AUDITS, &other).await.status, 200);
    bench.advance(6);
    assert_eq!(bench.get(SIGN_INS, &one).await.status, 200);
}

#[tokio::test]
async fn changes_are_read_without_a_licence_but_not_without_permission_and_role() {
    let bench = Bench::new().await;
    bench.seeded("license = 'free'").await;
    let token = bench.reader().await;
    assert_eq!(bench.get(AUDITS, &token).await.status, 200);
    let less = bench.token_with(&["Directory.Read.All"]).await;
    assert_eq!(bench.get(AUDITS, &less).await.status, 403);
    let guest = bench.user_token(&bench.running.demo.guest).await;
    assert_eq!(bench.get(AUDITS, &guest).await.status, 403);
    let operator = bench.user_token(&bench.running.demo.operator).await;
    assert_eq!(bench.get(AUDITS, &operator).await.status, 200);
}

#[tokio::test]
async fn the_demo_has_an_application_that_reads_and_no_more() {
    let bench = Bench::new().await;
    let audit = &bench.running.demo.audit;
    let secret = std::fs::read_to_string(&audit.secret_path).unwrap();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &audit.client_id.to_string()),
        ("client_secret", &secret),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let answer = bench.post_form(&bench.token_path(), &form).await;
    let token = answer.body["access_token"].as_str().unwrap();
    assert_eq!(bench.get(AUDITS, token).await.status, 200);
    assert_eq!(bench.get(SIGN_INS, token).await.status, 200);
    let path = format!("/v1.0/users/{}", bench.bg1());
    let refused = bench
        .patch(&path, token, &json!({"displayName": "x"}))
        .await;
    assert_eq!(refused.status, 403);
}
