//! A tenant of which nothing can be said: two accounts with two keys each, their group, the policy for everybody. As a document.

use serde_json::{Value, json};

pub(crate) const NOW: &str = "2026-11-23T06:00:00Z";
pub(crate) const BG: [&str; 2] = [
    "b0000000-0000-4000-8000-000000000001",
    "b0000000-0000-4000-8000-000000000002",
];
pub(crate) const GROUP: &str = "c0000000-0000-4000-8000-000000000001";
pub(crate) const MODELS: [&str; 2] = [
    "2fc0579f-8113-47ea-b116-555a8db9202a",
    "ee882879-721c-4913-9775-3dfcce97072a",
];
pub(crate) const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";

fn key(account: usize, number: usize) -> Value {
    json!({
        "id": format!("key-{account}-{number}"), "displayName": format!("BG{account}-{number}"), "aaGuid": MODELS[number],
        "attestationLevel": "attested", "passkeyType": "deviceBound",
    })
}

fn account(at: usize) -> Value {
    let method =
        |kind: &str, id: &str| json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": id});
    json!({
        "name": format!("bg{at}"),
        "user": {"read": {
            "id": BG[at], "userPrincipalName": format!("bg{at}@contoso.onmicrosoft.com"), "accountEnabled": true,
            "userType": "Member", "passwordPolicies": "DisablePasswordExpiration",
            "lastPasswordChangeDateTime": "2026-10-01T00:00:00Z",
        }},
        "memberships": {"read": [
            {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Emergency access"},
            {"@odata.type": "#microsoft.graph.directoryRole", "id": "role", "displayName": "Global Administrator",
             "roleTemplateId": GLOBAL_ADMINISTRATOR},
        ]},
        "edges": {"read": [{"member": BG[at], "group": GROUP}]},
        "keys": {"read": [key(at, 0), key(at, 1)]},
        "methods": {"read": [
            method("passwordAuthenticationMethod", "password"), method("fido2AuthenticationMethod", "key"),
        ]},
        "role_schedules": {"read": [{
            "id": "s", "principalId": BG[at], "roleDefinitionId": GLOBAL_ADMINISTRATOR, "directoryScopeId": "/",
            "assignmentType": "Assigned", "memberType": "Direct",
        }]},
        "role_eligibilities": {"read": []},
        "per_user_mfa": {"read": {"perUserMfaState": "disabled"}},
        "sign_ins": {"read": []},
    })
}

/// A policy that everybody but the group must satisfy.
pub(crate) fn policy(name: &str, grant: &Value) -> Value {
    json!({
        "id": format!("policy-{name}"), "displayName": name, "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": [GROUP]},
        },
        "grantControls": grant,
    })
}

pub(crate) fn snapshot() -> Value {
    let holder = |at: usize| json!({"@odata.type": "#microsoft.graph.user", "id": BG[at], "userPrincipalName": format!("bg{at}@contoso.onmicrosoft.com")});
    let assignment = |at: usize| json!({"roleDefinitionId": GLOBAL_ADMINISTRATOR, "principalId": BG[at], "directoryScopeId": "/"});
    let second_factor = json!({"operator": "OR", "builtInControls": ["mfa"]});
    json!({
        "schema": "halligan.tenant.snapshot/1", "taken_at": NOW, "tenant": "t",
        "organization": {"read": {"id": "t", "assignedPlans": [
            {"servicePlanId": "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "capabilityStatus": "Enabled"},
            {"servicePlanId": "eec0eb4f-6444-4f95-aba0-50c24d67f998", "capabilityStatus": "Enabled"},
            {"servicePlanId": "e866a266-3cff-43a3-acca-0c90a7e00c8b", "capabilityStatus": "Enabled"},
        ]}},
        "domains": {"read": [{"id": "contoso.onmicrosoft.com", "authenticationType": "Managed", "isInitial": true}]},
        "accounts": [account(0), account(1)],
        "regular": [],
        "group": {"read": {
            "group": {"id": GROUP, "displayName": "Emergency access", "securityEnabled": true, "isAssignableToRole": true},
            "transitive_members": {"read": [holder(0), holder(1)]},
            "owners": {"read": []},
        }},
        "policies": {"read": [policy("Require MFA for all users", &second_factor)]},
        "strengths": {"read": []},
        "named_locations": {"read": []},
        "security_defaults": {"read": {"isEnabled": false}},
        "passkeys": {"read": {
            "state": "enabled", "isSelfServiceRegistrationAllowed": true, "defaultPasskeyProfile": "default",
            "passkeyProfiles": [{"id": "default", "name": "Default", "passkeyTypes": "deviceBound",
                "attestationEnforcement": "registrationOnly",
                "keyRestrictions": {"isEnforced": true, "enforcementType": "allow", "aaGuids": MODELS}}],
            "includeTargets": [{"targetType": "group", "id": "all_users"}], "excludeTargets": [],
        }},
        "role_assignments": {"read": [assignment(0), assignment(1)]},
        "role_holders": {"read": [holder(0), holder(1)]},
        "role_groups": {"read": []},
        "access_reviews": {"read": []},
        "lifecycle_workflows": {"read": []},
    })
}
