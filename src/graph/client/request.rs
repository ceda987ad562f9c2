//! A request as a resource file describes it.

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;
use url::Url;
use zeroize::Zeroizing;

/// Enough for most bodies: one that grows leaves copies of what it held behind, and some hold a password.
const BODY_CAPACITY: usize = 8 << 10;

/// A request that has not been sent yet. Without `Debug`, because a body may hold a password.
#[derive(Clone)]
pub(in crate::graph) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    /// Every repetition sends these bytes themselves, which are wiped when nobody has them any more.
    pub(super) body: Option<Bytes>,
    /// Whether it changes nothing (RFC 9110 §9.2.1).
    safe: bool,
}

impl Request {
    pub(in crate::graph) fn get(url: Url) -> Self {
        Self {
            safe: true,
            ..Self::new(Method::GET, url)
        }
    }

    pub(in crate::graph) fn delete(url: Url) -> Self {
        Self::new(Method::DELETE, url)
    }

    pub(in crate::graph) fn post<T: Serialize>(url: Url, body: &T) -> Self {
        Self::new(Method::POST, url).body(body)
    }

    pub(in crate::graph) fn patch<T: Serialize>(url: Url, body: &T) -> Self {
        Self::new(Method::PATCH, url).body(body)
    }

    /// A `POST` that only asks: what-if, and batches of reads.
    pub(in crate::graph) fn asking<T: Serialize>(url: Url, body: &T) -> Self {
        Self {
            safe: true,
            ..Self::post(url, body)
        }
    }

    /// With a query, as written in the service's documentation.
    pub(in crate::graph) fn query(mut self, query: &str) -> Self {
        self.url.set_query(Some(query));
        self
    }

    /// With a header.
    pub(in crate::graph) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The request for the next page: the same headers.
    pub(super) fn next_page(&self, url: Url) -> Self {
        Self {
            headers: self.headers.clone(),
            ..Self::get(url)
        }
    }

    fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
            safe: false,
        }
    }

    fn body<T: Serialize>(self, body: &T) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BODY_CAPACITY));
        serde_json::to_writer(&mut *bytes, body)
            .expect("wire types have text keys and no failing serializer of their own");
        Self {
            body: Some(Bytes::from_owner(bytes)),
            ..self
        }
    }

    /// Whether it changes nothing.
    pub(super) fn is_safe(&self) -> bool {
        self.safe
    }

    /// Whether doing it twice is the same as doing it once. Every `PATCH` of ours sets members to values.
    pub(super) fn is_idempotent(&self) -> bool {
        self.safe || self.method != Method::POST
    }
}
