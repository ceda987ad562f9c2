//! `halligan tenant audit`

use std::path::PathBuf;

use clap::ValueEnum;

use super::snapshot::{SignIns, SnapshotChoice};
use crate::ceremony;
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::ledger;
use crate::report::{self, Audited, Report};
use crate::tenant::audit::{Audit, CHECKS, Check, Facts, FailOn, LedgerFacts, Severity, audit};
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::Snapshot;

/// Arguments of `tenant audit`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    snapshot: SnapshotChoice,

    /// Read the accounts' newest sign-ins too; needs the permission `AuditLog.Read.All`
    #[arg(long, conflicts_with = "snapshot")]
    sign_ins: bool,

    /// Only this check; may be given several times
    #[arg(long, value_name = "ID")]
    check: Vec<String>,

    /// Leave out this check; may be given several times
    #[arg(long, value_name = "ID")]
    skip: Vec<String>,

    /// What makes the tenant not safe: failures from this severity on, and what is not determined only if `unknown` is among them
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT", default_values = ["warning", "unknown"])]
    fail_on: Vec<Failing>,

    /// File to write JUnit's XML to
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,

    /// File to write an HTML page to
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// File to write SARIF 2.1.0 to
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,

    /// Record the result in the ledger; of all checks
    #[arg(long, conflicts_with_all = ["check", "skip"])]
    record: bool,

    /// Show the checks, and ask nobody
    #[arg(long)]
    list: bool,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// What counts against a tenant. Variants without texts of their own: those would stretch the help over two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Failing {
    Error,
    Warning,
    Note,
    Unknown,
}

impl Arguments {
    /// The lesser of several severities counts; errors always do.
    fn fail_on(&self) -> FailOn {
        let severity = self.fail_on.iter().filter_map(|one| match one {
            Failing::Error => Some(Severity::Error),
            Failing::Warning => Some(Severity::Warning),
            Failing::Note => Some(Severity::Note),
            Failing::Unknown => None,
        });
        FailOn {
            severity: severity.min().unwrap_or(Severity::Error),
            unknown: self.fail_on.contains(&Failing::Unknown),
        }
    }

    fn checks(&self) -> Result<Vec<&'static Check>, Error> {
        let known = |ids: &[String]| -> Result<Vec<&'static Check>, Error> {
            ids.iter().map(|id| check(id)).collect()
        };
        let (only, skipped) = (known(&self.check)?, known(&self.skip)?);
        let chosen = CHECKS
            .iter()
            .filter(|check| (only.is_empty() || only.contains(check)) && !skipped.contains(check));
        let chosen: Vec<&'static Check> = chosen.collect();
        match chosen.is_empty() {
            true => Err(Error::Usage("no check is left".to_owned())),
            false => Ok(chosen),
        }
    }
}

fn check(id: &str) -> Result<&'static Check, Error> {
    Check::by_id(id).ok_or_else(|| {
        Error::Usage(format!(
            "no check is called {id:?}; `halligan tenant audit --list` shows all"
        ))
    })
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let checks = arguments.checks()?;
    if arguments.list {
        return Ok(report::tenant_audit_list());
    }
    let config = context.config()?;
    let (desired, waivers) = (config.desired()?, config.waivers()?);
    // A file that cannot be written is better known before the tenant is asked.
    for path in [&arguments.junit, &arguments.html, &arguments.sarif]
        .into_iter()
        .flatten()
    {
        file::require_writable(path)?;
    }
    let sign_ins = match arguments.sign_ins {
        true => SignIns::Read,
        false => SignIns::Leave,
    };
    let snapshot = arguments.snapshot.take(context, &[], sign_ins).await?;
    let ledger = known(arguments, &config, &snapshot, context).await?;
    let facts = Facts {
        snapshot: &snapshot,
        desired: &desired,
        ledger: &ledger,
        now: context.env.now(),
    };
    let found = audit(&facts, &checks, &waivers);
    conclude(arguments, &config, &snapshot, &found, context).await
}

/// What the ledger knows. One that nobody named need not be there: then what it would tell is open.
async fn known(
    arguments: &Arguments,
    config: &Config,
    snapshot: &Snapshot,
    context: &Context,
) -> Result<Read<LedgerFacts>, Error> {
    let read = match record::open_for_reading(&arguments.ledger, config) {
        Ok(reader) => reader.entries().await.map_err(Error::from),
        Err(error) => Err(error),
    };
    let mut facts = match read {
        Ok((entries, state)) => ceremony::audit::facts(&entries, &state, &snapshot.tenant),
        Err(Error::Ledger(ledger::Error::Absent(location)))
            if arguments.ledger.ledger.is_none() =>
        {
            let why = format!("there is none at {location}");
            return Ok(Err(Unread {
                why,
                permission: None,
            }));
        }
        Err(error) => return Err(error),
    };
    // This very audit is one that the ledger is about to have.
    if arguments.record {
        let this = snapshot.taken_at.min(context.env.now());
        facts.last_review = facts.last_review.max(Some(this));
    }
    Ok(Ok(facts))
}

async fn conclude(
    arguments: &Arguments,
    config: &Config,
    snapshot: &Snapshot,
    found: &Audit,
    context: &Context,
) -> Result<Report, Error> {
    let taken_at = snapshot.taken_at.to_string();
    let audited = Audited {
        audit: found,
        tenant: name(snapshot),
        taken_at: &taken_at,
        fail_on: arguments.fail_on(),
    };
    write_files(arguments, &audited)?;
    let report = report::tenant_audit(&audited, context.global.verbose > 0);
    if !arguments.record {
        return Ok(report);
    }
    let mut ledger = record::open_for_writing(&arguments.ledger, config, context, false).await?;
    let (document, fail_on) = (report::snapshot_text(snapshot), audited.fail_on);
    let entry = ceremony::audit::record(&mut ledger, snapshot, &document, found, fail_on).await?;
    Ok(report::tenant_audit_recorded(report, &entry))
}

fn name(snapshot: &Snapshot) -> &str {
    let organization = snapshot.organization.as_ref().ok();
    let name = organization.and_then(|one| one.display_name.as_deref());
    name.unwrap_or(&snapshot.tenant)
}

fn write_files(arguments: &Arguments, audited: &Audited<'_>) -> Result<(), Error> {
    if let Some(path) = &arguments.junit {
        let junit = report::tenant_audit_junit(audited);
        file::write(path, junit.as_bytes(), Readers::Usual)?;
    }
    if let Some(path) = &arguments.html {
        let html = report::tenant_audit_html(audited);
        file::write(path, html.as_bytes(), Readers::Usual)?;
    }
    if let Some(path) = &arguments.sarif {
        let sarif = format!("{:#}\n", report::tenant_audit_sarif(audited));
        file::write(path, sarif.as_bytes(), Readers::Usual)?;
    }
    Ok(())
}
