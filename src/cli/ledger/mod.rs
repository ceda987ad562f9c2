//! `halligan ledger …`

mod export;
mod revoke;

use crate::ceremony::{Assessment, siblings};
use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{self, Context, Error};
use crate::ledger::{EntryRef, State};
use crate::report::{self, Report};

/// What to do with the ledger.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show the entries, or one key's life
    Show(Show),
    /// Re-check every hash, signature and proof, and name the first entry that fails
    Verify(Verify),
    /// Print the newest entry's index and hash, to be noted where nobody can change it
    Head(Head),
    /// Write the whole ledger as one file: to verify it elsewhere, or to read it
    Export(export::Export),
    /// List the stations that joined, and those that were revoked
    Stations(Stations),
    /// Let nothing be believed that a stolen or retired station signs from now on
    Revoke(revoke::Revoke),
}

impl Command {
    /// The name in the schema of the command's document.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "ledger.show",
            Self::Verify(_) => "ledger.verify",
            Self::Head(_) => "ledger.head",
            Self::Export(_) => "ledger.export",
            Self::Stations(_) => "ledger.stations",
            Self::Revoke(_) => "ledger.revoke",
        }
    }
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

    /// A head that was noted elsewhere, as `ledger head` prints it: shows whether the end was cut off; may be given several times
    #[arg(long, value_name = "INDEX:HASH")]
    expect_head: Vec<EntryRef>,
}

/// Arguments of `ledger head`.
#[derive(Debug, clap::Args)]
pub(crate) struct Head {
    #[command(flatten)]
    ledger: LedgerChoice,

    /// Print a form to write on, with room for the names of witnesses
    #[arg(long)]
    form: bool,
}

/// Arguments of `ledger stations`.
#[derive(Debug, clap::Args)]
pub(crate) struct Stations {
    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let open = |ledger| record::open_for_reading(ledger, &config);
    match command {
        Command::Show(show) => {
            let (entries, state) = open(&show.ledger)?.entries().await?;
            match &show.key {
                None => Ok(report::ledger_show(&entries, None)),
                Some(label) => {
                    let assessment = assessment(label, &state, &config, context)?;
                    let assessment = assessment.as_ref();
                    Ok(report::key_life(&entries, &state, label, assessment))
                }
            }
        }
        Command::Verify(verify) => {
            let mut verification = open(&verify.ledger)?.verify().await?;
            for noted in &verify.expect_head {
                verification.expect_head(noted);
            }
            Ok(report::ledger_verify(&verification))
        }
        Command::Head(head) => {
            let reader = open(&head.ledger)?;
            let mut newest = None;
            let verification = reader.visit(|entry| newest = Some(entry)).await?;
            reader.consistent(verification)?;
            let newest = newest.ok_or_else(|| reader.empty())?;
            let place = reader.location();
            Ok(report::ledger_head(&newest, place, head.form))
        }
        Command::Export(export) => export::run(export, &config, context).await,
        Command::Stations(stations) => {
            let reader = open(&stations.ledger)?;
            let state = reader.consistent(reader.verify().await?)?;
            Ok(report::ledger_stations(&state))
        }
        Command::Revoke(revoke) => revoke::run(revoke, &config, context).await,
    }
}

/// The verdict on a key by what is configured and stored now, as of its enrolment; none where there is nothing to judge by.
fn assessment(
    label: &str,
    state: &State,
    config: &Config,
    context: &Context,
) -> Result<Option<Assessment>, Error> {
    let Some(key) = state.key_by_label(label) else {
        return Ok(None);
    };
    let standards = cli::attestation::standards(config, &[])?;
    if standards.trust.roots.is_empty() && standards.trust.metadata.is_none() {
        return Ok(None);
    }
    let enrolled = &key.enrolled;
    let siblings = siblings(state, &enrolled.account.id, Some(&enrolled.credential_id));
    let times = (key.enrolled_at, context.env.now());
    Ok(Some(
        standards.of_enrolled(enrolled, None, &siblings, times)?,
    ))
}
