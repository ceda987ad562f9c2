//! The HTTPS client that Graph and the authority share: extra certificate authorities, time limits, no redirects,
//! bounded answers. It decides nothing about retries and understands no status.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;

use super::cloud::HttpsUrl;

/// The most bytes of an answer that are read. Creation options are about 10 KB, a full page of users below 1 MB.
pub const ANSWER_LIMIT: usize = 4 << 20;

/// The most redirects that a download follows.
const REDIRECT_LIMIT: usize = 5;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The answer is longer than is read, of Graph [`ANSWER_LIMIT`].
    #[error("the answer is longer than {limit} bytes")]
    AnswerTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The connection broke, or something other than HTTP came back.
    #[error("the connection broke before the answer was complete")]
    Broken(#[source] reqwest::Error),
    /// An extra certificate authority cannot be read.
    #[error("extra certificate authority: {reason}")]
    CertificateAuthority {
        /// What is wrong with it.
        reason: String,
    },
    /// No connection: name resolution, network, proxy or TLS. Nothing was sent.
    #[error("no connection to {host}")]
    Connect {
        /// The host and port.
        host: String,
        /// The reason.
        #[source]
        source: reqwest::Error,
    },
    /// The answer to a download is no file.
    #[error("the answer is status {0}")]
    NoFile(u16),
    /// The operating system's trust store or the proxy settings cannot be used.
    #[error("the HTTPS client cannot be set up")]
    Setup(#[source] reqwest::Error),
    /// The time limit passed after the request was, or may have been, sent.
    #[error("no complete answer within {} s", limit.as_secs())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
}

impl Error {
    /// Whether the peer certainly got nothing of the request.
    #[must_use]
    pub fn nothing_sent(&self) -> bool {
        match self {
            Self::CertificateAuthority { .. } | Self::Connect { .. } | Self::Setup(_) => true,
            Self::AnswerTooLong { .. }
            | Self::Broken(_)
            | Self::NoFile(_)
            | Self::TimedOut { .. } => false,
        }
    }

    /// Whether the same request may well succeed in a moment.
    pub(in crate::graph) fn passing(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::TimedOut { .. })
    }
}

/// How to reach the services.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Certificates (PEM) trusted in addition to the operating system's: of the simulator, of a proxy that inspects TLS.
    pub extra_ca_pem: Vec<Vec<u8>>,
    /// Ask no proxy, whatever the operating system names: for hosts on this machine, which a proxy does not reach.
    pub direct: bool,
    /// For name resolution, connection and TLS handshake.
    pub connect_limit: Duration,
    /// For one exchange, from the first byte of the request to the last of the answer.
    pub exchange_limit: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            extra_ca_pem: Vec::new(),
            direct: false,
            connect_limit: Duration::from_secs(15),
            exchange_limit: Duration::from_secs(60),
        }
    }
}

/// An HTTPS client, cheap to clone.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    exchange_limit: Duration,
}

/// A whole answer.
#[derive(Debug)]
pub(in crate::graph) struct Answer {
    pub(in crate::graph) status: u16,
    pub(in crate::graph) headers: HeaderMap,
    pub(in crate::graph) body: Bytes,
}

