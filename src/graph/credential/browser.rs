//! Authorization code grant with PKCE over a loopback redirect (RFC 8252, RFC 7636): the operator signs in with their
//! own browser, keys and policies. The tool sees neither password nor assertion, only a code that is worth nothing without the
//! verifier that never left this process.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
};
use subtle::ConstantTimeEq;
use url::Url;

use super::authority::{Conversation, PublicClient, malformed};
use super::error::AuthorityRefusal;
use super::loopback::{Loopback, Received};
use super::{Error, Flow, Issued};
use crate::encoding::base64url;

/// How long the operator has by default.
const LIMIT: Duration = Duration::from_secs(300);

/// Sign-in with the browser on this machine.
pub struct Browser {
    client: PublicClient,
    open: Box<dyn Fn(&Url) + Send + Sync>,
    limit: Duration,
    login_hint: Option<String>,
    claims: Option<String>,
}

impl Browser {
    /// `open` is called with the page that the operator has to visit; it may open a browser or print the address.
    #[must_use]
    pub fn new(client: PublicClient, open: impl Fn(&Url) + Send + Sync + 'static) -> Self {
        Self {
            client,
            open: Box::new(open),
            limit: LIMIT,
            login_hint: None,
            claims: None,
        }
    }

    /// Gives the operator this long.
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Fills in the operator's name.
    #[must_use]
    pub fn login_hint(self, user_principal_name: String) -> Self {
        Self {
            login_hint: Some(user_principal_name),
            ..self
        }
    }

    /// Answers a claims challenge of Graph.
    #[must_use]
    pub fn claims(self, claims: String) -> Self {
        Self {
            claims: Some(claims),
            ..self
        }
    }

    async fn sign_in(&self) -> Result<Issued, Error> {
        let loopback = Loopback::bind().await.map_err(Error::Loopback)?;
        let redirect = RedirectUrl::new(loopback.redirect_uri())
            .map_err(|error| malformed(error.to_string()))?;
        let verifier = PkceCodeVerifier::new(self.unguessable());
        let state = self.unguessable();
        (self.open)(&self.page(&redirect, &verifier, &state));
        let received = tokio::time::timeout(self.limit, loopback.receive())
            .await
            .map_err(|_| Error::TimedOut { limit: self.limit })?
            .map_err(Error::Loopback)?;
        let code = code(received, &state)?;
        self.redeem(code, redirect, verifier).await
    }

    fn page(&self, redirect: &RedirectUrl, verifier: &PkceCodeVerifier, state: &str) -> Url {
        let state = state.to_owned();
        let oauth = self.client.oauth().set_redirect_uri(redirect.clone());
        let mut request = oauth
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(self.client.scopes())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(verifier))
            .add_extra_param("response_mode", "query");
        let hints = [("login_hint", &self.login_hint), ("claims", &self.claims)];
        for (name, value) in hints {
            if let Some(value) = value {
                request = request.add_extra_param(name, value);
            }
        }
        // A browser is often signed in with a daily account, and the administrator's is another.
        if self.login_hint.is_none() {
            request = request.add_extra_param("prompt", "select_account");
        }
        request.url().0
    }

    async fn redeem(
        &self,
        code: AuthorizationCode,
        redirect: RedirectUrl,
        verifier: PkceCodeVerifier,
    ) -> Result<Issued, Error> {
        let conversation = Conversation::with(&self.client);
        let response = self
            .client
            .oauth()
            .set_redirect_uri(redirect)
            .exchange_code(code)
            .set_pkce_verifier(verifier)
            .request_async(&conversation)
            .await
            .map_err(|error| conversation.failure(error))?;
        Ok(self.client.issued(&response))
    }

    /// 32 random bytes as text: a PKCE verifier of the recommended strength, or a state.
    fn unguessable(&self) -> String {
        base64url::encode(&self.client.env.random::<32>())
    }
}

#[async_trait]
impl Flow for Browser {
    async fn issue(&self, refresh_token: Option<&RefreshToken>) -> Result<Issued, Error> {
        if let Some(refresh_token) = refresh_token
            && let Some(issued) = self.client.refresh(refresh_token).await?
        {
            return Ok(issued);
        }
        self.sign_in().await
    }
}

/// The state is judged before anything else: an answer to another sign-in may say nothing here, not even no.
fn code(received: Received, state: &str) -> Result<AuthorizationCode, Error> {
    let theirs = received.state.unwrap_or_default();
    if !bool::from(theirs.as_bytes().ct_eq(state.as_bytes())) {
        return Err(Error::StateMismatch);
    }
    match (received.code, received.error) {
        (Some(code), None) => Ok(AuthorizationCode::new(code)),
        (_, Some(error)) => {
            let description = received.error_description;
            Err(AuthorityRefusal::from_query(&error, description.as_deref()).into())
        }
        (None, None) => Err(malformed("neither a code nor an error")),
    }
}
