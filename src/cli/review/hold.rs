//! `halligan review hold`

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::ask;
use super::gather::{Asked, Asking, FAIL_ON};
use crate::ceremony::duty::{Duty, LedgerOverview, Overview, Terms};
use crate::ceremony::review::{
    Audited, Given, Hashes, ITEMS, Material, Reviewed, last_review, record as record_review, review,
};
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::tenant::snapshot;
use crate::cli::{Context, Error, custody, due};
use crate::encoding::hex;
use crate::ledger::{Ledger, OutcomeVerdict};
use crate::report::{self, Report, ReviewFiles};

/// Arguments of `review hold`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Who is there; may be given several times
    #[arg(long, value_name = "NAME", required = true, value_parser = custody::text)]
    by: Vec<String>,

    /// File with answers to what no program can know, as `review questions` prints it; what is missing is asked for on a terminal
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,

    /// Directory for the report and the document
    #[arg(long, value_name = "DIR", default_value = ".")]
    directory: PathBuf,

    /// Write the files and record nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// The file with the answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answers {
    #[serde(default)]
    answer: Vec<Given>,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    // What is wrong with the configuration is better known before the tenant is asked.
    config.review_terms()?;
    let given = given(arguments)?;
    std::fs::create_dir_all(&arguments.directory).map_err(|source| Error::Write {
        path: arguments.directory.clone(),
        source,
    })?;
    let now = context.env.now();
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let (report, document) = super::files(&arguments.directory, &now.to_string());
    let rows = super::rows(&document);
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.dry_run).await?;
    let asking = Asking {
        config: &config,
        context,
        rows: Some(rows.as_path()).filter(|_| !arguments.dry_run),
    };
    let asked = asking.ask(&mut ledger).await?;
    let last = last_review(
        ledger.entries(),
        ledger.state(),
        Some(&tenant(&config, &asked)),
    );
    let last = last.map_or(Vec::new(), |last| last.review.answers.clone());
    let given = ask::rest(given, &last, &arguments.by, context)?;
    // People may have taken their time over the answers.
    ledger.refresh().await?;
    let clock = context.env.now();
    let reviewed = assemble(arguments, &config, &given, &asked, &ledger, (now, clock))?;
    let hashes = write(&reviewed, &report, &document)?;
    let entry = match arguments.dry_run {
        true => None,
        false => Some(record_review(&reviewed, hashes, &mut ledger).await?),
    };
    let files = ReviewFiles {
        report: &report,
        document: &document,
    };
    let report = report::review_held(&reviewed, files, entry.as_ref());
    result(report, &reviewed, asked)
}

/// The answers of the file, each to a question that there is.
fn given(arguments: &Arguments) -> Result<Vec<Given>, Error> {
    let Some(path) = &arguments.answers else {
        return Ok(Vec::new());
    };
    let text = snapshot::text(path)?;
    let answers: Answers = toml::from_str(&text)
        .map_err(|error| Error::Usage(format!("{}: {error}", path.display())))?;
    for (at, answer) in answers.answer.iter().enumerate() {
        let mut asked = ITEMS.iter().filter(|item| item.question.is_some());
        if !asked.any(|item| item.id == answer.item) {
            let why = format!(
                "{}: nothing is asked about {:?}",
                path.display(),
                answer.item
            );
            return Err(Error::Usage(why));
        }
        let before = &answers.answer[..at];
        if before.iter().any(|other| other.item == answer.item) {
            let why = format!("{}: {} is answered twice", path.display(), answer.item);
            return Err(Error::Usage(why));
        }
        for text in [Some(&answer.by), answer.note.as_ref()]
            .into_iter()
            .flatten()
        {
            custody::text(text).map_err(|why| {
                Error::Usage(format!("{}: {}: {why}", path.display(), answer.item))
            })?;
        }
    }
    Ok(answers.answer)
}

/// The tenant's identifier if the tenant said it, else its name in the configuration.
fn tenant(config: &Config, asked: &Asked) -> String {
    match &asked.audited {
        Ok((snapshot, _)) => snapshot.tenant.clone(),
        Err(_) => snapshot::tenant(config),
    }
}

fn assemble(
    arguments: &Arguments,
    config: &Config,
    given: &[Given],
    asked: &Asked,
    ledger: &Ledger,
    (now, clock): (Timestamp, Timestamp),
) -> Result<Reviewed, Error> {
    let tenant = tenant(config, asked);
    let why = asked.audited.as_ref().err().map(ToString::to_string);
    let audited = match &asked.audited {
        Ok((snapshot, audit)) => Ok(Audited {
            snapshot,
            audit,
            fail_on: FAIL_ON,
        }),
        Err(_) => Err(why.as_deref().unwrap_or_default()),
    };
    Ok(review(&Material {
        entries: ledger.entries(),
        warnings: ledger.warnings(),
        state: ledger.state(),
        tenant: &tenant,
        audited,
        reconciled: Ok(&asked.reconciled),
        duties: &duties(arguments, config, &tenant, ledger, clock)?,
        answers: given,
        by: &arguments.by,
        terms: config.review_terms()?,
        now,
        clock,
    }))
}

fn duties(
    arguments: &Arguments,
    config: &Config,
    tenant: &str,
    ledger: &Ledger,
    now: Timestamp,
) -> Result<Vec<Duty>, Error> {
    let (entries, state) = (ledger.entries(), ledger.state());
    let location = arguments.ledger.location(config);
    let about = LedgerOverview::of(&location, state, ledger.warnings());
    let terms = Terms {
        tenant: Some(tenant.to_owned()),
        ..due::terms(config, None)?
    };
    Ok(Overview::of(entries, state, about, &terms, now).duties)
}

/// The files first: an entry must not name what is not there.
fn write(reviewed: &Reviewed, report: &Path, document: &Path) -> Result<Hashes, Error> {
    let page = report::review_html(reviewed);
    let text = report::review_document(reviewed);
    file::write(report, page.as_bytes(), Readers::Usual)?;
    file::write(document, text.as_bytes(), Readers::Usual)?;
    Ok(Hashes {
        document: hex::encode(&Sha256::digest(text)),
        report: hex::encode(&Sha256::digest(page)),
    })
}

/// What is wrong outweighs what could not be asked.
fn result(report: Report, reviewed: &Reviewed, asked: Asked) -> Result<Report, Error> {
    let fails = reviewed
        .lines()
        .any(|line| line.verdict == OutcomeVerdict::Fail);
    let error = asked.audited.err().or(asked.logs);
    let error = error.or(asked.reconciled.tenant_error);
    match error {
        Some(source) if !fails => Err(Error::Unanswered {
            report: Box::new(report),
            source: Box::new(source),
        }),
        _ => Ok(report),
    }
}
