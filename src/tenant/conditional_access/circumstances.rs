//! When a policy applies: program, operating system, place, risk, device.

use super::matching::{Match, unknown_members};
use super::scenario::{Place, RiskLevel, Scenario};
use crate::graph::model::conditional_access_policy::{
    ConditionalAccessConditionSet, ConditionalAccessLocations, ConditionalAccessPlatforms, Other,
};

pub(super) fn client_app(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    let types = &conditions.client_app_types;
    if types.is_empty() || types.iter().any(|one| one == "all") {
        return Match::Yes("any program".to_owned());
    }
    let Some(client) = scenario.client else {
        return Match::Open(format!("only for {}", types.join(", ")));
    };
    among(types, client.as_str())
}

pub(super) fn platform(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    let Some(platforms) = &conditions.platforms else {
        return Match::Yes("any platform".to_owned());
    };
    if let Some(open) = unread("platforms", &platforms.other) {
        return open;
    }
    let ConditionalAccessPlatforms {
        include_platforms: included,
        exclude_platforms: excluded,
        ..
    } = platforms;
    let everywhere = included.iter().any(|one| one == "all");
    let Some(platform) = scenario.platform else {
        return match everywhere && excluded.is_empty() {
            true => Match::Yes("any platform".to_owned()),
            false => Match::Open("the platform decides".to_owned()),
        };
    };
    let included = match everywhere {
        true => Match::Yes("any platform".to_owned()),
        false => among(included, platform.as_str()),
    };
    included.unless(among(excluded, platform.as_str()))
}

pub(super) fn location(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    let Some(locations) = &conditions.locations else {
        return Match::Yes("any location".to_owned());
    };
    if let Some(open) = unread("locations", &locations.other) {
        return open;
    }
    let ConditionalAccessLocations {
        include_locations: included,
        exclude_locations: excluded,
        ..
    } = locations;
    match &scenario.place {
        Some(place) => within(included, place).unless(within(excluded, place)),
        None if included.iter().any(|one| one == "All") && excluded.is_empty() => {
            Match::Yes("any location".to_owned())
        }
        None => Match::Open("the location decides".to_owned()),
    }
}

fn within(listed: &[String], place: &Place) -> Match {
    let covers = |one: &String| match one.as_str() {
        "All" => true,
        "AllTrusted" => place.trusted,
        id => place.named_locations.iter().any(|named| named == id),
    };
    match listed.iter().find(|one| covers(one)) {
        Some(one) => Match::Yes(format!("location {one}")),
        None => Match::No("another location".to_owned()),
    }
}

pub(super) fn sign_in_risk(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    risk(
        &conditions.sign_in_risk_levels,
        scenario.sign_in_risk,
        "sign-in",
    )
}

pub(super) fn user_risk(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    risk(&conditions.user_risk_levels, scenario.user_risk, "user")
}

fn risk(levels: &[String], level: Option<RiskLevel>, of: &str) -> Match {
    if levels.is_empty() {
        return Match::Yes(format!("any {of} risk"));
    }
    match level {
        Some(level) => among(levels, level.as_str()),
        None => Match::Open(format!("{of} risk {} decides", levels.join(", "))),
    }
}

pub(super) fn insider_risk(conditions: &ConditionalAccessConditionSet, _: &Scenario<'_>) -> Match {
    match &conditions.insider_risk_levels {
        Some(levels) => Match::Open(format!("insider risk {levels} decides")),
        None => Match::Yes("any insider risk".to_owned()),
    }
}

/// The rule is in a language of its own, about a device that nobody knows beforehand.
pub(super) fn device(conditions: &ConditionalAccessConditionSet, _: &Scenario<'_>) -> Match {
    let Some(devices) = &conditions.devices else {
        return Match::Yes("any device".to_owned());
    };
    if let Some(open) = unread("devices", &devices.other) {
        return open;
    }
    let rule = devices
        .device_filter
        .as_ref()
        .and_then(|filter| filter.rule.as_deref());
    match rule {
        Some(rule) => Match::Open(format!("a device filter decides: {rule}")),
        None => Match::Yes("any device".to_owned()),
    }
}

pub(super) fn authentication_flow(
    conditions: &ConditionalAccessConditionSet,
    scenario: &Scenario<'_>,
) -> Match {
    let flows = conditions.authentication_flows.as_ref();
    if let Some(open) = flows.and_then(|flows| unread("authenticationFlows", &flows.other)) {
        return open;
    }
    let methods = flows.and_then(|flows| flows.transfer_methods.as_deref());
    let methods: Vec<String> = methods
        .unwrap_or_default()
        .split(',')
        .map(|one| one.trim().to_owned())
        .filter(|one| !one.is_empty() && one != "none")
        .collect();
    match &scenario.transfer_method {
        _ if methods.is_empty() => Match::Yes("any flow".to_owned()),
        Some(method) => among(&methods, method),
        None => Match::Open(format!("only for {}", methods.join(", "))),
    }
}

/// Conditions of a later service.
pub(super) fn others(conditions: &ConditionalAccessConditionSet, _: &Scenario<'_>) -> Match {
    unread("conditions", &conditions.other)
        .unwrap_or_else(|| Match::Yes("no other condition".to_owned()))
}

fn among(listed: &[String], one: &str) -> Match {
    match listed.iter().any(|listed| listed.eq_ignore_ascii_case(one)) {
        true => Match::Yes(one.to_owned()),
        false => Match::No(format!("not for {one}")),
    }
}

fn unread(member: &str, other: &Other) -> Option<Match> {
    let unknown = unknown_members(other);
    (!unknown.is_empty()).then(|| {
        Match::Open(format!(
            "{member} has {}, which is not known here",
            unknown.join(", ")
        ))
    })
}
