//! `halligan init`: a first configuration, from questions or from options, and what comes next.

mod answers;
mod next;
mod question;
mod text;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use uuid::Uuid;

use crate::cli::config::{Config, SignInMethod};
use crate::cli::file::{self, Readers};
use crate::cli::{Context, Error, program, terminal};
use crate::encoding::printable;
use crate::graph::credential::TenantName;
use crate::graph::{Cloud, HttpsUrl};
use crate::ledger::StationName;
use crate::report::Report;

use answers::CustodianAnswer;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Tenant id (GUID), or one of the tenant's domains
    #[arg(long, value_name = "ID|DOMAIN")]
    tenant: Option<TenantName>,

    /// Ask the authority for the tenant's id and cloud; needs no sign-in
    #[arg(long)]
    look_up: bool,

    /// The cloud: global, usgov, usgov-dod, china [default: global, or what the look-up says]
    #[arg(long, value_name = "CLOUD")]
    cloud: Option<Cloud>,

    /// How to sign in [default: browser]
    #[arg(long, value_enum, value_name = "METHOD")]
    sign_in: Option<SignInMethod>,

    /// Application (client) id; without it the line is left for later
    #[arg(long, value_name = "GUID")]
    client_id: Option<Uuid>,

    /// Id of a public client as which an emergency account signs in for a drill [default: where people sign in, theirs]
    #[arg(long, value_name = "GUID")]
    drill_client_id: Option<Uuid>,

    /// User principal name that the sign-in page fills in
    #[arg(long, value_name = "UPN")]
    login_hint: Option<String>,

    /// File with the client secret
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,

    /// PEM file with the certificate and its private key
    #[arg(long, value_name = "FILE")]
    client_certificate: Option<PathBuf>,

    /// File with the federated token, for workload identity
    #[arg(long, value_name = "FILE")]
    federated_token_file: Option<PathBuf>,

    /// Sign-in name of an emergency account; may be given several times
    #[arg(long, value_name = "NAME")]
    account: Vec<String>,

    /// Somebody to whom PINs are sealed: age1…, ssh-ed25519 …, ssh-rsa …; may be given several times
    #[arg(long, value_name = "NAME=RECIPIENT")]
    custodian: Vec<CustodianAnswer>,

    /// How many custodians it takes to open a PIN [default: 1]
    #[arg(long, value_name = "N", requires = "custodian")]
    threshold: Option<u8>,

    /// This machine's name in the ledger [default: the host name]
    #[arg(long, value_name = "NAME")]
    station: Option<StationName>,

    /// Where the ledger is: a directory, `az://CONTAINER/PREFIX`, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` [default: `ledger` beside the file]
    #[arg(long, value_name = "LEDGER")]
    ledger: Option<String>,

    /// Another authority, without the tenant: the simulator's
    #[arg(long, value_name = "URL")]
    authority_url: Option<HttpsUrl>,

    /// Another Graph, without the version [default: with --authority-url what the look-up says]
    #[arg(long, value_name = "URL")]
    graph_url: Option<HttpsUrl>,

    /// PEM file of a certification authority to trust besides the operating system's
    #[arg(long, value_name = "FILE")]
    ca_cert: Option<PathBuf>,

    /// Ask nothing: what is not given keeps its default
    #[arg(long)]
    yes: bool,

    /// Write although there is a configuration, of which a copy is kept beside it
    #[arg(long)]
    force: bool,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let path = Config::path_to_write(&context.global);
    if taken(&path) && !arguments.force {
        return Err(Error::ConfigThere(path));
    }
    let answers = answers::gather(arguments, &path).await?;
    let text = text::render(&answers);
    // What our own parser refuses is not written.
    let config = Config::parse(&path, &text)?;
    config.validate()?;
    config.custodians()?;
    let backup = taken(&path).then(|| keep(&path)).transpose()?;
    if let Some(directory) = path.parent().filter(|one| !one.as_os_str().is_empty()) {
        std::fs::create_dir_all(directory).map_err(|source| written(directory, source))?;
    }
    file::write(&path, text.as_bytes(), Readers::Usual)?;
    if let Some(backup) = &backup {
        terminal::warn(
            context,
            &format!("what was there before is {}", backup.display()),
        );
    }
    Ok(report(&Config::read(&path)?, backup.as_deref()))
}

/// Whether something is there: a link to nothing, too.
fn taken(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Copies what is there to a new name beside it.
fn keep(path: &Path) -> Result<PathBuf, Error> {
    let content = std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })?;
    for number in 1_u32.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".bak{number}"));
        let backup = PathBuf::from(name);
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&backup);
        let kept = match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made.and_then(|mut file| file.write_all(&content).and(file.sync_all())),
        };
        return kept
            .map_err(|source| written(&backup, source))
            .map(|()| backup);
    }
    Err(Error::ConfigThere(path.to_owned()))
}

fn written(path: &Path, source: io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}

/// What the file says, as it was read back, and what to do next.
fn report(config: &Config, backup: Option<&Path>) -> Report {
    let file = &config.file;
    let accounts: Vec<&str> = names(file.emergency.account.iter().map(|one| &one.name));
    let custodians: Vec<&str> = names(file.custody.custodian.iter().map(|one| &one.name));
    let station = config.station().map(|name| name.to_string());
    let station = station.unwrap_or_default();
    let tenant = file.tenant.id.as_deref().unwrap_or("of the machine");
    let cloud = file.tenant.cloud.as_deref().unwrap_or("global");
    let method = file.sign_in.method.unwrap_or(SignInMethod::Browser);
    let next = next::steps(config, &program());
    let text = format!(
        "{path}:\n  tenant      {tenant} ({cloud})\n  sign-in     {method}, application {client}\n  accounts    {accounts}\n  \
         custodians  {custodians}\n  station     {station}\n  ledger      {ledger}\n\n{next}",
        path = config.path.display(),
        tenant = printable(tenant),
        method = next::word(method),
        client = file.sign_in.client_id.as_deref().unwrap_or("none yet"),
        accounts = listed(&accounts),
        custodians = listed(&custodians),
        ledger = config.ledger(),
        next = next.text,
    );
    let body = json!({
        "path": config.path,
        "backup": backup,
        "tenant": {"id": file.tenant.id, "cloud": cloud},
        "sign_in": {"method": next::word(method), "client_id": file.sign_in.client_id},
        "accounts": accounts,
        "custodians": custodians,
        "station": station,
        "ledger": config.ledger(),
        "next": next.document,
    });
    Report::new("halligan.init/1", true, body, text)
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    names.map(String::as_str).collect()
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none yet".to_owned(),
        names => printable(&names.join(", ")).to_string(),
    }
}
