//! What requests to the directory cost, and the quota that they may use up: resource units in windows of ten seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::simulator::routes::GraphError;
use crate::simulator::service::Service;

/// The first segments of what the directory answers.
const DIRECTORY: [&str; 7] = [
    "directory",
    "domains",
    "groups",
    "me",
    "organization",
    "roleManagement",
    "users",
];

const WINDOW: Duration = Duration::from_secs(10);

const COST: HeaderName = HeaderName::from_static("x-ms-resource-unit");
const PERCENTAGE: HeaderName = HeaderName::from_static("x-ms-throttle-limit-percentage");

/// What has been used since when.
#[derive(Default)]
pub(in crate::simulator) struct Quota(Mutex<Window>);

#[derive(Default)]
struct Window {
    start: Duration,
    used: u32,
}

/// How far a request got.
enum Spent {
    /// In parts of a hundred of the quota, after it.
    Percent(u32),
    /// The quota is used up for this long.
    Exceeded(Duration),
}

impl Quota {
    /// Takes what a request costs. A request that finds too little left costs nothing.
    fn spend(&self, cost: u32, quota: u32, now: Duration) -> Spent {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(window.start) >= WINDOW {
            *window = Window {
                start: now,
                used: 0,
            };
        }
        if window.used.saturating_add(cost) > quota {
            return Spent::Exceeded((window.start + WINDOW).saturating_sub(now));
        }
        window.used += cost;
        Spent::Percent(window.used.saturating_mul(100) / quota)
    }
}

/// Middleware: says what a request to the directory costs and, if the tenant has a quota, refuses what goes beyond it.
pub(in crate::simulator) async fn apply(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Response {
    let Some(cost) = cost(&request) else {
        return next.run(request).await;
    };
    let quota = service.tenant.read(|state| state.quirks.identity_quota);
    let spent = quota.map(|quota| {
        let now = service.env.monotonic();
        service.quota.spend(cost, quota.get(), now)
    });
    let mut response = match spent {
        Some(Spent::Exceeded(wait)) => exceeded(wait),
        _ => next.run(request).await,
    };
    response.headers_mut().insert(COST, cost.into());
    if let Some(Spent::Percent(percent)) = spent
        && percent >= 80
        && let Ok(value) = HeaderValue::from_str(&fraction(percent))
    {
        response.headers_mut().insert(PERCENTAGE, value);
    }
    response
}

/// Hundredths as a decimal number.
fn fraction(percent: u32) -> String {
    format!("{}.{:02}", percent / 100, percent % 100)
}

/// 429, and how long to wait.
pub(super) fn exceeded(wait: Duration) -> Response {
    let mut response =
        GraphError::scripted(axum::http::StatusCode::TOO_MANY_REQUESTS).into_response();
    let seconds = HeaderValue::from(wait.as_secs().max(1));
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

/// What a request costs; nothing if it is not for the directory.
fn cost(request: &Request) -> Option<u32> {
    let segments: Vec<&str> = request.uri().path().split('/').skip(1).collect();
    let ["v1.0" | "beta", resource @ ..] = segments.as_slice() else {
        return None;
    };
    let first = resource.first()?;
    if !DIRECTORY.contains(first) || resource.contains(&"authentication") {
        return None;
    }
    let base: u32 = match (request.method(), resource) {
        (&Method::GET, ["users"]) => 2,
        (&Method::GET, ["groups", _, "members", ..]) => 3,
        (&Method::GET, ["groups", _, "transitiveMembers", ..]) => 5,
        _ => 1,
    };
    let query = request.uri().query().unwrap_or_default();
    let has = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.any(|(key, _)| key == name)
    };
    let expanded = base + u32::from(has("$expand"));
    Some(expanded.saturating_sub(u32::from(has("$select"))).max(1))
}
