//! `/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2`

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{ProfileForm, Role, State as Tenant, strip_annotations};

const CONTEXT: &str =
    "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/$entity";

const TYPE: &str = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

/// Who may write the policy. Whom the service lets read it is not documented, so everybody who has the permission.
const WRITERS: [Role; 2] = [
    Role::AuthenticationPolicyAdministrator,
    Role::GlobalAdministrator,
];

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::POLICY)?;
    let expanded = wants_profiles(query.as_deref())?;
    let body = service.tenant.read(|state| wire(state, expanded))?;
    Ok(odata::entity(&service, version, CONTEXT, body))
}

/// Whether the query is `$expand=passkeyProfiles`; any other is refused.
fn wants_profiles(query: Option<&str>) -> Result<bool, GraphError> {
    let query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let options: Vec<_> = query.collect();
    match options.as_slice() {
        [] => Ok(false),
        [(name, value)] if name == "$expand" && value == "passkeyProfiles" => Ok(true),
        _ => Err(GraphError::unsupported_query(
            "Unsupported or invalid query option.",
        )),
    }
}

fn wire(state: &Tenant, expanded: bool) -> Result<Value, GraphError> {
    let form = state.quirks.profile_form;
    let mut body = json!({"@odata.type": TYPE, "id": "Fido2"});
    if let (Value::Object(body), Value::Object(members)) = (&mut body, json!(state.fido2_policy)) {
        body.extend(members);
        if form == ProfileForm::Absent {
            without_profiles(body);
        } else if form == ProfileForm::Expanded && !expanded {
            body.shift_remove("passkeyProfiles");
        }
    }
    match (form, expanded) {
        (ProfileForm::Absent, true) => Err(no_profiles()),
        _ => Ok(body),
    }
}

fn without_profiles(body: &mut Map<String, Value>) {
    body.shift_remove("passkeyProfiles");
    body.shift_remove("defaultPasskeyProfile");
    let included = body.get_mut("includeTargets").and_then(Value::as_array_mut);
    for target in included
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        target.shift_remove("allowedPasskeyProfiles");
    }
}

/// Changes the policy: the members that the body names, collections as a whole.
pub(super) async fn update(
    State(service): State<Service>,
    caller: Caller,
    body: Bytes,
) -> Result<StatusCode, GraphError> {
    caller.require_any(&permissions::POLICY_WRITE)?;
    caller.require_role(&WRITERS)?;
    let change = read(&body)?;
    service.tenant.try_audited(&caller.initiator(), |state| {
        let changed = state
            .fido2_policy
            .changed(change)
            .map_err(|cause| GraphError::malformed(cause.to_string()))?;
        let has_profiles = !changed.passkey_profiles.is_empty();
        if state.quirks.profile_form == ProfileForm::Absent && has_profiles {
            return Err(no_profiles());
        }
        state.fido2_policy = changed;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// The members to change. The type must be said, everything else that OData annotates may be.
fn read(body: &[u8]) -> Result<Map<String, Value>, GraphError> {
    let mut change: Value = serde_json::from_slice(body)
        .map_err(|cause| GraphError::malformed(format!("Invalid JSON: {cause}.")))?;
    if change["@odata.type"] != TYPE {
        return Err(GraphError::malformed(format!(
            "The body must have an '@odata.type' of '{TYPE}'."
        )));
    }
    strip_annotations(&mut change);
    let Value::Object(mut members) = change else {
        return Err(GraphError::malformed("The body must be an object."));
    };
    if members.get("id").is_some_and(|id| id == "Fido2") {
        members.remove("id");
    }
    Ok(members)
}

fn no_profiles() -> GraphError {
    GraphError::malformed(format!(
        "Could not find a property named 'passkeyProfiles' on type '{}'.",
        TYPE.trim_start_matches('#')
    ))
}
