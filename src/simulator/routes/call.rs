//! What a handler of the directory works with, and the answers that it gives.

use axum::Extension;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::simulator::routes::filter::Filter;
use crate::simulator::routes::page::{Collection, Options, Queried};
use crate::simulator::routes::{Caller, GraphError, Version, odata};
use crate::simulator::service::Service;
use crate::simulator::tenant::State;

/// A request of somebody with a valid access token.
pub(super) struct Call {
    pub(super) service: Service,
    pub(super) version: Version,
    pub(super) caller: Caller,
    /// Whether the client takes answers from an index that may lag behind, as counting and some filters need.
    pub(super) is_eventual: bool,
}

impl FromRequestParts<Service> for Call {
    type Rejection = GraphError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, GraphError> {
        let caller = Caller::from_request_parts(parts, service).await?;
        let version = Extension::<Version>::from_request_parts(parts, service).await;
        let Extension(version) = version.map_err(|_| GraphError::no_such_segment(""))?;
        let level = parts.headers.get("consistencylevel");
        let is_eventual =
            level.is_some_and(|level| level.as_bytes().eq_ignore_ascii_case(b"eventual"));
        Ok(Self {
            service: service.clone(),
            version,
            caller,
            is_eventual,
        })
    }
}

impl Call {
    /// Changes the tenant; nothing of a refused change happens.
    pub(super) fn change<R>(
        &self,
        change: impl FnOnce(&mut State) -> Result<R, GraphError>,
    ) -> Result<R, GraphError> {
        self.service
            .tenant
            .try_audited(&self.caller.initiator(), change)
    }

    /// 200 and one object.
    pub(super) fn entity(&self, context: &str, body: Value) -> Response {
        odata::entity(&self.service, self.version, context, body)
    }

    /// 201 and the object that was made.
    pub(super) fn created(&self, context: &str, body: Value) -> Response {
        (StatusCode::CREATED, self.entity(context, body)).into_response()
    }

    /// 200 and a collection that the service does not part into pages.
    pub(super) fn whole(&self, context: &str, items: Vec<Value>) -> Response {
        odata::collection(&self.service, self.version, context, None, items, None)
    }

    /// 200 and a page of all the objects of a collection that may be filtered by these members.
    pub(super) fn listed(
        &self,
        path: &str,
        queried: Queried,
        filtered: &[&str],
        all: impl FnOnce(&State) -> Vec<Value>,
    ) -> Result<Response, GraphError> {
        let options = Options::with_filter(queried)?;
        let filter = Filter::parse(options.filter.as_deref(), filtered)?;
        let objects = self.service.tenant.read(all).into_iter();
        let fitting = objects.filter(|object| filter.fits(|member| object[member].clone()));
        let select = options.select.as_deref();
        self.collection(path, path)
            .page(fitting, None, &options, |object| {
                Ok(odata::selected(object, select))
            })
    }

    /// The collection at this path.
    pub(super) fn collection<'a>(&'a self, path: &'a str, context: &'a str) -> Collection<'a> {
        Collection {
            service: &self.service,
            version: self.version,
            path,
            context,
        }
    }
}

/// The object in a body, without what OData annotates but the bindings.
pub(super) fn members(body: &[u8]) -> Result<Map<String, Value>, GraphError> {
    let mut members: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|cause| GraphError::malformed(format!("Invalid JSON: {cause}.")))?;
    members.retain(|name, _| !name.contains("@odata.") || name.ends_with("@odata.bind"));
    Ok(members)
}

/// The members that `$select` names, or else these; each must exist.
pub(super) fn selected(
    select: Option<&str>,
    default: &[&str],
    resource: &str,
    member: impl Fn(&str) -> Option<Value>,
) -> Result<Value, GraphError> {
    let wanted: Vec<&str> = match select {
        Some(select) => select.split(',').map(str::trim).collect(),
        None => default.to_vec(),
    };
    let mut body = Map::new();
    for name in wanted {
        let value = member(name).ok_or_else(|| {
            let shown: String = name.chars().take(64).collect();
            GraphError::malformed(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{shown}' on type \
                 'microsoft.graph.{resource}'."
            ))
        })?;
        body.insert(name.to_owned(), value);
    }
    Ok(body.into())
}
