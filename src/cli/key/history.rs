//! `halligan key history`

use crate::ceremony;
use crate::ceremony::history::History;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::report::{self, Report};

/// Arguments of `key history`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The key's label
    label: String,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let reader = record::open_for_reading(&arguments.ledger, &config)?;
    let (entries, state) = reader.entries().await?;
    let label = &arguments.label;
    let key = state
        .key_by_label(label)
        .ok_or_else(|| ceremony::Error::UnknownLabel(label.clone()))?;
    Ok(report::key_history(key, &History::of(&entries, key)))
}
