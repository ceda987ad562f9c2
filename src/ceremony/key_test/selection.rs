//! Which checks run.

use super::{CHECKS, Check, Kind, Tag};

/// Checks, by id or tag.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these; empty: all that are not slow.
    pub only: Vec<String>,
    /// Without these.
    pub skip: Vec<String>,
    /// With those that are slow.
    pub slow: bool,
    /// With those that erase everything on the key.
    pub destructive: bool,
}

/// A word that names no check that may run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// It would erase everything on the key.
    #[error("{0} erases everything on the key, and only runs with --destructive")]
    Destructive(String),
    /// It is neither an id nor a tag.
    #[error("no check and no tag is called {0:?}")]
    Unknown(String),
}

impl Selection {
    /// The checks, in the order in which they run.
    ///
    /// # Errors
    /// When a word is neither an id nor a tag, or asks for nothing but destructive checks although none may run.
    pub fn checks(&self) -> Result<Vec<&'static Check>, SelectionError> {
        for word in self.only.iter().chain(&self.skip) {
            if !CHECKS.iter().any(|check| is_called(check, word)) {
                return Err(SelectionError::Unknown(word.clone()));
            }
        }
        let allowed = |check: &Check| self.destructive || check.kind != Kind::Destructive;
        for word in &self.only {
            let mut meant = CHECKS.iter().filter(|check| is_called(check, word));
            if !meant.any(allowed) {
                return Err(SelectionError::Destructive(word.clone()));
            }
        }
        let quick = |check: &Check| self.slow || !check.tags.contains(&Tag::Slow);
        let chosen = |check: &&Check| match self.only.as_slice() {
            [] => quick(check),
            only => named(only, check) && (quick(check) || names_slow(only, check)),
        };
        let all = CHECKS.iter().filter(|check| allowed(check)).filter(chosen);
        Ok(all.filter(|check| !named(&self.skip, check)).collect())
    }
}

/// Whether slow checks are meant: by another tag, only those that are quick are.
fn names_slow(words: &[String], check: &Check) -> bool {
    words
        .iter()
        .any(|word| word == check.id || word == Tag::Slow.as_str())
}

fn named(words: &[String], check: &Check) -> bool {
    words.iter().any(|word| is_called(check, word))
}

fn is_called(check: &Check, word: &str) -> bool {
    check.id == word || check.tags.iter().any(|tag| tag.as_str() == word)
}
