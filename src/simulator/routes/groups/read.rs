//! Reading groups.

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use crate::simulator::relying_party::date_time;
use crate::simulator::routes::call::{Call, selected};
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{Group, State};

/// Members of an answer without `$select`. `isAssignableToRole` is among them; `isManagementRestricted` must be asked for.
const DEFAULT: [&str; 14] = [
    "id",
    "createdDateTime",
    "description",
    "displayName",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesSyncEnabled",
    "securityEnabled",
    "visibility",
];

/// What `$filter` may ask for.
const FILTERED: [&str; 9] = [
    "createdDateTime",
    "displayName",
    "groupTypes",
    "id",
    "isAssignableToRole",
    "mailEnabled",
    "mailNickname",
    "onPremisesSyncEnabled",
    "securityEnabled",
];

/// A member's value; `None` if groups have none of this name. Of a group that is only an id, nothing else is known.
pub(in crate::simulator::routes) fn member(state: &State, id: &str, name: &str) -> Option<Value> {
    let unknown = Group {
        id: id.to_owned(),
        ..Group::default()
    };
    let known = state.group(id);
    let display_name = known.map(|group| &group.display_name);
    let group = known.unwrap_or(&unknown);
    Some(match name {
        "assignedLabels" | "assignedLicenses" | "proxyAddresses" => json!([]),
        "classification" | "deletedDateTime" | "mail" | "renewedDateTime" => Value::Null,
        "createdDateTime" => json!(group.created.map(date_time)),
        "description" => json!(group.description),
        "displayName" => json!(display_name),
        "groupTypes" => json!(group.group_types),
        "id" => json!(group.id),
        "isAssignableToRole" => json!(group.is_assignable_to_role),
        "isManagementRestricted" => json!(state.is_restricted(&group.id).then_some(true)),
        "mailEnabled" => json!(group.mail_enabled),
        "mailNickname" => json!(group.mail_nickname),
        "membershipRule" => json!(group.membership_rule),
        "membershipRuleProcessingState" => json!(group.membership_rule_processing_state),
        "onPremisesSyncEnabled" => json!(group.on_premises_sync_enabled),
        "securityEnabled" => json!(group.security_enabled.unwrap_or(true)),
        "visibility" => json!(group.visibility),
        _ => return None,
    })
}

/// The group of this id.
pub(super) fn found<'a>(state: &'a State, id: &str) -> Result<&'a Group, GraphError> {
    state
        .group(id)
        .ok_or_else(|| GraphError::no_such_object(id))
}

pub(super) fn render(state: &State, id: &str, select: Option<&str>) -> Result<Value, GraphError> {
    selected(select, &DEFAULT, "group", |name| member(state, id, name))
}

pub(super) async fn get(
    call: Call,
    Path(id): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::GROUPS)?;
    let options = Options::without_filter(options)?;
    let body = call.service.tenant.read(|state| {
        let group = found(state, &id)?;
        render(state, &group.id, options.select.as_deref())
    })?;
    Ok(call.entity("groups/$entity", body))
}

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::GROUPS)?;
    let options = Options::with_filter(options)?;
    let filter = Filter::parse(options.filter.as_deref(), &FILTERED)?;
    let counts = call.is_eventual && options.count == Some(true);
    if filter.is_advanced() && !counts {
        return Err(GraphError::needs_consistency_level());
    }
    call.service.tenant.read(|state| {
        let found = || {
            candidates(state, &filter).filter(|group| {
                state.is_settled(&group.id)
                    && filter.fits(|name| member(state, &group.id, name).unwrap_or_default())
            })
        };
        let total = counts.then(|| found().count());
        let select = options.select.as_deref();
        call.collection("groups", "groups")
            .page(found(), total, &options, |group| {
                render(state, &group.id, select)
            })
    })
}

/// Those of which the filter is about by id, or else all.
fn candidates<'a>(state: &'a State, filter: &Filter) -> Box<dyn Iterator<Item = &'a Group> + 'a> {
    match filter.values_of("id") {
        Some(ids) => {
            let groups = ids.into_iter().filter_map(|id| state.group(id));
            Box::new(groups.collect::<Vec<_>>().into_iter())
        }
        None => Box::new(state.groups.iter()),
    }
}
