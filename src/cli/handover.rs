//! `halligan handover`

use crate::ceremony::handover::{self, Request};
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::custody::CustodyArguments;
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::report::{self, Report};

/// Arguments of `handover`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The label of the key that changes hands
    #[arg(long, value_name = "LABEL")]
    key: String,

    #[command(flatten)]
    custody: CustodyArguments,

    /// Why, and who was there
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Have the key in hand sign the entry, silently where it can
    #[arg(long)]
    prove: bool,

    #[command(flatten)]
    device: DeviceChoice,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let custody = arguments.custody.custody();
    let custody = custody.ok_or_else(|| {
        Error::Usage("--location and --custodian say where the key is".to_owned())
    })?;
    let config = context.config_or_default()?;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let mut open = match arguments.prove {
        true => Some(arguments.device.open(&context.env)?),
        false => None,
    };
    let mut interaction = Terminal::new(&context.global, &arguments.pin);
    let request = Request {
        label: arguments.key.clone(),
        custody,
        note: arguments.note.clone(),
        prove: arguments.prove,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
    };
    let parties = Parties {
        key: open
            .as_mut()
            .map_or(KeyInHand::NONE, |open| (&mut open.authenticator).into()),
        tenant: None,
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(report::handover(
        &handover::hand_over(&request, parties).await?,
    ))
}
