//! The relying party's identifier: a domain name (WebAuthn L3 §5.1.2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A text that cannot be an RP ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a domain name: {0:?}")]
pub struct Error(pub String);

/// A lower-case domain name without scheme, port or path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RpId(String);

impl RpId {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the name, as authenticator data begins with it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The origin of a page at the RP's own host. Graph's real options say `login.microsoft.com`, its documentation
    /// another host, so the origin is always derived and never a constant.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("https://{}", self.0)
    }
}

impl FromStr for RpId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if text.len() <= 253 && text.split('.').all(label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for RpId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<RpId> for String {
    fn from(rp_id: RpId) -> Self {
        rp_id.0
    }
}

impl fmt::Display for RpId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    #[test]
    fn the_hash_of_the_real_rp_is_the_published_one() {
        let rp_id: RpId = "login.microsoft.com".parse().expect("a domain");
        assert_eq!(
            hex::encode(&rp_id.hash()),
            "356c9ed4a09321b9695f1eaf918203f1b55f689da61fbc96184c157dda680c81"
        );
        assert_eq!(rp_id.origin(), "https://login.microsoft.com");
    }

    #[test]
    fn what_is_not_a_domain_is_refused() {
        for text in [
            "",
            "https://a",
            "A.example",
            "a..b",
            "a/b",
            "a:1",
            &"a".repeat(254),
        ] {
            assert!(text.parse::<RpId>().is_err(), "{text}");
        }
    }
}
