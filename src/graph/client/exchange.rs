//! One request and its repetitions.

use std::future::Future;
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Client, Request};
use crate::graph::error::{Call, Error};
use crate::graph::http::Answer;
use crate::graph::retry::{self, Waiting};
use crate::secret::AccessToken;

/// An answer that is a success, with the exchange it belongs to.
pub(in crate::graph) struct Success {
    pub(in crate::graph) call: Call,
    answer: Answer,
    idempotent: bool,
}

impl Success {
    /// The body. A creation whose answer cannot be read has been carried out nevertheless.
    pub(in crate::graph) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.parsed(&self.answer.body)
    }

    /// A part of the body that was left as text.
    pub(super) fn part<T: DeserializeOwned>(&self, text: &str) -> Result<T, Error> {
        self.parsed(text.as_bytes())
    }

    fn parsed<T: DeserializeOwned>(&self, json: &[u8]) -> Result<T, Error> {
        let deserializer = &mut serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let malformed = Error::Malformed {
                call: self.call.clone(),
                member: error.path().to_string(),
                reason: crate::graph::error::printable(&error.inner().to_string()),
            };
            if self.idempotent {
                return malformed;
            }
            unknown(self.call.clone(), malformed)
        })
    }
}

impl Client {
    /// Sends a request until it succeeds, fails for good, or patience ends.
    pub(in crate::graph) async fn send(&self, request: &Request) -> Result<Success, Error> {
        let first = self.attempt(request, self.call(request)).await;
        self.pursue(request, first).await
    }

    /// Repeats a request as long as that may help, after its first attempt came to this.
    pub(super) async fn pursue(
        &self,
        request: &Request,
        first: Result<Success, Error>,
    ) -> Result<Success, Error> {
        let started = self.env.monotonic();
        let mut waits = self.retry.waits(&self.env);
        let mut repetition = 0;
        let mut outcome = first;
        loop {
            let call = self.call(request);
            let failure = match outcome {
                Ok(success) => return Ok(success),
                // The deletion that seemed to fail had been carried out.
                Err(Error::NotFound(_)) if repetition > 0 && request.method == Method::DELETE => {
                    return Ok(already_gone(call));
                }
                Err(failure) => failure,
            };
            let Some(wait) = wait_before_repeating(request, &failure, waits.next()) else {
                return Err(failure);
            };
            let elapsed = self.env.monotonic().saturating_sub(started);
            if wait > self.retry.longest_wait || elapsed.saturating_add(wait) > self.retry.total {
                return Err(failure);
            }
            repetition += 1;
            (self.on_wait)(&Waiting {
                call: call.clone(),
                status: failure.status(),
                wait,
                repetition,
            });
            if self.stopped_during(wait).await {
                return Err(failure);
            }
            outcome = self.attempt(request, call).await;
        }
    }

    /// Sends a request and reads the body of its answer.
    pub(in crate::graph) async fn fetch<T: DeserializeOwned>(
        &self,
        request: &Request,
    ) -> Result<T, Error> {
        self.send(request).await?.json()
    }

    async fn attempt(&self, request: &Request, call: Call) -> Result<Success, Error> {
        let _turn = if self.paces(request) {
            let turn = self.pacer.turn(&request.url, &self.env);
            let turn = self.unless_stopped(turn).await;
            turn.ok_or_else(|| Error::Interrupted(call.clone()))?
        } else {
            None
        };
        let outgoing = self.outgoing(request, call.client_request_id);
        let outgoing = self
            .unless_stopped(outgoing)
            .await
            .ok_or_else(|| Error::Interrupted(call.clone()))??;
        let exchange = self.http.exchange(outgoing);
        let answer = if request.is_safe() {
            self.unless_stopped(exchange)
                .await
                .ok_or_else(|| Error::Interrupted(call.clone()))?
        } else {
            // Its outcome must be known.
            exchange.await
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(source) => {
                let settled = request.is_idempotent() || source.nothing_sent();
                let failure = Error::Http {
                    call: call.clone(),
                    source,
                };
                return Err(if settled {
                    failure
                } else {
                    unknown(call, failure)
                });
            }
        };
        self.judge(request, call, answer)
    }

