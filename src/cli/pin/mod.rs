//! `halligan pin …`

mod custodians;
mod generate;
mod identity;
mod open;
pub(super) mod opening;

pub(super) use identity::Identities;
pub(super) use opening::record;

use crate::cli::{Context, Error};
use crate::report::Report;

/// What to do with PINs.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show who can open PINs according to the configuration, and what to think of before PINs are sealed to them
    Custodians,
    /// Print a new PIN that is not trivial, for those who keep PINs in their own way
    Generate(generate::Arguments),
    /// Open the sealed PIN of a key with a custodian's identity, and show it on the terminal
    Open(open::Arguments),
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Custodians => "pin.custodians",
            Self::Generate(_) => "pin.generate",
            Self::Open(_) => "pin.open",
        }
    }
}

pub(super) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Custodians => custodians::run(context),
        Command::Generate(arguments) => generate::run(arguments, context),
        Command::Open(arguments) => open::run(arguments, context).await,
    }
}
