//! The policy that asks everybody for multifactor authentication: what it is to be, and what of one that is there is otherwise.

use serde_json::{Value, json};

use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessConditionSet, ConditionalAccessGrantControls, ConditionalAccessUsers,
};
use crate::tenant::desired::{Exclusions, MfaPolicy, Strength};

/// The built-in authentication strengths that are multifactor, from the weakest.
const MULTIFACTOR: &str = "00000000-0000-0000-0000-000000000002";
const PASSWORDLESS: &str = "00000000-0000-0000-0000-000000000003";
const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

/// What a policy asks for: all members, so that nothing stays of what it asked for before.
pub(super) fn grant_controls(strength: Strength) -> Value {
    let (controls, strength) = match strength {
        Strength::Mfa => (json!(["mfa"]), None),
        Strength::MultifactorStrength => (json!([]), Some(MULTIFACTOR)),
        Strength::PhishingResistant => (json!([]), Some(PHISHING_RESISTANT)),
    };
    json!({
        "operator": "OR",
        "builtInControls": controls,
        "customAuthenticationFactors": [],
        "termsOfUse": [],
        "authenticationStrength": strength.map(|id| json!({"id": id})),
    })
}

/// The whole policy, report-only.
pub(super) fn document(wanted: &MfaPolicy, group: &str, also: &Exclusions) -> Value {
    let mut groups = vec![group.to_owned()];
    groups.extend(also.groups.iter().cloned());
    json!({
        "displayName": wanted.name,
        "state": "enabledForReportingButNotEnforced",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {
                "includeUsers": ["All"],
                "excludeUsers": also.users,
                "excludeGroups": groups,
                "excludeRoles": also.roles,
            },
        },
        "grantControls": grant_controls(wanted.strength),
    })
}

/// Something that is otherwise than it is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deviation {
    /// What, for people.
    pub(super) what: String,
    /// The members that put it right; none where somebody narrowed the policy on purpose.
    pub(super) repair: Option<Value>,
}

/// All that is otherwise. That the group is excluded is looked at with all other policies.
pub(super) fn deviations(
    policy: &ConditionalAccessPolicy,
    wanted: &MfaPolicy,
    group: &str,
    also: &Exclusions,
) -> Vec<Deviation> {
    let users = policy.conditions.users.clone().unwrap_or_default();
    let mut found = scope(&policy.conditions, &users);
    found.extend(missing(&users, also));
    found.extend(surplus(&users, group, also));
    let asks = policy.grant_controls.as_ref();
    if !asks.is_some_and(|controls| is_enough(controls, wanted.strength)) {
        found.push(Deviation {
            what: "it does not ask for what it should".to_owned(),
            repair: Some(json!({"grantControls": grant_controls(wanted.strength)})),
        });
    }
    found
}

/// Whom and when.
fn scope(
    conditions: &ConditionalAccessConditionSet,
    users: &ConditionalAccessUsers,
) -> Vec<Deviation> {
    let mut found = Vec::new();
    let applications = conditions.applications.clone().unwrap_or_default();
    let mut repair = |what: &str, members: Value| {
        found.push(Deviation {
            what: what.to_owned(),
            repair: Some(json!({"conditions": members})),
        });
    };
    if !users.include_users.iter().any(|one| one == "All") {
        let all =
            json!({"users": {"includeUsers": ["All"], "includeGroups": [], "includeRoles": []}});
        repair("it does not include all users", all);
    }
    if !applications
        .include_applications
        .iter()
        .any(|one| one == "All")
    {
        let all = json!({"applications": {"includeApplications": ["All"]}});
        repair("it does not include all resources", all);
    }
    let clients = &conditions.client_app_types;
    if !clients.is_empty() && !clients.iter().any(|one| one == "all") {
        repair(
            "it does not include all programs",
            json!({"clientAppTypes": ["all"]}),
        );
    }
    let narrowed = narrowings(conditions);
    if !narrowed.is_empty() {
        found.push(Deviation {
            what: format!("it is narrowed by {}", narrowed.join(", ")),
            repair: None,
        });
    }
    found
}

