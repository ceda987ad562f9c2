//! The bench on which the tool is tried from outside: a simulated tenant, emulated keys behind sockets, a directory with a
//! configuration, and the real executable. A test reads as a sentence:
//!
//! ```text
//! let bench = Bench::new();
//! let key = bench.key(Profile::default());
//! bench.enroll(&key, "BG1-A").run().exits(0);
//! bench.check(&key, "BG1-A").run().exits(0);
//! ```
//!
//! Tenant and keys run in the test's own process, so that a test can look at them, change them and make them misbehave; what
//! is under test runs as a child process with a hard time limit.

mod command;
mod furnished;
mod in_process;
mod key;
mod one_by_one;
mod snapshot;
mod table;
mod wire;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use halligan::attestation::Roots;
use halligan::emulator::Profile;
use halligan::env::Env;
use halligan::simulator::tenant::{Seed, State};
use halligan::simulator::{self, Breach, Running};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) use command::{Command, Finished, Started};
pub(crate) use furnished::{ADMINISTRATORS, GROUP, INNER};
pub(crate) use in_process::{InProcess, Person};
pub(crate) use key::{Finger, Key};
pub(crate) use one_by_one::OneByOne;
pub(crate) use snapshot::Snapshot;
pub(crate) use table::{run_cases, say};
pub(crate) use wire::{Exchange, Held, Wire};

/// The PIN of every key. Long and odd, so that it cannot stand in any output by chance.
pub(crate) const PIN: &str = "haystack-70415";
/// A PIN that no key has.
pub(crate) const WRONG_PIN: &str = "needle-93628";

/// A tenant, a directory to work in, and the executable.
pub(crate) struct Bench {
    // Before the runtime: what it holds is shut down by the runtime's end.
    tenant: Running,
    runtime: Runtime,
    folder: TempDir,
}

impl Bench {
    /// A fresh tenant with two emergency accounts, and a configuration that points at it.
    pub(crate) fn new() -> Self {
        Self::in_time_of(Env::system())
    }

    /// The same, with a tenant that has its own clock. The executable has the real one.
    pub(crate) fn in_time_of(env: Env) -> Self {
        let bench = Self::in_folder(tempfile::tempdir().unwrap(), env);
        let app = bench.tenant.demo.app.client_id.to_string();
        let secret = "client_secret_file = \"tenant/app-secret\"";
        bench.configure("client-secret", &app, secret);
        bench
    }

    /// Another bench with the tenant, the ledger and the configuration that [`Self::files`] took. Keys are not plugged in.
    pub(crate) fn copy_of(files: &Snapshot) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files.restore(folder.path());
        let bench = Self::in_folder(folder, Env::system());
        let path = bench.path("halligan.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, after) = text.split_once("https://localhost:").unwrap();
        let digits = |one: char| one.is_ascii_digit();
        let after = after.trim_start_matches(digits);
        let old = &text[before.len()..text.len() - after.len()];
        let new = bench.tenant.graph_url.as_str().trim_end_matches('/');
        std::fs::write(&path, text.replace(old, new)).unwrap();
        bench
    }

    /// All files, to be copied.
    pub(crate) fn files(&self) -> Snapshot {
        Snapshot::of(self.folder.path())
    }

