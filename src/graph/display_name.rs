//! The name of a key in the directory: given at creation, never changed.

use std::fmt;

/// A label that cannot be a key's name in the directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A control character.
    #[error("the label {0:?} holds a control character")]
    ControlCharacter(String),
    /// Nothing but white space.
    #[error("the label is empty")]
    Empty,
    /// More characters than the directory takes.
    #[error(
        "the label has {found} characters, the directory takes {}",
        DisplayName::MAXIMUM
    )]
    TooLong {
        /// Characters of the label.
        found: usize,
    },
}

/// One to thirty characters. The label is what the operator writes on the key, so it is refused when too long and
/// never cut: two keys whose labels differ at the end would get the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisplayName(String);

impl DisplayName {
    /// The most characters that the directory takes.
    pub const MAXIMUM: usize = 30;

    /// The label as the name.
    ///
    /// # Errors
    /// When the label is empty, too long, or holds control characters.
    pub fn new(label: &str) -> Result<Self, Error> {
        let label = label.trim();
        if label.chars().any(char::is_control) {
            return Err(Error::ControlCharacter(label.chars().take(40).collect()));
        }
        match label.chars().count() {
            0 => Err(Error::Empty),
            found if found > Self::MAXIMUM => Err(Error::TooLong { found }),
            _ => Ok(Self(label.to_owned())),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<DisplayName> for String {
    fn from(name: DisplayName) -> Self {
        name.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_label_is_refused_rather_than_cut() {
        let thirty = "ä".repeat(30);
        assert_eq!(DisplayName::new(&thirty).map(String::from), Ok(thirty));
        assert_eq!(
            DisplayName::new(&"x".repeat(31)),
            Err(Error::TooLong { found: 31 })
        );
        assert_eq!(DisplayName::new(" \t "), Err(Error::Empty));
        assert!(DisplayName::new("a\u{1b}[31m").is_err());
    }

    proptest! {
        #[test]
        fn a_name_fits_and_is_the_whole_label(label in ".{0,40}") {
            if let Ok(name) = DisplayName::new(&label) {
                prop_assert!((1..=30).contains(&name.as_str().chars().count()));
                prop_assert_eq!(name.as_str(), label.trim());
            }
        }
    }
}
