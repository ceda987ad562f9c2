//! A sign-in that really happens now, whoever the browser remembers: `prompt=login`. Its ID token says who it was; its marks
//! (`client-request-id`, `uti`) find its row in the sign-in log.

use std::time::Duration;

use jiff::Timestamp;
use oauth2::TokenResponse;
use url::Url;
use uuid::Uuid;

use super::authority::PublicClient;
use super::code_grant::{CodeGrant, unguessable};
use super::id_token::{self, Discovery, Expected, IdToken, IdTokenError};
use super::{Error, HttpsUrl};
use crate::secret::AccessToken;

/// The permission that a sign-in needs to ask who is signed in.
pub const DRILL_PERMISSIONS: [&str; 1] = ["User.Read"];

/// The scopes of a sign-in that is to leave nothing behind: no refresh token.
#[must_use]
pub fn fresh_scopes(graph: &HttpsUrl, permissions: &[&str]) -> Vec<String> {
    ["openid", "profile"]
        .map(str::to_owned)
        .into_iter()
        .chain(permissions.iter().map(|one| format!("{graph}/{one}")))
        .collect()
}

/// A sign-in that was begun.
pub struct FreshSignIn {
    client: PublicClient,
    discovery: Discovery,
    grant: CodeGrant,
    nonce: String,
    correlation_id: Uuid,
    began: Timestamp,
}

/// Somebody is signed in.
pub struct SignedIn {
    /// For Graph, in their name.
    pub access_token: AccessToken,
    /// What it is good for, as far as the authority says.
    pub scopes: Vec<String>,
    /// Who it is, or why that is not proven.
    pub id_token: Result<IdToken, IdTokenError>,
    /// When the tokens were there.
    pub at: Timestamp,
}

impl FreshSignIn {
    /// Asks the authority how its ID tokens are verified, listens for the answer of the page, and makes the page's address.
    ///
    /// # Errors
    /// When the authority cannot be asked or this machine cannot listen. Nobody has signed in then.
    pub async fn begin(client: PublicClient, login_hint: &str) -> Result<Self, Error> {
        let discovery = Discovery::fetch(&client).await?;
        let nonce = unguessable(&client.env);
        let correlation_id = client.env.uuid();
        let mark = correlation_id.to_string();
        let members = [
            ("prompt", "login"),
            ("login_hint", login_hint),
            ("nonce", &nonce),
            ("client-request-id", &mark),
        ];
        let grant = CodeGrant::begin(&client, &members).await?;
        Ok(Self {
            began: client.env.now(),
            client,
            discovery,
            grant,
            nonce,
            correlation_id,
        })
    }

    /// The page that the person has to visit.
    #[must_use]
    pub fn page(&self) -> &Url {
        self.grant.page()
    }

    /// The page that ends the session which the browser has afterwards.
    #[must_use]
    pub fn logout_page(&self) -> Url {
        self.discovery.logout_page.clone()
    }

    /// What the request is marked with; rows of the sign-in log have it as `correlationId`.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.correlation_id
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// Waits until somebody has signed in, or was refused.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Declined`] with what the authority says, [`Error::TimedOut`] when nobody came to an end;
    /// the others when its answer could not be had.
    pub async fn finish(self, limit: Duration) -> Result<SignedIn, Error> {
        let granted = self.grant.finish(&self.client, limit).await?;
        let at = self.client.env.now();
        let expected = Expected {
            issuer: &self.discovery.issuer,
            tenant: self.discovery.tenant,
            audience: &self.client.client_id,
            nonce: &self.nonce,
            asked_at: self.began,
            now: at,
        };
        let id_token = match &granted.extra_fields().id_token {
            Some(text) => {
                id_token::verify(&self.client.http, &self.discovery, text, &expected).await
            }
            None => Err(IdTokenError::Absent),
        };
        let scopes = granted.scopes().into_iter().flatten();
        Ok(SignedIn {
            scopes: scopes.map(|scope| scope.to_string()).collect(),
            access_token: AccessToken::new(granted.access_token().secret().clone()),
            id_token,
            at,
        })
    }
}
