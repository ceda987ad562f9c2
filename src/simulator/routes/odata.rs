//! The shape of OData answers: content type, version header, `@odata.context`, pages.

use axum::Json;
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::simulator::routes::Version;
use crate::simulator::service::Service;

const HEADERS: [(HeaderName, &str); 2] = [
    (
        CONTENT_TYPE,
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    ),
    (HeaderName::from_static("odata-version"), "4.0"),
];

/// One object.
pub(super) fn entity(service: &Service, version: Version, context: &str, body: Value) -> Response {
    let mut annotated = Map::new();
    annotated.insert(
        "@odata.context".to_owned(),
        metadata(service, version, context),
    );
    if let Value::Object(members) = body {
        annotated.extend(members);
    }
    (HEADERS, Json(annotated)).into_response()
}

/// An object with the members that `$select` names, and what says its type.
pub(super) fn selected(mut object: Value, select: Option<&str>) -> Value {
    if let (Value::Object(members), Some(select)) = (&mut object, select) {
        let names: Vec<&str> = select.split(',').map(str::trim).collect();
        members.retain(|name, _| names.contains(&name.as_str()) || name.starts_with("@odata."));
    }
    object
}

/// One page of objects, and how many there are altogether if that is told.
pub(super) fn collection(
    service: &Service,
    version: Version,
    context: &str,
    total: Option<usize>,
    items: Vec<Value>,
    next_link: Option<String>,
) -> Response {
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        metadata(service, version, context),
    );
    if let Some(total) = total {
        body.insert("@odata.count".to_owned(), total.into());
    }
    if let Some(next_link) = next_link {
        body.insert("@odata.nextLink".to_owned(), next_link.into());
    }
    body.insert("value".to_owned(), items.into());
    (HEADERS, Json(body)).into_response()
}

fn metadata(service: &Service, version: Version, context: &str) -> Value {
    let base = &service.base_url;
    format!("{base}/{}/$metadata#{context}", version.as_str()).into()
}
