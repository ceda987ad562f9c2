//! Rows about sign-ins, and the policies that decide about them.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::SIGN_INS;
use crate::simulator::tests::key::Key;
use crate::simulator::tests::key_sign_in::{answer, page_for, register};
use crate::simulator::tests::sign_in::{VERIFIER, authorization, member, redeem, sign_in};
use crate::simulator::tests::{Bench, claims};

const CORRELATION: &str = "6f2a57f0-25a1-4bd5-9f8a-0b8d6a1f2c33";
const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";

/// Signs an account in with its key, or tries to.
async fn by_key(bench: &Bench, account: &str, key: &Key, count: u32) -> Vec<(String, String)> {
    let (_, members) = page_for(bench, account).await;
    let challenge = member(&members, "challenge").unwrap();
    answer(bench, &members, account, &key.assertion(challenge, count)).await
}

#[tokio::test]
async fn a_sign_in_with_a_key_is_told_in_full() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    let (_, mut form) = page_for(&bench, &account).await;
    let challenge = member(&form, "challenge").unwrap().to_owned();
    form.push(("user".to_owned(), account.clone()));
    form.push((
        "assertion".to_owned(),
        key.assertion(&challenge, 8).to_string(),
    ));
    let request = bench
        .client
        .post(bench.url("/common/oauth2/v2.0/authorize"));
    let request = request.header("user-agent", AGENT);
    let request = request.header("x-forwarded-for", "198.51.100.7");
    let response = request.form(&form).send().await.unwrap();
    let pairs = crate::simulator::tests::sign_in::redirected(&response);
    let redeemed = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    let id_token = claims(redeemed.body["id_token"].as_str().unwrap());

    let filter = format!("userId eq '{}'", bench.id("bg1"));
    let rows = bench.rows(SIGN_INS, &filter).await;
    assert_eq!(rows.len(), 1, "redeeming the code is no sign-in of its own");
    let row = &rows[0];
    assert_eq!(row["uniqueTokenIdentifier"], id_token["uti"]);
    assert_eq!(row["correlationId"], CORRELATION);
    assert_eq!(row["userPrincipalName"], account);
    assert_eq!(row["status"]["errorCode"], 0);
    assert_eq!(row["createdDateTime"], "2026-06-01T09:00:00Z");
    assert_eq!(row["isInteractive"], true);
    assert_eq!(row["ipAddress"], "198.51.100.7");
    assert_eq!(row["userAgent"], AGENT);
    assert_eq!(row["deviceDetail"]["operatingSystem"], "Linux");
    assert_eq!(row["deviceDetail"]["browser"], "Chrome 126.0.0.0");
    assert_eq!(row["conditionalAccessStatus"], "notApplied");
    assert_eq!(row["authenticationMethodsUsed"], json!(["FIDO"]));
    let step = &row["authenticationDetails"][0];
    assert_eq!(step["authenticationMethod"], "Passkey (device-bound)");
    assert_eq!(step["authenticationMethodDetail"], "BG1 key A");
    assert_eq!(step["succeeded"], true);
    let old = bench.rows("/v1.0/auditLogs/signIns", &filter).await;
    assert_eq!(old[0]["id"], row["id"]);
    assert!(old[0].get("authenticationDetails").is_none());
    assert!(old[0].get("uniqueTokenIdentifier").is_none());
}

