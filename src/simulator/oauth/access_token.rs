//! Access tokens: JWTs (RFC 7519) signed with ES256. Clients must take access tokens as opaque; those that peek
//! find the members that they would find in the service's.

use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::encoding::base64url;
use crate::env::Env;
use crate::simulator::oauth::signed_in::SignedIn;
use crate::simulator::tenant::{Application, Role, State, User, UserType};

/// How long an access token is accepted, in seconds.
pub(in crate::simulator) const LIFETIME: i64 = 3600;

/// The audience of every token: Microsoft Graph.
const AUDIENCE: &str = "https://graph.microsoft.com";

/// What `wids` has besides directory roles: for every member of the organization, and for every application.
const EVERY_MEMBER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
const EVERY_APPLICATION: &str = "0997a1d0-0d1d-4acb-b408-d5ca73121e90";

/// The members of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::simulator) struct Claims {
    aud: String,
    iss: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    appid: Uuid,
    app_displayname: String,
    idtyp: IdentityType,
    oid: Uuid,
    tid: Uuid,
    uti: String,
    ver: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wids: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum IdentityType {
    App,
    User,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulator) enum Principal {
    /// The service principal's object id.
    Application(Uuid),
    User(Uuid),
}

/// Why a token is not accepted, in the service's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::simulator) enum TokenError {
    #[error("Access token validation failure. Invalid audience.")]
    Audience,
    #[error("Lifetime validation failed, the token is expired.")]
    Expired,
    #[error("CompactToken parsing failed with error code: 80049217")]
    Malformed,
    #[error("Access token validation failure. Invalid signature.")]
    Signature,
}

impl Claims {
    fn new(state: &State, application: &Application, env: &Env) -> Self {
        let now = env.now().as_second();
        Self {
            aud: AUDIENCE.to_owned(),
            iss: format!("https://sts.windows.net/{}/", state.tenant_id),
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
            appid: application.client_id,
            app_displayname: application.display_name.clone(),
            idtyp: IdentityType::App,
            oid: application.object_id,
            tid: state.tenant_id,
            uti: base64url::encode(&env.random::<16>()),
            ver: "1.0".to_owned(),
            roles: None,
            scp: None,
            upn: None,
            name: None,
            amr: None,
            wids: None,
        }
    }

    /// For an application that acts for itself.
    pub(in crate::simulator) fn for_application(
        state: &State,
        application: &Application,
        env: &Env,
    ) -> Self {
        Self {
            roles: Some(application.application_permissions.clone()),
            wids: Some(vec![EVERY_APPLICATION.to_owned()]),
            ..Self::new(state, application, env)
        }
    }

    /// For a user who signed in to an application.
    pub(in crate::simulator) fn for_user(
        state: &State,
        application: &Application,
        user: &User,
        permissions: &[String],
        env: &Env,
    ) -> Self {
        let roles = state.roles_of(user).into_iter().map(Role::template_id);
        let member = (user.user_type == UserType::Member).then_some(EVERY_MEMBER);
        let wids = roles.chain(member).map(str::to_owned);
        Self {
            idtyp: IdentityType::User,
            oid: user.id,
            scp: Some(permissions.join(" ")),
            upn: Some(user.user_principal_name.clone()),
            name: Some(user.display_name.clone()),
            wids: Some(wids.collect()),
            ..Self::new(state, application, env)
        }
    }

    /// With the identifier of a sign-in.
    pub(super) fn identified(self, token_id: String) -> Self {
        Self {
            uti: token_id,
            ..self
        }
    }

    /// With the identifier and the methods of a sign-in.
    pub(super) fn of(self, signed_in: &SignedIn) -> Self {
        let methods = signed_in.methods().iter().copied().map(str::to_owned);
        Self {
            uti: signed_in.token_id.clone(),
            amr: Some(methods.collect()),
            ..self
        }
    }

    pub(in crate::simulator) fn client_id(&self) -> Uuid {
        self.appid
    }

    pub(in crate::simulator) fn principal(&self) -> Principal {
        match self.idtyp {
            IdentityType::App => Principal::Application(self.oid),
            IdentityType::User => Principal::User(self.oid),
        }
    }

    /// Application permissions or delegated ones, whichever the token has.
    pub(in crate::simulator) fn permissions(&self) -> Vec<String> {
        let delegated = self.scp.iter().flat_map(|scopes| scopes.split(' '));
        let own = self.roles.iter().flatten().map(String::as_str);
        delegated.chain(own).map(str::to_owned).collect()
    }

    pub(in crate::simulator) fn sign(&self, state: &State) -> String {
        sign(state, self)
    }
}

/// Checks an access token: signature, audience, lifetime.
pub(in crate::simulator) fn verify(
    state: &State,
    token: &str,
    now: Timestamp,
) -> Result<Claims, TokenError> {
    let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
    let decoded = |part: &str| base64url::decode(part).map_err(|_| TokenError::Malformed);
    let header: Value =
        serde_json::from_slice(&decoded(header)?).map_err(|_| TokenError::Malformed)?;
    let signature =
        Signature::from_slice(&decoded(signature)?).map_err(|_| TokenError::Signature)?;
    if header["alg"] != "ES256" {
        return Err(TokenError::Signature);
    }
    signing_key(state)
        .verifying_key()
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| TokenError::Signature)?;
    let claims: Claims =
        serde_json::from_slice(&decoded(payload)?).map_err(|_| TokenError::Audience)?;
    let now = now.as_second();
    if claims.aud != AUDIENCE || claims.tid != state.tenant_id {
        Err(TokenError::Audience)
    } else if now >= claims.exp || now < claims.nbf {
        Err(TokenError::Expired)
    } else {
        Ok(claims)
    }
}

/// The JSON Web Key (RFC 7517) with which access tokens verify.
pub(super) fn public_key(state: &State) -> Value {
    let point = signing_key(state).verifying_key().to_sec1_point(false);
    let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|bytes| base64url::encode(bytes));
    json!({
        "kty": "EC",
        "use": "sig",
        "alg": "ES256",
        "crv": "P-256",
        "kid": key_id(state),
        "x": coordinate(point.x()),
        "y": coordinate(point.y()),
    })
}

fn sign(state: &State, claims: &impl Serialize) -> String {
    let header = json!({"alg": "ES256", "kid": key_id(state), "typ": "JWT"}).to_string();
    let claims = serde_json::to_vec(claims).expect("claims have text keys and plain values");
    let signed = format!(
        "{}.{}",
        base64url::encode(header.as_bytes()),
        base64url::encode(&claims)
    );
    let signature: Signature = signing_key(state).sign(signed.as_bytes());
    format!("{signed}.{}", base64url::encode(&signature.to_bytes()))
}

fn key_id(state: &State) -> String {
    let point = signing_key(state).verifying_key().to_sec1_point(true);
    base64url::encode(&Sha256::digest(point.as_bytes())[..20])
}

fn signing_key(state: &State) -> SigningKey {
    SigningKey::from_slice(&state.token_signing_key.0)
        .expect("the tenant is opened only with a valid signing key")
}

/// Whether stored bytes are a key that tokens can be signed with.
pub(in crate::simulator) fn is_signing_key(bytes: &[u8]) -> bool {
    SigningKey::from_slice(bytes).is_ok()
}

/// `seconds` from now.
pub(in crate::simulator) fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}
