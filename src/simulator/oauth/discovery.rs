//! What clients read before they sign in: OpenID configuration, keys, instance discovery.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::simulator::oauth::{Audience, admit_tenant, id_token};
use crate::simulator::service::Service;

pub(super) async fn openid_configuration(
    State(service): State<Service>,
    Path(tenant): Path<String>,
) -> Response {
    if let Err(error) = admit_tenant(&service, &tenant, Audience::Users) {
        return error.answer(&service);
    }
    let base = &service.base_url;
    let tenant_id = service.tenant.read(|state| state.tenant_id);
    let issuer = match tenant.as_str() {
        // The service, too, leaves a placeholder to whoever does not name a tenant.
        "common" | "organizations" => format!("{base}/{{tenantid}}/v2.0"),
        _ => format!("{base}/{tenant_id}/v2.0"),
    };
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/{tenant}/oauth2/v2.0/token"),
        "device_authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/devicecode"),
        "end_session_endpoint": format!("{base}/{tenant}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{base}/{tenant}/discovery/v2.0/keys"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "subject_types_supported": ["pairwise"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "msgraph_host": base.trim_start_matches("https://"),
    }))
    .into_response()
}

pub(super) async fn keys(State(service): State<Service>) -> Json<Value> {
    Json(service.tenant.read(id_token::key_set))
}

pub(super) async fn instance(State(service): State<Service>) -> Json<Value> {
    let base = &service.base_url;
    let host = base.trim_start_matches("https://");
    let tenant_id = service.tenant.read(|state| state.tenant_id);
    Json(json!({
        "tenant_discovery_endpoint": format!("{base}/{tenant_id}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{
            "preferred_network": host,
            "preferred_cache": host,
            "aliases": [host],
        }],
    }))
}
