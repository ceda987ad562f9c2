//! `halligan ledger show` and `halligan ledger verify`

use std::path::PathBuf;

use crate::attestation::Finding;
use crate::ceremony::judge_again;
use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::ledger::{Entry, State};
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

    /// Tell this key's whole life
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
            let (entries, state) = record::open_for_reading(&show.ledger, &config)?
                .entries()
                .await?;
            match &show.key {
                None => Ok(report::ledger_show(&entries, None)),
                Some(label) => {
                    let attestation = attestation(label, &entries, &state, &config)?;
                    let attestation = attestation.as_deref();
                    Ok(report::key_life(&entries, &state, label, attestation))
                }
            }
        }
        Command::Verify(verify) => {
            let verification = record::open_for_reading(&verify.ledger, &config)?
                .verify()
                .await?;
            Ok(report::ledger_verify(&verification))
        }
    }
}

/// The verdict on a key's attestation by the roots that are configured now, as of its enrolment; none where nothing is configured.
fn attestation(
    label: &str,
    entries: &[Entry],
    state: &State,
    config: &Config,
) -> Result<Option<Vec<Finding>>, Error> {
    let Some(key) = state.key_by_label(label) else {
        return Ok(None);
    };
    let roots: Vec<PathBuf> = config
        .file
        .attestation
        .roots
        .iter()
        .map(|path| config.resolve(path))
        .collect();
    let enrolled = entries.iter().find(|entry| entry.index == key.index);
    let Some(enrolled) = enrolled.filter(|_| !roots.is_empty()) else {
        return Ok(None);
    };
    let roots = crate::cli::attestation::roots(&roots)?;
    Ok(Some(judge_again(&key.enrolled, &roots, enrolled.time)?))
}
