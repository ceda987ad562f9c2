//! A channel whose exchanges are written down: how long each took, whether the answer was canonical, how the key asked for
//! patience. Requests and answers themselves are not kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ctap::command::{
    CLIENT_PIN, CONFIG, CREDENTIAL_MANAGEMENT, CREDENTIAL_MANAGEMENT_PREVIEW, GET_ASSERTION,
    GET_INFO, GET_NEXT_ASSERTION, MAKE_CREDENTIAL, SELECTION,
};
use crate::ctap::hid::{self, Channel};
use crate::ctap::{Counters, Identity, KeepAlive, Transport, Wait};
use crate::encoding::cbor::{self, Value};
use crate::env::Env;

/// How long a key may work on a command without asking for a touch. No command of a FIDO key takes half of it.
const WORKING_LIMIT: Duration = Duration::from_secs(5);

/// One request and its answer.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// The specification's name, with that of the subcommand.
    pub(super) command: &'static str,
    /// From the request to the answer, or from the last time that the key asked for a touch.
    pub(super) took: Duration,
    /// Between one request for a touch and the next.
    pub(super) touch_gaps: Vec<Duration>,
    /// Whether the CBOR of the answer is in CTAP2's canonical form; none if there is none.
    pub(super) canonical: Option<bool>,
    /// The status byte; none if no answer came.
    pub(super) status: Option<u8>,
}

/// The exchanges of a run; clones share it.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Exchange>>>);

impl Log {
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The channel.
pub(super) struct Observed {
    channel: Channel,
    env: Env,
    log: Log,
}

impl Observed {
    pub(super) fn new(channel: Channel, env: &Env, log: &Log) -> Self {
        Self {
            channel,
            env: env.clone(),
            log: log.clone(),
        }
    }
}

impl Transport for Observed {
    fn transact(&mut self, request: &[u8], wait: &mut Wait<'_>) -> Result<Vec<u8>, hid::Error> {
        let begun = self.env.monotonic();
        let mut prompts = Vec::new();
        let (env, outer) = (&self.env, &mut wait.on_keepalive);
        let listen = |keepalive| {
            if keepalive == KeepAlive::TouchNeeded {
                prompts.push(env.monotonic());
            }
            outer(keepalive);
        };
        let mut inner = Wait::new(&wait.cancel, listen)
            .limited(wait.limit)
            .unprompted(wait.unprompted.min(WORKING_LIMIT));
        let result = self.channel.transact(request, &mut inner);
        drop(inner);
        let since = prompts.last().copied().unwrap_or(begun);
        let answer = result.as_ref().ok().and_then(|answer| answer.split_first());
        let gaps = prompts
            .windows(2)
            .map(|pair| pair[1].saturating_sub(pair[0]));
        let body = answer.map(|(_, body)| body).filter(|body| !body.is_empty());
        let exchange = Exchange {
            command: name(request),
            took: self.env.monotonic().saturating_sub(since),
            touch_gaps: gaps.collect(),
            canonical: body.map(cbor::is_canonical),
            status: answer.map(|(status, _)| *status),
        };
        self.log.lock().push(exchange);
        result
    }

    fn wink(&mut self) -> Result<(), hid::Error> {
        self.channel.wink()
    }

    fn ping(&mut self, data: &[u8]) -> Result<(), hid::Error> {
        self.channel.ping(data)
    }

    fn identity(&self) -> Identity {
        self.channel.identity()
    }

    fn counters(&self) -> Counters {
        self.channel.counters()
    }
}

fn name(request: &[u8]) -> &'static str {
    match request.split_first() {
        Some((&MAKE_CREDENTIAL, _)) => "makeCredential",
        Some((&GET_ASSERTION, _)) => "getAssertion",
        Some((&GET_INFO, _)) => "getInfo",
        Some((&CLIENT_PIN, parameters)) => client_pin(parameters),
        Some((&GET_NEXT_ASSERTION, _)) => "getNextAssertion",
        Some((&CREDENTIAL_MANAGEMENT | &CREDENTIAL_MANAGEMENT_PREVIEW, _)) => {
            "credentialManagement"
        }
        Some((&SELECTION, _)) => "selection",
        Some((&CONFIG, _)) => "authenticatorConfig",
        _ => "other",
    }
}

/// A key agreement takes much longer than a counter.
fn client_pin(parameters: &[u8]) -> &'static str {
    let subcommand = cbor::decode(parameters).ok().and_then(|value| {
        let subcommand = cbor::get(value.as_map()?, &Value::from(2))?.as_integer()?;
        u8::try_from(subcommand).ok()
    });
    match subcommand {
        Some(1) => "clientPIN getPINRetries",
        Some(2) => "clientPIN getKeyAgreement",
        Some(5 | 6 | 9) => "clientPIN getPinUvAuthToken",
        _ => "clientPIN",
    }
}
