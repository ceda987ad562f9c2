//! `$batch`: requests that are sent as one, and their answers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of `POST $batch`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRequests {
    /// At most twenty.
    pub requests: Vec<BatchRequest>,
}

/// One of the requests, without a body: a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchRequest {
    /// Different from every other of the batch.
    pub id: String,
    /// `GET`
    pub method: String,
    /// Relative to the version, with a slash before it.
    pub url: String,
    /// Of this request alone.
    #[serde(default)]
    pub headers: std::collections::BTreeMap<String, String>,
}

/// The answer, in any order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchAnswers {
    /// One for each request.
    pub responses: Vec<BatchResponse>,
}

/// The answer to one of the requests.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BatchResponse {
    /// Whose.
    pub id: String,
    /// HTTP status.
    pub status: u16,
    /// `Retry-After` among them.
    #[serde(default)]
    pub headers: Option<Map<String, Value>>,
    /// JSON, or a text.
    #[serde(default)]
    pub body: Option<Value>,
}
