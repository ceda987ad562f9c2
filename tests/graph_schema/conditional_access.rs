//! Conditional Access on the simulated tenant, whatever can be said in it, in both versions.

use halligan::simulator::Exchange;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::traffic;
use crate::bench::Bench;

const POLICIES: &str = "identity/conditionalAccess/policies";

/// Everything that a policy can have.
fn full_policy(user: &str) -> Value {
    json!({
        "displayName": "Everything",
        "description": null,
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"],
            "applications": {"includeApplications": ["All"], "excludeApplications": ["Office365"]},
            "users": {
                "includeUsers": ["All"],
                "excludeUsers": [user],
                "excludeGroups": ["emergency"],
                "excludeRoles": ["62e90394-69f5-4237-9190-012177145e10"],
                "excludeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
                    "externalTenants": {
                        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                        "membershipKind": "enumerated",
                        "members": ["7f29d675-caff-43e1-8a53-1b8516ed2075"],
                    },
                },
            },
            "platforms": {"includePlatforms": ["all"], "excludePlatforms": ["iOS", "linux"]},
            "locations": {"includeLocations": ["All"], "excludeLocations": ["33333333-3333-4333-8333-333333333333"]},
            "devices": {"deviceFilter": {"mode": "exclude", "rule": "device.isCompliant -eq True"}},
            "signInRiskLevels": ["high", "medium"],
            "userRiskLevels": ["low"],
            "insiderRiskLevels": "elevated,moderate",
            "authenticationFlows": {"transferMethods": "deviceCodeFlow"},
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": ["compliantDevice", "domainJoinedDevice", "compliantApplication"],
            "customAuthenticationFactors": ["Duo"],
            "termsOfUse": ["ce580154-086a-40fd-91df-8a60abac81a0"],
            "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"},
        },
        "sessionControls": {
            "disableResilienceDefaults": true,
            "applicationEnforcedRestrictions": {"isEnabled": true},
            "cloudAppSecurity": {"cloudAppSecurityType": "blockDownloads", "isEnabled": true},
            "persistentBrowser": {"mode": "never", "isEnabled": true},
            "signInFrequency": {"value": 4, "type": "hours", "isEnabled": true, "frequencyInterval": "timeBased",
                "authenticationType": "primaryAndSecondaryAuthentication"},
            "secureSignInSession": {"isEnabled": true},
        },
    })
}

const SEED: &str = r##"{
    "applications": [{"displayName": "Halligan provisioning", "permissions": [
        "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess"]}],
    "groups": [{"id": "emergency", "displayName": "Emergency access"}],
    "namedLocations": [
        {"@odata.type": "#microsoft.graph.ipNamedLocation", "id": "33333333-3333-4333-8333-333333333333",
         "displayName": "Office", "isTrusted": true, "ipRanges": [
            {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}]},
        {"@odata.type": "#microsoft.graph.countryNamedLocation", "displayName": "Home", "countriesAndRegions": ["CH"]}
    ],
    "authenticationStrengths": [{"displayName": "Our keys", "allowedCombinations": ["fido2"],
        "combinationConfigurations": [{
            "@odata.type": "#microsoft.graph.fido2CombinationConfiguration",
            "id": "96c4a1a0-9f0c-4dff-8e2f-1d4e9a4b0000", "appliesToCombinations": ["fido2"],
            "allowedAAGUIDs": ["2fc0579f-8113-47ea-b116-555a8db9202a"]}]}]
}"##;

/// A tenant that is asked by hand.
struct Asked {
    bench: Bench,
    token: String,
}

impl Asked {
    fn new() -> Self {
        let bench = Bench::new();
        bench.seed(SEED);
        let token = bench.access_token();
        bench.record();
        Self { bench, token }
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        self.bench.ask(method, path, &self.token, body)
    }

    fn exchanges(&self) -> Vec<Exchange> {
        self.bench.exchanges()
    }
}

#[test]
fn every_answer_and_every_accepted_body_is_of_its_type() {
    let asked = Asked::new();
    let user = asked.bench.in_tenant(|state| state.users[0].id.to_string());
    let get = |path: &str| {
        assert_eq!(
            asked.send(Method::GET, path, None).0,
            StatusCode::OK,
            "{path}"
        )
    };
    for version in ["v1.0", "beta"] {
        let path = format!("/{version}/{POLICIES}");
        let (status, created) = asked.send(Method::POST, &path, Some(&full_policy(&user)));
        assert_eq!(status, StatusCode::CREATED, "{created}");
        let one = format!("{path}/{}", created["id"].as_str().unwrap());
        get(&path);
        get(&one);
        get(&format!("{path}?$select=id,displayName"));
        let (status, _) = asked.send(Method::PATCH, &one, Some(&json!({"state": "disabled"})));
        assert_eq!(status, StatusCode::NO_CONTENT);
        evaluate(&asked, version, &user);
        asked.send(Method::DELETE, &one, None);
        let deleted = one.replace("/policies", "/deletedItems/policies");
        get(&deleted);
        get(&path.replace("/policies", "/deletedItems/policies"));
        let (status, _) = asked.send(Method::POST, &format!("{deleted}/restore"), None);
        assert_eq!(status, StatusCode::OK);
        get(&format!(
            "/{version}/identity/conditionalAccess/namedLocations"
        ));
        get(&format!(
            "/{version}/policies/authenticationStrengthPolicies?$expand=combinationConfigurations"
        ));
        get(&format!(
            "/{version}/policies/authenticationStrengthPolicies"
        ));
        get(&format!(
            "/{version}/policies/identitySecurityDefaultsEnforcementPolicy"
        ));
    }
    let exchanges = asked.exchanges();
    assert_eq!(exchanges.len(), 28);
    assert_eq!(traffic::problems(&exchanges), Vec::<String>::new());
}

fn evaluate(asked: &Asked, version: &str, user: &str) {
    let body = json!({
        "signInIdentity": {"@odata.type": "#microsoft.graph.userSignIn", "userId": user},
        "signInContext": {
            "@odata.type": "#microsoft.graph.applicationContext",
            "includeApplications": ["00000003-0000-0000-c000-000000000000"],
        },
        "signInConditions": {
            "devicePlatform": "windows", "clientAppType": "browser", "country": "US", "ipAddress": "40.77.182.32",
            "signInRiskLevel": "none", "userRiskLevel": "none", "insiderRiskLevel": "none",
            "authenticationFlow": {"transferMethod": "none"}, "deviceInfo": {"isCompliant": false},
        },
        "appliedPoliciesOnly": false,
    });
    let path = format!("/{version}/identity/conditionalAccess/evaluate");
    let (status, answer) = asked.send(Method::POST, &path, Some(&body));
    assert_eq!(status, StatusCode::OK, "{answer}");
}

#[test]
fn what_does_not_fit_is_noticed() {
    let asked = Asked::new();
    let path = format!("/v1.0/{POLICIES}");
    asked.send(Method::GET, &path, None);
    let mut exchanges = asked.exchanges();
    exchanges[0].answer = Some(json!({"value": [{"state": "on"}]}));
    let found = traffic::problems(&exchanges);
    assert!(
        found[0].contains("conditionalAccessPolicyState"),
        "{found:?}"
    );
    exchanges[0].path = "/v1.0/shoes".to_owned();
    let found = traffic::problems(&exchanges);
    assert!(found[0].contains("not known"), "{found:?}");
}
