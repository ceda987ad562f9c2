//! Reading users.

use axum::extract::Path;
use axum::response::Response;

use crate::simulator::routes::call::{Call, selected};
use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Options, Queried};
use crate::simulator::routes::users::members::{DEFAULT, FILTERED, member};
use crate::simulator::routes::{GraphError, permissions};
use crate::simulator::tenant::{State, User};

pub(super) async fn get(
    call: Call,
    Path(name): Path<String>,
    options: Queried,
) -> Result<Response, GraphError> {
    let user = call.service.tenant.read(|state| state.user(&name).cloned());
    let own = user.as_ref().is_some_and(|user| call.caller.is(user));
    call.caller.require_any(if own {
        &permissions::OWN_USER
    } else {
        &permissions::USERS
    })?;
    let user = user.ok_or_else(|| GraphError::no_such_object(&name))?;
    answer(&call, &user, options)
}

pub(super) async fn me(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::OWN_USER)?;
    let signed_in = call.caller.user_id();
    let user = call.service.tenant.read(|state| {
        let user = signed_in.and_then(|id| state.user_by_id(id));
        user.cloned()
    });
    let user = user.ok_or_else(GraphError::not_delegated)?;
    answer(&call, &user, options)
}

fn answer(call: &Call, user: &User, options: Queried) -> Result<Response, GraphError> {
    let options = Options::without_filter(options)?;
    let tenant = &call.service.tenant;
    let body = tenant.read(|state| render(state, user, options.select.as_deref()))?;
    Ok(call.entity("users/$entity", body))
}

pub(super) fn render(
    state: &State,
    user: &User,
    select: Option<&str>,
) -> Result<serde_json::Value, GraphError> {
    selected(select, &DEFAULT, "user", |name| member(state, user, name))
}

pub(super) async fn list(call: Call, options: Queried) -> Result<Response, GraphError> {
    call.caller.require_any(&permissions::USERS)?;
    let options = Options::with_filter(options)?;
    let filter = Filter::parse(options.filter.as_deref(), &FILTERED)?;
    let counts = call.is_eventual && options.count == Some(true);
    if filter.is_advanced() && !counts {
        return Err(GraphError::needs_consistency_level());
    }
    call.service.tenant.read(|state| {
        let found = || {
            candidates(state, &filter).filter(|user| {
                state.is_settled(&user.id.to_string())
                    && filter.fits(|name| member(state, user, name).unwrap_or_default())
            })
        };
        let total = counts.then(|| found().count());
        let select = options.select.as_deref();
        call.collection("users", "users")
            .page(found(), total, &options, |user| render(state, user, select))
    })
}

/// Those of whom the filter is about by name or id, or else everybody.
fn candidates<'a>(state: &'a State, filter: &Filter) -> Box<dyn Iterator<Item = &'a User> + 'a> {
    let named = filter.values_of("id");
    match named.or_else(|| filter.values_of("userPrincipalName")) {
        Some(names) => {
            let users = names.into_iter().filter_map(|name| state.user(name));
            Box::new(users.collect::<Vec<_>>().into_iter())
        }
        None => Box::new(state.users.iter()),
    }
}
