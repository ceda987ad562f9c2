//! `halligan check`

use crate::ceremony::Parties;
use crate::ceremony::check::{self, Request};
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, attestation, custody, tenant};
use crate::report::{self, Report};

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// The label of the key that must be in hand; without it the key in hand is looked up in the ledger
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,

    /// Ask for touch and PIN even where the key would sign silently
    #[arg(long)]
    full: bool,

    /// Why whatever has changed on the key is as it should be: from now on, it is compared with what it is like now
    #[arg(long, value_name = "REASON", value_parser = custody::text)]
    accept_changes: Option<String>,

    /// Do not ask the tenant whether the key is still registered
    #[arg(long)]
    no_tenant: bool,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = if arguments.no_tenant {
        context.config_or_default()?
    } else {
        context.config()?
    };
    let tenant = if arguments.no_tenant {
        None
    } else {
        Some(tenant::client(&config, context)?)
    };
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let mut open = arguments.device.open(&context.env)?;
    let mut interaction = Terminal::new(&context.global, &arguments.pin);
    let request = Request {
        label: arguments.key.clone(),
        full: arguments.full,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        standards: attestation::standards(&config, &[])?,
        accept_changes: arguments.accept_changes.clone(),
    };
    let parties = Parties {
        key: (&mut open.authenticator).into(),
        tenant: tenant.as_ref(),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let checked = check::check(&request, parties).await?;
    let report = report::check(&checked);
    match checked.tenant_error {
        Some(error) if !checked.failed => Err(Error::Inconclusive {
            report: Box::new(report),
            source: Box::new(error),
        }),
        _ => Ok(report),
    }
}
