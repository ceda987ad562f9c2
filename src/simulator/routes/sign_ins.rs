//! `/auditLogs/signIns`: the sign-ins that a seed gave, newest first.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried, unsupported};
use crate::simulator::routes::{GraphError, Version, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{License, Role};

/// Who reads the log.
const READERS: [Role; 6] = [
    Role::GlobalAdministrator,
    Role::GlobalReader,
    Role::ReportsReader,
    Role::SecurityAdministrator,
    Role::SecurityOperator,
    Role::SecurityReader,
];

/// What `$filter` may ask for.
const FILTERED: [&str; 9] = [
    "appId",
    "conditionalAccessStatus",
    "correlationId",
    "createdDateTime",
    "id",
    "ipAddress",
    "signInEventTypes",
    "userId",
    "userPrincipalName",
];

/// Members that only beta has.
const BETA: [&str; 11] = [
    "authenticationDetails",
    "authenticationMethodsUsed",
    "authenticationProcessingDetails",
    "authenticationProtocol",
    "authenticationRequirement",
    "authenticationRequirementPolicies",
    "incomingTokenType",
    "originalTransferMethod",
    "signInEventTypes",
    "uniqueTokenIdentifier",
    "userType",
];

/// The policies that applied are for those who may read policies.
const POLICIES: &str = "appliedConditionalAccessPolicies";

/// Without a word about kinds, beta tells of people only; v1.0 always does.
const INTERACTIVE: &str = "interactiveUser";

/// The most, and the usual, number of sign-ins in an answer.
const PAGE: usize = 1000;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/auditLogs/signIns", get(list))
}

async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::LOGS)?;
    call.caller.require_role(&READERS)?;
    let options = Options::any(options)?.in_pages_of(PAGE);
    let ascending = match options.order_by.as_deref().map(str::trim) {
        None | Some("createdDateTime desc") => false,
        Some("createdDateTime" | "createdDateTime asc") => true,
        Some(_) => return Err(unsupported()),
    };
    if options.expand.is_some() {
        return Err(unsupported());
    }
    let filter = Filter::parse(options.filter.as_deref(), &FILTERED)?;
    call.service.tenant.read(|state| {
        if state.license < License::P1 {
            return Err(GraphError::non_premium_tenant());
        }
        let of_kind = filter.mentions("signInEventTypes") && call.version == Version::Beta;
        let fits = |row: &&Map<String, Value>| {
            (of_kind || is_interactive(row))
                && filter.fits(|name| row.get(name).cloned().unwrap_or_default())
        };
        let mut rows: Vec<&Map<String, Value>> = state.sign_ins.iter().filter(fits).collect();
        rows.sort_by_key(|row| time(row));
        if !ascending {
            rows.reverse();
        }
        let path = "auditLogs/signIns";
        call.collection(path, path)
            .page(rows.into_iter(), None, &options, |row| {
                Ok(shown(&call, row))
            })
    })
}

fn is_interactive(row: &Map<String, Value>) -> bool {
    let kinds = row.get("signInEventTypes").and_then(Value::as_array);
    kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind == INTERACTIVE))
}

fn time(row: &Map<String, Value>) -> Option<jiff::Timestamp> {
    row.get("createdDateTime")?.as_str()?.parse().ok()
}

fn shown(call: &Call, row: &Map<String, Value>) -> Value {
    let mut row = row.clone();
    if call.version == Version::V1 {
        row.retain(|name, _| !BETA.contains(&name.as_str()));
    }
    let sees_policies = call.caller.require_any(&permissions::APPLIED_POLICIES);
    if sees_policies.is_err() && row.contains_key(POLICIES) {
        row.insert(POLICIES.to_owned(), Value::Array(Vec::new()));
    }
    row.into()
}
