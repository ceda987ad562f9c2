//! `authentication/methods`, and the lists of single kinds: `phoneMethods`, `emailMethods`, …

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::graph::model;
use crate::simulator::relying_party::date_time;
use crate::simulator::routes::authentication::{passes, reached};
use crate::simulator::routes::call::Call;
use crate::simulator::routes::{Access, GraphError, fido2_methods, permissions};
use crate::simulator::tenant::{State, User};

/// The one password of everybody has the same id everywhere.
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

/// The lists by kind, and what their members are.
const KINDS: [(&str, &str); 9] = [
    ("emailMethods", "emailAuthenticationMethod"),
    (
        "externalAuthenticationMethods",
        "externalAuthenticationMethod",
    ),
    (
        "microsoftAuthenticatorMethods",
        "microsoftAuthenticatorAuthenticationMethod",
    ),
    ("passwordMethods", "passwordAuthenticationMethod"),
    ("phoneMethods", "phoneAuthenticationMethod"),
    (
        "platformCredentialMethods",
        "platformCredentialAuthenticationMethod",
    ),
    ("softwareOathMethods", "softwareOathAuthenticationMethod"),
    (passes::LIST, passes::KIND),
    (
        "windowsHelloForBusinessMethods",
        "windowsHelloForBusinessAuthenticationMethod",
    ),
];

/// A user's methods besides FIDO2 keys, as the service shows them now.
pub(super) fn of(state: &State, user: &User) -> Vec<Value> {
    let password = json!({
        "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
        "id": PASSWORD,
        "createdDateTime": user.last_password_change.map(date_time),
        "password": null,
    });
    let others = user.authentication_methods.iter();
    let others = others.map(|method| shown(state, method));
    std::iter::once(password).chain(others).collect()
}

fn shown(state: &State, method: &Map<String, Value>) -> Value {
    if kind_of(method) == Some(passes::KIND) {
        passes::shown(method, state.now)
    } else {
        method.clone().into()
    }
}

/// The kind of a method, without the namespace.
pub(super) fn kind_of(method: &Map<String, Value>) -> Option<&str> {
    method.get("@odata.type")?.as_str().map(model::kind)
}

pub(super) async fn all(call: Call, Path(user): Path<String>) -> Result<Response, GraphError> {
    call.service.tenant.read(|state| {
        let user = reached(
            state,
            &call.caller,
            &user,
            Access::Read,
            &permissions::ALL_METHODS,
        )?;
        let mut methods = of(state, user);
        let keys = state.visible_methods(user.id, state.now);
        methods.extend(keys.map(|key| fido2_methods::wire(state, key)));
        Ok(call.whole(&context(user, "methods"), methods))
    })
}

fn context(user: &User, list: &str) -> String {
    format!("users('{}')/authentication/{list}", user.id)
}

/// The kind that a list is of.
fn kind(list: &str) -> Result<&'static str, GraphError> {
    let mut kinds = KINDS.iter();
    let known = kinds.find(|(name, _)| *name == list);
    known
        .map(|(_, kind)| *kind)
        .ok_or_else(|| GraphError::no_such_segment(list))
}

pub(super) async fn list(
    call: Call,
    Path((user, list)): Path<(String, String)>,
) -> Result<Response, GraphError> {
    listed(&call, &user, &list, &permissions::ALL_METHODS)
}

/// A user's methods of one kind, for those who have one of these permissions.
pub(super) fn listed(
    call: &Call,
    user: &str,
    list: &str,
    permissions: &[&str],
) -> Result<Response, GraphError> {
    call.service.tenant.read(|state| {
        let user = reached(state, &call.caller, user, Access::Read, permissions)?;
        let methods = of_kind(state, user, kind(list)?);
        Ok(call.whole(&context(user, list), methods))
    })
}

/// The methods of one kind.
fn of_kind(state: &State, user: &User, kind: &str) -> Vec<Value> {
    let mut methods = of(state, user);
    methods.retain(|method| method["@odata.type"] == format!("#microsoft.graph.{kind}"));
    methods
}

pub(super) async fn get(
    call: Call,
    Path((user, list, id)): Path<(String, String, String)>,
) -> Result<Response, GraphError> {
    found(&call, &user, &list, &id, &permissions::ALL_METHODS)
}

/// The one of them with this id.
pub(super) fn found(
    call: &Call,
    user: &str,
    list: &str,
    id: &str,
    permissions: &[&str],
) -> Result<Response, GraphError> {
    call.service.tenant.read(|state| {
        let user = reached(state, &call.caller, user, Access::Read, permissions)?;
        let mut methods = of_kind(state, user, kind(list)?).into_iter();
        let method = methods.find(|method| method["id"] == *id);
        let method = method.ok_or_else(GraphError::no_such_method)?;
        Ok(call.entity(&format!("{}/$entity", context(user, list)), method))
    })
}

pub(super) async fn delete(
    call: Call,
    Path((user, list, id)): Path<(String, String, String)>,
) -> Result<StatusCode, GraphError> {
    let permissions = &permissions::ALL_METHODS_WRITE;
    removed(&call, &user, kind(&list)?, &id, permissions)
}

/// Takes a method away from a user.
pub(super) fn removed(
    call: &Call,
    user: &str,
    kind: &str,
    id: &str,
    permissions: &[&str],
) -> Result<StatusCode, GraphError> {
    call.change(|state| {
        let user = reached(state, &call.caller, user, Access::Write, permissions)?;
        let mut methods = user.authentication_methods.iter();
        let wanted = |method: &Map<String, Value>| {
            kind_of(method) == Some(kind) && method.get("id").is_some_and(|known| known == id)
        };
        let at = methods.position(wanted);
        let at = at.ok_or_else(GraphError::no_such_method)?;
        let name = user.id.to_string();
        if let Some(user) = state.user_mut(&name) {
            user.authentication_methods.remove(at);
        }
        Ok(StatusCode::NO_CONTENT)
    })
}
