//! `halligan ledger show` and `halligan ledger verify`

use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::report::{self, Report};

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show the entries, or one key's life
    Show(Show),
    /// Re-check every hash, signature and proof, and name the first entry that fails
    Verify(Verify),
}

/// Arguments of `ledger show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    ledger: LedgerChoice,

    /// Only the entries of this key
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,
}

/// Arguments of `ledger verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    match command {
        Command::Show(show) => {
            let entries = record::open_for_reading(&show.ledger, &config)?
                .entries()
                .await?;
            Ok(report::ledger_show(&entries.0, show.key.as_deref()))
        }
        Command::Verify(verify) => {
            let verification = record::open_for_reading(&verify.ledger, &config)?
                .verify()
                .await?;
            Ok(report::ledger_verify(&verification))
        }
    }
}
