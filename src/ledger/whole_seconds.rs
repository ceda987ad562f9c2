//! An entry's time in JSON: RFC 3339, UTC, whole seconds, `2026-03-01T09:00:00Z`, so that the order of texts is the order
//! of times.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serializer, de};

const FORMAT: &str = "%Y-%m-%dT%H:%M:%SZ";

pub(super) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.strftime(FORMAT))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time: Timestamp = text.parse().map_err(de::Error::custom)?;
    if time.strftime(FORMAT).to_string() == text && text.len() == 20 {
        Ok(time)
    } else {
        Err(de::Error::custom(
            "the time is not of the form 2026-03-01T09:00:00Z",
        ))
    }
}
