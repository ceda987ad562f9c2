//! `/auditLogs/signIns`

use axum::response::Response;
use serde_json::Value;

use crate::simulator::logs::{LogKind, LogRow};
use crate::simulator::routes::audit_logs::list::Listing;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::page::Queried;
use crate::simulator::routes::{GraphError, Version, permissions};
use crate::simulator::tenant::License;

const LISTING: Listing = Listing {
    kind: LogKind::SignIns,
    path: "auditLogs/signIns",
    filtered: &[
        "appDisplayName",
        "appId",
        "clientAppUsed",
        "conditionalAccessStatus",
        "correlationId",
        "createdDateTime",
        "id",
        "ipAddress",
        "isInteractive",
        "resourceId",
        "servicePrincipalId",
        "signInEventTypes",
        "status/errorCode",
        "uniqueTokenIdentifier",
        "userDisplayName",
        "userId",
        "userPrincipalName",
    ],
    objects: &["userId", "servicePrincipalId"],
};

/// Members that only beta has.
const BETA: [&str; 18] = [
    "appOwnerTenantId",
    "authenticationDetails",
    "authenticationMethodsUsed",
    "authenticationProcessingDetails",
    "authenticationProtocol",
    "authenticationRequirement",
    "authenticationRequirementPolicies",
    "crossTenantAccessType",
    "incomingTokenType",
    "originalRequestId",
    "originalTransferMethod",
    "processingTimeInMilliseconds",
    "resourceOwnerTenantId",
    "sessionId",
    "signInEventTypes",
    "tokenIssuerType",
    "uniqueTokenIdentifier",
    "userType",
];

/// The policies that applied are for those who may read policies.
const POLICIES: &str = "appliedConditionalAccessPolicies";

/// Without a word about kinds, beta tells of people only; v1.0 always does.
const INTERACTIVE: &str = "interactiveUser";

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::LOGS)?;
    if call.service.tenant.read(|state| state.license) < License::P1 {
        return Err(GraphError::non_premium_tenant());
    }
    let is_beta = call.version == Version::Beta;
    LISTING.answer(
        &call,
        options,
        |filter, row| (is_beta && filter.mentions("signInEventTypes")) || is_interactive(row),
        |row| shown(&call, row),
    )
}

fn is_interactive(row: &LogRow) -> bool {
    let kinds = row.get("signInEventTypes").and_then(Value::as_array);
    kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind == INTERACTIVE))
}

fn shown(call: &Call, mut row: LogRow) -> Value {
    if call.version == Version::V1 {
        row.retain(|name, _| !BETA.contains(&name.as_str()));
    }
    let sees_policies = call.caller.require_any(&permissions::APPLIED_POLICIES);
    if sees_policies.is_err() && row.contains_key(POLICIES) {
        row.insert(POLICIES.to_owned(), Value::Array(Vec::new()));
    }
    row.into()
}
