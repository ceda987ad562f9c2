//! The policy that asks everybody for a second factor: which policy is one, what takes sign-ins out of it, and what it asks for. Plan
//! and audit go by the same answers, so that what one of them makes the other one finds.

use super::matching::unknown_members;
use super::strength::built_in_strength;
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessApplications, ConditionalAccessConditionSet,
};
use crate::tenant::desired::Strength;

/// Every kind of program; a policy that names all of them is for all programs.
const PROGRAMS: [&str; 4] = [
    "browser",
    "mobileAppsAndDesktopClients",
    "exchangeActiveSync",
    "other",
];

/// What a policy asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// No second factor.
    Nothing,
    /// This, or more.
    AtLeast(Strength),
    /// An authentication strength that somebody made, which is not compared.
    OwnStrength,
}

/// What a policy asks for, by the weakest control that is enough.
#[must_use]
pub fn asked(policy: &ConditionalAccessPolicy) -> Asked {
    let Some(controls) = &policy.grant_controls else {
        return Asked::Nothing;
    };
    let has = |word: &str| controls.built_in_controls.iter().any(|one| one == word);
    let one_is_enough = controls.operator.as_deref() == Some("OR");
    match &controls.authentication_strength {
        _ if has("block") => Asked::Nothing,
        Some(_) if has("mfa") && one_is_enough => Asked::AtLeast(Strength::Mfa),
        Some(strength) => match strength.id.as_str() {
            // "Passwordless MFA" is more than the one and less than the other.
            built_in_strength::MULTIFACTOR | built_in_strength::PASSWORDLESS => {
                Asked::AtLeast(Strength::MultifactorStrength)
            }
            built_in_strength::PHISHING_RESISTANT => Asked::AtLeast(Strength::PhishingResistant),
            _ => Asked::OwnStrength,
        },
        None if has("mfa") => Asked::AtLeast(Strength::Mfa),
        None => Asked::Nothing,
    }
}

/// Whether all users are included.
#[must_use]
pub fn includes_everybody(policy: &ConditionalAccessPolicy) -> bool {
    let users = policy.conditions.users.as_ref();
    users.is_some_and(|users| users.include_users.iter().any(|one| one == "All"))
}

/// Whether all users are included, and asked for a second factor, whatever the state of the policy and its conditions.
#[must_use]
pub fn asks_everybody(policy: &ConditionalAccessPolicy) -> bool {
    includes_everybody(policy) && asked(policy) != Asked::Nothing
}

/// What lets sign-ins through a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// It is for these resources only.
    Resources(Vec<String>),
    /// It is for these kinds of programs only.
    Programs(Vec<String>),
    /// A condition takes some out; in words.
    Condition(String),
    /// One of these is enough instead of a second factor.
    Alternatives(Vec<String>),
}

impl Gap {
    /// For people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Resources(listed) if listed.is_empty() => "it is for no resources".to_owned(),
            Self::Resources(listed) => format!("only for the resources {}", listed.join(", ")),
            Self::Programs(listed) => {
                format!("only for programs of the kinds {}", listed.join(", "))
            }
            Self::Condition(what) => what.clone(),
            Self::Alternatives(others) => {
                format!("it is content with {} instead", others.join(" or "))
            }
        }
    }
}

/// All of them.
#[must_use]
pub fn gaps(policy: &ConditionalAccessPolicy) -> Vec<Gap> {
    let conditions = &policy.conditions;
    let mut found = resources(conditions.applications.as_ref());
    let programs = &conditions.client_app_types;
    let has = |word: &str| programs.iter().any(|one| one == word);
    if !programs.is_empty() && !has("all") && !PROGRAMS.iter().all(|word| has(word)) {
        found.push(Gap::Programs(programs.clone()));
    }
    found.extend(circumstances(conditions));
    found.extend(alternatives(policy));
    found
}

fn resources(applications: Option<&ConditionalAccessApplications>) -> Vec<Gap> {
    let Some(applications) = applications else {
        return vec![Gap::Resources(Vec::new())];
    };
    let mut found = Vec::new();
    let included = &applications.include_applications;
    if !included.iter().any(|one| one == "All") {
        found.push(Gap::Resources(included.clone()));
    }
    let excluded = applications.exclude_applications.iter();
    found.extend(excluded.map(|one| Gap::Condition(format!("not for the resource {one}"))));
    if applications.application_filter.is_some() {
        let what = "a filter chooses the resources".to_owned();
        found.push(Gap::Condition(what));
    }
    found
}

fn circumstances(conditions: &ConditionalAccessConditionSet) -> Vec<Gap> {
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
    found
        .map(|(_, what)| Gap::Condition((*what).to_owned()))
        .collect()
}

/// Controls of which one is enough besides a second factor.
fn alternatives(policy: &ConditionalAccessPolicy) -> Option<Gap> {
    let controls = policy.grant_controls.as_ref()?;
    let built_in = controls.built_in_controls.iter();
    let mut others: Vec<String> = built_in.filter(|one| *one != "mfa").cloned().collect();
    let further = [
        (&controls.custom_authentication_factors, "a custom control"),
        (&controls.terms_of_use, "terms of use"),
    ];
    let there = further.iter().filter(|(listed, _)| !listed.is_empty());
    others.extend(there.map(|(_, what)| (*what).to_owned()));
    let one_is_enough = controls.operator.as_deref() == Some("OR");
    (one_is_enough && !others.is_empty()).then_some(Gap::Alternatives(others))
}

/// Members that are not known here and may narrow it, in words.
#[must_use]
pub fn unread_members(policy: &ConditionalAccessPolicy) -> Vec<String> {
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
