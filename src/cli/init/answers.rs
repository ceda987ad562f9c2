//! What is to stand in the configuration: from options, from questions, and from the authority.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;
use uuid::Uuid;

use super::Arguments;
use super::next;
use super::question::Questions;
use crate::cli::Error;
use crate::cli::config::SignInMethod;
use crate::custody::Recipient;
use crate::graph::credential::TenantName;
use crate::graph::discovery::{self, Discovered};
use crate::graph::{Cloud, Endpoints, Http, HttpOptions, HttpsUrl};
use crate::ledger::StationName;

/// Everything that is written.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    /// The tenant as it goes into the file: its id if it was looked up.
    pub(super) tenant: Option<String>,
    /// What was typed, where the file has an id instead.
    pub(super) tenant_name: Option<String>,
    pub(super) cloud: Cloud,
    pub(super) method: Option<SignInMethod>,
    pub(super) client_id: Option<Uuid>,
    pub(super) drill_client_id: Option<Uuid>,
    pub(super) login_hint: Option<String>,
    pub(super) client_secret_file: Option<PathBuf>,
    pub(super) client_certificate: Option<PathBuf>,
    pub(super) federated_token_file: Option<PathBuf>,
    pub(super) accounts: Vec<String>,
    pub(super) custodians: Vec<CustodianAnswer>,
    pub(super) threshold: Option<u8>,
    pub(super) station: Option<StationName>,
    pub(super) ledger: Option<String>,
    pub(super) authority_url: Option<HttpsUrl>,
    pub(super) graph_url: Option<HttpsUrl>,
    pub(super) ca_cert: Option<PathBuf>,
}

/// `NAME=RECIPIENT`
#[derive(Debug, Clone)]
pub(crate) struct CustodianAnswer {
    pub(super) name: String,
    pub(super) recipient: String,
}

impl FromStr for CustodianAnswer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, recipient) = text
            .split_once('=')
            .ok_or("not NAME=RECIPIENT, as in Alice=age1…")?;
        let parsed: Recipient = recipient
            .trim()
            .parse()
            .map_err(|error: crate::custody::NotARecipient| error.to_string())?;
        match name.trim() {
            "" => Err("the custodian has no name".to_owned()),
            name => Ok(Self {
                name: name.to_owned(),
                recipient: parsed.to_string(),
            }),
        }
    }
}

/// Gathers what was typed, asks for the rest, and looks the tenant up.
pub(super) async fn gather(arguments: &Arguments, path: &Path) -> Result<Answers, Error> {
    let questions = Questions::new(!arguments.yes);
    let method = method(arguments, &questions)?;
    let tenant = tenant(arguments, &questions, method)?;
    let mut answers = Answers {
        tenant: tenant.as_ref().map(ToString::to_string),
        cloud: arguments.cloud.unwrap_or_default(),
        method: Some(method),
        threshold: arguments.threshold,
        drill_client_id: arguments.drill_client_id,
        authority_url: arguments.authority_url.clone(),
        graph_url: arguments.graph_url.clone(),
        client_secret_file: from_file(path, arguments.client_secret_file.as_deref()),
        client_certificate: from_file(path, arguments.client_certificate.as_deref()),
        federated_token_file: from_file(path, arguments.federated_token_file.as_deref()),
        ca_cert: from_file(path, arguments.ca_cert.as_deref()),
        ..Answers::default()
    };
    if let Some(tenant) = &tenant
        && let Some(found) = found(arguments, &questions, tenant).await?
    {
        take(&mut answers, tenant, &found, arguments)?;
    }
    ask_for_application(&mut answers, arguments, &questions, method, path)?;
    ask_for_the_rest(&mut answers, arguments, &questions, path)?;
    Ok(answers)
}

fn method(arguments: &Arguments, questions: &Questions) -> Result<SignInMethod, Error> {
    if let Some(method) = arguments.sign_in {
        return Ok(method);
    }
    let question = "How to sign in: browser, device-code, client-secret, client-certificate, workload-identity, managed-identity, azure-cli";
    let read = |text: &str| SignInMethod::from_str(text, true);
    let asked = questions.ask(question, Some("browser"), read)?;
    Ok(asked.unwrap_or(SignInMethod::Browser))
}

fn tenant(
    arguments: &Arguments,
    questions: &Questions,
    method: SignInMethod,
) -> Result<Option<TenantName>, Error> {
    if arguments.tenant.is_some() {
        return Ok(arguments.tenant.clone());
    }
    let question = "Tenant id, or one of its domains, as in contoso.onmicrosoft.com";
    let asked = questions.ask(question, None, TenantName::from_str)?;
    match asked {
        None if method != SignInMethod::ManagedIdentity => Err(Error::Usage(
            "which tenant? --tenant takes its id or one of its domains".to_owned(),
        )),
        asked => Ok(asked),
    }
}

/// What the authority says, if it is wanted. Who only agreed to be looked up is told that it failed, and goes on.
async fn found(
    arguments: &Arguments,
    questions: &Questions,
    tenant: &TenantName,
) -> Result<Option<Discovered>, Error> {
    if arguments.look_up {
        return look_up(arguments, tenant).await.map(Some);
    }
    if !questions.agrees("Look the tenant up at the authority?")? {
        return Ok(None);
    }
    match look_up(arguments, tenant).await {
        Ok(found) => Ok(Some(found)),
        Err(error) => {
            questions.tell(&format!("  not looked up: {error}"))?;
            Ok(None)
        }
    }
}

