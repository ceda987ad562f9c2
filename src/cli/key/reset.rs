//! `halligan key reset`

use serde_json::json;

use crate::ceremony::reset::{self, Request};
use crate::ceremony::{KeyInHand, Parties, Reopen};
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, tenant};
use crate::report::{self, Report};

/// Arguments of `key reset`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// The label of the key that must be in hand; without it the key in hand is looked up in the ledger
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    confirmation: Confirmation,

    /// Show what would be lost, but change nothing
    #[arg(long, requires = "key")]
    dry_run: bool,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let mut open = arguments.device.open(&context.env)?;
    let mut terminal = Terminal::new(&context.global, &PinSource::default())
        .confirmed(arguments.confirmation.confirm.clone());
    let label = match &arguments.key {
        Some(label) => Some(label.clone()),
        None => record::label_of(&mut open, &arguments.ledger, &mut terminal, context).await?,
    };
    match label {
        Some(label) => recorded(label, arguments, open, &mut terminal, context).await,
        None => {
            let mut reopen = arguments.device.reopening(&open, &context.env);
            reset::reset_unrecorded(
                KeyInHand::reopening(&mut open.authenticator, &mut reopen),
                &mut terminal,
                &context.interrupt.cancel,
                &context.env,
            )?;
            let text = "The key is as it left the factory. Nothing was recorded: the ledger did not know it.\n";
            Ok(Report::new(
                "halligan.key.reset/1",
                true,
                json!({"performed": true, "losses": [], "entries": []}),
                text.to_owned(),
            ))
        }
    }
}

async fn recorded(
    label: String,
    arguments: &Arguments,
    mut open: OpenKey,
    terminal: &mut Terminal,
    context: &Context,
) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    // Whether its methods are still registered is worth knowing, and no condition.
    let tenant = match config.file.tenant.id {
        Some(_) => Some(tenant::client(&config, context)?),
        None => None,
    };
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.dry_run).await?;
    let mut reopen = arguments.device.reopening(&open, &context.env);
    let reopen: &mut Reopen<'_> = &mut reopen;
    let parties = Parties {
        key: KeyInHand::reopening(&mut open.authenticator, reopen),
        tenant: tenant.as_ref(),
        ledger: &mut ledger,
        interaction: terminal,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let request = Request {
        label,
        dry_run: arguments.dry_run,
    };
    Ok(report::key_reset(&reset::reset(&request, parties).await?))
}
