//! A tenant as it should be, for tests: two emergency accounts with two keys each, their group, which the policy for everybody
//! excludes, and a regular user.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::{SCHEMA, Snapshot};
use crate::tenant::GLOBAL_ADMINISTRATOR;
use crate::tenant::conditional_access::app;

pub(in crate::tenant) const GROUP: &str = "99999999-0000-4000-8000-000000000001";
pub(in crate::tenant) const MFA_POLICY: &str = "99999999-0000-4000-8000-000000000002";
pub(in crate::tenant) const MODEL: &str = "2fc0579f-8113-47ea-b116-555a8db9202a";
pub(in crate::tenant) const PORTAL: &str = app::AZURE_PORTAL;

/// The document, to be damaged and then read.
pub(crate) fn document() -> Value {
    json!({
        "schema": SCHEMA, "taken_at": "2026-11-23T01:00:00Z", "tenant": "contoso.onmicrosoft.com",
        "organization": {"read": {"id": "99999999-0000-4000-8000-000000000000", "displayName": "Contoso"}},
        "domains": {"read": [{"id": "contoso.onmicrosoft.com", "authenticationType": "Managed", "isInitial": true, "isVerified": true}]},
        "accounts": [emergency("bg1", 1), emergency("bg2", 2)],
        "regular": [regular()],
        "group": {"read": {
            "group": {"id": GROUP, "displayName": "Emergency access", "securityEnabled": true, "isAssignableToRole": true},
            "transitive_members": {"read": [
                {"@odata.type": "#microsoft.graph.user", "id": id(1)}, {"@odata.type": "#microsoft.graph.user", "id": id(2)}
            ]},
            "owners": {"read": []}
        }},
        "policies": {"read": [{
            "id": MFA_POLICY, "displayName": "Require MFA for all users", "state": "enabled",
            "conditions": {
                "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": ["All"], "excludeGroups": [GROUP]}
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}
        }]},
        "strengths": {"read": []}, "named_locations": {"read": []},
        "security_defaults": {"read": {"isEnabled": false}},
        "passkeys": {"read": {
            "id": "Fido2", "state": "enabled", "isSelfServiceRegistrationAllowed": true, "isAttestationEnforced": false,
            "keyRestrictions": {"isEnforced": false, "enforcementType": "allow", "aaGuids": []},
            "includeTargets": [{"targetType": "group", "id": "all_users"}], "excludeTargets": []
        }},
        "role_assignments": {"read": []}, "role_holders": {"read": []}, "role_groups": {"read": []},
        "access_reviews": {"read": []}, "lifecycle_workflows": {"read": []}
    })
}

/// The document as it is read.
pub(crate) fn read(document: Value) -> Snapshot {
    serde_json::from_value(document).unwrap()
}

fn id(number: u8) -> String {
    format!("11111111-0000-4000-8000-00000000000{number}")
}

fn emergency(name: &str, number: u8) -> Value {
    let key = |letter: char| {
        json!({
            "id": format!("{name}-{letter}"), "displayName": format!("{name} {letter}"), "aaGuid": MODEL,
            "attestationLevel": "attested", "passkeyType": "deviceBound"
        })
    };
    let memberships = json!([
        {"@odata.type": "#microsoft.graph.group", "id": GROUP, "displayName": "Emergency access"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "r", "roleTemplateId": GLOBAL_ADMINISTRATOR}
    ]);
    account(
        name,
        &id(number),
        &memberships,
        &json!([key('a'), key('b')]),
    )
}

fn regular() -> Value {
    account("alex", &id(9), &json!([]), &json!([]))
}

fn account(name: &str, id: &str, memberships: &Value, keys: &Value) -> Value {
    let groups = memberships.as_array().unwrap().iter();
    let groups = groups.filter(|one| one["@odata.type"] == "#microsoft.graph.group");
    let edges: Vec<Value> = groups
        .map(|group| json!({"member": id, "group": group["id"]}))
        .collect();
    json!({
        "name": name,
        "user": {"read": {
            "id": id, "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"), "accountEnabled": true, "userType": "Member"
        }},
        "memberships": {"read": memberships}, "edges": {"read": edges}, "keys": {"read": keys}, "methods": {"read": []},
        "role_schedules": {"read": []}, "role_eligibilities": {"read": []},
        "per_user_mfa": {"read": {"perUserMfaState": "disabled"}}, "sign_ins": {"read": []}
    })
}
