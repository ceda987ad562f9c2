//! Why there is no metadata to judge by.

/// Why there is no metadata to judge by.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was signed is not a metadata payload.
    #[error("the metadata payload is malformed: {0}")]
    Payload(#[source] serde_json::Error),
}
