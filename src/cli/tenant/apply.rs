//! `halligan tenant apply`

use super::client_for;
use super::snapshot::tenant;
use crate::ceremony::apply::{self, Request};
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::Agreement;
use crate::cli::{Context, Error};
use crate::graph::credential::APPLY_PERMISSIONS;
use crate::report::{self, Report};

/// Arguments of `tenant apply`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Enforce policies too, once it is proven that no emergency account is shut out
    #[arg(long)]
    enforce: bool,

    /// Show what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    agreement: Agreement,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// What the configuration wants of the tenant.
pub(super) fn request(config: &Config, enforce: bool, dry_run: bool) -> Result<Request, Error> {
    Ok(Request {
        desired: config.desired()?,
        tenant: tenant(config),
        waivers: config.waivers()?,
        enforce,
        password_custodians: config.password_custodians()?,
        dry_run,
    })
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let request = request(&config, arguments.enforce, arguments.dry_run)?;
    let client = client_for(&config, context, &APPLY_PERMISSIONS)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, request.dry_run).await?;
    let mut interaction = arguments.agreement.terminal(context);
    let parties = Parties {
        key: KeyInHand::NONE,
        tenant: Some(&client),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(report::tenant_apply(
        &apply::apply(&request, parties).await?,
    ))
}
