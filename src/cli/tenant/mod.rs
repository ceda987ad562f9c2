//! `halligan tenant …`, and the client that every command asks the tenant with.

mod apply;
mod audit;
mod client;
mod explain;
mod export;
mod password;
mod plan;
mod preflight;
pub(in crate::cli) mod snapshot;
mod what_if;

use crate::cli::{Context, Error};
use crate::report::Report;

pub(crate) use client::{client, client_for, drill_client};
pub(crate) use snapshot::{SignIns, SnapshotChoice};

/// What to ask the tenant.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say whether the tenant is safe for its emergency accounts: accounts, roles, keys, exclusions, policies
    Audit(Box<audit::Arguments>),
    /// Write what can be read of the tenant's emergency accounts and policies as one document: to audit it elsewhere, or to keep it
    Export(export::Arguments),
    /// Say what the tenant would refuse of a key, at registration and at sign-in, and which setting to change
    Preflight(preflight::Arguments),
    /// Say what would make the tenant what the configuration says; nothing is touched
    Plan(plan::Arguments),
    /// Make the tenant what the configuration says, step by step, each of them recorded
    Apply(apply::Arguments),
    /// Open the sealed passwords of accounts that were made
    #[command(subcommand)]
    Password(password::Command),
    /// Say who gets in by which way, and who would be shut out by a change
    WhatIf(what_if::Arguments),
    /// Say why an account is asked for multifactor authentication, or why it is not
    Explain(explain::Arguments),
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Audit(_) => "tenant.audit",
            Self::Export(_) => "tenant.export",
            Self::Preflight(_) => "tenant.preflight",
            Self::Plan(_) => "tenant.plan",
            Self::Apply(_) => "tenant.apply",
            Self::Password(command) => command.name(),
            Self::WhatIf(_) => "tenant.what-if",
            Self::Explain(_) => "tenant.explain",
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Audit(arguments) => audit::run(arguments, context).await,
        Command::Export(arguments) => export::run(arguments, context).await,
        Command::Preflight(arguments) => preflight::run(arguments, context).await,
        Command::Plan(arguments) => plan::run(arguments, context).await,
        Command::Apply(arguments) => apply::run(arguments, context).await,
        Command::Password(command) => password::run(command, context).await,
        Command::WhatIf(arguments) => what_if::run(arguments, context).await,
        Command::Explain(arguments) => explain::run(arguments, context).await,
    }
}
