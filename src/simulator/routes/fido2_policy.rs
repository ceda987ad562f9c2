//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2`, to read.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Fido2Policy, Target};

const CONTEXT: &str =
    "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/$entity";

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::POLICY)?;
    let body = service.tenant.read(|state| wire(&state.fido2_policy));
    Ok(odata::entity(&service, version, CONTEXT, body))
}

fn wire(policy: &Fido2Policy) -> Value {
    let targets = |targets: &[Target]| targets.iter().map(target).collect::<Vec<_>>();
    json!({
        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
        "id": "Fido2",
        "state": if policy.is_enabled { "enabled" } else { "disabled" },
        "isSelfServiceRegistrationAllowed": policy.is_self_service_registration_allowed,
        "isAttestationEnforced": policy.is_attestation_enforced,
        "keyRestrictions": policy.key_restrictions,
        "includeTargets": targets(&policy.include_targets),
        "excludeTargets": targets(&policy.exclude_targets),
    })
}

fn target(target: &Target) -> Value {
    match target {
        Target::AllUsers => json!({"targetType": "group", "id": "all_users"}),
        Target::Group(id) => json!({"targetType": "group", "id": id}),
        Target::User(id) => json!({"targetType": "user", "id": id}),
    }
}
