//! A sign-in that really happens now, whoever the browser remembers: `prompt=login`. Its ID token says who it was; its marks
//! (`client-request-id`, `uti`) find its row in the sign-in log.

use std::time::Duration;

use jiff::Timestamp;
use oauth2::TokenResponse;
use url::Url;
use uuid::Uuid;

use super::authority::PublicClient;
use super::code_grant::{Admitted, CodeGrant, unguessable};
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
    grant: CodeGrant,
    asked: Asked,
}

/// What was asked for, against which the answer is held.
struct Asked {
    client: PublicClient,
    discovery: Discovery,
    nonce: String,
    correlation_id: Uuid,
    began: Timestamp,
}

/// The page has let somebody in. Who it was, and what they can do, the authority has still to be asked.
pub struct LetIn {
    admitted: Admitted,
    asked: Asked,
    at: Timestamp,
}

/// Somebody is signed in.
pub struct SignedIn {
    /// For Graph, in their name.
    pub access_token: AccessToken,
    /// What it is good for.
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
        let asked = Asked {
            began: client.env.now(),
            client,
            discovery,
            nonce,
            correlation_id,
        };
        Ok(Self { grant, asked })
    }

    /// The page that the person has to visit.
    #[must_use]
    pub fn page(&self) -> &Url {
        self.grant.page()
    }

    /// The page that ends the session which the browser has afterwards.
    #[must_use]
    pub fn logout_page(&self) -> Url {
        self.asked.discovery.logout_page.clone()
    }

    /// The tenant's id, which the configuration may name by a domain.
    #[must_use]
    pub fn tenant(&self) -> Uuid {
        self.asked.discovery.tenant
    }

    /// What the request is marked with; rows of the sign-in log have it as `correlationId`.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.asked.correlation_id
    }

    /// When it began.
    #[must_use]
    pub fn began(&self) -> Timestamp {
        self.asked.began
    }

    /// Waits until the page has let somebody in, or refused them.
    ///
    /// # Errors
    /// [`Error::Refused`] and [`Error::Declined`] with what the authority says, [`Error::TimedOut`] when nobody came to an end.
    pub async fn let_in(self, limit: Duration) -> Result<LetIn, Error> {
        let admitted = self.grant.admitted(limit).await?;
        let at = self.asked.client.env.now();
        Ok(LetIn {
            admitted,
            asked: self.asked,
            at,
        })
    }
}

impl LetIn {
    /// When the page's answer was there.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Asks the authority for the tokens, and verifies who it was.
    ///
    /// # Errors
    /// When the authority takes the code for no good, or its answer could not be had.
    pub async fn tokens(self) -> Result<SignedIn, Error> {
        let Asked {
            client,
            discovery,
            nonce,
            began,
            ..
        } = self.asked;
        let granted = self.admitted.redeem(&client).await?;
        let at = client.env.now();
        let expected = Expected {
            issuer: &discovery.issuer,
            tenant: discovery.tenant,
            audience: &client.client_id,
            nonce: &nonce,
            asked_at: began,
            now: at,
        };
        let id_token = match &granted.extra_fields().id_token {
            Some(text) => id_token::verify(&client.http, &discovery, text, &expected).await,
            None => Err(IdTokenError::Absent),
        };
        // Where the answer does not say, it is good for what was asked for (RFC 6749 §5.1).
        let scopes = match granted.scopes() {
            Some(scopes) => scopes.iter().map(|scope| scope.to_string()).collect(),
            None => client.scopes,
        };
        Ok(SignedIn {
            scopes,
            access_token: AccessToken::new(granted.access_token().secret().clone()),
            id_token,
            at,
        })
    }
}