    fn in_folder(folder: TempDir, env: Env) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let config = simulator::Config::new(folder.path().join("tenant"));
        let tenant = runtime.block_on(simulator::start(config, env)).unwrap();
        Self {
            tenant,
            runtime,
            folder,
        }
    }

    /// From now on the operator signs in, `browser` or `device-code`.
    pub(crate) fn sign_in_by(&self, method: &str) {
        let client = self.tenant.demo.public_client_id.to_string();
        self.configure(method, &client, "");
    }

    /// Sends this form, and that the operator agrees, as a browser would; the page at the end.
    pub(crate) fn post_as_operator(&self, url: &str, form: &[(String, String)]) -> String {
        self.post_as(&self.tenant.demo.operator, url, form)
    }

    /// The same, by somebody else.
    pub(crate) fn post_as(&self, user: &str, url: &str, form: &[(String, String)]) -> String {
        let browser = self.browser();
        let mut form = form.to_vec();
        form.push(("user".to_owned(), user.to_owned()));
        self.runtime.block_on(async {
            let answer = browser.post(url).form(&form).send().await.unwrap();
            let answer = answer.error_for_status().unwrap();
            answer.text().await.unwrap()
        })
    }

    /// The application as which people sign in.
    pub(crate) fn public_client(&self) -> String {
        self.tenant.demo.public_client_id.to_string()
    }

    /// The page at this address.
    pub(crate) fn visit(&self, url: &str) -> String {
        let request = self.browser().get(url);
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap().error_for_status().unwrap();
            answer.text().await.unwrap()
        })
    }

    /// Sends a form as a browser would; the page at the end.
    pub(crate) fn submit(&self, url: &str, form: &[(String, String)]) -> String {
        let request = self.browser().post(url).form(form);
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap().error_for_status().unwrap();
            answer.text().await.unwrap()
        })
    }

    /// A client that trusts the tenant and nobody else.
    fn browser(&self) -> reqwest::Client {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let authority = self.tenant.ca_pem.as_bytes();
        let authority = reqwest::Certificate::from_pem(authority).unwrap();
        reqwest::Client::builder()
            .tls_certs_only([authority])
            .no_proxy()
            .build()
            .unwrap()
    }

    /// Adds these lines to the configuration, in its last table, `[sign_in]`.
    pub(crate) fn configure_further(&self, lines: &str) {
        let path = self.path("halligan.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}{lines}\n")).unwrap();
    }

    fn configure(&self, method: &str, client: &str, secret: &str) {
        let text = format!(
            "station = \"workbench\"\n\
             [tenant]\n\
             id = \"{tenant}\"\n\
             graph_url = \"{graph}\"\n\
             authority_url = \"{authority}\"\n\
             ca_cert = \"tenant/ca.pem\"\n\
             pace = false\n\
             [sign_in]\n\
             method = \"{method}\"\n\
             client_id = \"{client}\"\n\
             {secret}\n",
            tenant = self.tenant.demo.tenant_id,
            graph = self.tenant.graph_url,
            authority = self.tenant.authority_url,
        );
        std::fs::write(self.path("halligan.toml"), text).unwrap();
    }

    /// A key of this kind that has never been used, plugged in.
    pub(crate) fn key(&self, profile: Profile) -> Key {
        self.key_with(profile, Env::system())
    }

    /// As [`Self::key`], with its own clock and randomness.
    pub(crate) fn key_with(&self, profile: Profile, env: Env) -> Key {
        let directory = (1..)
            .map(|number| self.path(&format!("key-{number}")))
            .find(|directory| !directory.exists())
            .unwrap();
        Key::plug_in(directory, profile, env)
    }

    /// A path in the bench's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The sign-in name of the operator.
    pub(crate) fn operator(&self) -> String {
        self.tenant.demo.operator.clone()
    }

    /// The sign-in name of an emergency account, 0 or 1.
    pub(crate) fn account(&self, number: usize) -> String {
        self.tenant.demo.emergency_accounts[number].clone()
    }

    /// The secret with which the tool signs in.
    pub(crate) fn app_secret(&self) -> String {
        std::fs::read_to_string(&self.tenant.demo.app.secret_path).unwrap()
    }

    /// An access token as the tool gets one.
    pub(crate) fn access_token(&self) -> String {
        self.in_process().access_token()
    }

    /// Looks at the tenant.
    pub(crate) fn in_tenant<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.tenant.tenant.read(look)
    }

    /// Changes the tenant.
    pub(crate) fn change_tenant(&self, change: impl FnOnce(&mut State)) {
        self.tenant.tenant.update(change).unwrap();
    }

    /// Changes the tenant by a seed, in TOML or JSON: policy, users, groups, roles, units.
    pub(crate) fn seed(&self, seed: &str) {
        let seed: Seed = seed.parse().unwrap();
        self.change_tenant(|state| seed.apply(state, &Env::system()).unwrap());
    }

    /// The tenant trusts attestations of the key's maker from now on.
    pub(crate) fn tenant_trusts(&self, key: &Key) {
        let roots = Roots::from_pem(&std::fs::read(key.attestation_root()).unwrap()).unwrap();
        self.change_tenant(|state| roots.certificates().for_each(|der| state.trust_anchor(der)));
    }

    /// How many keys are registered in the tenant.
    pub(crate) fn registered(&self) -> usize {
        self.in_tenant(|state| state.fido2_methods.len())
    }

    /// The writes so far after which an emergency account of the tenant could no longer get in.
    pub(crate) fn breaches(&self) -> Vec<Breach> {
        self.tenant.tenant.breaches()
    }

    /// From now on everything is kept that is asked of Graph and answered.
    pub(crate) fn record(&self) {
        self.tenant.recorder.listen();
    }

    /// What was asked of Graph and answered since [`Self::record`].
    pub(crate) fn exchanges(&self) -> Vec<simulator::Exchange> {
        self.tenant.recorder.exchanges()
    }

    /// Asks the tenant by hand: status and body, or null.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let url = self.tenant.graph_url.join(path).unwrap();
        let mut request = self.browser().request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or_default())
        })
    }

    /// Has the tenant misbehave, as in `createMethod=429,times=2`.
    pub(crate) fn tenant_fault(&self, fault: &str) {
        self.tenant.faults.add(fault.parse().unwrap());
    }

    /// Waits until all scripted misbehaviour has begun.
    #[track_caller]
    pub(crate) fn until_tenant_faults_are_met(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.tenant.faults.remaining().is_empty() {
            assert!(
                Instant::now() < deadline,
                "{:?}",
                self.tenant.faults.remaining()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the scripted misbehaviour, and says which of it never happened.
    pub(crate) fn clear_tenant_faults(&self) -> Vec<String> {
        let left = self.tenant.faults.remaining();
        self.tenant.faults.clear();
        left.iter().map(ToString::to_string).collect()
    }

    /// How many requests the tenant got so far.
    pub(crate) fn requests(&self) -> usize {
        self.tenant.faults.requests()
    }

    /// How many of its answers the tenant has begun to hold back.
    pub(crate) fn answers_held(&self) -> usize {
        self.tenant.faults.held()
    }

    /// Points the configuration at an address where nobody listens.
    pub(crate) fn cut_the_network(&self) {
        let config = std::fs::read_to_string(self.path("halligan.toml")).unwrap();
        let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let free = socket.local_addr().unwrap().port().to_string();
        let port = self.tenant.address.port().to_string();
        std::fs::write(self.path("halligan.toml"), config.replace(&port, &free)).unwrap();
    }

    /// The executable with these arguments, in the bench's directory.
    pub(crate) fn halligan<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: Into<String>,
    {
        Command::new(self.folder.path()).with(arguments)
    }

    /// `enroll` for the first account, with the PIN on standard input.
    pub(crate) fn enroll(&self, key: &Key, label: &str) -> Command {
        self.enroll_for(&self.account(0), key, label)
    }

    /// `enroll` for an account.
    pub(crate) fn enroll_for(&self, account: &str, key: &Key, label: &str) -> Command {
        self.enroll_at(key.address(), account, label)
            .with(["--attestation-root".to_owned(), key.attestation_root()])
    }

    /// `enroll` of the key at this address, for the first account, without a root for its attestation.
    pub(crate) fn enroll_over(&self, address: &str, label: &str) -> Command {
        self.enroll_at(address, &self.account(0), label)
    }

    fn enroll_at(&self, address: &str, account: &str, label: &str) -> Command {
        let options = ["--device", address, "--account", account, "--label", label];
        self.halligan(["enroll"]).with(options).pin(PIN)
    }

    /// `resume` of a label, with the key and its PIN at hand.
    pub(crate) fn resume(&self, key: &Key, label: &str) -> Command {
        self.resume_over(key.address(), label)
            .with(["--attestation-root".to_owned(), key.attestation_root()])
    }

    /// `resume` of a label with the key at this address.
    pub(crate) fn resume_over(&self, address: &str, label: &str) -> Command {
        let resume = ["resume", label, "--device", address];
        self.halligan(resume).pin(PIN)
    }

    /// `check` of a label, without any PIN at hand.
    pub(crate) fn check(&self, key: &Key, label: &str) -> Command {
        self.halligan(["check", "--device", key.address(), "--key", label])
    }

    /// The kinds of the entries, in order, as `ledger show` tells them.
    pub(crate) fn ledger(&self) -> Vec<String> {
        self.entries()
            .iter()
            .map(|entry| entry["kind"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The entries as `ledger show --json` tells them; none where there is no ledger yet.
    pub(crate) fn entries(&self) -> Vec<Value> {
        if !self.path("ledger").exists() {
            return Vec::new();
        }
        let shown = self.halligan(["ledger", "show", "--json"]).run().exits(0);
        shown.document()["entries"].as_array().unwrap().clone()
    }

    /// What `ledger verify --json` says; the ledger must be consistent.
    #[track_caller]
    pub(crate) fn verified_ledger(&self) -> Value {
        let verified = self.halligan(["ledger", "verify", "--json"]).run();
        verified.exits(0).document()
    }

    /// Runs the ceremonies of the library itself against the same parties.
    pub(crate) fn in_process(&self) -> InProcess<'_> {
        InProcess::new(self, &self.tenant, &self.runtime)
    }
}
