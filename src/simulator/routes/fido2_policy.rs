//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2`, to read.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Fido2Policy, PasskeyProfile, Target};

const CONTEXT: &str =
    "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/$entity";

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::POLICY)?;
    let policy = service.tenant.read(|state| state.fido2_policy.clone());
    let mut body = wire(&policy);
    match query.as_deref() {
        None => {}
        Some("$expand=passkeyProfiles") => {
            body["passkeyProfiles"] = policy.passkey_profiles.iter().map(profile).collect();
        }
        Some(_) => {
            return Err(GraphError::unsupported_query(
                "Unsupported or invalid query option.",
            ));
        }
    }
    Ok(odata::entity(&service, version, CONTEXT, body))
}

fn wire(policy: &Fido2Policy) -> Value {
    let included = policy.include_targets.iter();
    let included: Vec<Value> = included
        .map(|included| included_target(included, policy))
        .collect();
    let excluded: Vec<Value> = policy.exclude_targets.iter().map(target).collect();
    json!({
        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
        "id": "Fido2",
        "state": if policy.is_enabled { "enabled" } else { "disabled" },
        "isSelfServiceRegistrationAllowed": policy.is_self_service_registration_allowed,
        "isAttestationEnforced": policy.is_attestation_enforced,
        "keyRestrictions": policy.key_restrictions,
        "defaultPasskeyProfile": policy.passkey_profiles.first().map(|profile| profile.id),
        "includeTargets": included,
        "excludeTargets": excluded,
    })
}

fn profile(profile: &PasskeyProfile) -> Value {
    let enforced = profile.is_attestation_enforced;
    json!({
        "id": profile.id,
        "name": profile.name,
        "passkeyTypes": "deviceBound",
        "attestationEnforcement": if enforced { "registrationOnly" } else { "disabled" },
        "keyRestrictions": profile.key_restrictions,
    })
}

/// With the profiles that hold for the target.
fn included_target(included: &Target, policy: &Fido2Policy) -> Value {
    let holding = policy
        .passkey_profiles
        .iter()
        .filter(|profile| profile.targets.contains(included));
    let ids: Vec<_> = holding.map(|profile| profile.id).collect();
    let mut wire = target(included);
    wire["isRegistrationRequired"] = false.into();
    wire["allowedPasskeyProfiles"] = json!(ids);
    wire
}

fn target(target: &Target) -> Value {
    match target {
        Target::AllUsers => json!({"targetType": "group", "id": "all_users"}),
        Target::Group(id) => json!({"targetType": "group", "id": id}),
        Target::User(id) => json!({"targetType": "user", "id": id}),
    }
}
