//! `evaluate`: who may ask, what is answered, and conditions that the table of cases has no word for.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Bench, EVALUATE, POLICIES, PORTAL, changed, policy, with};

fn question(identity: Value, conditions: Value) -> Value {
    json!({
        "signInIdentity": identity,
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": [PORTAL],
        },
        "signInConditions": conditions,
    })
}

fn user(id: &str) -> Value {
    json!({"@odata.type": "#microsoft.graph.userSignIn", "userId": id})
}

/// The reasons, policy by policy, in the order in which they were made.
async fn reasons(bench: &Bench, token: &str, question: &Value) -> Vec<String> {
    let answer = bench.post(EVALUATE, token, question).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let results = answer.body["value"].as_array().unwrap().clone();
    let reasons = results
        .iter()
        .map(|result| result["analysisReasons"].as_str().unwrap());
    reasons.map(str::to_owned).collect()
}

#[tokio::test]
async fn policies_are_answered_with_whether_they_apply() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    for (name, state) in [
        ("On", "enabled"),
        ("Off", "disabled"),
        ("Reported", "enabledForReportingButNotEnforced"),
    ] {
        let body = changed(policy(name), "/state", state.into());
        bench.created(&token, &body).await;
    }
    let mut question = question(user(&bench.id_of(&bench.bg1())), json!({}));
    let found = reasons(&bench, &token, &question).await;
    assert_eq!(found, ["notSet", "policyNotEnabled", "notSet"]);
    question["appliedPoliciesOnly"] = true.into();
    let answer = bench.post(EVALUATE, &token, &question).await.body;
    assert_eq!(answer["value"].as_array().unwrap().len(), 2);
    let reported = &answer["value"][1];
    assert_eq!(reported["displayName"], "Reported");
    assert_eq!(reported["policyApplies"], true);
    assert_eq!(reported["grantControls"]["builtInControls"], json!(["mfa"]));
    let context = answer["@odata.context"].as_str().unwrap();
    assert!(context.ends_with("$metadata#Collection(microsoft.graph.whatIfAnalysisResult)"));
    let beta = EVALUATE.replace("v1.0", "beta");
    assert_eq!(
        bench.post(&beta, &token, &question).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_permission_to_read_policies_is_enough_and_needed() {
    let bench = Bench::new().await;
    let question = question(user(&bench.id_of(&bench.bg1())), json!({}));
    for (permission, wanted) in [
        ("Policy.Read.ConditionalAccess", StatusCode::OK),
        ("Policy.Read.All", StatusCode::OK),
        ("Policy.ReadWrite.ConditionalAccess", StatusCode::FORBIDDEN),
        ("User.Read.All", StatusCode::FORBIDDEN),
    ] {
        let token = bench.token_with(&[permission]).await;
        let answer = bench.post(EVALUATE, &token, &question).await;
        assert_eq!(answer.status, wanted, "{permission}");
    }
}

#[tokio::test]
async fn questions_without_sense_are_refused() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let good = question(user(&bench.id_of(&bench.bg1())), json!({}));
    assert!(reasons(&bench, &token, &good).await.is_empty());
    for (pointer, value) in [
        ("/signInIdentity", Value::Null),
        ("/signInIdentity", json!({"userId": "x"})),
        (
            "/signInIdentity",
            json!({"@odata.type": "#microsoft.graph.userSignIn"}),
        ),
        (
            "/signInIdentity",
            user("5d6059b6-368d-45f8-91e1-8e07d485f1d0"),
        ),
        ("/signInContext", Value::Null),
        (
            "/signInContext",
            json!({"@odata.type": "#microsoft.graph.applicationContext"}),
        ),
        ("/signInConditions", Value::Null),
        ("/signInConditions", json!({"devicePlatform": "amiga"})),
        ("/signInConditions", json!({"shoeSize": 44})),
        ("/signInConditions", json!({"ipAddress": "here"})),
        ("/shoeSize", json!(44)),
    ] {
        let answer = bench
            .post(EVALUATE, &token, &changed(good.clone(), pointer, value))
            .await;
        answer.is_error(400, "BadRequest", "");
    }
}

