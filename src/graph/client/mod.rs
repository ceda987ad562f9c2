//! One authenticated conversation with Microsoft Graph. The calls themselves are in a file per resource
//! (`users.rs`, `fido2_methods.rs`); here is what they share: addresses, tokens, retries, pages, batches, pace, errors.

mod batch;
mod catching_up;
mod exchange;
mod pace;
mod question;
mod request;
mod rows;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use super::cloud::HttpsUrl;
use super::credential::{Fixed, TokenSource};
use super::http::Http;
use super::retry::{Retry, Waiting};
use crate::env::Env;
use crate::secret::AccessToken;

pub use batch::{Answers, Batch, Pending};
pub use question::Question;
pub(in crate::graph) use request::Request;
#[cfg(test)]
pub(in crate::graph) use rows::SMALLEST_PAGE;
pub use rows::{LogRow, Row, Rows, UnreadableRow, Window};

/// Which edition of Graph is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ApiVersion {
    /// May change without notice; where v1.0 lacks something.
    Beta,
    /// The stable one.
    #[default]
    V1,
}

impl ApiVersion {
    /// The path segment.
    #[must_use]
    pub fn segment(self) -> &'static str {
        match self {
            Self::Beta => "beta",
            Self::V1 => "v1.0",
        }
    }
}

/// A client of Microsoft Graph, cheap to clone.
///
/// Reads and deletions are repeated when the service is throttling (429), unavailable (502, 503, 504) or the connection
/// breaks; not after 500, which says that the service failed at this very request. Creations are repeated after 429 only, which is answered before anything is done; every other failure after
/// sending is [`Error::OutcomeUnknown`](super::Error::OutcomeUnknown).
#[derive(Clone)]
pub struct Client {
    http: Http,
    graph: HttpsUrl,
    version: ApiVersion,
    token_source: Arc<dyn TokenSource>,
    env: Env,
    retry: Retry,
    on_wait: Arc<dyn Fn(&Waiting) + Send + Sync>,
    stop: Shared<BoxFuture<'static, ()>>,
    paced: bool,
    pacer: Arc<pace::Pacer>,
}

impl Client {
    /// A client for v1.0 with the default patience.
    #[must_use]
    pub fn new(http: Http, graph: HttpsUrl, token_source: Arc<dyn TokenSource>, env: Env) -> Self {
        Self {
            http,
            graph,
            version: ApiVersion::default(),
            token_source,
            env,
            retry: Retry::default(),
            on_wait: Arc::new(|_| ()),
            stop: std::future::pending().boxed().shared(),
            paced: true,
            pacer: Arc::default(),
        }
    }

    /// Speaks another version.
    #[must_use]
    pub fn version(self, version: ApiVersion) -> Self {
        Self { version, ..self }
    }

    /// Is more or less patient.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Tells of every wait before it begins.
    #[must_use]
    pub fn on_wait(self, observer: impl Fn(&Waiting) + Send + Sync + 'static) -> Self {
        Self {
            on_wait: Arc::new(observer),
            ..self
        }
    }

    /// Ends every wait once this future is ready (an interrupt, a deadline): for a repetition, a sign-in, an answer to a
    /// question. A change that is under way is still heard out, so that its outcome is known.
    #[must_use]
    pub fn stop_when(self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            stop: stop.boxed().shared(),
            ..self
        }
    }

    /// Whether requests to Conditional Access and to the log are held back to the pace that the service allows. Only a stand-in
    /// without such limits can do without.
    #[must_use]
    pub fn paced(self, paced: bool) -> Self {
        Self { paced, ..self }
    }

    /// A client that speaks in the name of whoever this token is for.
    #[must_use]
    pub fn with_token(&self, access_token: AccessToken) -> Self {
        Self {
            token_source: Arc::new(Fixed::new(access_token)),
            ..self.clone()
        }
    }

    /// The version that is spoken.
    #[must_use]
    pub fn api_version(&self) -> ApiVersion {
        self.version
    }

    /// The address of a resource, each segment percent-encoded.
    pub(in crate::graph) fn url<'a>(
        &self,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> url::Url {
        self.url_in(self.version, segments)
    }

    /// The same in a version that the resource demands, whatever is configured.
    pub(in crate::graph) fn url_in<'a>(
        &self,
        version: ApiVersion,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> url::Url {
        let version = std::iter::once(version.segment());
        self.graph.join(version.chain(segments))
    }
}
