//! `halligan key pin change`: recorded if the label is given, and without a record otherwise.

use serde_json::json;

use crate::ceremony::Parties;
use crate::ceremony::interaction::{Interaction, PinPurpose};
use crate::ceremony::pin_change::{self, NewPin, Request};
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::key::present_pin;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::report::{self, Report};

/// Arguments of `key pin change`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// The label of the key that must be in hand; the change is recorded, and the new PIN sealed to the custodians
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    /// Make the new PIN, which then only custodians can open
    #[arg(long, requires = "key")]
    pin_generate: bool,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let mut terminal = Terminal::new(&context.global, &arguments.pin);
    match &arguments.key {
        Some(label) => recorded(label, arguments, &mut terminal, context).await,
        None => unrecorded(arguments, &mut terminal, context).await,
    }
}

async fn recorded(
    label: &str,
    arguments: &Arguments,
    terminal: &mut Terminal,
    context: &Context,
) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let new = match (config.custodians()?, arguments.pin_generate) {
        (Some(custodians), true) => NewPin::Generated {
            policy: config.pin_policy()?,
            custodians,
        },
        (custodians, false) => NewPin::Typed { custodians },
        (None, true) => {
            return Err(Error::Usage(
                "nobody could open a generated PIN: the configuration has no [custody]".to_owned(),
            ));
        }
    };
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, false).await?;
    let mut open = arguments.device.open(&context.env)?;
    let request = Request {
        label: label.to_owned(),
        new,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
    };
    let parties = Parties {
        key: (&mut open.authenticator).into(),
        tenant: None,
        ledger: &mut ledger,
        interaction: terminal,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(report::pin_change(
        &pin_change::change(&request, parties).await?,
    ))
}

async fn unrecorded(
    arguments: &Arguments,
    terminal: &mut Terminal,
    context: &Context,
) -> Result<Report, Error> {
    let mut open = arguments.device.open(&context.env)?;
    warn_if_enrolled(&mut open, arguments, terminal, context).await;
    let key = &mut open.authenticator;
    let present = present_pin(key, &arguments.pin, terminal)?;
    let minimum = key.info().pin_minimum();
    let new = terminal.pin(PinPurpose::New { minimum })?;
    key.change_pin(&present, &new)?;
    Ok(Report::new(
        "halligan.key.pin.change/1",
        true,
        json!({"label": null, "sealed_to": [], "entry": null}),
        "The PIN is changed.\n".to_owned(),
    ))
}

/// Whoever changes the PIN of an enrolled key behind the ledger's back leaves its custodians with one that is no longer true. A
/// ledger that cannot be read must not keep anybody from changing a PIN.
async fn warn_if_enrolled(
    open: &mut OpenKey,
    arguments: &Arguments,
    terminal: &mut Terminal,
    context: &Context,
) {
    let known = record::label_of(open, &arguments.ledger, terminal, context).await;
    if let Ok(Some(label)) = known {
        terminal.warn(&format!(
            "this key is {label} in the ledger, and the change will not be recorded; `--key {label}` records it"
        ));
    }
}
