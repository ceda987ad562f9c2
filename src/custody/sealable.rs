//! What can be sealed: secrets of one line.

use crate::secret::{Password, Pin};

/// A secret that custodians can be given. One line of text, so that it can be told from the line feeds that hide its length.
pub trait Sealable: Sized {
    /// Its bytes, UTF-8, for sealing only.
    fn to_seal(&self) -> &[u8];

    /// The secret that was sealed as this text; none if the text cannot be one of the kind.
    fn sealed_as(text: &str) -> Option<Self>;

    /// The secret as a person types it, for whoever asked to see it.
    fn reveal(&self) -> &str;
}

impl Sealable for Pin {
    fn to_seal(&self) -> &[u8] {
        self.expose_bytes()
    }

    fn sealed_as(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }

    fn reveal(&self) -> &str {
        self.expose_text()
    }
}

/// Fewest and most characters of a password in Entra.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=256;

impl Sealable for Password {
    fn to_seal(&self) -> &[u8] {
        self.expose().as_bytes()
    }

    fn sealed_as(text: &str) -> Option<Self> {
        let is_one = PASSWORD.contains(&text.chars().count());
        is_one.then(|| Self::new(text.to_owned()))
    }

    fn reveal(&self) -> &str {
        self.expose()
    }
}
