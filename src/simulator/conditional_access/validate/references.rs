//! The ids that a policy names. Those that a policy has had already are not asked again: what they named may be gone.

use uuid::Uuid;

use crate::simulator::conditional_access::policy::{Locations, Users};
use crate::simulator::conditional_access::{Policy, Refusal};
use crate::simulator::tenant::State;

/// A list of ids, the words that may stand in it instead, and how an id is looked up.
type List<'a> = (
    &'static str,
    &'a [String],
    &'static [&'static str],
    fn(&State, &str) -> bool,
);

pub(super) fn check(
    state: &State,
    before: Option<&Policy>,
    policy: &Policy,
) -> Result<(), Refusal> {
    let known: Vec<&String> = before
        .map(lists)
        .into_iter()
        .flatten()
        .flat_map(|(_, ids, _, _)| ids)
        .collect();
    for (member, ids, words, exists) in lists(policy) {
        let new = ids.iter().filter(|id| !known.contains(id));
        let mut new = new.filter(|id| !words.contains(&id.as_str()));
        if let Some(id) = new.find(|id| !exists(state, id)) {
            let id = id.clone();
            return Err(Refusal::Unknown { member, id });
        }
    }
    check_words(policy)?;
    check_strength(state, policy)
}

fn lists(policy: &Policy) -> Vec<List<'_>> {
    let conditions = &policy.conditions;
    let resources = &conditions.applications;
    let mut lists: Vec<List<'_>> = vec![
        (
            "includeApplications",
            &resources.include_applications,
            &INCLUDED_APPS,
            is_guid,
        ),
        (
            "excludeApplications",
            &resources.exclude_applications,
            &EXCLUDED_APPS,
            is_guid,
        ),
    ];
    lists.extend(conditions.users.iter().flat_map(of_users));
    lists.extend(conditions.locations.iter().flat_map(of_locations));
    if let Some(workloads) = &conditions.client_applications {
        let included = &workloads.include_service_principals;
        let excluded = &workloads.exclude_service_principals;
        lists.push(("includeServicePrincipals", included, &WORKLOADS, is_guid));
        lists.push(("excludeServicePrincipals", excluded, &[], is_guid));
    }
    lists
}

fn of_users(users: &Users) -> [List<'_>; 6] {
    [
        (
            "includeUsers",
            &users.include_users,
            &INCLUDED_USERS,
            is_user,
        ),
        (
            "excludeUsers",
            &users.exclude_users,
            &EXCLUDED_USERS,
            is_user,
        ),
        ("includeGroups", &users.include_groups, &[], is_group),
        ("excludeGroups", &users.exclude_groups, &[], is_group),
        ("includeRoles", &users.include_roles, &[], is_guid),
        ("excludeRoles", &users.exclude_roles, &[], is_guid),
    ]
}

fn of_locations(locations: &Locations) -> [List<'_>; 2] {
    let included = &locations.include_locations;
    let excluded = &locations.exclude_locations;
    [
        (
            "includeLocations",
            included,
            &INCLUDED_LOCATIONS,
            is_location,
        ),
        (
            "excludeLocations",
            excluded,
            &INCLUDED_LOCATIONS[1..],
            is_location,
        ),
    ]
}

const INCLUDED_APPS: [&str; 4] = ["All", "None", "Office365", "MicrosoftAdminPortals"];
const EXCLUDED_APPS: [&str; 2] = ["Office365", "MicrosoftAdminPortals"];
const INCLUDED_USERS: [&str; 3] = ["All", "None", "GuestsOrExternalUsers"];
const EXCLUDED_USERS: [&str; 1] = ["GuestsOrExternalUsers"];
const WORKLOADS: [&str; 1] = ["ServicePrincipalsInMyTenant"];
/// The last one is where the older settings of multifactor authentication keep their trusted addresses.
const INCLUDED_LOCATIONS: [&str; 3] = ["All", "AllTrusted", "00000000-0000-0000-0000-000000000000"];

/// Which applications and roles there are in the world is not known here.
fn is_guid(_: &State, id: &str) -> bool {
    id.parse::<Uuid>().is_ok()
}

fn is_user(state: &State, id: &str) -> bool {
    let id = id.parse::<Uuid>();
    id.is_ok_and(|id| state.user_by_id(id).is_some())
}

/// A group may also be a bare id that users have.
fn is_group(state: &State, id: &str) -> bool {
    let is_this = |known: &String| known.eq_ignore_ascii_case(id);
    state.group(id).is_some()
        || state
            .users
            .iter()
            .any(|user| user.groups.iter().any(is_this))
}

fn is_location(state: &State, id: &str) -> bool {
    let locations = &state.conditional_access.named_locations;
    let id = id.parse::<Uuid>();
    id.is_ok_and(|id| locations.iter().any(|location| location.id == id))
}

/// User actions and authentication contexts, which are words and not ids.
fn check_words(policy: &Policy) -> Result<(), Refusal> {
    let resources = &policy.conditions.applications;
    let actions = ["urn:user:registersecurityinfo", "urn:user:registerdevice"];
    let mut all = resources.include_user_actions.iter();
    if let Some(value) = all.find(|action| !actions.contains(&action.as_str())) {
        let (member, value) = ("includeUserActions", value.clone());
        return Err(Refusal::InvalidValue { member, value });
    }
    let mut all = resources
        .include_authentication_context_class_references
        .iter();
    if let Some(value) = all.find(|context| !is_context(context)) {
        let member = "includeAuthenticationContextClassReferences";
        let value = value.clone();
        return Err(Refusal::InvalidValue { member, value });
    }
    Ok(())
}

/// `c1` to `c99`
fn is_context(word: &str) -> bool {
    let number = word
        .strip_prefix('c')
        .and_then(|digits| digits.parse::<u8>().ok());
    number.is_some_and(|number| (1..=99).contains(&number))
}

fn check_strength(state: &State, policy: &Policy) -> Result<(), Refusal> {
    let grant = policy.grant_controls.as_ref();
    match grant.and_then(|grant| grant.authentication_strength) {
        Some(named) if state.conditional_access.strength(named.id).is_none() => {
            Err(Refusal::Unknown {
                member: "authenticationStrength",
                id: named.id.to_string(),
            })
        }
        _ => Ok(()),
    }
}
