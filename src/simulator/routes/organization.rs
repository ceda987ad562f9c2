//! `/organization` and `/domains`: which tenant this is, what it pays for, which names it has.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::Queried;
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{Domain, License, State};

/// Service plans by their ids, which are the same in every tenant, and the edition that has them.
const PLANS: [(License, &str); 3] = [
    // AAD_PREMIUM
    (License::P1, "41781fb2-bc02-4b7c-bd55-b576c07bb09d"),
    // AAD_PREMIUM_P2
    (License::P2, "eec0eb4f-6444-4f95-aba0-50c24d67f998"),
    // Entra_Identity_Governance
    (License::Governance, "e866a266-3cff-43a3-acca-0c90a7e00c8b"),
];

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/organization", get(organization))
        .route("/domains", get(domains))
        .route("/domains/{domain}", get(domain))
}

async fn organization(call: Call) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::ORGANIZATION)?;
    let organization = call.service.tenant.read(render);
    Ok(call.whole("organization", vec![organization]))
}

fn render(state: &State) -> Value {
    let plans = PLANS.iter().filter(|(since, _)| state.license >= *since);
    let plans = plans.map(|(_, id)| {
        json!({
            "assignedDateTime": "2026-01-01T00:00:00Z",
            "capabilityStatus": "Enabled",
            "service": "AADPremiumService",
            "servicePlanId": id,
        })
    });
    let domains = state.all_domains();
    let verified = domains.iter().filter(|domain| domain.is_verified);
    let verified = verified.map(|domain| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": domain.is_default,
            "isInitial": domain.is_initial,
            "name": domain.id,
            "type": json!(domain.authentication_type),
        })
    });
    json!({
        "id": state.tenant_id,
        "assignedPlans": plans.collect::<Vec<_>>(),
        "displayName": state.display_name,
        "onPremisesSyncEnabled": state.on_premises_sync_enabled,
        "tenantType": "AAD",
        "verifiedDomains": verified.collect::<Vec<_>>(),
    })
}

async fn domains(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::DOMAINS)?;
    call.listed("domains", options, &[], |state| {
        state.all_domains().iter().map(wire).collect()
    })
}

async fn domain(call: Call, Path(name): Path<String>) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::DOMAINS)?;
    let mut domains = call.service.tenant.read(State::all_domains).into_iter();
    let domain = domains.find(|domain| domain.id.eq_ignore_ascii_case(&name));
    let domain = domain.ok_or_else(|| GraphError::no_such_object(&name))?;
    Ok(call.entity("domains/$entity", wire(&domain)))
}

fn wire(domain: &Domain) -> Value {
    json!({
        "id": domain.id,
        "authenticationType": domain.authentication_type,
        "availabilityStatus": null,
        "isAdminManaged": true,
        "isDefault": domain.is_default,
        "isInitial": domain.is_initial,
        "isRoot": true,
        "isVerified": domain.is_verified,
        "supportedServices": [],
    })
}
