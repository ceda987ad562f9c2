//! `halligan review sign`

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::OwnKey;
use crate::ceremony::Parties;
use crate::ceremony::review::sign::{self, Request};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal;
use crate::cli::{Context, Error, custody};
use crate::encoding::hex;
use crate::ledger::{OutcomeVerdict, Review};
use crate::report::{self, Report};

/// Arguments of `review sign`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Who signs
    #[arg(long, value_name = "NAME", value_parser = custody::text)]
    reviewer: String,

    /// The entry with the review [default: the newest review]
    #[arg(long, value_name = "INDEX")]
    review: Option<u64>,

    /// The report at hand [default: the one that the review wrote, in --from]
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// The document at hand [default: the one that the review wrote, in --from]
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,

    /// Directory with the files that the review wrote
    #[arg(long, value_name = "DIR", default_value = ".")]
    from: PathBuf,

    #[command(flatten)]
    key: OwnKey,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let needed = config.review_terms()?.signatures;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let review = sign::review(ledger.state(), arguments.review)?;
    let (report, document) = super::files(&arguments.from, &review.review.period.until);
    let report = read(arguments.report.as_deref().unwrap_or(&report))?;
    let document = arguments.document.as_deref().unwrap_or(&document);
    let rows = super::rows(document);
    let document = read(document)?;
    let request = Request {
        review: arguments.review,
        reviewer: &arguments.reviewer,
        report: &report,
        document: &document,
        rows: hash(&rows)?,
        spend_last_tries: arguments.key.pin.spend_last_pin_tries,
    };
    // What is wrong is better known before anybody looks for the key.
    sign::examine(&request, &ledger)?;
    let sign = async |parties: Parties<'_>| {
        sign::sign(&request, parties, |review| show(review, context)).await
    };
    let signed = arguments.key.open(&mut ledger, context, sign).await?;
    Ok(report::review_signed(&signed, needed))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

/// The SHA-256 of the rows, hexadecimal; none where they are not at hand. They may be more than should be in memory.
fn hash(rows: &Path) -> Result<Option<String>, Error> {
    let failed = |source| Error::Read {
        path: rows.to_owned(),
        source,
    };
    let mut file = match File::open(rows) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut sha256 = Sha256::new();
    loop {
        let part = file.fill_buf().map_err(failed)?;
        if part.is_empty() {
            return Ok(Some(hex::encode(&sha256.finalize())));
        }
        sha256.update(part);
        let length = part.len();
        file.consume(length);
    }
}

/// Nobody is to sign what they have not been shown.
fn show(review: &Review, context: &Context) {
    let held = &review.review;
    let is_open = |verdict| matches!(verdict, OutcomeVerdict::Fail | OutcomeVerdict::Unknown);
    let open = held.findings.iter().filter(|one| is_open(one.verdict));
    let event = json!({
        "event": "to_be_signed",
        "review": review.entry,
        "tenant": held.tenant,
        "period": held.period,
        "by": held.by,
        "passed": held.passed,
        "counts": held.counts,
        "open": open.collect::<Vec<_>>(),
    });
    let text = report::review_summary(review);
    terminal::say(context.global.events, &event, text.trim_end());
}
