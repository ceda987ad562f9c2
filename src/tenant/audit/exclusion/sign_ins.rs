//! The sign-ins that an emergency account has to be capable of: to the admin centers, Graph and the command lines, from a browser or
//! a program, on every system, from everywhere, at every risk.

use super::super::facts::same;
use crate::graph::model::{ConditionalAccessPolicy, NamedLocation};
use crate::tenant::conditional_access::{
    APPLICATIONS, CLIENTS, ClientApp, PLATFORMS, Person, Place, Platform, Resource, RiskLevel,
    Scenario,
};
use crate::tenant::read::Read;

/// Every system that policies tell apart, and one that is none of them, which stays open.
fn platforms() -> Vec<Option<Platform>> {
    let known = PLATFORMS.into_iter().map(Some);
    known.chain([None]).collect()
}

const RISKS: [RiskLevel; 4] = [
    RiskLevel::None,
    RiskLevel::Low,
    RiskLevel::Medium,
    RiskLevel::High,
];

/// All sign-ins that a policy can tell apart: what it does not look at is not varied.
pub(super) fn sign_ins<'a>(
    policy: &ConditionalAccessPolicy,
    person: &'a Person,
    named: &Read<Vec<NamedLocation>>,
) -> Vec<Scenario<'a>> {
    let conditions = &policy.conditions;
    let ordinary = |id: &&str| Scenario {
        client: Some(ClientApp::Browser),
        transfer_method: Some("none".to_owned()),
        ..Scenario::of(person, Resource::Application((*id).to_owned()))
    };
    let needed = APPLICATIONS.iter().map(|(id, _, _)| id);
    let mut varied: Vec<Scenario<'a>> = needed.map(ordinary).collect();
    varied = vary(varied, &CLIENTS, |one, client| one.client = Some(*client));
    if conditions.platforms.is_some() {
        varied = vary(varied, &platforms(), |one, platform| {
            one.platform = *platform
        });
    }
    if conditions.locations.is_some() {
        let places = places(policy, named);
        varied = vary(varied, &places, |one, place| one.place.clone_from(place));
    }
    if !conditions.sign_in_risk_levels.is_empty() {
        varied = vary(varied, &RISKS, |one, risk| one.sign_in_risk = Some(*risk));
    }
    if !conditions.user_risk_levels.is_empty() {
        varied = vary(varied, &RISKS, |one, risk| one.user_risk = Some(*risk));
    }
    varied
}

/// Each sign-in with each of the choices.
fn vary<'a, T>(
    sign_ins: Vec<Scenario<'a>>,
    choices: &[T],
    set: impl Fn(&mut Scenario<'a>, &T),
) -> Vec<Scenario<'a>> {
    let mut varied = Vec::with_capacity(sign_ins.len() * choices.len());
    for one in sign_ins {
        for choice in choices {
            let mut with = one.clone();
            set(&mut with, choice);
            varied.push(with);
        }
    }
    varied
}

/// Somewhere that nobody has named, trusted or not, each named location of the policy, and an open one for those that are not shown.
/// A trusted place need not have a name that is shown: the addresses that per-user multifactor authentication trusts have none.
fn places(
    policy: &ConditionalAccessPolicy,
    named: &Read<Vec<NamedLocation>>,
) -> Vec<Option<Place>> {
    let nameless = |trusted| {
        let named_locations = Vec::new();
        Some(Place {
            named_locations,
            trusted,
        })
    };
    let mut places = vec![nameless(false), nameless(true)];
    let Some(locations) = &policy.conditions.locations else {
        return places;
    };
    let listed = locations
        .include_locations
        .iter()
        .chain(&locations.exclude_locations);
    for id in listed.filter(|id| !matches!(id.as_str(), "All" | "AllTrusted")) {
        let shown = named.iter().flatten().find(|one| same(&one.id, id));
        places.push(shown.map(|location| Place {
            // As the policy writes it, by which it is compared.
            named_locations: vec![id.clone()],
            trusted: location.is_trusted == Some(true),
        }));
    }
    places
}
