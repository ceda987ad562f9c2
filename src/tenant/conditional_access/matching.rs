//! Yes, no, or open.

/// Whether a condition is met. Each has its reason, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// It is met.
    Yes(String),
    /// It is not met.
    No(String),
    /// The scenario or the facts do not say.
    Open(String),
}

impl Match {
    /// All of several conditions: one that is not met decides, and one that is open keeps it open.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (no @ Self::No(_), _) | (_, no @ Self::No(_)) => no,
            (open @ Self::Open(_), _) | (_, open @ Self::Open(_)) => open,
            (Self::Yes(_), yes) => yes,
        }
    }

    /// One of several conditions: one that is met decides, and one that is open keeps it open.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (yes @ Self::Yes(_), _) | (_, yes @ Self::Yes(_)) => yes,
            (open @ Self::Open(_), _) | (_, open @ Self::Open(_)) => open,
            (Self::No(_), no) => no,
        }
    }

    /// Included, and not excluded: an exclusion wins over any inclusion.
    #[must_use]
    pub(super) fn unless(self, excluded: Self) -> Self {
        match (self, excluded) {
            (Self::Yes(_) | Self::Open(_), Self::Yes(why)) => Self::No(why),
            (Self::Yes(_) | Self::Open(_), Self::Open(why)) => Self::Open(why),
            (included, _) => included,
        }
    }

    /// The reason.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Yes(why) | Self::No(why) | Self::Open(why) => why,
        }
    }
}

/// The words that are not known here, of members that were sent beside those that are: any of them may narrow or widen what was
/// read. Annotations are not members, and null is the same as nothing.
#[must_use]
pub fn unknown_members(other: &serde_json::Map<String, serde_json::Value>) -> Vec<&str> {
    let said = other
        .iter()
        .filter(|(name, value)| !name.contains('@') && !is_nothing(value));
    said.map(|(name, _)| name.as_str()).collect()
}

fn is_nothing(value: &serde_json::Value) -> bool {
    use serde_json::Value;
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
