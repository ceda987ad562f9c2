//! The kind of an entry: what happened, in one word of the form `subject.verb`. The kinds themselves are listed, with their
//! bodies, in [`super`].

use std::fmt;
use std::str::FromStr;

use super::Kind;

/// A text that cannot be a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of entry: {0:?}")]
pub struct NotAKind(String);

impl FromStr for Kind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        if let Some(kind) = Self::known(text) {
            return Ok(kind);
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
    fn a_later_kind_is_kept_and_nonsense_refused() {
        assert_eq!("key.enrolled".parse(), Ok(Kind::KeyEnrolled));
        assert_eq!(
            "key.witnessed".parse(),
            Ok(Kind::Unknown("key.witnessed".to_owned()))
        );
        for text in ["", "key", "key.", ".x", "Key.x", "a.b.c", &"a.".repeat(40)] {
            assert!(text.parse::<Kind>().is_err(), "{text}");
        }
    }
}
