//! `halligan review reviewers …`

use super::OwnKey;
use crate::ceremony::Parties;
use crate::ceremony::review::reviewer::{self, Request};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, custody};
use crate::report::{self, Report};

/// What to do about those who sign.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a credential on the key of somebody who is to sign reviews
    Add(Add),
    /// Let somebody sign no more
    Remove(Remove),
    /// Show who signs, and who did
    List(List),
}

/// Arguments of `review reviewers add`.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The person
    #[arg(value_name = "NAME", value_parser = custody::text)]
    name: String,

    #[command(flatten)]
    key: OwnKey,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// Arguments of `review reviewers remove`.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The person
    #[arg(value_name = "NAME", value_parser = custody::text)]
    name: String,

    /// Why: left the company, lost the key
    #[arg(long, value_name = "TEXT", value_parser = custody::text)]
    reason: Option<String>,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// Arguments of `review reviewers list`.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    ledger: LedgerChoice,
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Add(_) => "review.reviewers.add",
            Self::Remove(_) => "review.reviewers.remove",
            Self::List(_) => "review.reviewers.list",
        }
    }
}

pub(super) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Add(arguments) => add(arguments, context).await,
        Command::Remove(arguments) => remove(arguments, context).await,
        Command::List(arguments) => list(arguments, context).await,
    }
}

async fn add(arguments: &Add, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let request = Request {
        name: arguments.name.clone(),
        spend_last_tries: arguments.key.pin.spend_last_pin_tries,
    };
    reviewer::require_room(ledger.state(), &request.name)?;
    let join = async |parties: Parties<'_>| reviewer::join(&request, parties).await;
    let joined = arguments.key.open(&mut ledger, context, join).await?;
    Ok(report::reviewer_joined(&joined))
}

async fn remove(arguments: &Remove, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let (name, reason) = (&arguments.name, arguments.reason.clone());
    let entry = reviewer::leave(name, reason, &mut ledger).await?;
    Ok(report::reviewer_left(name, &entry))
}

async fn list(arguments: &List, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let reader = record::open_for_reading(&arguments.ledger, &config)?;
    let (_, state) = reader.entries().await?;
    Ok(report::reviewers(state.reviewers()))
}