/// Conditions that let sign-ins through.
fn narrowings(conditions: &ConditionalAccessConditionSet) -> Vec<&'static str> {
    let applications = conditions.applications.as_ref();
    let left_out = applications.is_some_and(|one| {
        !one.exclude_applications.is_empty() || one.application_filter.is_some()
    });
    let all = [
        ("resources that are left out", left_out),
        ("platforms", conditions.platforms.is_some()),
        ("locations", conditions.locations.is_some()),
        ("sign-in risk", !conditions.sign_in_risk_levels.is_empty()),
        ("user risk", !conditions.user_risk_levels.is_empty()),
        ("insider risk", conditions.insider_risk_levels.is_some()),
        ("devices", conditions.devices.is_some()),
        (
            "authentication flows",
            conditions.authentication_flows.is_some(),
        ),
    ];
    let there = all.into_iter().filter(|(_, there)| *there);
    there.map(|(name, _)| name).collect()
}

/// Intended exclusions that it does not have.
fn missing(users: &ConditionalAccessUsers, also: &Exclusions) -> Option<Deviation> {
    let with = |has: &[String], wanted: &[String]| -> Vec<String> {
        let further = wanted.iter().filter(|id| !names(has, id));
        has.iter().chain(further).cloned().collect()
    };
    let wanted = [
        with(&users.exclude_users, &also.users),
        with(&users.exclude_groups, &also.groups),
        with(&users.exclude_roles, &also.roles),
    ];
    let [all_users, groups, roles] = &wanted;
    let same = *all_users == users.exclude_users
        && *groups == users.exclude_groups
        && *roles == users.exclude_roles;
    (!same).then(|| Deviation {
        what: "it does not exclude all that the configuration excludes".to_owned(),
        repair: Some(json!({"conditions": {"users": {
            "excludeUsers": all_users, "excludeGroups": groups, "excludeRoles": roles
        }}})),
    })
}

/// Exclusions that nobody intended. The tool takes none away: somebody may need it tonight.
fn surplus(users: &ConditionalAccessUsers, group: &str, also: &Exclusions) -> Option<Deviation> {
    let unintended = |listed: &[String], wanted: &[String]| -> Vec<String> {
        let others = listed.iter().filter(|id| !names(wanted, id));
        others
            .filter(|id| !id.eq_ignore_ascii_case(group))
            .cloned()
            .collect()
    };
    let mut found = unintended(&users.exclude_users, &also.users);
    found.extend(unintended(&users.exclude_groups, &also.groups));
    found.extend(unintended(&users.exclude_roles, &also.roles));
    let guests = users.exclude_guests_or_external_users.is_some();
    found.extend(guests.then(|| "guests".to_owned()));
    (!found.is_empty()).then(|| Deviation {
        what: format!(
            "it excludes {}, which the configuration does not",
            found.join(", ")
        ),
        repair: None,
    })
}

fn names(listed: &[String], id: &str) -> bool {
    listed.iter().any(|one| one.eq_ignore_ascii_case(id))
}

/// Whether controls ask for at least this.
fn is_enough(controls: &ConditionalAccessGrantControls, wanted: Strength) -> bool {
    let strength = controls.authentication_strength.as_ref();
    let strength = strength.map(|one| one.id.as_str());
    let by_strength = match wanted {
        Strength::Mfa | Strength::MultifactorStrength => {
            matches!(
                strength,
                Some(MULTIFACTOR | PASSWORDLESS | PHISHING_RESISTANT)
            )
        }
        Strength::PhishingResistant => strength == Some(PHISHING_RESISTANT),
    };
    let by_control = wanted == Strength::Mfa && names(&controls.built_in_controls, "mfa");
    let others = controls.built_in_controls.iter().any(|one| one != "mfa")
        || !controls.custom_authentication_factors.is_empty()
        || !controls.terms_of_use.is_empty()
        || controls.built_in_controls.iter().any(|one| one == "mfa") && strength.is_some();
    let either = controls.operator.as_deref() == Some("OR") && others;
    (by_strength || by_control) && !either
}

/// Whether a policy, whatever it is called, is one that asks everybody.
pub(super) fn asks_everybody(policy: &ConditionalAccessPolicy) -> bool {
    let users = policy.conditions.users.clone().unwrap_or_default();
    let asks = policy.grant_controls.as_ref();
    scope(&policy.conditions, &users).is_empty()
        && asks.is_some_and(|controls| is_enough(controls, Strength::Mfa))
}
