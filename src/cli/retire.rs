//! `halligan retire`

use clap::ValueEnum;

use crate::ceremony::retire::{self, Request};
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, tenant};
use crate::ledger::RetireReason;
use crate::report::{self, Report};

/// Arguments of `retire`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The label of the key that goes out of service
    #[arg(long, value_name = "LABEL")]
    key: String,

    /// Why: nobody knows where it is, it does not work, another takes its place, or somebody may have had it
    #[arg(long, value_enum)]
    reason: Reason,

    /// Delete the credential from the key in hand too
    #[arg(long)]
    delete_credential: bool,

    #[command(flatten)]
    device: DeviceChoice,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    confirmation: Confirmation,

    /// Check everything and show what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Why a key goes out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reason {
    Lost,
    Damaged,
    Rotated,
    Compromised,
}

impl From<Reason> for RetireReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Lost => Self::Lost,
            Reason::Damaged => Self::Damaged,
            Reason::Rotated => Self::Rotated,
            Reason::Compromised => Self::Compromised,
        }
    }
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let tenant = tenant::client(&config, context)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.dry_run).await?;
    // A lost key is retired without it.
    let mut open = match arguments.delete_credential {
        true => Some(arguments.device.open(&context.env)?),
        false => None,
    };
    let mut interaction = Terminal::new(&context.global, &arguments.pin)
        .confirmed(arguments.confirmation.confirm.clone());
    let request = Request {
        label: arguments.key.clone(),
        reason: arguments.reason.into(),
        delete_credential: arguments.delete_credential,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        dry_run: arguments.dry_run,
    };
    let parties = Parties {
        key: open
            .as_mut()
            .map_or(KeyInHand::NONE, |open| (&mut open.authenticator).into()),
        tenant: Some(&tenant),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(report::retire(&retire::retire(&request, parties).await?))
}