impl Answer {
    /// A header's value, when it is text.
    pub(in crate::graph) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Http {
    /// A client that speaks nothing but https.
    ///
    /// # Errors
    /// When an extra certificate authority is not PEM, or the trust store cannot be used.
    pub fn new(options: &HttpOptions) -> Result<Self, Error> {
        let builder = Self::builder(options).https_only(true);
        Self::build(builder, options)
    }

    /// A client for public files. It follows redirects, to https only: whoever downloads verifies what came.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_downloads(options: &HttpOptions) -> Result<Self, Error> {
        let builder = Self::builder(options)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::limited(REDIRECT_LIMIT));
        Self::build(builder, options)
    }

    /// For the metadata service of a virtual machine, which is reached by plain http over a link-local address and
    /// never through a proxy. No other request may use it.
    pub(in crate::graph) fn link_local() -> Result<Self, Error> {
        let options = HttpOptions {
            direct: true,
            connect_limit: Duration::from_secs(2),
            ..HttpOptions::default()
        };
        Self::build(Self::builder(&options), &options)
    }

    fn builder(options: &HttpOptions) -> reqwest::ClientBuilder {
        // Without a provider building the client panics; installing a second time is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = match options.direct {
            true => reqwest::Client::builder().no_proxy(),
            false => reqwest::Client::builder(),
        };
        builder
            .user_agent(concat!("halligan/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(options.connect_limit)
            .timeout(options.exchange_limit)
    }

    fn build(mut builder: reqwest::ClientBuilder, options: &HttpOptions) -> Result<Self, Error> {
        for pem in &options.extra_ca_pem {
            builder = builder.tls_certs_merge(certificates(pem)?);
        }
        Ok(Self {
            client: builder.build().map_err(Error::Setup)?,
            exchange_limit: options.exchange_limit,
        })
    }

    /// Sends one request and reads the whole answer, whatever its status.
    pub(in crate::graph) async fn exchange(
        &self,
        request: reqwest::Request,
    ) -> Result<Answer, Error> {
        let host = host(request.url());
        let failure = |error| self.failure(error, &host);
        let mut response = self.client.execute(request).await.map_err(failure)?;
        let body = self.body(&mut response, ANSWER_LIMIT, &host).await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    /// Downloads a file of at most `limit` bytes.
    ///
    /// # Errors
    /// When there is no complete answer, or one that is not a file.
    pub async fn download(&self, url: &HttpsUrl, limit: usize) -> Result<Bytes, Error> {
        let host = host(url.as_url());
        let request = self.client.get(url.as_url().clone());
        let answer = request.send().await;
        let mut response = answer.map_err(|error| self.failure(error, &host))?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(Error::NoFile(response.status().as_u16()));
        }
        self.body(&mut response, limit, &host).await
    }

    async fn body(
        &self,
        response: &mut reqwest::Response,
        limit: usize,
        host: &str,
    ) -> Result<Bytes, Error> {
        let mut body = BytesMut::new();
        let failure = |error| self.failure(error, host);
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > limit {
                return Err(Error::AnswerTooLong { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn failure(&self, error: reqwest::Error, host: &str) -> Error {
        // A URL's query may hold what no log should.
        let error = error.without_url();
        if error.is_connect() || error.is_builder() {
            let host = host.to_owned();
            return Error::Connect {
                host,
                source: error,
            };
        }
        if error.is_timeout() {
            return Error::TimedOut {
                limit: self.exchange_limit,
            };
        }
        Error::Broken(error)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<reqwest::Certificate>, Error> {
    let refused = |reason: String| Error::CertificateAuthority { reason };
    match reqwest::Certificate::from_pem_bundle(pem) {
        Ok(certificates) if certificates.is_empty() => {
            Err(refused("no certificate in the PEM text".to_owned()))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(refused(error.to_string())),
    }
}

fn host(url: &url::Url) -> String {
    let port = url.port().map(|port| format!(":{port}"));
    format!(
        "{}{}",
        url.host_str().unwrap_or_default(),
        port.unwrap_or_default()
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::graph::test_server::{Reply, TestServer};

    async fn download(script: Vec<Reply>, limit: usize) -> (Result<Bytes, Error>, Vec<String>) {
        let server = TestServer::start(script).await;
        let http = server.http_for_downloads();
        let answer = http.download(&server.url, limit).await;
        (answer, server.lines())
    }

    #[tokio::test]
    async fn a_download_follows_redirects_and_nothing_else_does() {
        let moved = || Reply::json(302, "").header("location", "/elsewhere");
        let (answer, lines) = download(vec![moved(), Reply::json(200, "file")], 4).await;
        assert_eq!(answer.unwrap(), "file");
        assert_eq!(lines, ["GET /", "GET /elsewhere"]);
        let server = TestServer::start([moved()]).await;
        let request = reqwest::Request::new(reqwest::Method::GET, server.url.as_url().clone());
        let answer = server.http().exchange(request).await.unwrap();
        assert_eq!(answer.status, 302);
    }

    #[tokio::test]
    async fn a_download_that_is_too_long_or_no_file_is_refused() {
        let (answer, _) = download(vec![Reply::json(200, "file")], 3).await;
        assert!(matches!(answer, Err(Error::AnswerTooLong { limit: 3 })));
        let (answer, _) = download(vec![Reply::json(404, "")], 3).await;
        assert!(matches!(answer, Err(Error::NoFile(404))));
        let away = Reply::json(302, "").header("location", "http://127.0.0.1:1/");
        let (answer, _) = download(vec![away], 3).await;
        assert!(answer.is_err());
        let around = (0..9).map(|_| Reply::json(302, "").header("location", "/"));
        let (answer, lines) = download(around.collect(), 3).await;
        assert!(answer.is_err());
        assert_eq!(lines.len(), REDIRECT_LIMIT + 1);
    }
}