#[tokio::test]
async fn what_fails_is_told_with_its_number() {
    let bench = Bench::new().await;
    let (account, key, other) = (bench.bg1(), Key::new(1), Key::new(2));
    register(&bench, &account, &key).await;
    let request = authorization(&bench, &[]);
    sign_in(&bench, &request, "nobody@example.com").await;
    sign_in(&bench, &request, "").await;
    by_key(&bench, &account, &other, 8).await;
    let stranger = Key {
        credential: Key::new(9).credential,
        ..key.clone()
    };
    by_key(&bench, &account, &stranger, 8).await;
    bench
        .seeded("users = [{ userPrincipalName = 'bg1', accountEnabled = false }]")
        .await;
    by_key(&bench, &account, &key, 8).await;
    let rows = bench.rows(SIGN_INS, "isInteractive eq true").await;
    let told: Vec<(i64, &str)> = rows
        .iter()
        .map(|row| {
            let name = row["userPrincipalName"].as_str().unwrap();
            (row["status"]["errorCode"].as_i64().unwrap(), name)
        })
        .collect();
    let account = account.as_str();
    assert_eq!(
        told,
        [
            (50_057, account),
            (130_005, account),
            (135_010, account),
            (65_004, ""),
            (50_034, "nobody@example.com"),
        ]
    );
    let failed = bench.rows(SIGN_INS, "status/errorCode eq 130005").await;
    assert_eq!(failed[0]["authenticationDetails"][0]["succeeded"], false);
    assert_eq!(failed[0]["userId"], bench.id("bg1"));
    assert!(
        failed[0]["status"]["failureReason"]
            .as_str()
            .unwrap()
            .contains("signature")
    );
}

#[tokio::test]
async fn every_way_of_getting_a_token_has_its_kind_of_row() {
    let bench = Bench::new().await;
    let pairs = sign_in(&bench, &authorization(&bench, &[]), &bench.bg1()).await;
    let redeemed = redeem(&bench, member(&pairs, "code").unwrap(), VERIFIER).await;
    bench.advance(60);
    let client_id = bench.running.demo.public_client_id.to_string();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", client_id.as_str()),
        (
            "refresh_token",
            redeemed.body["refresh_token"].as_str().unwrap(),
        ),
        ("scope", "openid"),
    ];
    let refreshed = bench.post_form("/common/oauth2/v2.0/token", &form).await;
    let uti = claims(refreshed.body["id_token"].as_str().unwrap())["uti"].clone();
    bench.user_token(&bench.running.demo.operator).await;
    let kind = |kind: &str| format!("signInEventTypes/any(t: t eq '{kind}')");
    let silent = bench.rows(SIGN_INS, &kind("nonInteractiveUser")).await;
    assert_eq!(silent.len(), 1);
    assert_eq!(silent[0]["uniqueTokenIdentifier"], uti);
    assert_eq!(silent[0]["isInteractive"], false);
    let step = &silent[0]["authenticationDetails"][0];
    assert_eq!(step["authenticationMethod"], "Previously satisfied");
    let interactive = bench.rows(SIGN_INS, &kind("interactiveUser")).await;
    assert_eq!(interactive[0]["authenticationProtocol"], "deviceCode");
    assert_eq!(interactive[0]["userId"], bench.id("operator"));
    let step = &interactive[1]["authenticationDetails"][0];
    assert_eq!(step["authenticationMethod"], "Password");
    let service = bench.rows(SIGN_INS, &kind("servicePrincipal")).await;
    assert_eq!(service[0]["servicePrincipalName"], "test");
    assert_eq!(service[0]["userId"], "");
    let usual = bench
        .rows(SIGN_INS, "createdDateTime ge 2026-06-01T00:00:00Z")
        .await;
    assert_eq!(
        usual.len(),
        interactive.len(),
        "others only if they are asked for"
    );
}

/// A policy for all users and resources.
fn policy(name: &str, state: &str, conditions: Value, grant: Value) -> Value {
    let mut all = json!({
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"]},
    });
    all.as_object_mut()
        .unwrap()
        .extend(conditions.as_object().unwrap().clone());
    json!({"displayName": name, "state": state, "conditions": all, "grantControls": grant})
}

