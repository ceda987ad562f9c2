//! `halligan tenant …`, and the client that every command asks the tenant with.

mod client;
mod preflight;

use crate::cli::{Context, Error};
use crate::report::Report;

pub(crate) use client::{client, client_for};

/// What to ask the tenant.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say what the tenant would refuse of a key, at registration and at sign-in, and which setting to change
    Preflight(preflight::Arguments),
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Preflight(_) => "tenant.preflight",
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Preflight(arguments) => preflight::run(arguments, context).await,
    }
}