#[tokio::test]
async fn groups_count_through_others_and_roles_through_groups() {
    let bench = Bench::new().await;
    bench
        .seeded(
            "users = [{ userPrincipalName = 'bg2', roles = [] }]\n\
             groups = [\n\
               { id = 'inner', displayName = 'Inner', members = ['bg1'] },\n\
               { id = 'outer', displayName = 'Outer', members = ['inner'] },\n\
               { id = 'admins', displayName = 'Admins', members = ['bg2'], roles = ['securityAdministrator'] },\n\
             ]",
        )
        .await;
    let token = bench.writer().await;
    let excluded = with("/conditions/users/excludeGroups", json!(["OUTER"]));
    bench.created(&token, &excluded).await;
    let role = "194ae4cb-b126-40b2-bd5b-6091b380977d";
    let by_role = with("/conditions/users", json!({"includeRoles": [role]}));
    bench.created(&token, &by_role).await;
    let demo = bench.running.demo.emergency_accounts.clone();
    for (account, wanted) in demo.iter().zip([["users", "users"], ["notSet", "notSet"]]) {
        let question = question(user(&bench.id_of(account)), json!({}));
        assert_eq!(
            reasons(&bench, &token, &question).await,
            wanted,
            "{account}"
        );
    }
}

#[tokio::test]
async fn guests_are_known_by_the_directory_or_told() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    let kinds = |types: &str| {
        let guests = json!({"guestOrExternalUserTypes": types, "externalTenants": null});
        with(
            "/conditions/users",
            json!({"includeGuestsOrExternalUsers": guests}),
        )
    };
    bench.created(&token, &kinds("b2bCollaborationGuest")).await;
    bench
        .created(&token, &kinds("internalGuest,serviceProvider"))
        .await;
    let tenants = json!({
        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
        "membershipKind": "enumerated",
        "members": ["7f29d675-caff-43e1-8a53-1b8516ed2075"],
    });
    let of_one = changed(
        kinds("serviceProvider"),
        "/conditions/users/includeGuestsOrExternalUsers/externalTenants",
        tenants,
    );
    bench.created(&token, &of_one).await;
    let guest = user(&bench.id_of(&bench.running.demo.guest));
    let no = "users".to_owned();
    let yes = "notSet".to_owned();
    let found = reasons(&bench, &token, &question(guest, json!({}))).await;
    assert_eq!(found, [yes.clone(), no.clone(), no.clone()]);
    let provider = json!({
        "@odata.type": "#microsoft.graph.userSignIn",
        "externalUserType": "serviceProvider",
        "externalTenantId": "7F29D675-caff-43e1-8a53-1b8516ed2075",
    });
    let found = reasons(&bench, &token, &question(provider, json!({}))).await;
    assert_eq!(found, [no, yes.clone(), yes]);
}

#[tokio::test]
async fn workload_identities_have_policies_of_their_own() {
    let bench = Bench::new().await;
    let token = bench.writer().await;
    bench.created(&token, &policy("People")).await;
    let mut workloads = with("/grantControls/builtInControls", json!(["block"]));
    workloads["conditions"]["users"] = json!({"includeUsers": ["None"]});
    workloads["conditions"]["clientApplications"] =
        json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]});
    bench.created(&token, &workloads).await;
    let principal = json!({
        "@odata.type": "#microsoft.graph.servicePrincipalSignIn",
        "servicePrincipalId": "c65b94a5-0049-439a-a6fd-bce307077730",
    });
    let found = reasons(&bench, &token, &question(principal, json!({}))).await;
    assert_eq!(found, ["workloadIdentities", "notSet"]);
    let person = user(&bench.id_of(&bench.bg1()));
    let found = reasons(&bench, &token, &question(person, json!({}))).await;
    assert_eq!(found, ["notSet", "users"]);
}

#[tokio::test]
async fn devices_and_countries_are_told() {
    let bench = Bench::new().await;
    bench
        .seeded(
            r##"{"namedLocations": [{"@odata.type": "#microsoft.graph.countryNamedLocation",
                "id": "198ad66e-87b3-4157-85a3-8a7b51794ee9", "displayName": "Abroad",
                "countriesAndRegions": ["FR", "DE"], "includeUnknownCountriesAndRegions": false}]}"##,
        )
        .await;
    let token = bench.writer().await;
    let filter = json!({"deviceFilter": {"mode": "exclude", "rule": "device.extensionAttribute1 -eq \"SAW\""}});
    bench
        .created(&token, &with("/conditions/devices", filter))
        .await;
    let places = json!({"includeLocations": ["198ad66e-87b3-4157-85a3-8a7b51794ee9"]});
    bench
        .created(&token, &with("/conditions/locations", places))
        .await;
    let id = bench.id_of(&bench.bg1());
    for (conditions, wanted) in [
        (json!({}), ["notSet", "location"]),
        (json!({"country": "fr"}), ["notSet", "notSet"]),
        (
            json!({"country": "US", "deviceInfo": {"extensionAttribute1": "SAW"}}),
            ["devices", "location"],
        ),
    ] {
        let question = question(user(&id), conditions);
        assert_eq!(reasons(&bench, &token, &question).await, wanted);
    }
    let stored = bench.get(POLICIES, &token).await.body;
    assert_eq!(stored["value"].as_array().unwrap().len(), 2);
}
