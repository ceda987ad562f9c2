//! A hundred keys from one plan, side by side and one by one, against a tenant that takes 50 ms for each request. Says how long
//! both took, and the ratio.
//!
//! `cargo bench --bench batch -- KEYS WORKERS`; 100 and 16 unless given.

// Its own ways to enrol and to check are for one key.
#[allow(dead_code)]
mod stage;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use halligan::ceremony;
use halligan::ceremony::batch::{self, Common, Connected, Resolved, Workshop};
use halligan::ceremony::enroll::{Enrolled, Request};
use halligan::ceremony::interaction::Interaction;
use halligan::ctap::Authenticator;
use halligan::ctap::hid::Address;
use halligan::emulator::Emulator;
use halligan::emulator::profile::Profile;
use halligan::emulator::storage::Memory;
use halligan::ledger::{Ledger, Store};
use halligan::simulator::fault::{Effect, Fault, Moment, Selector, Times};
use halligan::simulator::tenant::{Role, User};
use stage::{EmulatedKey, Person, Stage};

const LATENCY: Duration = Duration::from_millis(50);

/// As many keys as an emergency account is advised to have.
const KEYS_OF_AN_ACCOUNT: usize = 2;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let keys = numbers.next().unwrap_or(100);
    let workers = numbers.next().unwrap_or(16);
    let alone = measure(keys, 1);
    let together = measure(keys, workers);
    let ratio = alone.as_secs_f64() / together.as_secs_f64();
    let line = format!(
        "{keys} keys, {} ms a request: one by one {:.1} s, {workers} workers {:.1} s, ratio {ratio:.1}\n",
        LATENCY.as_millis(),
        alone.as_secs_f64(),
        together.as_secs_f64(),
    );
    std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).expect("a terminal");
}

/// How long it takes to resolve the plan and to enrol its keys.
fn measure(keys: usize, workers: usize) -> Duration {
    let stage = Stage::build().expect("a stage");
    let folder = tempfile::tempdir().expect("a folder");
    let accounts = accounts(&stage, keys.div_ceil(KEYS_OF_AN_ACCOUNT));
    stage.simulator.faults.add(Fault {
        skip: 0,
        selector: Selector::Any,
        effect: Effect::Slow(LATENCY, Moment::BeforeCommit),
        times: Times::Always,
    });
    let bench = Bench {
        stage: &stage,
        ledger: folder.path().to_owned(),
        enrolled: AtomicUsize::new(0),
    };
    let plan = batch::parse(&plan(&accounts, keys)).expect("a plan");
    let started = Instant::now();
    stage.runtime.block_on(async {
        let ledger = bench.ledger().await.expect("a ledger");
        let resolution = batch::resolve(plan, ledger.state(), &stage.tenant, false)
            .await
            .expect("a tenant");
        let jobs = resolution.lines.iter().enumerate();
        let jobs = jobs.filter_map(|(index, line)| Some((index, line.key.device.clone()?)));
        let common = Common {
            resolution: &resolution,
            tenant: &stage.tenant,
            cancel: &stage.cancel,
            env: &stage.env,
        };
        batch::side_by_side(jobs.collect(), workers, common, &bench);
    });
    let took = started.elapsed();
    assert_eq!(bench.enrolled.load(Ordering::SeqCst), keys);
    took
}

fn accounts(stage: &Stage, number: usize) -> Vec<String> {
    let names: Vec<String> = (0..number)
        .map(|number| format!("bg{number}@bench.onmicrosoft.com"))
        .collect();
    let change = stage.simulator.tenant.update(|state| {
        for name in &names {
            let user = User::member(name, name, &stage.env);
            state.assign(user.id, Role::GlobalAdministrator);
            state.users.push(user);
        }
    });
    change.expect("a tenant");
    names
}

fn plan(accounts: &[String], keys: usize) -> String {
    let line = |number: usize| {
        let account = &accounts[number / KEYS_OF_AN_ACCOUNT];
        format!(
            "[[key]]\naccount = '{account}'\nlabel = 'K{number}'\ndevice = 'emulator:{number}'\n"
        )
    };
    (0..keys).map(line).collect()
}

struct Bench<'a> {
    stage: &'a Stage,
    ledger: PathBuf,
    enrolled: AtomicUsize,
}

impl Workshop for Bench<'_> {
    type Error = ceremony::Error;

    fn open(&self, _address: &Address) -> Result<Connected, ceremony::Error> {
        let env = &self.stage.env;
        let memory = Box::new(Memory);
        let emulator = Emulator::new(
            memory,
            &self.stage.authority,
            env.clone(),
            Profile::default(),
        );
        let device = Box::new(EmulatedKey(emulator.expect("a key")));
        Ok(Connected {
            authenticator: Authenticator::open(device, env.clone())?,
            transport: "emulator in the same process".to_owned(),
            serial: None,
        })
    }

    fn plugged_in(&self) -> Result<Vec<Address>, ceremony::Error> {
        Ok(Vec::new())
    }

    async fn ledger(&self) -> Result<Ledger, ceremony::Error> {
        let store = Store::open(&self.ledger.display().to_string())?;
        Ok(Ledger::open_store(store, &self.stage.station, self.stage.env.clone()).await?)
    }

    fn person(&self, _label: &str) -> Box<dyn Interaction + '_> {
        Box::new(Person)
    }

    fn insert_key(&self, _label: &str) {}

    fn request(&self, line: &Resolved, _key: &Connected) -> Request {
        Request {
            account: line.key.account.clone(),
            label: line.key.label.clone(),
            ..self.stage.request.clone()
        }
    }

    fn ended(&self, index: usize, result: Result<Enrolled, ceremony::Error>) {
        let enrolled = result.unwrap_or_else(|error| panic!("key {index}: {error}"));
        assert!(!enrolled.credential_id.is_empty());
        self.enrolled.fetch_add(1, Ordering::SeqCst);
    }
}
