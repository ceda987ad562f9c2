//! A tenant with something of everything that commands about the tenant read: nested groups, a group with roles, eligibilities,
//! policies of many kinds, sign-ins, reviews.

use serde_json::{Value, json};

use super::{Bench, Key};
use halligan::emulator::Profile;

/// The group that policies exclude.
pub(crate) const GROUP: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60001";
/// A group within a group within [`GROUP`]. The second account is in it, and not in [`GROUP`] itself.
pub(crate) const INNER: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60003";
const MIDDLE: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60002";
/// A group with roles.
pub(crate) const ADMINISTRATORS: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60004";
/// Everybody who works here; the operator is in it by another group.
const STAFF: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60005";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";
const AZURE_MANAGEMENT: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const OFFICE: &str = "6a5d27a2-07a9-4a1c-9b0f-0f30a1d60006";
const ENABLED: &str = "enabled";
const REPORT: &str = "enabledForReportingButNotEnforced";

impl Bench {
    /// Furnishes the tenant, and configures both emergency accounts, with the operator as a regular user.
    pub(crate) fn furnish(&self) {
        self.name_accounts();
        self.seed(&directory().to_string());
        self.seed(&json!({"conditionalAccessPolicies": policies()}).to_string());
        let ids = [self.account(0), self.operator()].map(|name| self.user_id(&name));
        self.seed(&json!({"signIns": sign_ins(&ids)}).to_string());
    }

    /// As [`Self::furnish`], with a key for each emergency account.
    pub(crate) fn furnish_with_keys(&self) -> [Key; 2] {
        self.furnish();
        [0, 1].map(|number| {
            let key = self.key(Profile::default());
            let label = format!("BG{}-A", number + 1);
            let enroll = self.enroll_for(&self.account(number), &key, &label);
            enroll.run().exits(0);
            key
        })
    }

    /// Both emergency accounts and the operator, in the configuration.
    pub(crate) fn name_accounts(&self) {
        let accounts = [0, 1].map(|number| {
            let name = self.account(number);
            format!("[[emergency.account]]\nname = \"{name}\"\n")
        });
        let regular = format!("[emergency]\nregular_users = [\"{}\"]\n", self.operator());
        self.configure_further(&format!("{regular}{}", accounts.concat()));
    }

    /// The object id of a user.
    pub(crate) fn user_id(&self, name: &str) -> String {
        self.in_tenant(|state| {
            let user = state
                .users
                .iter()
                .find(|one| one.user_principal_name == name);
            user.unwrap().id.to_string()
        })
    }
}

