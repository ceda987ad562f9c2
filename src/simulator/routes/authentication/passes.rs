//! `authentication/temporaryAccessPassMethods`: one pass at a time, shown once.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::encoding::base64url;
use crate::simulator::relying_party::date_time;
use crate::simulator::routes::authentication::{methods, reached};
use crate::simulator::routes::call::{Call, members};
use crate::simulator::routes::{Access, GraphError, permissions};

pub(super) const LIST: &str = "temporaryAccessPassMethods";
pub(super) const KIND: &str = "temporaryAccessPassAuthenticationMethod";

/// Minutes for which a pass holds, unless it says otherwise, and the least and most that it may say.
const DEFAULT_LIFETIME: i64 = 60;
const LIFETIMES: std::ops::RangeInclusive<i64> = 10..=43_200;

/// A pass as it is shown: whether it can be used depends on the time.
pub(super) fn shown(pass: &Map<String, Value>, now: Timestamp) -> Value {
    let mut shown = pass.clone();
    let start = pass.get("startDateTime").and_then(Value::as_str);
    let start = start.and_then(|start| start.parse::<Timestamp>().ok());
    let minutes = pass.get("lifetimeInMinutes").and_then(Value::as_i64);
    if let (Some(start), Some(minutes)) = (start, minutes) {
        let end = start.saturating_add(SignedDuration::from_mins(minutes));
        let reason = if now < start {
            "NotYetValid"
        } else if end.is_ok_and(|end| end <= now) {
            "Expired"
        } else {
            "EnabledByPolicy"
        };
        shown.insert("isUsable".to_owned(), (reason == "EnabledByPolicy").into());
        shown.insert("methodUsabilityReason".to_owned(), reason.into());
    }
    shown.into()
}

pub(super) async fn list(call: Call, Path(user): Path<String>) -> Result<Response, GraphError> {
    methods::listed(&call, &user, LIST, &permissions::PASSES)
}

pub(super) async fn get(
    call: Call,
    Path((user, id)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    methods::found(&call, &user, LIST, &id, &permissions::PASSES)
}

pub(super) async fn create(
    call: Call,
    Path(user): Path<String>,
    body: Bytes,
) -> Result<Response, GraphError> {
    let members = members(&body)?;
    let text = base64url::encode(&call.service.env.random::<6>());
    let id = call.service.env.uuid();
    call.change(|state| {
        let permissions = &permissions::PASSES_WRITE;
        let user = reached(state, &call.caller, &user, Access::Write, permissions)?;
        let (name, now) = (user.id.to_string(), state.now);
        let pass = made(&members, id, now)?;
        let mut body = shown(&pass, now);
        body["temporaryAccessPass"] = text.into();
        if let Some(user) = state.user_mut(&name) {
            let methods = &mut user.authentication_methods;
            methods.retain(|method| methods::kind_of(method) != Some(KIND));
            methods.push(pass);
        }
        let context = format!("users('{name}')/authentication/{LIST}/$entity");
        Ok(call.created(&context, body))
    })
}

fn made(
    members: &Map<String, Value>,
    id: uuid::Uuid,
    now: Timestamp,
) -> Result<Map<String, Value>, GraphError> {
    let invalid = |name: &str| GraphError::refused(format!("{name} is not valid."));
    for name in members.keys() {
        if !["isUsableOnce", "lifetimeInMinutes", "startDateTime"].contains(&name.as_str()) {
            return Err(invalid(name));
        }
    }
    let minutes = members.get("lifetimeInMinutes").map(Value::as_i64);
    let minutes = minutes.unwrap_or(Some(DEFAULT_LIFETIME));
    let minutes = minutes.filter(|minutes| LIFETIMES.contains(minutes));
    let minutes = minutes.ok_or_else(|| invalid("lifetimeInMinutes"))?;
    let once = members
        .get("isUsableOnce")
        .map_or(Some(false), Value::as_bool);
    let start = match members.get("startDateTime").and_then(Value::as_str) {
        Some(start) => start.parse().map_err(|_| invalid("startDateTime"))?,
        None => now,
    };
    let pass = json!({
        "@odata.type": format!("#microsoft.graph.{KIND}"),
        "id": id,
        "temporaryAccessPass": null,
        "createdDateTime": date_time(now),
        "startDateTime": date_time(start),
        "lifetimeInMinutes": minutes,
        "isUsableOnce": once.ok_or_else(|| invalid("isUsableOnce"))?,
    });
    Ok(pass.as_object().cloned().unwrap_or_default())
}

pub(super) async fn delete(
    call: Call,
    Path((user, id)): Path<(String, String)>,
) -> Result<StatusCode, GraphError> {
    methods::removed(&call, &user, KIND, &id, &permissions::PASSES_WRITE)
}
