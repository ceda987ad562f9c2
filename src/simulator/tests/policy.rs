//! The FIDO2 policy over HTTP: how it is read and changed, and what it refuses.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::key::{Key, Statement};
use super::{Answer, Bench};

const PATH: &str =
    "/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
const TYPE: &str = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
const WRITE: &str = "Policy.ReadWrite.AuthenticationMethod";

const PROFILE: &str = r#"
[[policy.passkeyProfiles]]
name = "Emergency keys"
passkeyTypes = "deviceBound"
attestationEnforcement = "disabled"
keyRestrictions = { isEnforced = false, enforcementType = "allow", aaGuids = [] }
"#;

async fn register(bench: &Bench, key: &Key) -> Answer {
    let token = bench.app_token().await;
    let body = key.answer(&bench.options(&token).await);
    bench
        .post(&bench.methods(&bench.bg1()), &token, &body)
        .await
}

#[tokio::test]
async fn profiles_are_shown_in_the_form_that_the_tenant_has() {
    let bench = Bench::new().await;
    bench.seeded(PROFILE).await;
    let token = bench.app_token().await;
    let expand = format!("{PATH}?$expand=passkeyProfiles");
    let encoded = format!("{PATH}?%24expand=passkeyProfiles");
    for (form, plain, expanded) in [("expanded", false, true), ("inline", true, true)] {
        bench
            .seeded(format!("quirks = {{ profileForm = '{form}' }}"))
            .await;
        for (path, wanted) in [(PATH, plain), (&expand, expanded), (&encoded, expanded)] {
            let policy = bench.get(path, &token).await.body;
            let shown = policy["passkeyProfiles"].as_array().map(Vec::len);
            assert_eq!(shown, wanted.then_some(2), "{form} {path}");
            assert!(policy["defaultPasskeyProfile"].is_string());
            assert_eq!(
                policy["includeTargets"][0]["allowedPasskeyProfiles"],
                json!([])
            );
        }
    }
    let profile = &bench.get(&expand, &token).await.body["passkeyProfiles"][1];
    assert_eq!(profile["name"], "Emergency keys");
    assert_eq!(profile["passkeyTypes"], "deviceBound");
    assert_eq!(profile["attestationEnforcement"], "disabled");
    assert_eq!(profile["keyRestrictions"]["enforcementType"], "allow");
    let other = bench
        .get(&format!("{PATH}?$expand=everything"), &token)
        .await;
    other.is_error(400, "Request_UnsupportedQuery", "query option");
}

#[tokio::test]
async fn a_government_cloud_has_no_profiles() {
    let bench = Bench::new().await;
    bench.seeded("quirks = { profileForm = 'absent' }").await;
    let token = bench
        .token_with(&["Policy.Read.AuthenticationMethod", WRITE])
        .await;
    let policy = bench.get(PATH, &token).await.body;
    for member in ["passkeyProfiles", "defaultPasskeyProfile"] {
        assert!(policy.get(member).is_none(), "{policy}");
    }
    let target = json!({"targetType": "group", "id": "all_users", "isRegistrationRequired": false});
    assert_eq!(policy["includeTargets"], json!([target]));
    let expand = format!("{PATH}?$expand=passkeyProfiles");
    bench
        .get(&expand, &token)
        .await
        .is_error(400, "BadRequest", "passkeyProfiles");
    let change = json!({"@odata.type": TYPE, "passkeyProfiles": [{
        "name": "new", "passkeyTypes": "synced", "attestationEnforcement": "disabled",
        "keyRestrictions": policy["keyRestrictions"],
    }]});
    bench
        .patch(PATH, &token, &change)
        .await
        .is_error(400, "BadRequest", "passkeyProfiles");
    let policy = bench.get(PATH, &token).await;
    assert_eq!(policy.status, StatusCode::OK);
}

