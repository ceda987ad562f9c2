//! `/$batch`: up to twenty requests in one, each answered by the same routes with the same access token.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::simulator::routes::call::Call;
use crate::simulator::routes::envelope::InBatch;
use crate::simulator::routes::{GraphError, Version};
use crate::simulator::service::Service;
use crate::simulator::tls::Severance;

/// The most requests in one.
const MOST: usize = 20;

/// The longest answer of one of them.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/$batch", post(plan))
}

/// The requests of a batch that is well-formed, on their way from the route to the middleware that sends them.
#[derive(Clone)]
struct Plan {
    steps: Arc<Vec<Step>>,
    version: Version,
}

/// Middleware around everything, so that each request of a batch meets faults, routes and envelope as if it came by itself.
pub(in crate::simulator) async fn run(request: Request, next: Next) -> Response {
    let outer = Outer {
        token: request.headers().get(AUTHORIZATION).cloned(),
        severance: request.extensions().get().cloned(),
        next: next.clone(),
    };
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Plan>() {
        None => response,
        Some(plan) => {
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(CONTENT_LENGTH);
            let body = outer.run(&plan).await;
            Response::from_parts(parts, Body::from(body.to_string()))
        }
    }
}

/// What every request of a batch has from the batch itself.
struct Outer {
    token: Option<HeaderValue>,
    severance: Option<ConnectInfo<Severance>>,
    next: Next,
}

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Step>,
}

/// One of the requests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Step {
    id: String,
    method: String,
    url: String,
    headers: Option<Map<String, Value>>,
    body: Option<Value>,
    depends_on: Option<Vec<String>>,
}

async fn plan(call: Call, body: Bytes) -> Result<Response, GraphError> {
    let batch: Batch = serde_json::from_slice(&body).map_err(|cause| {
        GraphError::malformed(format!("Invalid batch payload format: {cause}."))
    })?;
    check(&batch.requests)?;
    let plan = Plan {
        steps: Arc::new(batch.requests),
        version: call.version,
    };
    Ok((Extension(plan), Json(Value::Null)).into_response())
}

/// Whether the service would begin at all.
fn check(steps: &[Step]) -> Result<(), GraphError> {
    if steps.is_empty() || steps.len() > MOST {
        return Err(GraphError::with_code(
            StatusCode::BAD_REQUEST,
            "MaximumValueExceeded",
            format!(
                "Number of batch request steps must be between 1 and the maximum value of {MOST}."
            ),
        ));
    }
    let mut before: HashSet<String> = HashSet::new();
    for step in steps {
        let refused = |reason: &str| {
            Err(GraphError::malformed(format!(
                "Request id {}: {reason}",
                shown(&step.id)
            )))
        };
        let known = |id: &String| before.contains(&id.to_ascii_lowercase());
        if !step.depends_on.iter().flatten().all(known) {
            return refused("dependsOn must name requests that stand before it.");
        }
        if !before.insert(step.id.to_ascii_lowercase()) {
            return refused("the id is not unique.");
        }
        let mut headers = step.headers.iter().flatten();
        let typed = headers.any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if step.body.is_some() && !typed {
            return refused("a body needs a Content-Type header.");
        }
        if step.url.contains("://") || step.url.trim_start_matches('/').starts_with("$batch") {
            return refused("the url must be relative and no batch.");
        }
    }
    Ok(())
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

fn refused(step: &Step, status: StatusCode, code: &str, message: &str) -> (StatusCode, Value) {
    let answer = json!({
        "id": step.id,
        "status": status.as_u16(),
        "headers": {"Content-Type": "application/json"},
        "body": {"error": {"code": code, "message": message}},
    });
    (status, answer)
}

impl Outer {
    async fn run(&self, plan: &Plan) -> Value {
        let mut statuses: HashMap<String, StatusCode> = HashMap::new();
        let mut responses = Vec::new();
        for step in plan.steps.iter() {
            let failed = |id: &String| {
                let status = statuses.get(&id.to_ascii_lowercase());
                status.is_some_and(|status| !status.is_success())
            };
            let (status, response) = if step.depends_on.iter().flatten().any(failed) {
                let reason = "The request depends on one that failed.";
                refused(
                    step,
                    StatusCode::FAILED_DEPENDENCY,
                    "FailedDependency",
                    reason,
                )
            } else {
                self.step(step, plan.version).await
            };
            statuses.insert(step.id.to_ascii_lowercase(), status);
            responses.push(response);
        }
        // The service keeps no order; whoever relies on one finds out here.
        responses.reverse();
        json!({ "responses": responses })
    }

    async fn step(&self, step: &Step, version: Version) -> (StatusCode, Value) {
        let Some(request) = self.request(step, version) else {
            let reason = "The request is malformed.";
            return refused(step, StatusCode::BAD_REQUEST, "BadRequest", reason);
        };
        let (parts, body) = self.next.clone().run(request).await.into_parts();
        let bytes = to_bytes(body, LONGEST_ANSWER).await.unwrap_or_default();
        let mut answer = json!({
            "id": step.id,
            "status": parts.status.as_u16(),
            "headers": headers(&parts.headers),
        });
        if !bytes.is_empty() {
            // What is no JSON comes as text.
            let text = || String::from_utf8_lossy(&bytes).into_owned().into();
            answer["body"] = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
        }
        (parts.status, answer)
    }

    /// The request as it would come by itself.
    fn request(&self, step: &Step, version: Version) -> Option<Request> {
        let path = step.url.trim_start_matches('/');
        let uri = format!("/{}/{}", version.as_str(), escaped(path));
        let mut request = Request::builder().method(step.method.as_str()).uri(uri);
        for (name, value) in step.headers.iter().flatten() {
            request = request.header(name, value.as_str()?);
        }
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token);
        }
        let body = step.body.as_ref().map(|body| body.to_string());
        let mut request = request.body(Body::from(body.unwrap_or_default())).ok()?;
        request.extensions_mut().insert(self.severance.clone()?);
        request.extensions_mut().insert(InBatch);
        Some(request)
    }
}

/// Blanks and quotes, which clients leave in these URLs, made fit for a request line.
fn escaped(url: &str) -> String {
    let mut escaped = String::new();
    for byte in url.bytes() {
        match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}".contains(&byte) => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let mut shown = Map::new();
    for (name, value) in headers {
        // As the service writes the one that clients look for.
        let name = if name == CONTENT_TYPE {
            "Content-Type"
        } else {
            name.as_str()
        };
        let name = if name == "retry-after" {
            "Retry-After"
        } else {
            name
        };
        if let Ok(value) = value.to_str() {
            shown.insert(name.to_owned(), value.into());
        }
    }
    shown
}
