//! Which checks run.

use super::{CHECKS, Check, Tag};

/// Checks, by id or tag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these; empty: all that are not slow.
    pub only: Vec<String>,
    /// Without these.
    pub skip: Vec<String>,
    /// With those that are slow.
    pub slow: bool,
}

/// A word that names no check.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no check and no tag is called {0:?}")]
pub struct UnknownCheck(pub String);

impl Selection {
    /// The checks, in the order in which they run.
    ///
    /// # Errors
    /// When a word is neither an id nor a tag.
    pub fn checks(&self) -> Result<Vec<&'static Check>, UnknownCheck> {
        for word in self.only.iter().chain(&self.skip) {
            if !CHECKS.iter().any(|check| is_called(check, word)) {
                return Err(UnknownCheck(word.clone()));
            }
        }
        let chosen = |check: &&Check| match self.only.as_slice() {
            [] => self.slow || !check.tags.contains(&Tag::Slow),
            only => named(only, check),
        };
        let all = CHECKS.iter().filter(chosen);
        Ok(all.filter(|check| !named(&self.skip, check)).collect())
    }
}

fn named(words: &[String], check: &Check) -> bool {
    words.iter().any(|word| is_called(check, word))
}

fn is_called(check: &Check, word: &str) -> bool {
    check.id == word || check.tags.iter().any(|tag| tag.as_str() == word)
}
