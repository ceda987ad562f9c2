//! Who asks: what the access token says of its owner.

use super::client::Client;
use super::error::Error;
use super::model::AccessTokenClaims;
use crate::encoding::base64url;
use crate::secret::AccessToken;

impl Client {
    /// Who is signed in, as far as the access token shows; signs in if nobody is. A token that is no JWT says nothing. Nothing is
    /// verified: the token comes from the authority over TLS, and its claims serve a prediction, never an authorization.
    ///
    /// # Errors
    /// [`Error::SignIn`] without an access token.
    pub async fn caller(&self) -> Result<Option<AccessTokenClaims>, Error> {
        Ok(claims(&self.access_token().await?))
    }
}

/// The payload of a JWS in compact form (RFC 7519 §3).
fn claims(access_token: &AccessToken) -> Option<AccessTokenClaims> {
    let mut parts = access_token.expose().split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = base64url::decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(payload: &str) -> Option<AccessTokenClaims> {
        let token = format!("e30.{}.c2ln", base64url::encode(payload.as_bytes()));
        claims(&AccessToken::new(token))
    }

    #[test]
    fn a_token_tells_who_asks_and_an_opaque_one_nothing() {
        let person = read(r#"{"oid":"a","scp":"User.Read.All x","wids":["r"],"aud":"graph"}"#);
        assert_eq!(
            person,
            Some(AccessTokenClaims {
                oid: Some("a".to_owned()),
                scp: Some("User.Read.All x".to_owned()),
                roles: Vec::new(),
                wids: Some(vec!["r".to_owned()]),
            })
        );
        assert_eq!(read("{}"), Some(AccessTokenClaims::default()));
        for opaque in ["", "EwB4A8l6BAAU", "a.b", "a.!.c", "a.bm8.c"] {
            assert_eq!(
                claims(&AccessToken::new(opaque.to_owned())),
                None,
                "{opaque:?}"
            );
        }
        assert_eq!(read(r#"{"roles":"not a list"}"#), None);
    }
}
