//! One request per second for all clients of a tenant together; who comes too early gets 429 without `Retry-After`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::simulator::routes::GraphError;
use crate::simulator::service::Service;

/// The time between two requests.
const INTERVAL: Duration = Duration::from_secs(1);

/// When the last request was taken, on the monotonic clock.
#[derive(Clone, Default)]
pub(in crate::simulator) struct Pace(Arc<Mutex<Option<Duration>>>);

impl Pace {
    /// Whether a request may come now; those that may not do not count.
    fn admits(&self, now: Duration) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = last.is_none_or(|last| now >= last + INTERVAL);
        if admitted {
            *last = Some(now);
        }
        admitted
    }
}

/// Proof that a request came slowly enough, if the tenant asks for that.
pub(super) struct Turn;

impl FromRequestParts<Service> for Turn {
    type Rejection = GraphError;

    async fn from_request_parts(_: &mut Parts, service: &Service) -> Result<Self, GraphError> {
        let is_throttled = service
            .tenant
            .read(|state| state.conditional_access.is_throttled);
        if is_throttled && !service.pace.admits(service.env.monotonic()) {
            return Err(GraphError::throttled());
        }
        Ok(Self)
    }
}
