//! Enumerations with flags: one text, members joined by commas.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The members that are set, as in `"deviceCodeFlow,authenticationTransfer"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags<T>(pub Vec<T>);

impl<T: PartialEq> Flags<T> {
    /// Whether this member is set.
    pub fn contains(&self, member: &T) -> bool {
        self.0.contains(member)
    }
}

impl<T: Serialize> Serialize for Flags<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = self
            .0
            .iter()
            .map(|member| match serde_json::to_value(member) {
                Ok(Value::String(word)) => Ok(word),
                _ => Err(serde::ser::Error::custom("a flag is not a word")),
            });
        words
            .collect::<Result<Vec<_>, _>>()?
            .join(",")
            .serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Flags<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let members = text.split(',').map(str::trim);
        let members = members.map(|word| serde_json::from_value(Value::from(word)));
        Ok(Self(
            members
                .collect::<Result<_, _>>()
                .map_err(D::Error::custom)?,
        ))
    }
}
