//! Yes, no, or open; with the setting that says so.

use crate::tenant::Setting;

/// What the policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// The key is taken.
    Allowed {
        /// The setting that takes it.
        by: String,
    },
    /// The key is not taken.
    Refused {
        /// The settings that refuse it.
        by: String,
        /// The first of them.
        setting: Setting,
    },
    /// The policy, or what could be read of it, does not say.
    Unknown {
        /// What is missing.
        why: String,
    },
}

impl Ruling {
    pub(super) fn allowed(by: impl Into<String>) -> Self {
        Self::Allowed { by: by.into() }
    }

    pub(super) fn refused(setting: Setting, by: impl Into<String>) -> Self {
        let by = by.into();
        Self::Refused { by, setting }
    }

    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// The ruling where one of several is enough: a single yes decides, a no needs all of them.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (allowed @ Self::Allowed { .. }, _) | (_, allowed @ Self::Allowed { .. }) => allowed,
            (unknown @ Self::Unknown { .. }, _) | (_, unknown @ Self::Unknown { .. }) => unknown,
            (Self::Refused { by: first, setting }, Self::Refused { by: second, .. }) => {
                Self::refused(setting, format!("{first}; {second}"))
            }
        }
    }

    /// The ruling where all of several are needed: a single no decides, a yes needs all of them.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (refused @ Self::Refused { .. }, _) | (_, refused @ Self::Refused { .. }) => refused,
            (unknown @ Self::Unknown { .. }, _) | (_, unknown @ Self::Unknown { .. }) => unknown,
            (Self::Allowed { .. }, allowed) => allowed,
        }
    }

    /// The ruling if the condition for it may not hold: then only a no is certain.
    #[must_use]
    pub(super) fn perhaps(self, why: &str) -> Self {
        match self {
            Self::Allowed { .. } => Self::unknown(why),
            other => other,
        }
    }
}
