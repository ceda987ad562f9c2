//! JSON Web Signature in compact form (RFC 7515 §7.1) with RS256 (RFC 7518 §3.3), and key sets (RFC 7517).

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;

use super::IdTokenError;
use crate::encoding::base64url;

/// A token is about 2 KB; one that is longer than this is not looked at.
const LONGEST: usize = 64 << 10;

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Extensions that must be understood (RFC 7515 §4.1.11). None is.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

/// A JSON Web Key Set.
#[derive(Debug, Deserialize)]
pub(in crate::graph::credential) struct KeySet {
    keys: Vec<Key>,
}

/// One key. Those of other types than RSA stand in the set too, without these members.
#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    usage: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    /// For whose tokens it is good, with a placeholder for the tenant; the identity platform's own member.
    #[serde(default)]
    issuer: Option<String>,
}

/// The payload, once its signature is verified.
pub(super) fn verify(token: &str, keys: &KeySet, issuer: &str) -> Result<Vec<u8>, IdTokenError> {
    if token.len() > LONGEST {
        return Err(IdTokenError::Malformed("it is too long"));
    }
    let no_jws = IdTokenError::Malformed("it has not three parts");
    let (signed, signature) = token.rsplit_once('.').ok_or(no_jws)?;
    let (header, payload) = signed
        .split_once('.')
        .filter(|(_, payload)| !payload.contains('.'))
        .ok_or(IdTokenError::Malformed("it has not three parts"))?;
    let header: Header = serde_json::from_slice(&decode(header)?)
        .map_err(|_| IdTokenError::Malformed("its header"))?;
    // The header is the attacker's word: it may name a key, never an algorithm that the service does not use.
    if header.alg != "RS256" {
        return Err(IdTokenError::Algorithm(
            header.alg.chars().take(16).collect(),
        ));
    }
    if header.crit.is_some() {
        return Err(IdTokenError::Malformed("it demands extensions"));
    }
    let kid = header.kid.ok_or(IdTokenError::UnknownKey)?;
    let key = keys.find(&kid, issuer).ok_or(IdTokenError::UnknownKey)?;
    key.verify(signed.as_bytes(), &decode(signature)?)?;
    decode(payload)
}

fn decode(part: &str) -> Result<Vec<u8>, IdTokenError> {
    base64url::decode(part).map_err(|_| IdTokenError::Malformed("a part is not base64url"))
}

impl KeySet {
    fn find(&self, kid: &str, issuer: &str) -> Option<&Key> {
        self.keys.iter().find(|key| {
            key.kty == "RSA"
                && key.kid.as_deref() == Some(kid)
                && matches!(key.usage.as_deref(), None | Some("sig"))
                && matches!(key.alg.as_deref(), None | Some("RS256"))
                && key.is_of(issuer)
        })
    }
}

#[cfg(test)]
impl KeySet {
    /// Whether the first key has signed this, whatever else is wrong with it.
    pub(in crate::graph::credential) fn verifies(&self, token: &str) -> bool {
        let parts = token.rsplit_once('.').zip(self.keys.first());
        parts.is_some_and(|((signed, signature), key)| {
            let signature = base64url::decode(signature).unwrap_or_default();
            key.verify(signed.as_bytes(), &signature).is_ok()
        })
    }
}

impl Key {
    /// `{tenantid}` stands for any tenant.
    fn is_of(&self, issuer: &str) -> bool {
        let Some(of) = &self.issuer else {
            return true;
        };
        match of.split_once("{tenantid}") {
            Some((before, after)) => issuer.starts_with(before) && issuer.ends_with(after),
            None => of == issuer,
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), IdTokenError> {
        let part = |part: &Option<String>| {
            let part = part.as_deref().unwrap_or_default();
            base64url::decode(part).map_err(|_| IdTokenError::KeysUnreadable("n or e".to_owned()))
        };
        let key = RsaPublicKeyComponents {
            n: part(&self.n)?,
            e: part(&self.e)?,
        };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            .map_err(|_| IdTokenError::Signature)
    }
}
