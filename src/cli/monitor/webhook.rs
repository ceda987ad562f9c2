//! Sending what nothing explains to an address. The addresses of chat services are secrets themselves, so nothing that is shown has
//! more of one than its host.

use std::str::FromStr;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

/// For one attempt.
const LIMIT: Duration = Duration::from_secs(10);

/// The pauses before further attempts.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// An address that takes messages. Without `Debug`.
#[derive(Clone)]
pub(crate) struct Webhook {
    url: Url,
    header: Option<(HeaderName, HeaderValue)>,
}

/// Why nothing can be sent to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAWebhook {
    #[error("the file must hold one header line, such as `Authorization: Bearer …`")]
    Header,
    #[error("an https address is needed; http only to this machine itself")]
    Scheme,
    #[error("no address: {0}")]
    Url(#[from] url::ParseError),
}

/// Why a message did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Undelivered {
    #[error("{host} answered status {status}")]
    Refused { host: String, status: u16 },
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    #[error("no HTTPS client: {0}")]
    Setup(reqwest::Error),
}

impl FromStr for Webhook {
    type Err = NotAWebhook;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: Url = text.parse()?;
        let loopback = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(NotAWebhook::Scheme),
        }
        Ok(Self { url, header: None })
    }
}

impl Webhook {
    /// With the header line of a file.
    pub(crate) fn with_header(self, file: &[u8]) -> Result<Self, NotAWebhook> {
        let text = std::str::from_utf8(file).map_err(|_| NotAWebhook::Header)?;
        let (name, value) = text.trim().split_once(':').ok_or(NotAWebhook::Header)?;
        let name = HeaderName::from_str(name.trim()).map_err(|_| NotAWebhook::Header)?;
        let value = HeaderValue::from_str(value.trim());
        let mut value = value.map_err(|_| NotAWebhook::Header)?;
        value.set_sensitive(true);
        let header = Some((name, value));
        Ok(Self { header, ..self })
    }

    /// Sends a message, up to three times.
    pub(crate) async fn send(&self, message: &Value) -> Result<(), Undelivered> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(LIMIT)
            .user_agent(concat!("halligan/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Undelivered::Setup)?;
        let mut pauses = PAUSES.into_iter();
        loop {
            let failure = match self.attempt(&client, message).await {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            };
            match pauses.next() {
                Some(pause) if failure.may_pass() => tokio::time::sleep(pause).await,
                _ => return Err(failure),
            }
        }
    }

    async fn attempt(&self, client: &reqwest::Client, message: &Value) -> Result<(), Undelivered> {
        let host = self.url.host_str().unwrap_or_default().to_owned();
        let mut request = client.post(self.url.clone()).json(message);
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(Undelivered::Refused {
                host,
                status: answer.status().as_u16(),
            }),
            Err(error) => Err(Undelivered::Unreachable {
                host,
                why: reason(error),
            }),
        }
    }
}

/// Without the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let source = std::error::Error::source(&error);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

impl Undelivered {
    fn may_pass(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..=599),
            Self::Unreachable { .. } => true,
            Self::Setup(_) => false,
        }
    }

    /// Whether another message might be taken. An address that is gone, or a secret that counts no more, is none of the message's fault.
    pub(super) fn is_about_the_message(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 400 | 406 | 413 | 415 | 422,
                ..
            }
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn messages_go_nowhere_in_the_clear() {
        for text in [
            "https://hooks.example/secret",
            "http://127.0.0.1:9/x",
            "http://[::1]/",
        ] {
            assert!(text.parse::<Webhook>().is_ok(), "{text}");
        }
        for text in [
            "http://hooks.example/",
            "http://127.0.0.1.example/",
            "file:///etc/passwd",
        ] {
            assert_eq!(
                text.parse::<Webhook>().err(),
                Some(NotAWebhook::Scheme),
                "{text}"
            );
        }
        assert!("hooks.example".parse::<Webhook>().is_err());
    }

    #[test]
    fn a_header_is_one_line() {
        let webhook: Webhook = "https://hooks.example/".parse().unwrap();
        let header = |text: &str| webhook.clone().with_header(text.as_bytes());
        let (name, value) = header("Authorization: Bearer x:y\n")
            .ok()
            .unwrap()
            .header
            .unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("authorization", "Bearer x:y")
        );
        assert!(value.is_sensitive());
        for text in ["Bearer x", "A: b\nC: d", "A b: c", ""] {
            assert!(header(text).is_err(), "{text}");
        }
    }
}