async fn look_up(arguments: &Arguments, tenant: &TenantName) -> Result<Discovered, Error> {
    let endpoints = Endpoints::from(arguments.cloud.unwrap_or_default());
    let authority = arguments.authority_url.as_ref();
    let authority = authority.unwrap_or(&endpoints.authority);
    let pem = arguments.ca_cert.as_deref().map(|path| {
        std::fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })
    });
    let options = HttpOptions {
        extra_ca_pem: pem.transpose()?.into_iter().collect(),
        direct: authority.is_loopback(),
        ..HttpOptions::default()
    };
    let http = Http::new(&options).map_err(|error| Error::Usage(format!("--ca-cert: {error}")))?;
    Ok(discovery::discover(&http, authority, tenant).await?)
}

/// The id, because a domain can move to another tenant and an id cannot.
fn take(
    answers: &mut Answers,
    tenant: &TenantName,
    found: &Discovered,
    arguments: &Arguments,
) -> Result<(), Error> {
    let id = found.tenant_id.to_string();
    answers.tenant_name = (tenant.as_str() != id).then(|| tenant.to_string());
    answers.tenant = Some(id);
    match (arguments.cloud, found.cloud) {
        (Some(typed), Some(found)) if typed != found => {
            return Err(Error::Usage(format!(
                "the tenant is in the cloud {found}, not in {typed}"
            )));
        }
        (None, Some(found)) => answers.cloud = found,
        _ => {}
    }
    if let (Some(_), None, Some(host)) = (
        &arguments.authority_url,
        &arguments.graph_url,
        &found.graph_host,
    ) {
        answers.graph_url = format!("https://{host}").parse().ok();
    }
    Ok(())
}

fn ask_for_application(
    answers: &mut Answers,
    arguments: &Arguments,
    questions: &Questions,
    method: SignInMethod,
    path: &Path,
) -> Result<(), Error> {
    use SignInMethod as M;
    answers.client_id = arguments.client_id;
    answers.login_hint = arguments.login_hint.clone();
    if answers.client_id.is_none() && !matches!(method, M::AzureCli | M::ManagedIdentity) {
        let question = "Application (client) id; empty if it is not registered yet";
        answers.client_id = questions.ask(question, None, Uuid::parse_str)?;
    }
    if answers.drill_client_id.is_none() && !next::is_person(method) {
        let question = "Id of a public client for drills; empty if it is not registered yet";
        answers.drill_client_id = questions.ask(question, None, Uuid::parse_str)?;
    }
    if method == M::Browser && answers.login_hint.is_none() {
        let question = "Your own sign-in name, for the sign-in page; may be empty";
        answers.login_hint = questions.ask(question, None, plain)?;
    }
    let (file, question, option) = match method {
        M::ClientSecret => (
            &mut answers.client_secret_file,
            "File with the client secret",
            "--client-secret-file",
        ),
        M::ClientCertificate => (
            &mut answers.client_certificate,
            "PEM file with the certificate and its private key",
            "--client-certificate",
        ),
        M::WorkloadIdentity => (
            &mut answers.federated_token_file,
            "File with the federated token",
            "--federated-token-file",
        ),
        M::Browser | M::DeviceCode | M::ManagedIdentity | M::AzureCli => return Ok(()),
    };
    if file.is_none() {
        let asked = questions.ask(question, None, plain)?;
        *file = from_file(path, asked.as_deref().map(Path::new));
    }
    match file {
        Some(_) => Ok(()),
        None => Err(Error::Usage(format!(
            "this way to sign in needs a file: {option}"
        ))),
    }
}

fn ask_for_the_rest(
    answers: &mut Answers,
    arguments: &Arguments,
    questions: &Questions,
    path: &Path,
) -> Result<(), Error> {
    answers.accounts = match arguments.account.as_slice() {
        [] => questions.list(
            "Sign-in name of an emergency account, as in ea-7f3c1; empty ends the list",
            plain,
        )?,
        given => given.to_vec(),
    };
    answers.custodians = match arguments.custodian.as_slice() {
        [] => questions.list(
            "Somebody to whom PINs are sealed, as in Alice=age1…; empty ends the list",
            CustodianAnswer::from_str,
        )?,
        given => given.to_vec(),
    };
    if answers.custodians.len() > 1 && answers.threshold.is_none() {
        let question = "How many of them it takes to open a PIN";
        answers.threshold = questions.ask(question, Some("2"), u8::from_str)?;
    }
    answers.station = arguments.station.clone();
    if answers.station.is_none() {
        let question = "This machine's name in the ledger; empty for the host name";
        answers.station = questions.ask(question, None, StationName::from_str)?;
    }
    answers.ledger = match &arguments.ledger {
        None if questions.answerable() => questions.ask(
            "Where the ledger is: a directory, az://…, s3://…, gs://…",
            Some("ledger"),
            plain,
        )?,
        given => given.as_deref().map(|place| ledger(path, place)),
    };
    Ok(())
}

fn plain(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A path in the file is relative to the file, one that was typed to the current directory.
fn from_file(config: &Path, typed: Option<&Path>) -> Option<PathBuf> {
    let typed = typed?;
    let beside = config
        .parent()
        .is_none_or(|parent| parent.as_os_str().is_empty());
    if beside || typed.is_absolute() {
        return Some(typed.to_owned());
    }
    Some(std::path::absolute(typed).unwrap_or_else(|_| typed.to_owned()))
}

fn ledger(config: &Path, place: &str) -> String {
    if place.contains(':') {
        return place.to_owned();
    }
    let path = from_file(config, Some(Path::new(place)));
    path.map_or_else(|| place.to_owned(), |path| path.display().to_string())
}
