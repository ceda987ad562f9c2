//! A look into an access token, for display and for the preflight only.
//!
//! Nothing is verified, and nothing may depend on it: access tokens for Graph are opaque to clients and may change their
//! form any day, so a token that cannot be read simply says nothing.

use serde::Deserialize;

use crate::encoding::base64url;
use crate::secret::AccessToken;

/// What the token seems to say of its bearer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct UnverifiedClaims {
    /// Delegated permissions, separated by spaces.
    #[serde(default)]
    pub scp: Option<String>,
    /// Application permissions.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Template ids of the operator's directory roles.
    #[serde(default)]
    pub wids: Vec<String>,
    /// Tenant id.
    #[serde(default)]
    pub tid: Option<String>,
    /// Object id of the operator or of the application's service principal.
    #[serde(default)]
    pub oid: Option<String>,
    /// The operator's sign-in name.
    #[serde(default)]
    pub upn: Option<String>,
    /// Id of the application.
    #[serde(default)]
    pub appid: Option<String>,
}

impl UnverifiedClaims {
    /// The token's claims, if it is a JWT with claims of the expected types.
    #[must_use]
    pub fn read(access_token: &AccessToken) -> Option<Self> {
        let mut parts = access_token.expose().split('.');
        let (_header, payload) = (parts.next()?, parts.next()?);
        let payload = zeroize::Zeroizing::new(base64url::decode_lenient(payload).ok()?);
        serde_json::from_slice(&payload).ok()
    }

    /// Whether a permission is among the delegated or the application's.
    #[must_use]
    pub fn has_permission(&self, permission: &str) -> bool {
        let delegated = self.scp.as_deref().unwrap_or_default();
        delegated.split(' ').any(|scope| scope == permission)
            || self.roles.iter().any(|role| role == permission)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(payload: &str) -> AccessToken {
        AccessToken::new(format!("e30.{}.sig", base64url::encode(payload.as_bytes())))
    }

    #[test]
    fn permissions_of_both_kinds_are_found_whole() {
        let claims = UnverifiedClaims::read(&token(
            r#"{"scp":"User.Read.All openid","roles":["Policy.Read.All"],"tid":"t","exp":1}"#,
        ))
        .expect("a JWT");
        assert!(claims.has_permission("User.Read.All"));
        assert!(claims.has_permission("Policy.Read.All"));
        assert!(!claims.has_permission("User.Read"));
        assert_eq!(claims.tid.as_deref(), Some("t"));
    }

    #[test]
    fn an_opaque_token_says_nothing() {
        for text in ["", "opaque", "a.b", "e30..", "e30.e30"] {
            let read = UnverifiedClaims::read(&AccessToken::new(text.to_owned()));
            assert!(
                read.is_none_or(|claims| claims == UnverifiedClaims::default()),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_token_is_read_without_a_panic(text in ".*", payload in ".*") {
            let _ = UnverifiedClaims::read(&AccessToken::new(text));
            let _ = UnverifiedClaims::read(&token(&payload));
        }
    }
}
