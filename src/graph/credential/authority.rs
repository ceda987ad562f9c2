//! What the two interactive flows share: the authority's endpoints, the registered application, the token request.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
    BasicTokenType,
};
use oauth2::http::StatusCode;
use oauth2::{
    AsyncHttpClient, AuthUrl, Client, ClientId, DeviceAuthorizationUrl, EndpointNotSet,
    EndpointSet, ErrorResponse, ExtraTokenFields, HttpRequest, HttpResponse, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::error::AuthorityRefusal;
use super::{Error, Issued};
use crate::env::Env;
use crate::graph::cloud::HttpsUrl;
use crate::graph::http::{self, Http};
use crate::secret::AccessToken;

/// How long an access token without `expires_in` is used. The authority always says; RFC 6749 lets others not.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(600);

/// A text that names no tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither a tenant id nor a domain: {0:?}")]
pub struct TenantError(pub String);

/// A tenant's id or one of its domains, as it stands in the authority's URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantName(String);

impl TenantName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantName {
    type Err = TenantError;

    fn from_str(text: &str) -> Result<Self, TenantError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
        if text.bytes().all(allowed) && text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TenantError(text.chars().take(80).collect()))
        }
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An application without a secret of its own, in whose name an operator signs in.
#[derive(Clone)]
pub struct PublicClient {
    /// For the authority.
    pub http: Http,
    /// The authority, without the tenant.
    pub authority: HttpsUrl,
    /// The tenant.
    pub tenant: TenantName,
    /// The application's (client) id.
    pub client_id: String,
    /// See [`delegated_scopes`](super::delegated_scopes).
    pub scopes: Vec<String>,
    /// Clock and randomness.
    pub env: Env,
}

pub(super) type OauthClient = Client<
    BasicErrorResponse,
    Granted,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A token response.
pub(super) type Granted = StandardTokenResponse<OpenId, BasicTokenType>;

/// What OpenID Connect adds to a token response.
#[derive(Default, Deserialize, Serialize)]
pub(super) struct OpenId {
    /// Present after a sign-in with the scope `openid`.
    #[serde(default, skip_serializing)]
    pub(super) id_token: Option<Zeroizing<String>>,
}

impl ExtraTokenFields for OpenId {}

impl fmt::Debug for OpenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OpenId")
    }
}

impl PublicClient {
    pub(super) fn oauth(&self) -> OauthClient {
        let endpoint = |name: &str| {
            let path = [self.tenant.as_str(), "oauth2", "v2.0", name];
            self.authority.join(path)
        };
        Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(endpoint("authorize")))
            .set_token_uri(TokenUrl::from_url(endpoint("token")))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(endpoint("devicecode")))
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.scopes.iter().cloned().map(Scope::new)
    }

    /// A new access token without the operator; nothing when the authority wants to see them again.
    pub(super) async fn refresh(
        &self,
        refresh_token: &RefreshToken,
    ) -> Result<Option<Issued>, Error> {
        let conversation = Conversation::with(self);
        let response = self
            .oauth()
            .exchange_refresh_token(refresh_token)
            .add_scopes(self.scopes())
            .request_async(&conversation)
            .await;
        match response.map_err(|error| conversation.failure(error)) {
            Ok(response) => Ok(Some(self.issued(&response))),
            Err(Error::Refused(refusal)) if refusal.wants_the_operator() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn issued(&self, response: &Granted) -> Issued {
        let lifetime = response.expires_in().unwrap_or(UNKNOWN_LIFETIME);
        let now = self.env.now();
        Issued {
            access_token: AccessToken::new(response.access_token().secret().clone()),
            expires: now.saturating_add(lifetime).unwrap_or(now),
            refresh_token: response.refresh_token().cloned(),
        }
    }
}

/// The HTTP client of the `oauth2` crate for one flow. It remembers the last refusal, of which the crate would keep
/// only the standard members and drop Microsoft's.
pub(super) struct Conversation {
    http: Http,
    refusal: Mutex<Option<AuthorityRefusal>>,
}

impl Conversation {
    pub(super) fn with(client: &PublicClient) -> Self {
        Self {
            http: client.http.clone(),
            refusal: Mutex::default(),
        }
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, http::Error> {
        let request = request.try_into().map_err(http::Error::Setup)?;
        let answer = self.http.exchange(request).await?;
        if answer.status != 200 {
            *self.remembered() = serde_json::from_slice(&answer.body).ok();
        }
        let mut response = HttpResponse::new(answer.body.to_vec());
        *response.status_mut() =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    /// Of a body that cannot be parsed only the member is named: it may be a token response with one odd member.
    pub(super) fn failure<T>(&self, error: RequestTokenError<http::Error, T>) -> Error
    where
        T: ErrorResponse + 'static,
    {
        match (error, self.remembered().take()) {
            (RequestTokenError::Request(error), _) => Error::Http(error),
            (RequestTokenError::ServerResponse(_), Some(refusal)) => refusal.into(),
            (RequestTokenError::ServerResponse(_), None) => malformed("an error without a name"),
            (RequestTokenError::Parse(error, _), _) => {
                malformed(format!("not the expected JSON at member {}", error.path()))
            }
            (RequestTokenError::Other(reason), _) => malformed(reason),
        }
    }

    fn remembered(&self) -> MutexGuard<'_, Option<AuthorityRefusal>> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'c> AsyncHttpClient<'c> for Conversation {
    type Error = http::Error;
    type Future = BoxFuture<'c, Result<HttpResponse, http::Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.exchange(request).boxed()
    }
}

pub(super) fn malformed(reason: impl Into<String>) -> Error {
    Error::Malformed {
        reason: reason.into(),
    }
}
