//! The conditions besides people and resources.

use serde_json::Map;

use crate::simulator::conditional_access::evaluate::{Reason, is_meant, require};
use crate::simulator::conditional_access::policy::{
    ClientApp, ConditionSet, DevicePlatform, Devices, FilterMode, Locations, Platforms, RiskLevel,
};
use crate::simulator::conditional_access::sign_in::{Circumstances, Identity, SignIn};
use crate::simulator::conditional_access::{NamedLocation, device_rule};

pub(super) fn check(
    conditions: &ConditionSet,
    sign_in: &SignIn,
    locations: &[NamedLocation],
) -> Result<(), Reason> {
    let now = &sign_in.circumstances;
    let platforms = conditions.platforms.as_ref();
    let places = conditions.locations.as_ref();
    let devices = conditions.devices.as_ref();
    for (is_met, reason) in [
        (
            platforms.is_none_or(|set| on_platform(set, now)),
            Reason::DevicePlatform,
        ),
        (
            places.is_none_or(|set| at_location(set, now, locations)),
            Reason::Location,
        ),
        (
            by_client(&conditions.client_app_types, now),
            Reason::ClientApps,
        ),
        (
            devices.is_none_or(|set| from_device(set, now)),
            Reason::Devices,
        ),
    ] {
        require(is_met, reason)?;
    }
    check_risks(conditions, sign_in)?;
    let flows = conditions.authentication_flows.as_ref();
    let flow = now.authentication_flow.as_ref();
    let method = flow
        .and_then(|flow| flow.transfer_method)
        .unwrap_or_default();
    require(
        flows.is_none_or(|flows| flows.transfer_methods.contains(&method)),
        Reason::AuthenticationFlow,
    )
}

fn check_risks(conditions: &ConditionSet, sign_in: &SignIn) -> Result<(), Reason> {
    let now = &sign_in.circumstances;
    require(
        at_risk(&conditions.sign_in_risk_levels, now.sign_in_risk_level),
        Reason::SignInRisk,
    )?;
    require(
        at_risk(&conditions.user_risk_levels, now.user_risk_level),
        Reason::UserRisk,
    )?;
    if matches!(sign_in.identity, Identity::ServicePrincipal(_)) {
        let levels = &conditions.service_principal_risk_levels;
        let level = now.service_principal_risk_level;
        require(at_risk(levels, level), Reason::WorkloadIdentities)?;
    }
    let insider = now.insider_risk_level.unwrap_or_default();
    let levels = conditions.insider_risk_levels.as_ref();
    require(
        levels.is_none_or(|levels| levels.contains(&insider)),
        Reason::InsiderRisk,
    )
}

/// No level in the policy: any will do.
fn at_risk(levels: &[RiskLevel], level: Option<RiskLevel>) -> bool {
    levels.is_empty() || levels.contains(&level.unwrap_or_default())
}

fn on_platform(platforms: &Platforms, now: &Circumstances) -> bool {
    let platform = now.device_platform.unwrap_or_default();
    is_meant(
        &platforms.include_platforms,
        &platforms.exclude_platforms,
        |one| *one == DevicePlatform::All || *one == platform,
    )
}

/// A program that speaks Exchange ActiveSync is one, whether the platform can be managed or not.
fn by_client(clients: &[ClientApp], now: &Circumstances) -> bool {
    let client = now.client_app_type.unwrap_or_default();
    clients.iter().any(|one| match one {
        ClientApp::All => true,
        ClientApp::ExchangeActiveSync => {
            matches!(
                client,
                ClientApp::ExchangeActiveSync | ClientApp::EasSupported
            )
        }
        one => *one == client,
    })
}

/// `All` is everywhere, also where nothing is known of the place.
fn at_location(set: &Locations, now: &Circumstances, locations: &[NamedLocation]) -> bool {
    let here = locations
        .iter()
        .filter(|location| location.has(now.ip_address, now.country.as_deref()));
    let here: Vec<&NamedLocation> = here.collect();
    is_meant(
        &set.include_locations,
        &set.exclude_locations,
        |entry| match entry.as_str() {
            "All" => true,
            "AllTrusted" => here.iter().any(|location| location.is_trusted()),
            id => here.iter().any(|location| id.parse() == Ok(location.id)),
        },
    )
}

/// A rule that could be stored can be read; a device that is not told of is not registered.
fn from_device(devices: &Devices, now: &Circumstances) -> bool {
    let Some(filter) = &devices.device_filter else {
        return true;
    };
    let unregistered = Map::new();
    let device = now.device_info.as_ref().unwrap_or(&unregistered);
    let is_selected = device_rule::selects(&filter.rule, device).unwrap_or_default();
    is_selected == (filter.mode == FilterMode::Include)
}
