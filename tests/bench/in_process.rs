//! The ceremonies of the library, called directly: for what a child process cannot show, such as a key that is pulled out at
//! one exact step, or a minute of patience that must not take a minute.

use std::sync::Arc;
use std::time::{Duration, Instant};

use halligan::attestation::Roots;
use halligan::ceremony::check::{self, Checked};
use halligan::ceremony::drill;
use halligan::ceremony::enroll::{self, Outcome};
use halligan::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable, Step};
use halligan::ceremony::{Error, Parties, Standards};
use halligan::ctap::hid::{self, Channel};
use halligan::ctap::status::Status;
use halligan::ctap::{Authenticator, Cancel, Counters, Identity, Transport, Wait};
use halligan::env::{Clock, Env, SeededRng};
use halligan::graph::credential::application::Application;
use halligan::graph::credential::{
    Cached, DRILL_PERMISSIONS, PublicClient, TokenSource, fresh_scopes,
};
use halligan::graph::{Client, Endpoints, Http, HttpOptions, Retry};
use halligan::ledger::{Ledger, Station};
use halligan::secret::{ClientSecret, Pin};
use halligan::simulator::Running;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::{Bench, Key, PIN};

/// How much faster than real time the ceremonies' patience runs out.
const HURRY: u32 = 40;

/// The library against the bench's parties.
pub(crate) struct InProcess<'a> {
    bench: &'a Bench,
    tenant: &'a Running,
    runtime: &'a Runtime,
    refusal: fn(&[u8]) -> Option<Status>,
}

impl<'a> InProcess<'a> {
    pub(super) fn new(bench: &'a Bench, tenant: &'a Running, runtime: &'a Runtime) -> Self {
        Self {
            bench,
            tenant,
            runtime,
            refusal: |_| None,
        }
    }

    /// The key answers with this status to the requests for which there is one: habits of keys that the emulator lacks.
    pub(crate) fn refusing(self, refusal: fn(&[u8]) -> Option<Status>) -> Self {
        Self { refusal, ..self }
    }

    /// Enrols the key for the first account.
    pub(crate) fn enroll(
        &self,
        key: &Key,
        label: &str,
        person: &mut Person<'_>,
    ) -> Result<Outcome, Box<Error>> {
        let root = std::fs::read(key.attestation_root()).unwrap();
        let request = enroll::Request {
            account: self.bench.account(0),
            label: label.to_owned(),
            tenant: self.tenant.demo.tenant_id.to_string(),
            transport: "a socket".to_owned(),
            settings: Default::default(),
            custody: None,
            generate: None,
            custodians: None,
            terms: enroll::Terms {
                standards: Standards {
                    trust: Roots::from_pem(&root).unwrap().into(),
                    attestation_required: true,
                    ..Standards::default()
                },
                ..enroll::Terms::default()
            },
            skip_preflight: false,
            dry_run: false,
        };
        self.with_parties(key, person, async |parties| {
            enroll::enroll(&request, parties).await
        })
    }

    /// Checks the key under this label.
    pub(crate) fn check(
        &self,
        key: &Key,
        label: &str,
        person: &mut Person<'_>,
    ) -> Result<Checked, Box<Error>> {
        let request = check::Request {
            label: Some(label.to_owned()),
            ..check::Request::default()
        };
        self.with_parties(key, person, async |parties| {
            check::check(&request, parties).await
        })
    }

    /// Begins a drill of the first account, whose page nobody visits.
    pub(crate) fn drill(
        &self,
        key: &Key,
        person: &mut Person<'_>,
    ) -> Result<drill::Conclusion, Box<Error>> {
        let request = drill::Request {
            account: self.bench.account(0),
            key: None,
            by: vec!["A. Jones".to_owned()],
            reason: None,
            expected_policies: Vec::new(),
            limit: Duration::from_secs(60),
            log_limit: Duration::from_secs(60),
            revoke_sessions: false,
            dry_run: false,
        };
        let endpoints = self.endpoints();
        let client = PublicClient {
            http: self.http(),
            scopes: fresh_scopes(&endpoints.graph, &DRILL_PERMISSIONS),
            authority: endpoints.authority,
            tenant: self.tenant.demo.tenant_id.to_string().parse().unwrap(),
            client_id: self.bench.public_client(),
            env: Env::system(),
        };
        let visit = |_: drill::Visit<'_>, page: &url::Url| panic!("{page} was to be visited");
        self.with_parties(key, person, async |parties| {
            let door = drill::Door {
                client,
                visit: &visit,
            };
            drill::hold(&request, door, parties).await
        })
    }

