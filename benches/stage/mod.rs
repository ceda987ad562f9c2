//! What the benchmarks of ceremonies share: a simulated tenant, emulated keys under one attestation root, and somebody who
//! knows the PIN.

use std::sync::Arc;
use std::time::Duration;

use halligan::attestation::Roots;
use halligan::ceremony::check::{self, Checked};
use halligan::ceremony::enroll::{self, Outcome};
use halligan::ceremony::interaction::{Interaction, PinPurpose, PinUnavailable, Step};
use halligan::ceremony::{Parties, Standards};
use halligan::ctap::hid::packet::Report;
use halligan::ctap::hid::{DeviceError, HidDevice};
use halligan::ctap::{Authenticator, Cancel};
use halligan::emulator::Emulator;
use halligan::emulator::attestation::AttestationAuthority;
use halligan::emulator::profile::Profile;
use halligan::emulator::storage::Memory;
use halligan::env::Env;
use halligan::graph::credential::Cached;
use halligan::graph::credential::application::Application;
use halligan::graph::{Client, Endpoints, Http, HttpOptions};
use halligan::ledger::{Ledger, Station, Store};
use halligan::secret::{ClientSecret, Pin};
use halligan::simulator::{self, Running};
use tempfile::TempDir;
use tokio::runtime::Runtime;

type Built<T> = Result<T, Box<dyn std::error::Error>>;

/// Everything but the key and the ledger, which each iteration has anew.
pub(crate) struct Stage {
    /// Of tenant and station; removed in the end.
    _directory: TempDir,
    pub(crate) runtime: Runtime,
    pub(crate) env: Env,
    pub(crate) simulator: Running,
    pub(crate) tenant: Client,
    pub(crate) authority: AttestationAuthority,
    pub(crate) station: Station,
    pub(crate) request: enroll::Request,
    pub(crate) cancel: Cancel,
}

impl Stage {
    pub(crate) fn build() -> Built<Self> {
        let directory = tempfile::tempdir()?;
        let runtime = Runtime::new()?;
        let env = Env::system();
        let authority = AttestationAuthority::generate(&env)?;
        let roots = Roots::from_pem(authority.root_pem()?.as_bytes())?;
        let config = simulator::Config::new(directory.path().join("tenant"));
        let simulator = runtime.block_on(simulator::start(config, env.clone()))?;
        Ok(Self {
            tenant: client(&simulator, &env)?,
            station: Station::create(&directory.path().join("station"), "bench".parse()?, &env)?,
            request: enroll::Request {
                account: simulator.demo.emergency_accounts[0].clone(),
                label: "BG1-A".to_owned(),
                tenant: simulator.demo.tenant_id.to_string(),
                transport: "emulator in the same process".to_owned(),
                settings: Default::default(),
                custody: None,
                generate: None,
                custodians: None,
                terms: enroll::Terms {
                    standards: Standards {
                        trust: roots.into(),
                        attestation_required: true,
                        ..Standards::default()
                    },
                    ..enroll::Terms::default()
                },
                skip_preflight: false,
                dry_run: false,
            },
            cancel: Cancel::default(),
            _directory: directory,
            runtime,
            env,
            simulator,
            authority,
        })
    }

    /// A fresh key, for an account that has none.
    pub(crate) fn key(&self) -> Built<Authenticator> {
        self.simulator
            .tenant
            .update(|state| state.fido2_methods.clear())?;
        let emulator = Emulator::new(
            Box::new(Memory),
            &self.authority,
            self.env.clone(),
            Profile::default(),
        )?;
        Ok(Authenticator::open(
            Box::new(EmulatedKey(emulator)),
            self.env.clone(),
        )?)
    }

    pub(crate) fn ledger(&self, store: Store) -> Built<Ledger> {
        let opened = Ledger::open_store(store, &self.station, self.env.clone());
        Ok(self.runtime.block_on(opened)?)
    }

    pub(crate) fn enroll(&self, key: &mut Authenticator, ledger: &mut Ledger) -> Built<Outcome> {
        let parties = Parties {
            key: key.into(),
            tenant: Some(&self.tenant),
            ledger,
            interaction: &mut Person,
            cancel: &self.cancel,
            env: &self.env,
        };
        Ok(self
            .runtime
            .block_on(enroll::enroll(&self.request, parties))?)
    }

    /// Silent, and without the tenant.
    pub(crate) fn check(&self, key: &mut Authenticator, ledger: &mut Ledger) -> Built<Checked> {
        let parties = Parties {
            key: key.into(),
            tenant: None,
            ledger,
            interaction: &mut Person,
            cancel: &self.cancel,
            env: &self.env,
        };
        Ok(self
            .runtime
            .block_on(check::check(&check::Request::default(), parties))?)
    }
}

fn client(simulator: &Running, env: &Env) -> Built<Client> {
    let http = Http::new(&HttpOptions {
        extra_ca_pem: vec![simulator.ca_pem.clone().into_bytes()],
        ..HttpOptions::default()
    })?;
    let endpoints = Endpoints {
        authority: simulator.authority_url.as_str().parse()?,
        graph: simulator.graph_url.as_str().parse()?,
    };
    let application = Application {
        http: http.clone(),
        endpoints: endpoints.clone(),
        tenant: simulator.demo.tenant_id.to_string().parse()?,
        client_id: simulator.demo.app.client_id.to_string(),
        env: env.clone(),
    };
    let secret = std::fs::read_to_string(&simulator.demo.app.secret_path)?;
    let flow = application.client_secret(&ClientSecret::new(secret))?;
    let tokens = Arc::new(Cached::new(flow, env.clone()));
    Ok(Client::new(http, endpoints.graph, tokens, env.clone()))
}

/// Touched at once, so it has its answer ready whenever it is asked.
pub(crate) struct EmulatedKey(pub(crate) Emulator);

impl HidDevice for EmulatedKey {
    fn write_report(&mut self, report: &Report) -> Result<(), DeviceError> {
        self.0.handle_report(report);
        Ok(())
    }

    fn read_report(&mut self, _timeout: Duration) -> Result<Option<Report>, DeviceError> {
        Ok(self.0.poll())
    }
}

pub(crate) struct Person;

impl Interaction for Person {
    fn begin(&mut self, _step: Step) {}

    fn done(&mut self, _step: Step, _fact: &str) {}

    fn warn(&mut self, _message: &str) {}

    fn touch_needed(&mut self) {}

    fn waiting(&mut self, _reason: &str, _duration: Duration) {}

    fn confirm(&mut self, _stakes: &str, _word: &str) -> bool {
        true
    }

    fn reinsert_key(&mut self) {}

    fn pin(&mut self, _purpose: PinPurpose) -> Result<Pin, PinUnavailable> {
        Ok(Pin::new("24681357")?)
    }
}
