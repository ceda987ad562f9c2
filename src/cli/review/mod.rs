//! `halligan review …`

mod ask;
mod gather;
mod hold;
mod questions;
mod reviewers;
mod sign;

use std::path::{Path, PathBuf};

use crate::ceremony::{self, Parties};
use crate::cli::device::DeviceChoice;
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::ledger::Ledger;
use crate::report::Report;

/// A reviewer's own key.
#[derive(Debug, clap::Args)]
pub(crate) struct OwnKey {
    #[command(flatten)]
    device: DeviceChoice,

    #[command(flatten)]
    pin: PinSource,
}

impl OwnKey {
    /// Opens it, for a ceremony with it.
    async fn open<T>(
        &self,
        ledger: &mut Ledger,
        context: &Context,
        ceremony: impl AsyncFnOnce(Parties<'_>) -> Result<T, ceremony::Error>,
    ) -> Result<T, Error> {
        let mut open = self.device.open(&context.env)?;
        let mut interaction = Terminal::new(&context.global, &self.pin);
        let parties = Parties {
            key: (&mut open.authenticator).into(),
            tenant: None,
            ledger,
            interaction: &mut interaction,
            cancel: &context.interrupt.cancel,
            env: &context.env,
        };
        Ok(ceremony(parties).await?)
    }
}

/// What to do about reviews.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Look at everything together, write a report of it, and record it
    Hold(Box<hold::Arguments>),
    /// Vouch for a review with the reviewer's own key
    Sign(sign::Arguments),
    /// Print what people are asked in a review, as a file to be filled in
    Questions(questions::Arguments),
    /// Those who sign reviews, each with a key of their own
    #[command(subcommand)]
    Reviewers(reviewers::Command),
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Hold(_) => "review.hold",
            Self::Sign(_) => "review.sign",
            Self::Questions(_) => "review.questions",
            Self::Reviewers(command) => command.name(),
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Hold(arguments) => hold::run(arguments, context).await,
        Command::Sign(arguments) => sign::run(arguments, context).await,
        Command::Questions(arguments) => questions::run(arguments, context).await,
        Command::Reviewers(command) => reviewers::run(command, context).await,
    }
}

/// Where the files of a review are that ended at this moment, RFC 3339: the page, and the document.
fn files(folder: &Path, until: &str) -> (PathBuf, PathBuf) {
    let fit = |character: &char| character.is_ascii_alphanumeric() || *character == '-';
    let name: String = until.chars().filter(fit).collect();
    let path = |ending| folder.join(format!("review-{name}.{ending}"));
    (path("html"), path("json"))
}

/// Where the rows of the logs are that were read for the review with this document.
fn rows(document: &Path) -> PathBuf {
    document.with_extension("logs.json")
}
