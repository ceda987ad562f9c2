//! Secrets: zeroized when dropped, without `Debug`, `Display` or `Serialize`, so that no log line, error text or
//! report can hold one by accident. Whoever needs the value calls a method whose name says so.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Why a text cannot be a PIN for a FIDO2 key (CTAP 2.1 §6.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// The PIN ends in a zero byte, which the padding would swallow.
    #[error("a PIN must not end in a NUL character")]
    EndsInNul,
    /// Fewer code points than the key or the specification wants.
    #[error("the PIN has {found} characters, at least {minimum} are needed")]
    TooShort {
        /// Code points after normalization.
        found: usize,
        /// Code points needed.
        minimum: usize,
    },
    /// More than 63 bytes of UTF-8.
    #[error("the PIN is {0} bytes long in UTF-8, at most 63 are possible")]
    TooLong(usize),
}

/// A PIN in Unicode normalization form C, 4 code points to 63 bytes.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// The fewest code points that the specification allows.
    pub const MINIMUM: usize = 4;
    /// The most bytes of UTF-8 that the specification allows.
    pub const MAXIMUM_BYTES: usize = 63;

    /// Normalizes and checks a PIN as typed.
    ///
    /// # Errors
    /// When it is shorter than 4 code points, longer than 63 bytes, or ends in NUL.
    pub fn new(typed: &str) -> Result<Self, PinError> {
        let pin = Zeroizing::new(typed.nfc().collect::<String>());
        let found = pin.chars().count();
        if found < Self::MINIMUM {
            return Err(PinError::TooShort {
                found,
                minimum: Self::MINIMUM,
            });
        }
        if pin.len() > Self::MAXIMUM_BYTES {
            return Err(PinError::TooLong(pin.len()));
        }
        if pin.ends_with('\0') {
            return Err(PinError::EndsInNul);
        }
        Ok(Self(pin))
    }

    /// Checks the PIN against a key's own minimum.
    ///
    /// # Errors
    /// When it has fewer code points than `minimum`.
    pub fn require(&self, minimum: usize) -> Result<(), PinError> {
        match self.0.chars().count() {
            found if found < minimum => Err(PinError::TooShort { found, minimum }),
            _ => Ok(()),
        }
    }

    /// The UTF-8 bytes, for the PIN protocol and for sealing only.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The PIN as a person types it, for whoever asked to see it.
    #[must_use]
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

/// A pinUvAuthToken: whoever holds it acts with the user's verification until the key forgets it.
#[derive(Clone)]
pub struct PinUvAuthToken(Zeroizing<Vec<u8>>);

impl PinUvAuthToken {
    /// Takes the decrypted token.
    #[must_use]
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The token's bytes, for the authentication function of the PIN protocol only.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An OAuth 2.0 bearer token for Microsoft Graph.
#[derive(Clone)]
pub struct AccessToken(Zeroizing<String>);

impl AccessToken {
    /// Takes the token as the authority issued it.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// The token's text, for the `Authorization` header only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A user's password.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the password.
    #[must_use]
    pub fn new(password: String) -> Self {
        Self(Zeroizing::new(password))
    }

    /// The password's text, for the request that sets it and for sealing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A client secret, a private key in PEM, or another credential of an application.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Takes the secret as configured.
    #[must_use]
    pub fn new(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret's text, for the token request only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(typed: &str) -> Option<PinError> {
        Pin::new(typed).err()
    }

    #[test]
    fn a_pin_is_counted_in_code_points_and_bounded_in_bytes() {
        assert_eq!(
            refusal("123"),
            Some(PinError::TooShort {
                found: 3,
                minimum: 4
            })
        );
        assert_eq!(refusal("1234"), None);
        assert_eq!(refusal(&"1".repeat(63)), None);
        assert_eq!(refusal(&"1".repeat(64)), Some(PinError::TooLong(64)));
        assert_eq!(refusal("ßßßß"), None);
        assert_eq!(refusal("1234\0"), Some(PinError::EndsInNul));
    }

    #[test]
    fn a_pin_is_normalized_before_it_is_counted() {
        let decomposed = "e\u{301}e\u{301}e\u{301}e\u{301}";
        let pin = Pin::new(decomposed).expect("four characters");
        assert_eq!(pin.expose_bytes(), "éééé".as_bytes());
        assert_eq!(
            refusal("e\u{301}ab"),
            Some(PinError::TooShort {
                found: 3,
                minimum: 4
            })
        );
    }

    #[test]
    fn a_key_may_want_more_than_the_specification() {
        let pin = Pin::new("12345").expect("valid");
        assert_eq!(
            pin.require(6),
            Err(PinError::TooShort {
                found: 5,
                minimum: 6
            })
        );
        assert_eq!(pin.require(5), Ok(()));
    }
}
