//! What is asked of the service: alone, or in a [`Batch`](super::Batch) with others.

use std::future::IntoFuture;

use futures::FutureExt;
use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use url::Url;

use super::exchange::Success;
use super::{Client, Request};
use crate::graph::error::{Call, Error};
use crate::graph::model::Page;

/// Pages after which a collection counts as endless: half a million objects of the directory.
const PAGE_LIMIT: usize = 500;

/// A question: `.await` sends it alone and follows its pages.
#[must_use = "a question that is not awaited is not asked"]
pub struct Question<T> {
    client: Client,
    /// An error for a name that cannot stand in a request.
    pub(super) request: Result<Request, Error>,
    read: fn(&Success) -> Result<Part<T>, Error>,
    join: fn(&mut T, T),
}

/// What one exchange brought.
struct Part<T> {
    value: T,
    next_link: Option<String>,
}

impl<T: DeserializeOwned> Question<T> {
    /// About one object.
    pub(in crate::graph) fn one(client: &Client, request: Result<Request, Error>) -> Self {
        Self {
            client: client.clone(),
            request,
            read: |answer| {
                let value = answer.json()?;
                let next_link = None;
                Ok(Part { value, next_link })
            },
            join: |_, _| (),
        }
    }
}

impl<T: DeserializeOwned> Question<Vec<T>> {
    /// About a collection, with all its pages.
    pub(in crate::graph) fn all(client: &Client, request: Result<Request, Error>) -> Self {
        Self {
            client: client.clone(),
            request,
            read: |answer| {
                let Page { value, next_link } = answer.json()?;
                Ok(Part { value, next_link })
            },
            join: Vec::extend,
        }
    }

    /// About a collection of which the first page is enough.
    pub(in crate::graph) fn first_page(client: &Client, request: Result<Request, Error>) -> Self {
        Self {
            read: |answer| {
                let value = answer.json::<Page<T>>()?.value;
                let next_link = None;
                Ok(Part { value, next_link })
            },
            ..Self::all(client, request)
        }
    }
}

impl<T> Question<T> {
    /// The whole answer, of which this is the first part. The service's link to the next page is followed as it is, but only to
    /// the same origin: whoever gets the request gets the access token.
    pub(super) async fn complete(self, first: Success) -> Result<T, Error> {
        let request = self.request?;
        let Part {
            mut value,
            mut next_link,
        } = (self.read)(&first)?;
        let mut call = first.call;
        for _ in 1..PAGE_LIMIT {
            let Some(link) = next_link else {
                return Ok(value);
            };
            let next = request.next_page(self.client.next(&call, &link)?);
            let answer = self.client.send(&next).await?;
            let part = (self.read)(&answer)?;
            (self.join)(&mut value, part.value);
            (call, next_link) = (answer.call, part.next_link);
        }
        match next_link {
            None => Ok(value),
            Some(_) => Err(Error::TooManyPages {
                call,
                limit: PAGE_LIMIT,
            }),
        }
    }

    pub(super) async fn alone(mut self) -> Result<T, Error> {
        let request = self.request?;
        let first = self.client.send(&request).await?;
        self.request = Ok(request);
        self.complete(first).await
    }
}

impl Client {
    /// The address of the next page: the service's link as it is, but only to the same origin.
    pub(super) fn next(&self, call: &Call, link: &str) -> Result<Url, Error> {
        let call = call.clone();
        match Url::parse(link) {
            Ok(url) if self.graph.same_origin(&url) => Ok(url),
            Ok(url) => Err(Error::ForeignNextLink {
                call,
                origin: url.origin().ascii_serialization(),
            }),
            Err(error) => Err(Error::Malformed {
                call,
                member: "@odata.nextLink".to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}

impl<T: Send + 'static> IntoFuture for Question<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.alone().boxed()
    }
}
