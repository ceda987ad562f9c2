//! Authentication methods of every kind, Temporary Access Passes, per-user MFA.

use serde_json::{Value, json};

use super::Bench;
use super::key::Key;

const METHODS: &str = "authenticationMethods = [\
    { '@odata.type' = '#microsoft.graph.phoneAuthenticationMethod', id = '3179e48a-750b-4051-897c-87b9720928f7', phoneNumber = '+1 2065555555', phoneType = 'mobile' },\
    { '@odata.type' = '#microsoft.graph.emailAuthenticationMethod', emailAddress = 'kim@contoso.com' },\
    { '@odata.type' = '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod', displayName = 'Phone' }]";

fn base(bench: &Bench) -> String {
    format!("/v1.0/users/{}/authentication", bench.bg1())
}

async fn kinds(bench: &Bench, token: &str) -> Vec<String> {
    let listed = bench.get(&format!("{}/methods", base(bench)), token).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let methods = listed.body["value"].as_array().unwrap().iter();
    let kind = |method: &Value| {
        let kind = method["@odata.type"].as_str().unwrap();
        kind.trim_start_matches("#microsoft.graph.")
            .trim_end_matches("AuthenticationMethod")
            .to_owned()
    };
    methods.map(kind).collect()
}

#[tokio::test]
async fn methods_of_every_kind_are_listed_and_personal_ones_removed() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["UserAuthenticationMethod.ReadWrite.All"])
        .await;
    assert_eq!(kinds(&bench, &token).await, ["password"]);
    let body = Key::new(1).answer(&bench.options(&token).await);
    assert_eq!(
        bench
            .post(&bench.methods(&bench.bg1()), &token, &body)
            .await
            .status,
        201
    );
    bench
        .seeded(format!(
            "users = [{{ userPrincipalName = 'bg1', {METHODS} }}]"
        ))
        .await;
    assert_eq!(
        kinds(&bench, &token).await,
        [
            "password",
            "phone",
            "email",
            "microsoftAuthenticator",
            "fido2"
        ]
    );
    let phones = format!("{}/phoneMethods", base(&bench));
    let listed = bench.get(&phones, &token).await.body["value"].clone();
    assert_eq!(listed[0]["phoneNumber"], "+1 2065555555");
    let phone = format!("{phones}/{}", listed[0]["id"].as_str().unwrap());
    let wrong = phone.replace("phoneMethods", "emailMethods");
    assert_eq!(bench.delete(&wrong, &token).await.status, 404);
    let less = bench
        .token_with(&["UserAuthenticationMethod.Read.All"])
        .await;
    assert_eq!(bench.delete(&phone, &less).await.status, 403);
    let token = bench
        .token_with(&["UserAuthenticationMethod.ReadWrite.All"])
        .await;
    assert_eq!(bench.delete(&phone, &token).await.status, 204);
    assert_eq!(
        kinds(&bench, &token).await,
        ["password", "email", "microsoftAuthenticator", "fido2"]
    );
    let nowhere = bench
        .get(&format!("{}/carrierPigeons", base(&bench)), &token)
        .await;
    nowhere.is_error(400, "BadRequest", "carrierPigeons");
}

#[tokio::test]
async fn lesser_administrators_do_not_reach_the_methods_of_greater_ones() {
    let bench = Bench::new().await;
    bench
        .seeded(
            "users = [{ userPrincipalName = 'operator', roles = ['authenticationAdministrator'] }]",
        )
        .await;
    bench
        .consent(&["UserAuthenticationMethod.ReadWrite.All"])
        .await;
    let operator = bench.user_token(&bench.running.demo.operator).await;
    let refused = bench
        .get(&format!("{}/methods", base(&bench)), &operator)
        .await;
    refused.is_error(403, "Authorization_RequestDenied", "Insufficient");
    let pass = format!("{}/temporaryAccessPassMethods", base(&bench));
    assert_eq!(bench.post(&pass, &operator, &json!({})).await.status, 403);
}

#[tokio::test]
async fn a_pass_is_shown_once_replaces_another_and_expires() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["UserAuthenticationMethod.ReadWrite.All"])
        .await;
    let path = format!("{}/temporaryAccessPassMethods", base(&bench));
    for bad in [
        json!({"lifetimeInMinutes": 5}),
        json!({"isUsableOnce": "yes"}),
        json!({"color": "red"}),
    ] {
        bench
            .post(&path, &token, &bad)
            .await
            .is_error(400, "badRequest", "not valid");
    }
    bench.post(&path, &token, &json!({})).await;
    let made = bench
        .post(
            &path,
            &token,
            &json!({"lifetimeInMinutes": 10, "isUsableOnce": true}),
        )
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.body["temporaryAccessPass"].as_str().unwrap();
    assert_eq!(secret.len(), 8);
    let stored = std::fs::read_to_string(bench.path().join("tenant.json")).unwrap();
    assert!(!stored.contains(secret));
    let listed = bench.get(&path, &token).await.body["value"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["temporaryAccessPass"], Value::Null);
    assert_eq!(listed[0]["isUsable"], true);
    bench.advance(600);
    let one = format!("{path}/{}", made.body["id"].as_str().unwrap());
    let pass = bench.get(&one, &token).await.body;
    assert_eq!(pass["methodUsabilityReason"], "Expired");
    assert_eq!(bench.delete(&one, &token).await.status, 204);
    assert_eq!(bench.get(&one, &token).await.status, 404);
}

#[tokio::test]
async fn per_user_mfa_is_in_beta_only() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"])
        .await;
    let path = format!("{}/requirements", base(&bench));
    bench
        .get(&path, &token)
        .await
        .is_error(404, "BadRequest", "requirements");
    let path = path.replace("v1.0", "beta");
    assert_eq!(
        bench.get(&path, &token).await.body["perUserMfaState"],
        "disabled"
    );
    let enforced = json!({"perUserMfaState": "enforced"});
    assert_eq!(bench.patch(&path, &token, &enforced).await.status, 204);
    assert_eq!(
        bench.get(&path, &token).await.body["perUserMfaState"],
        "enforced"
    );
    let bad = bench
        .patch(&path, &token, &json!({"perUserMfaState": "sometimes"}))
        .await;
    bad.is_error(400, "badRequest", "perUserMfaState");
    let less = bench.token_with(&["Policy.Read.All"]).await;
    assert_eq!(bench.patch(&path, &less, &enforced).await.status, 403);
}

#[tokio::test]
async fn any_number_of_methods_comes_at_once() {
    let bench = Bench::new().await;
    let kind = "'#microsoft.graph.softwareOathAuthenticationMethod'";
    let methods = vec![format!("{{ '@odata.type' = {kind} }}"); 150].join(", ");
    bench
        .seeded(format!(
            "users = [{{ userPrincipalName = 'bg1', authenticationMethods = [{methods}] }}]"
        ))
        .await;
    let token = bench
        .token_with(&["UserAuthenticationMethod.Read.All"])
        .await;
    for (list, wanted) in [("methods", 151), ("softwareOathMethods", 150)] {
        let path = format!("{}/{list}", base(&bench));
        let listed = bench.get(&path, &token).await.body;
        assert_eq!(listed["value"].as_array().unwrap().len(), wanted, "{list}");
        assert!(listed.get("@odata.nextLink").is_none());
    }
}