    /// What an answer comes to.
    pub(super) fn judge(
        &self,
        request: &Request,
        call: Call,
        answer: Answer,
    ) -> Result<Success, Error> {
        tracing::debug!(%call, id = %call.client_request_id, status = answer.status, "graph answered");
        match answer.status {
            200..=299 => Ok(Success {
                call,
                answer,
                idempotent: request.is_idempotent(),
            }),
            // A request that timed out inside the service may have been carried out all the same.
            408 | 500..=599 if !request.is_idempotent() => {
                let refused = self.refused(call.clone(), &answer);
                Err(unknown(call, refused))
            }
            _ => Err(self.refused(call, &answer)),
        }
    }

    fn refused(&self, call: Call, answer: &Answer) -> Error {
        let retry_after = retry::retry_after(answer, self.env.now());
        Error::refused(call, answer, retry_after)
    }

    pub(super) async fn outgoing(
        &self,
        request: &Request,
        id: Uuid,
    ) -> Result<reqwest::Request, Error> {
        let access_token = self.token_source.token().await?;
        let mut outgoing = reqwest::Request::new(request.method.clone(), request.url.clone());
        let headers = outgoing.headers_mut();
        headers.insert(AUTHORIZATION, bearer(&access_token)?);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
            headers.insert("client-request-id", id);
        }
        for (name, value) in &request.headers {
            headers.insert(*name, HeaderValue::from_static(value));
        }
        if let Some(body) = &request.body {
            outgoing
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *outgoing.body_mut() = Some(body.clone().into());
        }
        Ok(outgoing)
    }

    /// The access token, signing in if there is none.
    pub(in crate::graph) async fn access_token(&self) -> Result<AccessToken, Error> {
        let token = self.unless_stopped(self.token_source.token()).await;
        let interrupted = || {
            Error::Interrupted(Call {
                method: "sign-in".to_owned(),
                path: "to Graph".to_owned(),
                client_request_id: self.env.uuid(),
            })
        };
        Ok(token.ok_or_else(interrupted)??)
    }

    pub(super) fn call(&self, request: &Request) -> Call {
        Call {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            client_request_id: self.env.uuid(),
        }
    }

    /// Whether the request has to wait its turn.
    pub(super) fn paces(&self, request: &Request) -> bool {
        self.paced && self.pacer.is_paced(&request.url)
    }

    pub(super) async fn stopped_during(&self, wait: Duration) -> bool {
        self.unless_stopped(self.env.sleep(wait)).await.is_none()
    }

    /// What the future gives; nothing if the caller no longer wants to wait for it.
    async fn unless_stopped<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stop.clone() => None,
            output = future => Some(output),
        }
    }
}

/// How long to wait before the same request is worth another attempt; nothing when it is not.
fn wait_before_repeating(
    request: &Request,
    failure: &Error,
    own_wait: Option<Duration>,
) -> Option<Duration> {
    let own_wait = own_wait?;
    match failure {
        Error::Throttled(refusal) => Some(refusal.retry_after.unwrap_or(own_wait)),
        Error::Unavailable(refusal)
            if request.is_idempotent() && matches!(refusal.status, 502..=504) =>
        {
            Some(refusal.retry_after.unwrap_or(own_wait))
        }
        Error::Http { source, .. } if request.is_idempotent() && source.passing() => Some(own_wait),
        _ => None,
    }
}

fn bearer(access_token: &AccessToken) -> Result<HeaderValue, Error> {
    let text = zeroize::Zeroizing::new(format!("Bearer {}", access_token.expose()));
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| crate::graph::credential::Error::TokenNotAHeader)?;
    value.set_sensitive(true);
    Ok(value)
}

fn unknown(call: Call, source: Error) -> Error {
    Error::OutcomeUnknown {
        call,
        source: Box::new(source),
    }
}

fn already_gone(call: Call) -> Success {
    let answer = Answer {
        status: 204,
        headers: reqwest::header::HeaderMap::new(),
        body: bytes::Bytes::new(),
    };
    Success {
        call,
        answer,
        idempotent: true,
    }
}
