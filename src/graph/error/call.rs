//! One exchange with Graph.

use std::fmt;

use uuid::Uuid;

/// One exchange, as errors and progress show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its version, without the query.
    pub path: String,
    /// The identifier that the tool gave the request.
    pub client_request_id: Uuid,
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}
