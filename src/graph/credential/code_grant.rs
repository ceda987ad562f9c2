//! Authorization code grant with PKCE over a loopback redirect (RFC 6749 §4.1, RFC 7636, RFC 8252), for whoever signs in with a
//! browser on this machine. Nobody but that browser sees a password or an assertion; what comes back is a code that is worth
//! nothing without the verifier that never left this process.

use std::time::Duration;

use oauth2::{AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use url::Url;

use super::Error;
use super::authority::{Conversation, Granted, PublicClient, malformed};
use super::error::AuthorityRefusal;
use super::loopback::{Loopback, Received};
use crate::encoding::base64url;
use crate::env::Env;

/// A grant that was begun: this machine listens for the answer of the page.
pub(super) struct CodeGrant {
    loopback: Loopback,
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
    page: Url,
}

/// A grant whose page has answered with a code.
pub(super) struct Admitted {
    code: AuthorizationCode,
    redirect: RedirectUrl,
    verifier: PkceCodeVerifier,
}

impl CodeGrant {
    /// Listens, and makes the address of the page, with these members besides the ones that every grant has.
    pub(super) async fn begin(
        client: &PublicClient,
        members: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let state = unguessable(&client.env);
        let loopback = Loopback::bind(&state).await.map_err(Error::Loopback)?;
        let redirect = RedirectUrl::new(loopback.redirect_uri())
            .map_err(|error| malformed(error.to_string()))?;
        let verifier = PkceCodeVerifier::new(unguessable(&client.env));
        let oauth = client.oauth().set_redirect_uri(redirect.clone());
        let mut request = oauth
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(client.scopes())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("response_mode", "query");
        for (name, value) in members {
            request = request.add_extra_param(*name, *value);
        }
        let page = request.url().0;
        Ok(Self {
            loopback,
            redirect,
            verifier,
            page,
        })
    }

    /// The page that the person has to visit.
    pub(super) fn page(&self) -> &Url {
        &self.page
    }

    /// Waits for the page's answer, and redeems the code in it.
    pub(super) async fn finish(
        self,
        client: &PublicClient,
        limit: Duration,
    ) -> Result<Granted, Error> {
        self.admitted(limit).await?.redeem(client).await
    }

    /// Waits for the page's answer.
    pub(super) async fn admitted(self, limit: Duration) -> Result<Admitted, Error> {
        let received = tokio::time::timeout(limit, self.loopback.receive())
            .await
            .map_err(|_| Error::TimedOut { limit })?
            .map_err(Error::Loopback)?;
        Ok(Admitted {
            code: code(received)?,
            redirect: self.redirect,
            verifier: self.verifier,
        })
    }
}

impl Admitted {
    /// Redeems the code.
    pub(super) async fn redeem(self, client: &PublicClient) -> Result<Granted, Error> {
        let conversation = Conversation::with(client);
        client
            .oauth()
            .set_redirect_uri(self.redirect)
            .exchange_code(self.code)
            .set_pkce_verifier(self.verifier)
            .request_async(&conversation)
            .await
            .map_err(|error| conversation.failure(error))
    }
}

/// 32 random bytes as text: a PKCE verifier of the recommended strength, a state, a nonce.
pub(super) fn unguessable(env: &Env) -> String {
    base64url::encode(&env.random::<32>())
}

fn code(received: Received) -> Result<AuthorizationCode, Error> {
    match (received.code, received.error) {
        (Some(code), None) => Ok(AuthorizationCode::new(code)),
        (_, Some(error)) => {
            let description = received.error_description;
            Err(AuthorityRefusal::from_query(&error, description.as_deref()).into())
        }
        (None, None) => Err(malformed("neither a code nor an error")),
    }
}
