//! What was asked of a tenant: an answer, or why there is none. In a document `{"read": …}` or `{"unread": {"why": …}}`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Something that was asked for.
pub type Read<T> = Result<T, Unread>;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// What came back.
    pub why: String,
    /// The permission that would tell, where one would.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Cow<'static, str>>,
}

impl Unread {
    /// Nobody asked.
    #[must_use]
    pub fn not_asked() -> Self {
        Self {
            why: "it was not asked for".to_owned(),
            permission: None,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Document<T> {
    Read(T),
    Unread(Unread),
}

/// For `#[serde(with = "…")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<T: Serialize, S: Serializer>(
    read: &Read<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match read {
        Ok(read) => Document::Read(read).serialize(serializer),
        Err(unread) => Document::<&T>::Unread(unread.clone()).serialize(serializer),
    }
}

/// For `#[serde(with = "…")]`.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Read<T>, D::Error> {
    Ok(match Document::deserialize(deserializer)? {
        Document::Read(read) => Ok(read),
        Document::Unread(unread) => Err(unread),
    })
}
