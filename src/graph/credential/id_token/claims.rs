//! What an ID token says, held against what was asked for.

use jiff::Timestamp;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Expected, IdTokenError, TOLERANCE};
use crate::encoding::printable;

/// What a verified ID token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdToken {
    /// The object id of whoever is signed in.
    pub account: Uuid,
    /// Their sign-in name, for people.
    pub name: Option<String>,
    /// `uti`: rows of the sign-in log have it as `uniqueTokenIdentifier`.
    pub token_id: Option<String>,
    /// When it was issued.
    pub issued_at: Timestamp,
}

/// Only text: an audience that is a list is another kind of token, and is refused as malformed.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    nonce: String,
    tid: Uuid,
    oid: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
    #[serde(default)]
    auth_time: Option<i64>,
    #[serde(default)]
    uti: Option<String>,
    #[serde(default)]
    preferred_username: Option<String>,
}

pub(super) fn read(payload: &[u8], expected: &Expected<'_>) -> Result<IdToken, IdTokenError> {
    let claims: Claims = serde_json::from_slice(payload)
        .map_err(|_| IdTokenError::Malformed("a claim is missing or of another form"))?;
    if claims.iss != expected.issuer {
        let expected = expected.issuer.to_owned();
        return Err(IdTokenError::Issuer { expected });
    }
    if claims.tid != expected.tenant {
        return Err(IdTokenError::Tenant(claims.tid));
    }
    if claims.aud != expected.audience {
        return Err(IdTokenError::Audience);
    }
    if !bool::from(claims.nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
        return Err(IdTokenError::Nonce);
    }
    let issued_at = of_this_sign_in(&claims, expected)?;
    Ok(IdToken {
        account: claims.oid,
        name: claims.preferred_username.as_deref().map(printable),
        token_id: claims.uti,
        issued_at,
    })
}

/// Not ended, and neither issued nor signed in for before it was asked for or after now.
fn of_this_sign_in(claims: &Claims, expected: &Expected<'_>) -> Result<Timestamp, IdTokenError> {
    let exp = time(claims.exp)?;
    if exp <= expected.now - TOLERANCE {
        return Err(IdTokenError::Expired(exp));
    }
    let (iat, nbf) = (time(claims.iat)?, time(claims.nbf)?);
    // Valid from a moment that may be long ago, but not from one to come.
    if nbf > expected.now + TOLERANCE {
        return Err(IdTokenError::OtherTime {
            claim: "nbf",
            time: nbf,
        });
    }
    let auth_time = claims.auth_time.map(time).transpose()?;
    for (claim, time) in [("iat", Some(iat)), ("auth_time", auth_time)] {
        let Some(time) = time else { continue };
        if time < expected.asked_at - TOLERANCE || time > expected.now + TOLERANCE {
            return Err(IdTokenError::OtherTime { claim, time });
        }
    }
    Ok(iat)
}

fn time(seconds: i64) -> Result<Timestamp, IdTokenError> {
    Timestamp::from_second(seconds).map_err(|_| IdTokenError::Malformed("a time is impossible"))
}
