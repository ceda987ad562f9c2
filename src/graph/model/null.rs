//! Members that the service documents as lists and may send as null.

use serde::{Deserialize, Deserializer};

/// For `#[serde(deserialize_with = "…")]`: null is the same as nothing.
pub(super) fn as_empty<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
