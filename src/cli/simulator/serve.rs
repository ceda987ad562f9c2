//! `halligan simulator serve`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use der::pem::LineEnding;
use der::{Decode, EncodePem};
use serde_json::json;
use x509_cert::Certificate;

use crate::cli::file::{self, Readers};
use crate::cli::{Context, Error, attestation, output, program};
use crate::report::Report;
use crate::simulator::fault::Fault;
use crate::simulator::serve::{self, Config, DemoApp, Running};
use crate::simulator::tenant::Seed;

/// Arguments of `simulator serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Directory of the tenant's state; made if it does not exist
    #[arg(long, value_name = "DIR")]
    state: PathBuf,

    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,

    /// Sign this user in without asking, in the browser and device code flows
    #[arg(long, value_name = "UPN")]
    auto_approve: Option<String>,

    /// PEM files with roots whose keys the tenant calls attested; it keeps them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    attestation_root: Vec<PathBuf>,

    /// TOML or JSON file with policy, users, groups, roles, units to start with; docs/simulator.md has all
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Misbehave, as in createMethod=429,retry-after=2,times=3; may be given several times; docs/simulator.md has all
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
}

pub(super) async fn run(serve: &Arguments, context: &Context) -> Result<(), Error> {
    let config = Config {
        listen: serve.listen,
        auto_approve: serve.auto_approve.clone(),
        faults: serve.fault.clone(),
        trust_anchors: attestation::roots(&serve.attestation_root)?
            .certificates()
            .map(<[u8]>::to_vec)
            .collect(),
        seed: serve.seed.as_deref().map(seed).transpose()?,
        ..Config::new(serve.state.clone())
    };
    let running = serve::start(config, context.env.clone()).await?;
    let path = write_config(&serve.state, &running)?;
    output::result(&context.global, &announcement(&running, &path))?;
    context.interrupt.clone().raised().await;
    running.shutdown().await;
    Ok(())
}

fn seed(path: &Path) -> Result<Seed, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    text.parse().map_err(|source| Error::Seed {
        path: path.to_owned(),
        source: Box::new(source),
    })
}

/// What halligan is told of this simulator: a configuration, anew at every start because the port may be another, and beside it the
/// roots that the tenant trusts. Whoever waits for the configuration finds it whole, and a tenant that answers.
pub(crate) fn write_config(state: &Path, running: &Running) -> Result<PathBuf, Error> {
    let path = state.join("halligan.toml");
    let roots = write_roots(state, running)?;
    let text = configuration(running, roots.as_deref());
    file::write(&path, text.as_bytes(), Readers::Usual)?;
    Ok(path)
}

/// All roots that the tenant knows, those of earlier starts too; none if it knows none.
fn write_roots(state: &Path, running: &Running) -> Result<Option<PathBuf>, Error> {
    let anchors = running.tenant.read(|state| state.trust_anchors.clone());
    let pem = anchors.iter().filter_map(|anchor| {
        let certificate = Certificate::from_der(&anchor.0).ok()?;
        certificate.to_pem(LineEnding::LF).ok()
    });
    let pem: String = pem.collect();
    if pem.is_empty() {
        return Ok(None);
    }
    let path = state.join("attestation-roots.pem");
    file::write(&path, pem.as_bytes(), Readers::Usual)?;
    Ok(Some(path))
}

fn configuration(running: &Running, roots: Option<&Path>) -> String {
    let demo = &running.demo;
    let mut text = format!(
        "# Points halligan at the simulated tenant beside this file. Written anew whenever the simulator starts.\n\
         station = \"demo-station\"\n\
         \n\
         [tenant]\n\
         id = \"{tenant}\"\n\
         graph_url = \"{graph}\"\n\
         authority_url = \"{authority}\"\n\
         ca_cert = {ca}\n\
         pace = false\n\
         \n\
         [sign_in]\n\
         method = \"client-secret\"\n\
         client_id = \"{client}\"\n\
         client_secret_file = {secret}\n\
         \n\
         [drill]\n\
         client_id = \"{drill}\"\n\
         permissions = [\"User.Read\", \"RoleManagement.Read.Directory\"]\n",
        tenant = demo.tenant_id,
        graph = running.graph_url,
        authority = running.authority_url,
        ca = quoted(&running.ca_cert_path),
        client = demo.app.client_id,
        secret = quoted(&demo.app.secret_path),
        drill = demo.public_client_id,
    );
    if let Some(roots) = roots {
        text.push_str(&format!("\n[attestation]\nroots = [{}]\n", quoted(roots)));
    }
    for account in &demo.emergency_accounts {
        text.push_str(&format!("\n[[emergency.account]]\nname = {account:?}\n"));
    }
    text
}

/// A path as TOML has it, good from any directory.
fn quoted(path: &Path) -> toml::Value {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    toml::Value::from(absolute.display().to_string())
}

/// What a program that started this waits for: by then the tenant answers.
fn announcement(running: &Running, config: &Path) -> Report {
    let demo = &running.demo;
    let text = format!(
        "listening on {}\nemergency accounts: {}\nto use it: {} --config {} …\n",
        running.graph_url,
        demo.emergency_accounts.join(", "),
        program(),
        config.display()
    );
    let application = |application: &DemoApp| json!({"client_id": application.client_id, "client_secret_file": application.secret_path});
    let body = json!({
        "graph_url": running.graph_url.as_str(),
        "authority_url": running.authority_url.as_str(),
        "ca_cert": running.ca_cert_path,
        "config": config,
        "tenant_id": demo.tenant_id,
        "accounts": demo.emergency_accounts,
        "operator": demo.operator,
        "applications": {
            "provisioning": application(&demo.app),
            "audit": application(&demo.audit),
            "public": {"client_id": demo.public_client_id},
        },
    });
    Report::new("halligan.simulator.serve/1", true, body, text)
}
