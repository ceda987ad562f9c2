//! `halligan alerts …`: the alarm that a sign-in by an emergency account is to raise.

mod generate;
mod verify;
mod watched;

use crate::cli::{Context, Error};
use crate::report::Report;

/// What to do about alerts.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Write what makes Azure ring when an emergency account is used: queries, Bicep and ARM templates, for you to deploy
    Generate(Box<generate::Arguments>),
    /// Record when and how the alarm came after a drill, and say whether that was in time
    Verify(verify::Arguments),
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Generate(_) => "alerts.generate",
            Self::Verify(_) => "alerts.verify",
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Generate(arguments) => generate::run(arguments, context).await,
        Command::Verify(arguments) => verify::run(arguments, context).await,
    }
}
