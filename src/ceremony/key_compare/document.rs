//! What `halligan key test --json` said of a key: just now, or in a file of an earlier day.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The schema of a result.
const SCHEMA: &str = "halligan.key.test/1";
/// No result is larger, in bytes. A real one has some fifty thousand.
pub const SIZE_LIMIT: usize = 4 << 20;
/// No result has more checks.
const CHECKS_LIMIT: usize = 1000;

/// Why a file is no result of a test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// It lacks a member, or has one of another form.
    #[error("not a whole result of a key test: {0}")]
    Malformed(String),
    /// Not JSON, or cut off.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// Another document.
    #[error("the schema is {0:?} and not {SCHEMA}")]
    Schema(String),
    /// More than a result can have.
    #[error("more than a result of a key test can hold")]
    TooLarge,
}

/// A result, as far as two are compared. Members that a later version has besides are passed over.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct TestResult {
    /// How the key was connected.
    pub device: String,
    /// The members of getInfo by the names of this tool; none if the key gave no usable answer, or the result is from an earlier
    /// version.
    #[serde(default)]
    pub info: Option<Map<String, Value>>,
    /// Which model it is; none if the key gave no usable answer.
    pub model: Option<Model>,
    /// One for each check that was chosen.
    pub checks: Vec<CheckResult>,
}

/// The model of a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Model {
    /// The model's identifier.
    pub aaguid: String,
    /// The vendor's own numbering.
    pub firmware_version: Option<u64>,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CheckResult {
    /// Its id.
    pub id: String,
    /// `pass`, `fail`, `unknown` or `not_applicable`.
    pub verdict: CheckVerdict,
    /// The reason for any verdict but `pass`.
    #[serde(default)]
    pub why: Option<String>,
    /// The numbers and bytes behind it.
    #[serde(default)]
    pub facts: Map<String, Value>,
}

/// The verdict of a check, as its document writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// Examined and found bad.
    Fail,
    /// The key does not have what is asked about.
    NotApplicable,
    /// Examined and found good.
    Pass,
    /// Not determined.
    Unknown,
}

impl CheckVerdict {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::Pass => "pass",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing stands against the key.
    #[must_use]
    pub fn is_good(self) -> bool {
        matches!(self, Self::Pass | Self::NotApplicable)
    }
}

impl TestResult {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not a whole result of a test.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ResultError> {
        if bytes.len() > SIZE_LIMIT {
            return Err(ResultError::TooLarge);
        }
        let document = serde_json::from_slice(bytes)
            .map_err(|error| ResultError::NotJson(error.to_string()))?;
        Self::from_document(document)
    }

    /// Reads a document.
    ///
    /// # Errors
    /// When it is not a whole result of a test.
    pub fn from_document(document: Value) -> Result<Self, ResultError> {
        let schema = document.get("schema").and_then(Value::as_str);
        if schema != Some(SCHEMA) {
            let found = schema.unwrap_or_default().chars().take(64).collect();
            return Err(ResultError::Schema(found));
        }
        let malformed = |error: serde_json::Error| ResultError::Malformed(error.to_string());
        let result = Self::deserialize(document).map_err(malformed)?;
        if result.checks.len() > CHECKS_LIMIT {
            return Err(ResultError::TooLarge);
        }
        Ok(result)
    }
}
