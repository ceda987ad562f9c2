//! `/users`, `/users/{id}` and `/me`.

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::User;

/// Members of an answer without `$select`: neither `accountEnabled` nor `userType` is among them.
const DEFAULT_MEMBERS: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// The query options that these resources take; any other is refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(rename = "$select")]
    select: Option<String>,
    #[serde(rename = "$top")]
    top: Option<usize>,
    #[serde(rename = "$skiptoken")]
    skip: Option<usize>,
}

/// The query as the extractor sees it: ours to refuse.
type Queried = Result<Query<Options>, axum::extract::rejection::QueryRejection>;

pub(super) async fn get(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(name): Path<String>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    let user = service.tenant.read(|state| state.user(&name).cloned());
    let own = user.as_ref().is_some_and(|user| caller.is(user));
    if own {
        caller.require_any(&permissions::OWN_USER)?;
    } else {
        caller.require_any(&permissions::USERS)?;
    }
    let user = user.ok_or_else(|| GraphError::no_such_object(&name))?;
    answer(&service, version, &user, options)
}

pub(super) async fn me(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::OWN_USER)?;
    let signed_in = caller.user_id();
    let user = service.tenant.read(|state| {
        let mut users = state.users.iter();
        users.find(|user| Some(user.id) == signed_in).cloned()
    });
    let user = user.ok_or_else(|| {
        GraphError::malformed("/me request is only valid with delegated authentication flow.")
    })?;
    answer(&service, version, &user, options)
}

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::USERS)?;
    let options = checked(options)?;
    let size = options.top.unwrap_or(DEFAULT_PAGE);
    if !(1..=LARGEST_PAGE).contains(&size) {
        return Err(GraphError::unsupported_query(format!(
            "Invalid page size specified: '{size}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        )));
    }
    let users = service.tenant.read(|state| state.users.clone());
    let start = options.skip.unwrap_or_default().min(users.len());
    let end = start.saturating_add(size).min(users.len());
    let page = users[start..end]
        .iter()
        .map(|user| selected(user, options.select.as_deref()))
        .collect::<Result<_, _>>()?;
    let next = (end < users.len()).then(|| next_link(&service, version, &options, size, end));
    Ok(odata::collection(&service, version, "users", page, next))
}

/// The groups that a user is in, directly or not; the simulator knows no other memberships.
pub(super) async fn memberships(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    Path(name): Path<String>,
    caller: Caller,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::USERS)?;
    let groups = service
        .tenant
        .read(|state| state.user(&name).map(|user| user.groups.clone()));
    let groups = groups.ok_or_else(|| GraphError::no_such_object(&name))?;
    let page = groups
        .into_iter()
        .map(|id| json!({"@odata.type": "#microsoft.graph.group", "id": id}))
        .collect();
    Ok(odata::collection(
        &service,
        version,
        "directoryObjects",
        page,
        None,
    ))
}

fn next_link(
    service: &Service,
    version: Version,
    options: &Options,
    size: usize,
    skip: usize,
) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(select) = &options.select {
        query.append_pair("$select", select);
    }
    query.append_pair("$top", &size.to_string());
    query.append_pair("$skiptoken", &skip.to_string());
    format!(
        "{}/{}/users?{}",
        service.base_url,
        version.as_str(),
        query.finish()
    )
}

fn answer(
    service: &Service,
    version: Version,
    user: &User,
    options: Queried,
) -> Result<Response, GraphError> {
    let options = checked(options)?;
    let body = selected(user, options.select.as_deref())?;
    Ok(odata::entity(service, version, "users/$entity", body))
}

fn checked(options: Queried) -> Result<Options, GraphError> {
    options
        .map(|Query(options)| options)
        .map_err(|_| GraphError::unsupported_query("Unsupported or invalid query option."))
}

fn selected(user: &User, select: Option<&str>) -> Result<Value, GraphError> {
    let mut all = members(user);
    let wanted: Vec<&str> = match select {
        Some(select) => select.split(',').map(str::trim).collect(),
        None => DEFAULT_MEMBERS.to_vec(),
    };
    let mut body = Map::new();
    for name in wanted {
        let value = all.get_mut(name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            GraphError::malformed(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{shown}' on type \
                 'microsoft.graph.user'."
            ))
        })?;
        body.insert(name.to_owned(), value.clone());
    }
    Ok(body.into())
}

/// Every member that the simulator knows of; what it keeps no value for is null, as for a cloud-only account.
fn members(user: &User) -> Value {
    json!({
        "accountEnabled": user.account_enabled,
        "assignedLicenses": [],
        "businessPhones": [],
        "createdDateTime": null,
        "creationType": null,
        "displayName": user.display_name,
        "givenName": null,
        "id": user.id,
        "isManagementRestricted": null,
        "jobTitle": null,
        "lastPasswordChangeDateTime": null,
        "mail": null,
        "mobilePhone": null,
        "officeLocation": null,
        "onPremisesImmutableId": null,
        "onPremisesSyncEnabled": null,
        "passwordPolicies": null,
        "preferredLanguage": null,
        "surname": null,
        "userPrincipalName": user.user_principal_name,
        "userType": user.user_type.as_str(),
    })
}