#[tokio::test]
async fn a_policy_that_was_read_can_be_written_back() {
    let bench = Bench::new().await;
    bench.seeded(PROFILE).await;
    let token = bench
        .token_with(&["Policy.Read.AuthenticationMethod", WRITE])
        .await;
    let expand = format!("{PATH}?$expand=passkeyProfiles");
    let mut policy = bench.get(&expand, &token).await.body;
    policy["passkeyProfiles"][1]["keyRestrictions"]["isEnforced"] = true.into();
    let written = bench.patch(PATH, &token, &policy).await;
    assert_eq!(written.status, StatusCode::NO_CONTENT, "{}", written.text);
    assert!(written.text.is_empty());
    assert_eq!(bench.get(&expand, &token).await.body, policy);
    let small = json!({"@odata.type": TYPE, "state": "disabled"});
    let written = bench.patch(PATH, &token, &small).await;
    assert_eq!(written.status, StatusCode::NO_CONTENT);
    policy["state"] = "disabled".into();
    assert_eq!(bench.get(&expand, &token).await.body, policy);
}

#[tokio::test]
async fn bad_changes_are_refused_and_change_nothing() {
    let bench = Bench::new().await;
    bench.seeded(PROFILE).await;
    let token = bench
        .token_with(&["Policy.Read.AuthenticationMethod", WRITE])
        .await;
    let before = bench.get(PATH, &token).await.body;
    for (body, reason) in [
        (json!({"state": "disabled"}), "@odata.type"),
        (
            json!({"@odata.type": "#x", "state": "disabled"}),
            "@odata.type",
        ),
        (json!([]), "@odata.type"),
        (
            json!({"@odata.type": TYPE, "passkeyProfiles": []}),
            "cannot be undone",
        ),
        (json!({"@odata.type": TYPE, "shoeSize": 44}), "shoeSize"),
        (json!({"@odata.type": TYPE, "id": "Sms"}), "id"),
    ] {
        let refused = bench.patch(PATH, &token, &body).await;
        refused.is_error(400, "BadRequest", reason);
    }
    assert_eq!(bench.get(PATH, &token).await.body, before);
}

#[tokio::test]
async fn writing_the_policy_takes_a_permission_and_people_a_role() {
    let bench = Bench::new().await;
    let body = json!({"@odata.type": TYPE, "state": "enabled"});
    let reader = bench.token_with(&["Policy.Read.All"]).await;
    let refused = bench.patch(PATH, &reader, &body).await;
    refused.is_error(403, "Authorization_RequestDenied", "Insufficient");
    bench
        .seeded(format!(
            "applications = [{{ displayName = 'Halligan operator', permissions = ['{WRITE}'] }}]"
        ))
        .await;
    for (role, wanted) in [
        ("privilegedAuthenticationAdministrator", 403),
        ("authenticationPolicyAdministrator", 204),
        ("globalAdministrator", 204),
    ] {
        let seed = format!("users = [{{ userPrincipalName = 'operator', roles = ['{role}'] }}]");
        bench.seeded(seed).await;
        let token = bench.user_token(&bench.running.demo.operator).await;
        let answer = bench.patch(PATH, &token, &body).await;
        assert_eq!(answer.status.as_u16(), wanted, "{role}");
    }
}

#[tokio::test]
async fn one_profile_that_takes_the_model_is_enough_to_register() {
    let bench = Bench::new().await;
    let key = Key::new(1);
    let model = crate::webauthn::Aaguid::new(key.aaguid);
    let profiles = |targets: &str| {
        let profile = |id: u8, model: &str| {
            format!(
                "{{ id = '00000000-0000-0000-0000-00000000000{id}', name = 'profile {id}', passkeyTypes = 'deviceBound', \
                 attestationEnforcement = 'disabled', \
                 keyRestrictions = {{ isEnforced = true, enforcementType = 'allow', aaGuids = ['{model}'] }} }}"
            )
        };
        let default = "00000000-0000-0000-0000-000000000001";
        format!(
            "[policy]\ndefaultPasskeyProfile = '{default}'\npasskeyProfiles = [{}, {}]\nincludeTargets = [{targets}]\n",
            profile(1, default),
            profile(2, &model.to_string())
        )
    };
    let target = |id: &str, profiles: &str| {
        format!("{{ targetType = 'group', id = '{id}', allowedPasskeyProfiles = [{profiles}] }}")
    };
    bench.seeded(profiles(&target("all_users", ""))).await;
    register(&bench, &key)
        .await
        .is_error(400, "badRequest", "disallowed");
    let second = "'00000000-0000-0000-0000-000000000002'";
    let both = format!(
        "{}, {}",
        target("all_users", ""),
        target("emergency", second)
    );
    bench.seeded(profiles(&both)).await;
    register(&bench, &key)
        .await
        .is_error(400, "badRequest", "disallowed");
    let member = "users = [{ userPrincipalName = 'bg1', groups = ['emergency'] }]";
    bench.seeded(member).await;
    let created = register(&bench, &key).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
}

