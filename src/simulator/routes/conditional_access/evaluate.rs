//! `/identity/conditionalAccess/evaluate`: which policies would apply to a sign-in.

use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::simulator::conditional_access::evaluate::applies;
use crate::simulator::conditional_access::sign_in::SignIn;
use crate::simulator::routes::GraphError;
use crate::simulator::routes::call::Call;
use crate::simulator::routes::conditional_access::pace::Turn;
use crate::simulator::routes::conditional_access::require_read;
use crate::simulator::tenant::State as Tenant;

const CONTEXT: &str = "Collection(microsoft.graph.whatIfAnalysisResult)";

pub(super) async fn evaluate(call: Call, _turn: Turn, body: Bytes) -> Result<Response, GraphError> {
    require_read(&call.caller)?;
    let results = call.service.tenant.read(|state| {
        let (sign_in, applied_only) =
            SignIn::read(&body, state).map_err(|cause| GraphError::malformed(cause.to_string()))?;
        let mut results = results(state, &sign_in);
        results.retain(|result| !applied_only || result["policyApplies"] == true);
        Ok::<_, GraphError>(results)
    })?;
    Ok(call.whole(CONTEXT, results))
}

fn results(state: &Tenant, sign_in: &SignIn) -> Vec<Value> {
    let access = &state.conditional_access;
    let policies = access.policies.iter();
    let results = policies.map(|policy| {
        let verdict = applies(policy, sign_in, &access.named_locations);
        let mut result = access.wire(policy);
        result["policyApplies"] = verdict.is_ok().into();
        result["analysisReasons"] = match verdict {
            Ok(()) => "notSet".into(),
            Err(reason) => json!(reason),
        };
        result
    });
    results.collect()
}
