//! `$batch`: up to twenty questions in one exchange.
//!
//! The outer answer says nothing about the inner ones, which come in any order. One that the service was too busy for is asked
//! again alone, after the wait that it names. Questions that have to wait their turn ([`super::pace`]) are sent alone too: they
//! would hold the others up.

use std::ops::Range;

use futures::future::join_all;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::exchange::Success;
use super::{ApiVersion, Client, Question, Request};
use crate::graph::error::{Call, Error};
use crate::graph::http::{self, Answer};
use crate::graph::model::{BatchAnswers, BatchRequest, BatchRequests, BatchResponse};

/// The most questions in one exchange.
const LIMIT: usize = 20;

/// Questions that are sent together.
pub struct Batch {
    client: Client,
    requests: Vec<Option<Request>>,
}

/// A question in a batch, for which [`Answers::take`] has the answer.
#[must_use]
pub struct Pending<T> {
    place: usize,
    question: Question<T>,
}

/// What came back for a batch.
pub struct Answers {
    firsts: Vec<Option<Result<Success, Error>>>,
}

impl Client {
    /// An empty batch.
    #[must_use]
    pub fn batch(&self) -> Batch {
        Batch {
            client: self.clone(),
            requests: Vec::new(),
        }
    }
}

impl Batch {
    /// Adds a question, of any kind and version.
    pub fn add<T>(&mut self, question: Question<T>) -> Pending<T> {
        self.requests.push(question.request.as_ref().ok().cloned());
        let place = self.requests.len() - 1;
        Pending { place, question }
    }

    /// Sends everything, in as few exchanges as the service allows.
    ///
    /// # Errors
    /// When a whole exchange failed: no connection, no sign-in, a service that is too busy. What the service answered to one
    /// question is that question's.
    pub async fn send(self) -> Result<Answers, Error> {
        let client = &self.client;
        let mut alone = Vec::new();
        let mut together = [Vec::new(), Vec::new()];
        for (place, request) in self.requests.iter().enumerate() {
            let Some(request) = request else { continue };
            match client.version_of(request) {
                Some(ApiVersion::V1) => together[0].push((place, request)),
                Some(ApiVersion::Beta) => together[1].push((place, request)),
                None => alone.push((place, request)),
            }
        }
        let [stable, beta] = together;
        let (alone, stable, beta) = futures::join!(
            client.send_alone(&alone),
            client.send_batches(ApiVersion::V1, &stable),
            client.send_batches(ApiVersion::Beta, &beta),
        );
        let mut firsts: Vec<_> = self.requests.iter().map(|_| None).collect();
        for (place, first) in alone.into_iter().chain(stable?).chain(beta?) {
            firsts[place] = Some(first);
        }
        Ok(Answers { firsts })
    }
}

impl Answers {
    /// The answer to a question, with all its pages.
    ///
    /// # Errors
    /// Those of the question.
    pub async fn take<T>(&mut self, pending: Pending<T>) -> Result<T, Error> {
        match self.firsts.get_mut(pending.place).and_then(Option::take) {
            Some(first) => pending.question.complete(first?).await,
            // Only what could not be sent has no answer.
            None => pending.question.alone().await,
        }
    }
}

/// A request with its place in the batch.
type Placed<'a> = (usize, &'a Request);

/// What came back, with the same place.
type First = (usize, Result<Success, Error>);

impl Client {
    /// The version that a request addresses; none if it must be sent alone.
    fn version_of(&self, request: &Request) -> Option<ApiVersion> {
        let fits = request.is_safe() && request.body.is_none() && !self.paces(request);
        let mut versions = [ApiVersion::V1, ApiVersion::Beta].into_iter();
        versions.find(|version| fits && self.relative(*version, request).is_some())
    }