#[tokio::test]
async fn a_synced_passkey_is_one_that_may_be_backed_up() {
    let bench = Bench::new().await;
    let synced = Key {
        flags: 0x4d,
        ..Key::new(1)
    };
    bench
        .seeded(PROFILE.replace("Emergency keys", "Keys"))
        .await;
    // The default profile, made of the deprecated settings, takes either kind.
    let created = register(&bench, &synced).await;
    assert_eq!(created.body["passkeyType"], "synced", "{}", created.text);
    let created = register(&bench, &Key::new(2)).await;
    assert_eq!(created.body["passkeyType"], "deviceBound");
    bench.change(|state| state.fido2_policy.passkey_profiles.truncate(1));
    bench.change(|state| {
        state.fido2_policy.passkey_profiles[0].passkey_types.synced = false;
    });
    let other = Key {
        flags: 0x4d,
        ..Key::new(3)
    };
    register(&bench, &other)
        .await
        .is_error(400, "badRequest", "passkey type");
}

#[tokio::test]
async fn formats_that_nobody_knows_pass_unless_attestation_is_enforced() {
    let bench = Bench::new().await;
    let with = |seed, format| Key {
        statement: Statement::Custom(format),
        ..Key::new(seed)
    };
    let longest = "a-format-of-thirty-two-character";
    let too_long = "a-format-of-thirty-three-characte";
    assert_eq!((longest.len(), too_long.len()), (32, 33));
    let created = register(&bench, &with(1, longest)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    assert_eq!(created.body["attestationLevel"], "notAttested");
    register(&bench, &with(2, too_long))
        .await
        .is_error(400, "badRequest", "32 characters");
    // What is around the statement is judged all the same.
    let unverified = Key {
        flags: 0x41,
        ..with(3, longest)
    };
    register(&bench, &unverified)
        .await
        .is_error(400, "badRequest", "could not be verified");
    bench
        .seeded("policy = { isAttestationEnforced = true }")
        .await;
    register(&bench, &with(4, longest)).await.is_error(
        400,
        "badRequest",
        "Attestation is required",
    );
}

#[tokio::test]
async fn a_model_that_the_metadata_does_not_certify_is_not_attested() {
    let bench = Bench::new().await;
    let key = Key::new(1);
    bench.change(|state| state.trust_anchor(&key.vendor.root));
    let model = crate::webauthn::Aaguid::new(key.aaguid);
    bench
        .seeded(format!("ineligibleModels = ['{model}']"))
        .await;
    let created = register(&bench, &key).await;
    assert_eq!(created.body["attestationLevel"], "notAttested");
    bench
        .seeded("policy = { isAttestationEnforced = true }")
        .await;
    register(&bench, &Key::new(2))
        .await
        .is_error(400, "badRequest", "Attestation is required");
    bench.seeded("ineligibleModels = []").await;
    let created = register(&bench, &Key::new(2)).await;
    assert_eq!(created.body["attestationLevel"], "attested");
}

#[tokio::test]
async fn a_tenant_may_refuse_late() {
    let bench = Bench::new().await;
    bench
        .seeded("policy = { isSelfServiceRegistrationAllowed = false }\nquirks = { lateRefusals = true }")
        .await;
    register(&bench, &Key::new(1))
        .await
        .is_error(400, "badRequest", "Self-service");
}

#[tokio::test]
async fn a_bad_seed_is_told_and_changes_nothing() {
    let bench = Bench::new().await;
    let before = bench.running.tenant.read(|state| json!(state));
    for (seed, reason) in [
        ("policy = { state = 'perhaps' }", "perhaps"),
        ("people = []", "people"),
        ("{", "seed is not valid"),
    ] {
        let refused = bench.seed(seed).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let said = refused.body["error"].as_str().unwrap();
        assert!(said.contains(reason), "{said}");
    }
    let after: Value = bench.running.tenant.read(|state| json!(state));
    assert_eq!(after, before);
}