    fn with_parties<T>(
        &self,
        key: &Key,
        person: &mut Person<'_>,
        ceremony: impl AsyncFnOnce(Parties<'_>) -> Result<T, Error>,
    ) -> Result<T, Box<Error>> {
        let env = Env::new(
            Arc::new(Hurried(Instant::now())),
            Arc::new(SeededRng::new(seed())),
        );
        let transport = Reluctant {
            channel: Channel::open(key.device(), Env::system()).unwrap(),
            refusal: self.refusal,
        };
        let mut authenticator = Authenticator::over(Box::new(transport), Env::system()).unwrap();
        let client = self.client();
        self.runtime.block_on(async {
            let station = self.station();
            let location = self.bench.path("ledger").display().to_string();
            let ledger = Ledger::open(&location, &station, env.clone()).await;
            let mut ledger = ledger.map_err(Error::from)?;
            let parties = Parties {
                key: (&mut authenticator).into(),
                tenant: Some(&client),
                ledger: &mut ledger,
                interaction: person,
                cancel: &Cancel::default(),
                env: &env,
            };
            Ok(ceremony(parties).await?)
        })
    }

    /// The bench's ledger, opened as the tool opens it.
    pub(super) async fn ledger(&self) -> Result<Ledger, halligan::ledger::Error> {
        let location = self.bench.path("ledger").display().to_string();
        Ledger::open(&location, &self.station(), Env::system()).await
    }

    pub(super) fn runtime(&self) -> &Runtime {
        self.runtime
    }

    fn station(&self) -> Station {
        let directory = self.bench.path("station");
        Station::open(&directory).unwrap_or_else(|_| {
            Station::create(&directory, "workbench".parse().unwrap(), &Env::system()).unwrap()
        })
    }

    /// An access token for the tenant.
    pub(super) fn access_token(&self) -> String {
        let source = self.token_source();
        let token = self.runtime.block_on(source.token()).unwrap();
        token.expose().to_owned()
    }

    /// A client that repeats as often as the tool's, and waits less.
    pub(super) fn client(&self) -> Client {
        let graph = self.endpoints().graph;
        Client::new(self.http(), graph, self.token_source(), Env::system()).retry(Retry {
            first_wait: Duration::from_millis(1),
            ..Retry::default()
        })
    }

    fn token_source(&self) -> Arc<dyn TokenSource> {
        let application = Application {
            http: self.http(),
            endpoints: self.endpoints(),
            tenant: self.tenant.demo.tenant_id.to_string().parse().unwrap(),
            client_id: self.tenant.demo.app.client_id.to_string(),
            env: Env::system(),
        };
        let secret = ClientSecret::new(self.bench.app_secret());
        let flow = application.client_secret(&secret).unwrap();
        Arc::new(Cached::new(flow, Env::system()))
    }

    fn endpoints(&self) -> Endpoints {
        Endpoints {
            authority: self.tenant.authority_url.as_str().parse().unwrap(),
            graph: self.tenant.graph_url.as_str().parse().unwrap(),
        }
    }

    fn http(&self) -> Http {
        Http::new(&HttpOptions {
            extra_ca_pem: vec![self.tenant.ca_pem.clone().into_bytes()],
            ..HttpOptions::default()
        })
        .unwrap()
    }
}

/// A key that refuses some requests by itself.
struct Reluctant {
    channel: Channel,
    refusal: fn(&[u8]) -> Option<Status>,
}

impl Transport for Reluctant {
    fn transact(&mut self, request: &[u8], wait: &mut Wait<'_>) -> Result<Vec<u8>, hid::Error> {
        match (self.refusal)(request) {
            Some(status) => Ok(vec![status.into()]),
            None => self.channel.transact(request, wait),
        }
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

/// Two stations that draw the same ceremony ids would be a fault of the test.
fn seed() -> u64 {
    u64::from_be_bytes(Env::system().random())
}

/// The time of day as it is, and a stopwatch that runs fast.
struct Hurried(Instant);

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed() * HURRY
    }
}

/// Who knows the PIN, remembers what was said, and may do something when a step begins.
pub(crate) struct Person<'a> {
    /// Steps, warnings, prompts, in order.
    pub(crate) heard: Vec<String>,
    pin: &'a str,
    at: Option<(Step, Box<dyn FnMut() + Send + 'a>)>,
}

impl<'a> Person<'a> {
    /// Knows the PIN and does nothing.
    pub(crate) fn new() -> Self {
        Self {
            heard: Vec::new(),
            pin: PIN,
            at: None,
        }
    }

    /// Does this when the step begins.
    pub(crate) fn who_at(step: Step, act: impl FnMut() + Send + 'a) -> Self {
        Self {
            at: Some((step, Box::new(act))),
            ..Self::new()
        }
    }

    /// Whether this was said.
    pub(crate) fn heard(&self, text: &str) -> bool {
        self.heard.iter().any(|heard| heard.contains(text))
    }
}

impl Interaction for Person<'_> {
    fn begin(&mut self, step: Step) {
        self.heard.push(format!("{} begins", step.id()));
        if let Some((at, act)) = &mut self.at
            && *at == step
        {
            act();
        }
    }

    fn done(&mut self, step: Step, fact: &str) {
        self.heard.push(format!("{} done: {fact}", step.id()));
    }

    fn warn(&mut self, message: &str) {
        self.heard.push(format!("warning: {message}"));
    }

    fn touch_needed(&mut self) {
        self.heard.push("touch".to_owned());
    }

    fn waiting(&mut self, reason: &str, duration: Duration) {
        self.heard.push(format!("waiting {duration:?}: {reason}"));
    }

    fn reinsert_key(&mut self) {
        self.heard.push("reinsert".to_owned());
    }

    fn pin(&mut self, _purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        self.heard.push("pin".to_owned());
        Ok(Pin::new(self.pin).unwrap())
    }

    fn confirm(&mut self, stakes: &str, word: &str) -> bool {
        self.heard.push(format!("confirm {word}: {stakes}"));
        true
    }
}