    /// The request's address behind the version.
    fn relative<'a>(&self, version: ApiVersion, request: &'a Request) -> Option<&'a str> {
        let base = self.graph.join([version.segment()]);
        let address = request.url.as_str().strip_prefix(base.as_str())?;
        address.starts_with('/').then_some(address)
    }

    async fn send_alone(&self, requests: &[Placed<'_>]) -> Vec<First> {
        let sent = requests.iter().map(async |(place, request)| {
            let first = self.send(request).await;
            (*place, first)
        });
        join_all(sent).await
    }

    async fn send_batches(
        &self,
        version: ApiVersion,
        requests: &[Placed<'_>],
    ) -> Result<Vec<First>, Error> {
        let mut firsts = Vec::new();
        for some in requests.chunks(LIMIT) {
            firsts.extend(match some {
                [_] => self.send_alone(some).await,
                some => self.send_batch(version, some).await?,
            });
        }
        Ok(firsts)
    }

    async fn send_batch(
        &self,
        version: ApiVersion,
        requests: &[Placed<'_>],
    ) -> Result<Vec<First>, Error> {
        let calls: Vec<Call> = requests.iter().map(|(_, one)| self.call(one)).collect();
        let inner = requests.iter().zip(&calls).zip(ids(requests.len()));
        let requests_inside = inner
            .map(|(((_, request), call), id)| self.inner(version, request, call, id))
            .collect();
        let body = BatchRequests {
            requests: requests_inside,
        };
        let url = self.graph.join([version.segment(), "$batch"]);
        let sent = self.send(&Request::asking(url, &body)).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) if refuses_batch(&error) => return Ok(self.send_alone(requests).await),
            Err(error) => return Err(error),
        };
        let mut answers: BatchAnswers = answer.json()?;
        let outcomes = requests.iter().zip(calls).zip(ids(requests.len()));
        let firsts = outcomes.map(|(((place, request), call), id)| {
            let found = answers.responses.iter().position(|one| one.id == id);
            let outcome = match found.map(|at| answers.responses.swap_remove(at)) {
                Some(response) => self.judge(request, call, answer_of(response)),
                None => Err(unanswered(&answer.call, &id)),
            };
            (*place, *request, outcome)
        });
        let firsts: Vec<_> = firsts.collect();
        let pursued = firsts
            .into_iter()
            .map(async |(place, request, outcome)| (place, self.pursue(request, outcome).await));
        Ok(join_all(pursued).await)
    }

    fn inner(
        &self,
        version: ApiVersion,
        request: &Request,
        call: &Call,
        id: String,
    ) -> BatchRequest {
        let named = ("client-request-id", call.client_request_id.to_string());
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (*name, (*value).to_owned()));
        BatchRequest {
            id,
            method: request.method.to_string(),
            url: self
                .relative(version, request)
                .unwrap_or_default()
                .to_owned(),
            headers: headers
                .chain([named])
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

/// `1`, `2`, …
fn ids(count: usize) -> impl Iterator<Item = String> {
    Range {
        start: 1,
        end: count + 1,
    }
    .map(|id| id.to_string())
}

/// Whether the questions may well be answered one by one: a gateway that knows no batches, an answer that is too long.
fn refuses_batch(error: &Error) -> bool {
    matches!(
        error,
        Error::BadRequest(_)
            | Error::NotFound(_)
            | Error::MethodNotAllowed(_)
            | Error::Http {
                source: http::Error::AnswerTooLong { .. },
                ..
            }
    )
}

fn unanswered(call: &Call, id: &str) -> Error {
    Error::Malformed {
        call: call.clone(),
        member: "responses".to_owned(),
        reason: format!("request {id} has no answer"),
    }
}

/// An inner answer as if it had come alone. What is not JSON comes as a text.
fn answer_of(response: BatchResponse) -> Answer {
    let mut headers = HeaderMap::new();
    for (name, value) in response.headers.into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            headers.insert(name, value);
        }
    }
    let body = match response.body {
        None => Vec::new(),
        Some(Value::String(text)) => text.into_bytes(),
        Some(body) => body.to_string().into_bytes(),
    };
    Answer {
        status: response.status,
        headers,
        body: body.into(),
    }
}
