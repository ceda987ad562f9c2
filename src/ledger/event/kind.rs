//! The kind of an entry: what happened, in one word of the form `subject.verb`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an entry records. A kind of a later version is kept, so that its entries can still be shown and their hashes,
/// signatures and proofs be verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Kind {
    /// A credential was made on the key.
    EnrollCredentialCreated,
    /// An enrolment stopped before it was complete; it stays open.
    EnrollFailed,
    /// A station is about to provision a key.
    EnrollIntended,
    /// The key has a PIN now.
    EnrollPinSet,
    /// The tenant accepted the credential.
    EnrollRegistered,
    /// An enrolment was taken back and is closed.
    EnrollUndone,
    /// A key was checked, by an assertion or in vain.
    KeyChecked,
    /// A key is in service; closes its enrolment.
    KeyEnrolled,
    /// A station introduced its public key.
    StationJoined,
    /// A kind that this version does not know.
    Unknown(String),
}

/// A text that cannot be a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of entry: {0:?}")]
pub struct NotAKind(String);

const NAMES: [(Kind, &str); 9] = [
    (Kind::EnrollCredentialCreated, "enroll.credential_created"),
    (Kind::EnrollFailed, "enroll.failed"),
    (Kind::EnrollIntended, "enroll.intended"),
    (Kind::EnrollPinSet, "enroll.pin_set"),
    (Kind::EnrollRegistered, "enroll.registered"),
    (Kind::EnrollUndone, "enroll.undone"),
    (Kind::KeyChecked, "key.checked"),
    (Kind::KeyEnrolled, "key.enrolled"),
    (Kind::StationJoined, "station.joined"),
];

impl Kind {
    /// The kind as it is written in an entry.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            known => NAMES
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("", |(_, name)| name),
        }
    }
}

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        if let Some((kind, _)) = NAMES.iter().find(|(_, name)| *name == text) {
            return Ok(kind.clone());
        }
        let word = |word: &str| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        match text.split_once('.') {
            Some((subject, verb)) if text.len() <= 64 && word(subject) && word(verb) => {
                Ok(Self::Unknown(text.to_owned()))
            }
            _ => Err(NotAKind(text.chars().take(64).collect())),
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = NotAKind;

    fn try_from(text: String) -> Result<Self, NotAKind> {
        text.parse()
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.as_str().to_owned()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_kind_has_a_name_and_comes_back_from_it() {
        for (kind, name) in NAMES {
            assert_eq!(kind.as_str(), name);
            assert_eq!(name.parse(), Ok(kind));
        }
    }

    #[test]
    fn a_later_kind_is_kept_and_nonsense_refused() {
        assert_eq!(
            "key.retired".parse(),
            Ok(Kind::Unknown("key.retired".to_owned()))
        );
        for text in ["", "key", "key.", ".x", "Key.x", "a.b.c", &"a.".repeat(40)] {
            assert!(text.parse::<Kind>().is_err(), "{text}");
        }
    }
}
