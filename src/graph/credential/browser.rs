//! The operator's sign-in with their own browser, keys and policies.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::RefreshToken;
use url::Url;

use super::authority::PublicClient;
use super::code_grant::CodeGrant;
use super::{Error, Flow, Issued};

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
        let mut members = Vec::new();
        match &self.login_hint {
            Some(hint) => members.push(("login_hint", hint.as_str())),
            // A browser is often signed in with a daily account, and the administrator's is another.
            None => members.push(("prompt", "select_account")),
        }
        if let Some(claims) = &self.claims {
            members.push(("claims", claims));
        }
        let grant = CodeGrant::begin(&self.client, &members).await?;
        (self.open)(grant.page());
        let granted = grant.finish(&self.client, self.limit).await?;
        Ok(self.client.issued(&granted))
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
