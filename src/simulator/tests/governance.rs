//! Licences, domains, logs and governance.

use serde_json::{Value, json};

use super::Bench;

const P1: &str = "41781fb2-bc02-4b7c-bd55-b576c07bb09d";
const P2: &str = "eec0eb4f-6444-4f95-aba0-50c24d67f998";

#[tokio::test]
async fn the_organization_says_what_it_pays_for() {
    let bench = Bench::new().await;
    let token = bench.token_with(&["Organization.Read.All"]).await;
    for (license, wanted) in [("p2", vec![P1, P2]), ("p1", vec![P1]), ("free", vec![])] {
        bench.seeded(format!("license = '{license}'")).await;
        let organization = bench.get("/v1.0/organization", &token).await.body["value"][0].clone();
        let plans = organization["assignedPlans"].as_array().unwrap().iter();
        let plans: Vec<&str> = plans
            .map(|plan| plan["servicePlanId"].as_str().unwrap())
            .collect();
        assert_eq!(plans, wanted, "{license}");
    }
}

#[tokio::test]
async fn domains_are_managed_or_federated() {
    let bench = Bench::new().await;
    bench
        .seeded("domains = [{ id = 'corp.example', authenticationType = 'Federated' }]")
        .await;
    let token = bench.token_with(&["Domain.Read.All"]).await;
    let listed = bench.get("/v1.0/domains", &token).await.body["value"].clone();
    assert_eq!(listed[0]["id"], bench.domain());
    assert_eq!(listed[0]["isInitial"], true);
    assert_eq!(listed[0]["authenticationType"], "Managed");
    let one = bench.get("/v1.0/domains/corp.example", &token).await.body;
    assert_eq!(one["authenticationType"], "Federated");
    bench.get("/v1.0/domains/x.example", &token).await.is_error(
        404,
        "Request_ResourceNotFound",
        "x.example",
    );
    let less = bench.token_with(&["User.Read.All"]).await;
    assert_eq!(bench.get("/v1.0/domains", &less).await.status, 403);
}

fn sign_ins(bench: &Bench) -> Value {
    let row = |id: &str, user: &str, time: &str, kind: &str| {
        json!({
            "id": id, "userId": user, "createdDateTime": time, "signInEventTypes": [kind], "status": {"errorCode": 0},
            "appliedConditionalAccessPolicies": [{"displayName": "MFA", "result": "success"}],
            "authenticationDetails": [{"authenticationMethod": "Passkey (device-bound)", "succeeded": true}],
        })
    };
    let (bg1, bg2) = (bench.id("bg1"), bench.id("bg2"));
    json!({"signIns": [
        row("1", &bg1, "2026-05-01T00:00:00Z", "interactiveUser"),
        row("2", &bg1, "2026-05-31T00:00:00Z", "interactiveUser"),
        row("3", &bg1, "2026-05-30T00:00:00Z", "interactiveUser"),
        row("4", &bg2, "2026-05-31T00:00:00Z", "interactiveUser"),
        row("5", &bg1, "2026-05-31T01:00:00Z", "nonInteractiveUser"),
    ]})
}

#[tokio::test]
async fn sign_ins_are_told_newest_first() {
    let bench = Bench::new().await;
    bench.seeded(sign_ins(&bench).to_string()).await;
    let token = bench.token_with(&["AuditLog.Read.All"]).await;
    let filter = format!(
        "userId eq '{}' and createdDateTime ge 2026-05-29T00:00:00Z",
        bench.id("bg1")
    );
    let query = [
        ("$filter", filter.as_str()),
        ("$orderby", "createdDateTime desc"),
        ("$top", "1"),
    ];
    let first = bench
        .find("/beta/auditLogs/signIns", &query, &token)
        .await
        .body;
    assert_eq!(first["value"][0]["id"], "2");
    assert_eq!(
        first["value"][0]["appliedConditionalAccessPolicies"],
        json!([])
    );
    assert!(first["value"][0]["authenticationDetails"].is_array());
    let next = first["@odata.nextLink"].as_str().unwrap();
    let next = next
        .strip_prefix(bench.url("/").trim_end_matches('/'))
        .unwrap();
    let second = bench.get(next, &token).await.body;
    assert_eq!(second["value"][0]["id"], "3");
    assert!(second.get("@odata.nextLink").is_none());
    let token = bench
        .token_with(&["AuditLog.Read.All", "Policy.Read.All"])
        .await;
    let old = bench
        .find("/v1.0/auditLogs/signIns", &[("$top", "1000")], &token)
        .await
        .body;
    assert!(old["value"][0].get("authenticationDetails").is_none());
    assert_eq!(
        old["value"][0]["appliedConditionalAccessPolicies"][0]["displayName"],
        "MFA"
    );
    let kinds = [(
        "$filter",
        "signInEventTypes/any(t: t eq 'nonInteractiveUser')",
    )];
    let other = bench
        .find("/beta/auditLogs/signIns", &kinds, &token)
        .await
        .body;
    assert_eq!(other["value"][0]["id"], "5");
}

#[tokio::test]
async fn logs_need_a_licence_a_permission_and_a_role() {
    let bench = Bench::new().await;
    let path = "/v1.0/auditLogs/signIns";
    let token = bench.token_with(&["AuditLog.Read.All"]).await;
    bench.seeded("license = 'free'").await;
    let refused = bench.get(path, &token).await;
    refused.is_error(
        403,
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        "premium license",
    );
    bench.seeded("license = 'p1'").await;
    assert_eq!(bench.get(path, &token).await.status, 200);
    bench.consent(&["AuditLog.Read.All"]).await;
    let guest = bench.user_token(&bench.running.demo.guest).await;
    assert_eq!(bench.get(path, &guest).await.status, 403);
}

#[tokio::test]
async fn reviews_and_workflows_are_told_as_seeded() {
    let bench = Bench::new().await;
    let seed = json!({
        "accessReviews": [{"id": "r", "displayName": "Guests"}],
        "lifecycleWorkflows": [{"id": "w", "displayName": "Leavers", "isEnabled": true}],
    });
    bench.seeded(seed.to_string()).await;
    let token = bench
        .token_with(&[
            "AccessReview.Read.All",
            "LifecycleWorkflows-Workflow.Read.All",
        ])
        .await;
    let reviews = "/v1.0/identityGovernance/accessReviews/definitions";
    let workflows = "/v1.0/identityGovernance/lifecycleWorkflows/workflows";
    assert_eq!(
        bench.get(reviews, &token).await.body["value"][0]["displayName"],
        "Guests"
    );
    bench
        .get(workflows, &token)
        .await
        .is_error(403, "AccessDenied", "license");
    bench.seeded("license = 'governance'").await;
    assert_eq!(
        bench.get(workflows, &token).await.body["value"][0]["isEnabled"],
        true
    );
    bench.seeded("license = 'p1'").await;
    bench
        .get(reviews, &token)
        .await
        .is_error(403, "AccessDenied", "license");
    let less = bench.token_with(&["User.Read.All"]).await;
    bench
        .get(reviews, &less)
        .await
        .is_error(403, "Authorization_RequestDenied", "");
}
