//! Tenants to plan for.

use serde_json::{Value, json};

use super::super::*;
use crate::tenant::audit::Waiver;
use crate::tenant::desired::{
    Account, DedicatedPolicy, Exclusions, Group, GroupReference, MfaPolicy, Strength, Thresholds,
};

pub(super) const MODEL: &str = "2fc0579f-8113-47ea-b116-555a8db9202a";
pub(super) const GROUP: &str = "g";
const P1: &str = "41781fb2-bc02-4b7c-bd55-b576c07bb09d";

/// A tenant, what is wanted of it, and what the tool has done there before.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) desired: Desired,
    pub(super) document: Value,
    pub(super) owned: Owned,
    pub(super) keys: Vec<KnownKey>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) enforce: bool,
}

impl Stage {
    /// Two accounts are wanted, and nothing is there.
    pub(super) fn empty() -> Self {
        Self {
            desired: desired(),
            document: json!({
                "schema": "halligan.tenant.snapshot/1", "taken_at": "2026-11-23T01:00:00Z", "tenant": "t",
                "organization": {"read": {"id": "t", "displayName": "Contoso", "assignedPlans": [
                    {"servicePlanId": P1, "capabilityStatus": "Enabled"}
                ]}},
                "domains": {"read": [{
                    "id": "contoso.onmicrosoft.com", "authenticationType": "Managed", "isInitial": true, "isVerified": true
                }]},
                "accounts": [missing("ea-1"), missing("ea-2")], "regular": [],
                "group": {"read": null}, "policies": {"read": []}, "strengths": {"read": []},
                "named_locations": {"read": []}, "security_defaults": {"read": {"isEnabled": false}},
                "passkeys": {"read": {
                    "id": "Fido2", "state": "enabled", "isSelfServiceRegistrationAllowed": true,
                    "isAttestationEnforced": false,
                    "keyRestrictions": {"isEnforced": false, "enforcementType": "allow", "aaGuids": []},
                    "includeTargets": [{"targetType": "group", "id": "all_users"}], "excludeTargets": []
                }},
                "role_assignments": unread(), "role_holders": unread(), "role_groups": unread(),
                "access_reviews": unread(), "lifecycle_workflows": unread(),
            }),
            owned: Owned::default(),
            keys: Vec::new(),
            waivers: Vec::new(),
            enforce: false,
        }
    }

    /// Both accounts are there, in the group and with the role, and hold two proven keys each.
    pub(super) fn manned() -> Self {
        let mut stage = Self::empty();
        for (at, id) in ["u1", "u2"].into_iter().enumerate() {
            stage.document["accounts"][at] = account(id, &format!("ea-{}", at + 1));
            for (number, letter) in ["A", "B"].into_iter().enumerate() {
                let credential = u8::try_from(at * 2 + number).unwrap();
                stage.keys.push(KnownKey {
                    label: format!("{id}-{letter}"),
                    account: id.to_owned(),
                    credential_id: vec![credential; 16],
                    method_id: format!("{id}-{letter}"),
                    aaguid: MODEL.parse().unwrap(),
                    proven: true,
                });
            }
        }
        stage.document["group"] = json!({"read": {
            "group": {"id": GROUP, "displayName": "Emergency access accounts", "securityEnabled": true, "isAssignableToRole": true},
            "transitive_members": {"read": [
                {"@odata.type": "#microsoft.graph.user", "id": "u1"},
                {"@odata.type": "#microsoft.graph.user", "id": "u2"}
            ]},
            "owners": {"read": []}
        }});
        stage
    }

    /// The same, and the tool has made the policy for everybody.
    pub(super) fn with_policy() -> Self {
        let mut stage = Self::manned();
        let policy = json!({
            "id": "mfa", "displayName": "Require MFA for all users", "state": "enabledForReportingButNotEnforced",
            "conditions": {
                "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
                "users": {"includeUsers": ["All"], "excludeGroups": [GROUP]}
            },
            "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}
        });
        stage.document["policies"]["read"] = json!([policy]);
        stage.owned.0.insert("mfa".to_owned(), Made::MfaPolicy);
        stage
    }

    pub(super) fn with(mut self, policy: Value) -> Self {
        let policies = self.document["policies"]["read"].as_array_mut().unwrap();
        policies.push(policy);
        self
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        serde_json::from_value(self.document.clone()).unwrap()
    }

    pub(super) fn plan(&self) -> Plan {
        self.plan_on(&self.snapshot())
    }

    pub(super) fn plan_on(&self, snapshot: &Snapshot) -> Plan {
        plan(&Wish {
            desired: &self.desired,
            snapshot,
            owned: &self.owned,
            keys: &self.keys,
            waivers: &self.waivers,
            enforce: self.enforce,
        })
    }

    /// The tenant after the whole plan, and what the tool then owns.
    pub(super) fn carry_out(&mut self, plan: &Plan) -> Snapshot {
        let mut snapshot = self.snapshot();
        for step in &plan.steps {
            effect(step, &mut snapshot);
            if step.change == Change::CreateMfaPolicy {
                self.owned.0.insert(step.object.id.clone(), Made::MfaPolicy);
            }
        }
        snapshot
    }
}

fn desired() -> Desired {
    let account = |number: u8| Account {
        name: format!("ea-{number}"),
        display_name: format!("Emergency Access {number}"),
    };
    Desired {
        accounts: vec![account(1), account(2)],
        keys_per_account: 2,
        group: Group {
            reference: GroupReference::Name("Emergency access accounts".to_owned()),
            role_assignable: None,
        },
        mfa_policy: MfaPolicy {
            name: "Require MFA for all users".to_owned(),
            strength: Strength::Mfa,
        },
        dedicated_policy: None,
        exclude_also: Exclusions::default(),
        regular_users: Vec::new(),
        thresholds: Thresholds::default(),
    }
}

pub(super) fn dedicated() -> DedicatedPolicy {
    DedicatedPolicy {
        name: "Emergency access: phishing-resistant MFA".to_owned(),
        reason: "an auditor wants it".to_owned(),
    }
}

pub(super) fn unread() -> Value {
    json!({"unread": {"why": "HTTP 403", "permission": "Policy.Read.All"}})
}

fn missing(name: &str) -> Value {
    let mut account = json!({"name": name, "user": {"read": null}});
    for part in [
        "memberships",
        "edges",
        "keys",
        "methods",
        "role_schedules",
        "role_eligibilities",
        "per_user_mfa",
        "sign_ins",
    ] {
        account[part] = unread();
    }
    account
}

fn account(id: &str, name: &str) -> Value {
    let key = |letter: &str| json!({"id": format!("{id}-{letter}"), "aaGuid": MODEL});
    let mut account = missing(name);
    account["user"] = json!({"read": {
        "id": id, "userPrincipalName": format!("{name}@contoso.onmicrosoft.com"), "userType": "Member",
        "accountEnabled": true, "passwordPolicies": "DisablePasswordExpiration"
    }});
    account["memberships"] = json!({"read": [
        {"@odata.type": "#microsoft.graph.group", "id": GROUP},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "r", "roleTemplateId": GLOBAL_ADMINISTRATOR}
    ]});
    account["keys"] = json!({"read": [key("A"), key("B")]});
    account
}

/// A policy that counts, with these users and controls.
pub(super) fn policy(id: &str, users: Value, controls: &[&str]) -> Value {
    json!({
        "id": id, "displayName": format!("Policy {id}"), "state": "enabled",
        "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]}, "users": users},
        "grantControls": {"operator": "OR", "builtInControls": controls}
    })
}

pub(super) fn ids(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(Step::id).collect()
}
