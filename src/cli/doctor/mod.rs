//! `halligan doctor`: is everything there that the tool needs, and what is to be done about what is not.

mod files;
mod machine;

use crate::ceremony::doctor::{self, Finding, NEEDS, Need, Remedy, Subject};
use crate::cli::advice::remedy;
use crate::cli::config::{self, Config};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::tenant::client_for;
use crate::cli::{Context, Error};
use crate::ledger::Station;
use crate::report::{self, Report};

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Do not sign in: permissions, roles and accounts stay open
    #[arg(long)]
    no_sign_in: bool,

    /// A command that is to work, as in `tenant audit`; may be given several times [default: check and enroll]
    #[arg(long = "for", value_name = "COMMAND", value_parser = known_command)]
    commands: Vec<String>,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// All that was consented to, so that it shows.
const EVERYTHING_GRANTED: [&str; 1] = [".default"];

fn known_command(typed: &str) -> Result<String, String> {
    let known: Vec<&str> = NEEDS
        .iter()
        .flat_map(|need| need.commands)
        .copied()
        .collect();
    match known.contains(&typed) {
        true => Ok(typed.to_owned()),
        false => Err(format!("none of: {}", known.join(", "))),
    }
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let machine = machine::findings();
    let config = context.global_config();
    let config = match config {
        Ok(config) => config,
        Err(source) => {
            let mut findings = vec![configuration(&source)];
            findings.extend(machine);
            let report = Box::new(render(&findings));
            let source = Box::new(source);
            return Err(Error::Unconfigured { report, source });
        }
    };
    let mut findings = vec![Finding::pass(
        Subject::Configuration,
        config.path.display().to_string(),
    )];
    findings.extend(files::secrets(&config));
    findings.push(files::station(&config));
    findings.extend(ledger(&config, arguments, context).await);
    findings.extend(files::place(&arguments.ledger.location(&config)));
    findings.push(drill_application(&config, arguments));
    findings.push(files::custody(&config));
    findings.push(files::metadata(&config, context));
    findings.extend(machine);
    findings.extend(tenant(&config, arguments, context).await);
    let report = render(&findings);
    let open = findings.iter().find(|finding| finding.is_open());
    match open {
        Some(open) if !findings.iter().any(Finding::is_wrong) => Err(Error::Undiagnosed {
            why: open.verdict.why().unwrap_or_default().to_owned(),
            report: Box::new(report),
        }),
        _ => Ok(report),
    }
}

impl Context {
    /// The configuration, if it is there and makes sense.
    fn global_config(&self) -> Result<Config, config::Error> {
        let config = Config::load(&self.global)?;
        config.validate()?;
        Ok(config)
    }
}

fn configuration(error: &config::Error) -> Finding {
    let mended_by = match error {
        config::Error::None(_) => Remedy::Init,
        _ => Remedy::Configuration,
    };
    Finding::fail(Subject::Configuration, error.to_string(), mended_by)
}

/// A drill needs an application that has no secret: without one it fails before anybody is asked.
fn drill_application(config: &Config, arguments: &Arguments) -> Finding {
    let subject = Subject::DrillApplication;
    let is_wanted = arguments.commands.iter().any(|command| command == "drill");
    match config.drill_application() {
        Some(client) => Finding::pass(subject, client),
        None => {
            let why = "[drill] names no public client, and none signs people in";
            let finding = Finding::fail(subject, why, Remedy::DrillApplication);
            if is_wanted { finding } else { finding.advice() }
        }
    }
}

/// What is wrong in a value that only its use shows.
fn misconfigured(subject: Subject, error: &Error) -> Finding {
    Finding::fail(subject, error.to_string(), Remedy::Configuration)
}

async fn ledger(config: &Config, arguments: &Arguments, context: &Context) -> Vec<Finding> {
    let opened = match record::open_for_reading(&arguments.ledger, config) {
        Ok(reader) => Ok(reader),
        Err(Error::Ledger(error)) => Err(error),
        Err(error) => return vec![misconfigured(Subject::Ledger, &error)],
    };
    let station = Station::open(&config.station_directory()).ok();
    doctor::ledger(opened, station.as_ref(), context.env.now()).await
}

async fn tenant(config: &Config, arguments: &Arguments, context: &Context) -> Vec<Finding> {
    let mut findings = authority(config, context).await;
    let is_cut_off = findings
        .iter()
        .any(|one| one.subject == Subject::Authority && !one.verdict.is_pass());
    if arguments.no_sign_in {
        let why = "--no-sign-in: permissions, roles and accounts stay open";
        findings.push(Finding::not_applicable(Subject::SignIn, why));
    } else if is_cut_off {
        let why = "not tried: the authority does not answer for this tenant";
        findings.push(Finding::unknown(Subject::SignIn, why));
    } else {
        findings.extend(signed_in(config, arguments, context).await);
    }
    findings
}

async fn authority(config: &Config, context: &Context) -> Vec<Finding> {
    if config.file.tenant.id.is_none() {
        return Vec::new();
    }
    let asked = async {
        let endpoints = config.endpoints()?;
        let http = config.http(&endpoints)?;
        let tenant = config.tenant_name()?;
        Ok::<_, config::Error>(
            doctor::authority(&http, &endpoints.authority, &tenant, &context.env).await,
        )
    };
    match asked.await {
        Ok(findings) => findings.into(),
        Err(error) => vec![misconfigured(Subject::Authority, &error.into())],
    }
}

async fn signed_in(config: &Config, arguments: &Arguments, context: &Context) -> Vec<Finding> {
    let client = match client_for(config, context, &EVERYTHING_GRANTED) {
        Ok(client) => client,
        Err(error) => return vec![misconfigured(Subject::SignIn, &error)],
    };
    let wanted = |need: &Need| match arguments.commands.as_slice() {
        [] => need.commands.contains(&"check") || need.commands.contains(&"enroll"),
        typed => need
            .commands
            .iter()
            .any(|one| typed.iter().any(|typed| typed == one)),
    };
    let mut answer = doctor::signed_in(&client, wanted).await;
    if answer.signed_in {
        let accounts = config.file.emergency.account.iter();
        let names: Vec<String> = accounts.map(|one| one.name.clone()).collect();
        answer
            .findings
            .extend(doctor::accounts(&client, &names).await);
    }
    answer.findings
}

fn render(findings: &[Finding]) -> Report {
    let lines = findings.iter().map(|finding| {
        let help = finding.remedy.as_ref().map(remedy);
        (finding, help.filter(|_| !finding.verdict.is_pass()))
    });
    report::doctor(&lines.collect::<Vec<_>>())
}