fn directory() -> Value {
    json!({
        "emergencyAccounts": ["bg1", "bg2"],
        "license": "governance",
        "groups": [
            {"id": GROUP, "displayName": "Emergency access accounts", "members": ["bg1", MIDDLE]},
            {"id": MIDDLE, "displayName": "Middle", "members": [INNER]},
            {"id": INNER, "displayName": "Inner", "members": ["bg2"]},
            {"id": ADMINISTRATORS, "displayName": "Administrators", "isAssignableToRole": true,
             "roles": ["securityReader", "globalAdministrator"], "members": ["chief"]},
            {"id": STAFF, "displayName": "Staff", "members": [ADMINISTRATORS, "operator"]},
        ],
        "users": [{"userPrincipalName": "chief"}],
        "administrativeUnits": [{"displayName": "Vault", "isMemberManagementRestricted": true, "members": ["chief"]}],
        "roleEligibilities": [{"principal": "chief", "role": "privilegedRoleAdministrator"}],
        "namedLocations": [{"@odata.type": "#microsoft.graph.ipNamedLocation", "id": OFFICE, "displayName": "Office", "isTrusted": true,
            "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "203.0.113.0/24"}]}],
    })
}

/// Policies of many kinds, none of which shuts an emergency account out.
fn policies() -> Vec<Value> {
    let mut policies = in_circumstances();
    policies.extend(of_some());
    policies
}

/// A policy for everybody but the group, everywhere, but for these conditions.
fn named(name: &str, state: &str, conditions: Value, grant: Value) -> Value {
    let mut whole = json!({
        "clientAppTypes": ["all"],
        "applications": {"includeApplications": ["All"]},
        "users": {"includeUsers": ["All"], "excludeGroups": [GROUP]},
    });
    for (member, value) in conditions.as_object().unwrap() {
        whole[member] = value.clone();
    }
    json!({"displayName": name, "state": state, "conditions": whole, "grantControls": grant})
}

fn asks(control: &str) -> Value {
    json!({"operator": "OR", "builtInControls": [control]})
}

fn in_circumstances() -> Vec<Value> {
    let everybody = json!({"includeUsers": ["All"]});
    let legacy = json!({"clientAppTypes": ["exchangeActiveSync", "other"], "users": everybody});
    let windows = json!({"platforms": {"includePlatforms": ["windows"]}});
    let away = json!({"locations": {"includeLocations": ["All"], "excludeLocations": [OFFICE]}});
    let codes = json!({"authenticationFlows": {"transferMethods": "deviceCodeFlow"}});
    let telephones = json!({"platforms": {"includePlatforms": ["android", "iOS"]}});
    let not_linux =
        json!({"platforms": {"includePlatforms": ["all"], "excludePlatforms": ["linux"]}});
    let risky = json!({"signInRiskLevels": ["high"]});
    vec![
        named("MFA for everybody", ENABLED, json!({}), asks("mfa")),
        named("No legacy clients", ENABLED, legacy, asks("block")),
        named("Managed Windows", ENABLED, windows, asks("compliantDevice")),
        named("From the office", REPORT, away, asks("block")),
        named("Risky sign-ins", ENABLED, risky, asks("mfa")),
        named("No device codes", ENABLED, codes, asks("block")),
        named(
            "Telephones",
            ENABLED,
            telephones,
            asks("compliantApplication"),
        ),
        named("Linux not", ENABLED, not_linux, asks("mfa")),
    ]
}

fn of_some() -> Vec<Value> {
    let everybody = || json!({"users": {"includeUsers": ["All"]}});
    let administrators = json!({"users": {"includeRoles": [GLOBAL_ADMINISTRATOR]}});
    let staff = json!({"users": {"includeGroups": [STAFF]}});
    let strength = json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"id": PHISHING_RESISTANT}});
    let azure = json!({"applications": {"includeApplications": [AZURE_MANAGEMENT]}});
    let registering =
        json!({"applications": {"includeUserActions": ["urn:user:registersecurityinfo"]}});
    vec![
        named("Administrators by key", ENABLED, administrators, strength),
        named("Azure management", ENABLED, azure, asks("mfa")),
        named("Nobody at all", "disabled", everybody(), asks("block")),
        named("No personal devices", REPORT, everybody(), asks("block")),
        named("Registering", ENABLED, registering, asks("mfa")),
        named("Staff", ENABLED, staff, asks("mfa")),
    ]
}

fn sign_ins(users: &[String]) -> Vec<Value> {
    let now = jiff::Timestamp::now();
    let row = |(number, user): (usize, &String)| {
        let hours = i64::try_from(number + 1).unwrap();
        let time = now - jiff::SignedDuration::from_hours(hours);
        json!({
            "id": format!("sign-in-{number}"), "userId": user, "createdDateTime": time.to_string(),
            "appDisplayName": "Azure Portal", "clientAppUsed": "Browser", "conditionalAccessStatus": "success",
            "signInEventTypes": ["interactiveUser"], "status": {"errorCode": 0},
            "authenticationRequirement": "multiFactorAuthentication",
            "appliedConditionalAccessPolicies": [{"displayName": "MFA for everybody", "result": "success"}],
            "authenticationDetails": [{"authenticationMethod": "Passkey (device-bound)", "succeeded": true}],
        })
    };
    users.iter().enumerate().map(row).collect()
}
