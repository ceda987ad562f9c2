//! HG-503

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessApplications, ConditionalAccessConditionSet,
};
use crate::tenant::conditional_access::unknown_members;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-503",
    name: "mfa-policy-covers-everything",
    title: "The policy counts for all resources, all programs and all circumstances",
    severity: Severity::Warning,
    source: source::ALL_USERS,
    fix: "take the condition out of the policy: All resources, no excluded one, every client app, no further condition",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    about(facts, |policy| {
        let subject = || Object::policy(policy);
        let fails = narrowings(policy).into_iter();
        let mut lines: Vec<Finding> = fails.map(|why| Finding::fail(subject(), why)).collect();
        let open = unread_members(policy).into_iter();
        lines.extend(open.map(|why| Finding::unknown(subject(), why)));
        if lines.is_empty() {
            lines.push(Finding::pass(subject(), "no condition narrows it"));
        }
        lines
    })
}

/// What takes sign-ins out of the policy.
pub(super) fn narrowings(policy: &ConditionalAccessPolicy) -> Vec<String> {
    let conditions = &policy.conditions;
    let mut found = Vec::new();
    match &conditions.applications {
        Some(applications) => found.extend(resources(applications)),
        None => found.push("it shows no resources".to_owned()),
    }
    let types = &conditions.client_app_types;
    let all_programs = [
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "other",
    ];
    let has = |word: &str| types.iter().any(|one| one == word);
    if !types.is_empty() && !has("all") && !all_programs.iter().all(|word| has(word)) {
        found.push(format!(
            "only for programs of the kinds {}",
            types.join(", ")
        ));
    }
    found.extend(circumstances(conditions));
    found.extend(alternatives(policy));
    found
}

fn resources(applications: &ConditionalAccessApplications) -> Vec<String> {
    let mut found = Vec::new();
    if !applications
        .include_applications
        .iter()
        .any(|one| one == "All")
    {
        let listed = applications.include_applications.join(", ");
        found.push(format!("only for the resources {listed}"));
    }
    let excluded = applications.exclude_applications.iter();
    found.extend(excluded.map(|one| format!("not for the resource {one}")));
    if applications.application_filter.is_some() {
        found.push("a filter chooses the resources".to_owned());
    }
    found
}

fn circumstances(conditions: &ConditionalAccessConditionSet) -> Vec<String> {
    let platforms = conditions.platforms.as_ref().is_some_and(|one| {
        !one.exclude_platforms.is_empty() || !one.include_platforms.iter().any(|one| one == "all")
    });
    let locations = conditions.locations.as_ref().is_some_and(|one| {
        !one.exclude_locations.is_empty() || !one.include_locations.iter().any(|one| one == "All")
    });
    let filter = conditions.devices.as_ref();
    let flows = conditions.authentication_flows.as_ref();
    let flows = flows.and_then(|one| one.transfer_methods.as_deref());
    let narrowed = [
        (platforms, "only on some platforms"),
        (locations, "only from some locations"),
        (
            !conditions.sign_in_risk_levels.is_empty(),
            "only at some risk of the sign-in",
        ),
        (
            !conditions.user_risk_levels.is_empty(),
            "only at some risk of the user",
        ),
        (
            conditions.insider_risk_levels.is_some(),
            "only at some insider risk",
        ),
        (
            filter.is_some_and(|one| one.device_filter.is_some()),
            "only on devices that a filter chooses",
        ),
        (
            flows.is_some_and(|one| !matches!(one, "" | "none")),
            "only for some authentication flows",
        ),
    ];
    let found = narrowed.iter().filter(|(is_so, _)| *is_so);
    found.map(|(_, what)| (*what).to_owned()).collect()
}

/// Controls of which one is enough besides a second factor.
fn alternatives(policy: &ConditionalAccessPolicy) -> Option<String> {
    let controls = policy.grant_controls.as_ref()?;
    let others = controls
        .built_in_controls
        .iter()
        .filter(|one| *one != "mfa");
    let others: Vec<&str> = others.map(String::as_str).collect();
    let one_is_enough = controls.operator.as_deref() == Some("OR") && !others.is_empty();
    one_is_enough.then(|| format!("it is content with {} instead", others.join(" or ")))
}

/// Members that are not known here may narrow it.
fn unread_members(policy: &ConditionalAccessPolicy) -> Vec<String> {
    let conditions = &policy.conditions;
    let users = conditions.users.as_ref().map(|one| &one.other);
    let applications = conditions.applications.as_ref().map(|one| &one.other);
    let controls = policy.grant_controls.as_ref().map(|one| &one.other);
    let parts = [
        ("conditions", Some(&conditions.other)),
        ("conditions.users", users),
        ("conditions.applications", applications),
        ("grantControls", controls),
    ];
    let members = parts.into_iter().flat_map(|(part, other)| {
        let names = other.map_or_else(Vec::new, unknown_members);
        names
            .into_iter()
            .map(move |name| format!("{part}.{name} is not known here"))
    });
    members.collect()
}
