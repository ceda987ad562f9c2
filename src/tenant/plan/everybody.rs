//! The policy that asks everybody for multifactor authentication: what it is to be, and what of one that is there is otherwise.

use serde_json::{Value, json};

use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::ConditionalAccessUsers;
use crate::tenant::conditional_access::built_in_strength;
use crate::tenant::conditional_access::everybody::{
    Asked, Gap, asked, gaps, includes_everybody, unread_members,
};
use crate::tenant::desired::{Exclusions, MfaPolicy, Strength};

/// What a policy asks for: all members, so that nothing stays of what it asked for before.
pub(super) fn grant_controls(strength: Strength) -> Value {
    let (controls, strength) = match strength {
        Strength::Mfa => (json!(["mfa"]), None),
        Strength::MultifactorStrength => (json!([]), Some(built_in_strength::MULTIFACTOR)),
        Strength::PhishingResistant => (json!([]), Some(built_in_strength::PHISHING_RESISTANT)),
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
    let mut found = Vec::new();
    found.extend(somebody_only(policy));
    found.extend(gaps(policy).iter().map(|gap| of_gap(gap, wanted.strength)));
    found.extend(
        unread_members(policy)
            .into_iter()
            .map(|what| Deviation { what, repair: None }),
    );
    found.extend(missing(&users, also));
    found.extend(surplus(&users, group, also));
    found.extend(too_little(policy, wanted.strength));
    found
}

fn somebody_only(policy: &ConditionalAccessPolicy) -> Option<Deviation> {
    let all = json!({"includeUsers": ["All"], "includeGroups": [], "includeRoles": []});
    (!includes_everybody(policy)).then(|| Deviation {
        what: "it does not include all users".to_owned(),
        repair: Some(json!({"conditions": {"users": all}})),
    })
}

/// Resources, programs and controls are chosen anew. A further condition, or a resource that is left out, somebody meant.
fn of_gap(gap: &Gap, wanted: Strength) -> Deviation {
    let repair = match gap {
        Gap::Resources(_) => {
            Some(json!({"conditions": {"applications": {"includeApplications": ["All"]}}}))
        }
        Gap::Programs(_) => Some(json!({"conditions": {"clientAppTypes": ["all"]}})),
        Gap::Alternatives(_) => Some(json!({"grantControls": grant_controls(wanted)})),
        Gap::Condition(_) => None,
    };
    Deviation {
        what: gap.describe(),
        repair,
    }
}

fn too_little(policy: &ConditionalAccessPolicy, wanted: Strength) -> Option<Deviation> {
    let what = match asked(policy) {
        Asked::AtLeast(asked) if asked >= wanted => return None,
        Asked::AtLeast(asked) => format!(
            "it asks for {}, wanted is {}",
            asked.describe(),
            wanted.describe()
        ),
        Asked::OwnStrength => {
            "it asks for an authentication strength of the tenant's own, which is not compared"
                .to_owned()
        }
        Asked::Nothing => "it asks for no second factor".to_owned(),
    };
    Some(Deviation {
        what,
        repair: Some(json!({"grantControls": grant_controls(wanted)})),
    })
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
