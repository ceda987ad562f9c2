//! `/users`, `/users/{id}` and `/me`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata, permissions};
use crate::simulator::service::Service;
use crate::simulator::tenant::{State as Tenant, User};

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
        let user = signed_in.and_then(|id| state.user_by_id(id));
        user.cloned()
    });
    let user = user.ok_or_else(GraphError::not_delegated)?;
    answer(&service, version, &user, options)
}

pub(super) async fn list(
    State(service): State<Service>,
    Extension(version): Extension<Version>,
    caller: Caller,
    options: Queried,
) -> Result<Response, GraphError> {
    caller.require_any(&permissions::USERS)?;
    let options = Options::without_filter(options)?;
    let users = service.tenant.read(|state| {
        let users = state.users.iter();
        users
            .map(|user| selected(state, user, options.select.as_deref()))
            .collect::<Result<_, _>>()
    })?;
    let collection = Collection {
        service: &service,
        version,
        path: "users",
        context: "users",
    };
    collection.answer(users, &options)
}

fn answer(
    service: &Service,
    version: Version,
    user: &User,
    options: Queried,
) -> Result<Response, GraphError> {
    let options = Options::without_filter(options)?;
    let select = options.select.as_deref();
    let body = service.tenant.read(|state| selected(state, user, select))?;
    Ok(odata::entity(service, version, "users/$entity", body))
}

fn selected(state: &Tenant, user: &User, select: Option<&str>) -> Result<Value, GraphError> {
    let mut all = members(state, user);
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
fn members(state: &Tenant, user: &User) -> Value {
    // Null is what the service says of who is in no restricted unit.
    let restricted = state.is_management_restricted(user.id).then_some(true);
    json!({
        "accountEnabled": user.account_enabled,
        "assignedLicenses": [],
        "businessPhones": [],
        "createdDateTime": null,
        "creationType": null,
        "displayName": user.display_name,
        "givenName": null,
        "id": user.id,
        "isManagementRestricted": restricted,
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
