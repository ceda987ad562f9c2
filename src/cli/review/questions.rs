//! `halligan review questions`

use crate::ceremony::review::last_review;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::ledger;
use crate::report::{self, Report};

/// Arguments of `review questions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let reader = record::open_for_reading(&arguments.ledger, &config)?;
    let known = match reader.entries().await {
        Ok(known) => Some(known),
        // Before the first review there need be no ledger.
        Err(ledger::Error::Absent(_)) if arguments.ledger.ledger.is_none() => None,
        Err(error) => return Err(error.into()),
    };
    let tenant = config.file.tenant.id.as_deref();
    let last = known.as_ref();
    let last = last.and_then(|(entries, state)| last_review(entries, state, tenant));
    let answers = last.map(|last| last.review.answers.as_slice());
    Ok(report::review_questions(answers.unwrap_or_default()))
}
