//! To whom a PIN can be sealed: the public keys that age knows without a plugin.

use std::fmt;
use std::str::FromStr;

use age::ssh::ParseRecipientKeyError;

/// Why a text is no recipient. The text itself is not repeated: it might be a secret key that was put in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARecipient {
    /// An X25519 recipient with a mistake in it.
    #[error("an age1… recipient that is not whole: {0}")]
    Age(&'static str),
    /// A recipient of an age plugin, of hardware tokens for example.
    #[error(
        "a recipient of an age plugin; only age1… (X25519), ssh-ed25519 and ssh-rsa are supported"
    )]
    Plugin,
    /// The custodian's secret, which belongs to nobody else.
    #[error("this is a secret key; a recipient is the public half of it")]
    Secret,
    /// An ssh key that cannot be read.
    #[error("an ssh key that is not whole")]
    Ssh,
    /// An ssh key with a modulus out of bounds.
    #[error("an RSA key of another length than 2048 to 4096 bits")]
    SshRsaLength,
    /// An ssh key of another kind.
    #[error("an ssh key of the type {0:?}; only ssh-ed25519 and ssh-rsa are supported")]
    SshType(String),
    /// None of the known forms.
    #[error("no recipient: it begins with neither age1 nor ssh-")]
    Unknown,
}

/// A public key that something can be sealed to, in its canonical text: an ssh key without the comment.
#[derive(Clone)]
pub struct Recipient {
    key: Key,
    text: String,
}

#[derive(Clone)]
enum Key {
    X25519(age::x25519::Recipient),
    Ssh(age::ssh::Recipient),
}

impl Recipient {
    /// The text that names it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn as_age(&self) -> &dyn age::Recipient {
        match &self.key {
            Key::X25519(key) => key,
            Key::Ssh(key) => key,
        }
    }

    fn ssh(text: &str) -> Result<Key, NotARecipient> {
        text.parse().map(Key::Ssh).map_err(|error| match error {
            ParseRecipientKeyError::RsaModulusTooLarge
            | ParseRecipientKeyError::RsaModulusTooSmall => NotARecipient::SshRsaLength,
            ParseRecipientKeyError::Unsupported(kind) => NotARecipient::SshType(kind),
            _ => NotARecipient::Ssh,
        })
    }
}

impl FromStr for Recipient {
    type Err = NotARecipient;

    fn from_str(text: &str) -> Result<Self, NotARecipient> {
        let text = text.trim();
        let key = if text.to_ascii_uppercase().starts_with("AGE-") || text.contains("PRIVATE KEY") {
            return Err(NotARecipient::Secret);
        } else if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-")
        {
            Self::ssh(text)?
        } else if let Some(rest) = text.strip_prefix("age1") {
            // Bech32 data never has a 1, so a second one ends a plugin's name.
            if rest.contains('1') {
                return Err(NotARecipient::Plugin);
            }
            Key::X25519(text.parse().map_err(NotARecipient::Age)?)
        } else {
            return Err(NotARecipient::Unknown);
        };
        let text = match &key {
            Key::X25519(key) => key.to_string(),
            Key::Ssh(key) => key.to_string(),
        };
        Ok(Self { key, text })
    }
}

impl PartialEq for Recipient {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Recipient {}

impl fmt::Display for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, formatter)
    }
}