#[tokio::test]
async fn policies_decide_and_the_row_says_how() {
    let bench = Bench::new().await;
    let (account, key) = (bench.bg1(), Key::new(1));
    register(&bench, &account, &key).await;
    let strength = json!({"operator": "OR", "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"}});
    let block = json!({"operator": "OR", "builtInControls": ["block"]});
    let mfa = json!({"operator": "OR", "builtInControls": ["mfa"]});
    let seed = |policies: Vec<Value>| json!({"conditionalAccessPolicies": policies}).to_string();
    bench
        .seeded(seed(vec![
            policy("Resistant", "enabled", json!({}), strength.clone()),
            policy(
                "Reported",
                "enabledForReportingButNotEnforced",
                json!({}),
                block.clone(),
            ),
            policy("Off", "disabled", json!({}), block.clone()),
        ]))
        .await;
    let pairs = by_key(&bench, &account, &key, 8).await;
    assert!(member(&pairs, "code").is_some(), "{pairs:?}");
    let refused = sign_in(&bench, &authorization(&bench, &[]), &account).await;
    let description = member(&refused, "error_description").unwrap();
    assert!(description.starts_with("AADSTS50076"), "{description}");
    let rows = bench
        .rows(SIGN_INS, &format!("userId eq '{}'", bench.id("bg1")))
        .await;
    assert_eq!(rows[0]["conditionalAccessStatus"], "failure");
    assert_eq!(rows[1]["conditionalAccessStatus"], "success");
    assert_eq!(
        rows[1]["authenticationRequirement"],
        "multiFactorAuthentication"
    );
    let results = |row: &Value| -> Vec<String> {
        let policies = row["appliedConditionalAccessPolicies"].as_array().unwrap();
        let results = policies
            .iter()
            .map(|one| one["result"].as_str().unwrap().to_owned());
        results.collect()
    };
    assert_eq!(
        results(&rows[0]),
        ["failure", "reportOnlyFailure", "notEnabled"]
    );
    assert_eq!(
        results(&rows[1]),
        ["success", "reportOnlyFailure", "notEnabled"]
    );

    bench
        .seeded(seed(vec![policy("Resistant", "enabled", json!({}), mfa)]))
        .await;
    let request = authorization(&bench, &[]);
    let with_factor = sign_in(&bench, &request, &account).await;
    assert!(member(&with_factor, "code").is_some());
    let without = sign_in(&bench, &format!("{request}&mfa=false"), &account).await;
    assert!(
        member(&without, "error_description")
            .unwrap()
            .starts_with("AADSTS50076")
    );

    bench
        .seeded(seed(vec![policy("Off", "enabled", json!({}), block)]))
        .await;
    let barred = by_key(&bench, &account, &key, 9).await;
    let description = member(&barred, "error_description").unwrap();
    assert!(description.starts_with("AADSTS53003"), "{description}");
    let rows = bench.rows(SIGN_INS, "status/errorCode eq 53003").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        rows[0]["authenticationDetails"][0]["succeeded"], true,
        "the key was right"
    );
}

#[tokio::test]
async fn where_somebody_comes_from_counts() {
    let bench = Bench::new().await;
    let home = json!({
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": "5a1c1f2e-0f1e-4a42-8f06-0d2c5f8a2f11",
        "displayName": "Home",
        "isTrusted": true,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}],
    });
    let elsewhere =
        json!({"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}});
    let block = json!({"operator": "OR", "builtInControls": ["block"]});
    let seed = json!({
        "namedLocations": [home],
        "conditionalAccessPolicies": [policy("Home only", "enabled", elsewhere, block)],
    });
    bench.seeded(seed.to_string()).await;
    for (address, status) in [("198.51.100.9", "notApplied"), ("203.0.113.9", "failure")] {
        let url = reqwest::Url::parse(&authorization(&bench, &[])).unwrap();
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("user".to_owned(), bench.bg1()));
        let request = bench.client.post(bench.url(url.path()));
        let request = request.header("x-forwarded-for", address).form(&form);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::SEE_OTHER
        );
        let rows = bench
            .rows(SIGN_INS, &format!("ipAddress eq '{address}'"))
            .await;
        assert_eq!(rows[0]["conditionalAccessStatus"], status, "{address}");
    }
}
