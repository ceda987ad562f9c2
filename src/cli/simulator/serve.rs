//! `halligan simulator serve`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::cli::{Context, Error, attestation, output, program};
use crate::report::Report;
use crate::simulator::fault::Fault;
use crate::simulator::serve::{self, Config, Running};
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

    /// PEM file with a root whose keys the tenant calls attested; may be given several times
    #[arg(long, value_name = "FILE")]
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

/// A configuration that points the tool at this simulator, anew at every start because the port may be another.
pub(crate) fn write_config(state: &Path, running: &Running) -> Result<PathBuf, Error> {
    let path = state.join("halligan.toml");
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let text = format!(
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
         [[emergency.account]]\n\
         name = {first:?}\n\
         \n\
         [[emergency.account]]\n\
         name = {second:?}\n",
        first = running.demo.emergency_accounts[0],
        second = running.demo.emergency_accounts[1],
        tenant = running.demo.tenant_id,
        graph = running.graph_url,
        authority = running.authority_url,
        ca = toml::Value::from(absolute(&running.ca_cert_path).display().to_string()),
        client = running.demo.app.client_id,
        secret = toml::Value::from(
            absolute(&running.demo.app.secret_path)
                .display()
                .to_string()
        ),
    );
    std::fs::write(&path, text).map_err(|source| Error::Write {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

/// What a program that started this waits for: by then the tenant answers.
fn announcement(running: &Running, config: &Path) -> Report {
    let accounts = &running.demo.emergency_accounts;
    let text = format!(
        "listening on {}\nemergency accounts: {}\nto use it: {} --config {} …\n",
        running.graph_url,
        accounts.join(", "),
        program(),
        config.display()
    );
    let body = json!({
        "graph_url": running.graph_url.as_str(),
        "authority_url": running.authority_url.as_str(),
        "ca_cert": running.ca_cert_path,
        "config": config,
        "tenant_id": running.demo.tenant_id,
        "accounts": accounts,
    });
    Report::new("halligan.simulator.serve/1", true, body, text)
}
