//! Device authorization grant (RFC 8628): the operator types a short code into a browser elsewhere. Whoever talks an
//! operator into typing a code gets their access, which is why many tenants block this flow.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::{DeviceAuthorizationResponse, ExtraDeviceAuthorizationFields, RefreshToken};
use serde::{Deserialize, Serialize};

use super::authority::{Conversation, PublicClient, malformed};
use super::{Error, Flow, Issued};
use crate::graph::error::printable;

/// The longest that a code is waited for; Microsoft's live 15 minutes.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// The longest pause between two questions that is accepted; Microsoft says 5 s.
const INTERVAL_LIMIT: Duration = Duration::from_secs(60);
/// The shortest pause, whatever the authority says.
const INTERVAL_FLOOR: Duration = Duration::from_millis(200);

/// What the operator has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePrompt {
    /// The page to open.
    pub verification_uri: String,
    /// The code to type there.
    pub user_code: String,
    /// The authority's own sentence.
    pub message: Option<String>,
    /// How long the code lives.
    pub expires_in: Duration,
}

/// Sign-in by device code.
pub struct DeviceCode {
    client: PublicClient,
    prompt: Box<dyn Fn(&DevicePrompt) + Send + Sync>,
}

impl DeviceCode {
    /// `prompt` is called whenever the operator has to act.
    #[must_use]
    pub fn new(
        client: PublicClient,
        prompt: impl Fn(&DevicePrompt) + Send + Sync + 'static,
    ) -> Self {
        Self {
            client,
            prompt: Box::new(prompt),
        }
    }

    async fn sign_in(&self) -> Result<Issued, Error> {
        let conversation = Conversation::with(&self.client);
        let oauth = self.client.oauth();
        let details: Details = oauth
            .exchange_device_code()
            .add_scopes(self.client.scopes())
            .request_async(&conversation)
            .await
            .map_err(|error| conversation.failure(error))?;
        if details.interval() > INTERVAL_LIMIT {
            return Err(malformed("member interval is longer than a minute"));
        }
        let limit = details.expires_in().min(LIMIT);
        (self.prompt)(&prompt(&details));
        tokio::time::timeout(limit, self.poll(&conversation, &details, limit))
            .await
            .unwrap_or(Err(Error::TimedOut { limit }))
    }

    /// Asks until the operator is through. A connection that breaks meanwhile does not end the wait.
    async fn poll(
        &self,
        conversation: &Conversation,
        details: &Details,
        limit: Duration,
    ) -> Result<Issued, Error> {
        let pause = |pause: Duration| tokio::time::sleep(pause.max(INTERVAL_FLOOR));
        let response = self
            .client
            .oauth()
            .exchange_device_access_token(details)
            .request_async(conversation, pause, Some(limit))
            .await;
        match response.map_err(|error| conversation.failure(error)) {
            Ok(response) => Ok(self.client.issued(&response)),
            Err(Error::Refused(refusal)) if refusal.error == "expired_token" => {
                Err(Error::TimedOut { limit })
            }
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Flow for DeviceCode {
    async fn issue(&self, refresh_token: Option<&RefreshToken>) -> Result<Issued, Error> {
        if let Some(refresh_token) = refresh_token
            && let Some(issued) = self.client.refresh(refresh_token).await?
        {
            return Ok(issued);
        }
        self.sign_in().await
    }
}

type Details = DeviceAuthorizationResponse<MicrosoftFields>;

/// What Microsoft adds to the standard answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct MicrosoftFields {
    #[serde(default)]
    message: Option<String>,
}

impl ExtraDeviceAuthorizationFields for MicrosoftFields {}

fn prompt(details: &Details) -> DevicePrompt {
    DevicePrompt {
        verification_uri: printable(details.verification_uri()),
        user_code: printable(details.user_code().secret()),
        message: details.extra_fields().message.as_deref().map(printable),
        expires_in: details.expires_in(),
    }
}
