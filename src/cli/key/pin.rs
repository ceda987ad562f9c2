//! `halligan key pin …`

use serde_json::json;

use crate::ceremony::interaction::{Interaction, PinPurpose};
use crate::cli::device::DeviceChoice;
use crate::cli::key::{pin_change, require_pin_set};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::report::Report;

/// What to do with the PIN.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Set the first PIN of a fresh key
    Set(Arguments),
    /// Change the PIN; with --pin-stdin or --pin-fd the present one comes first, the new one on the next line
    Change(pin_change::Arguments),
    /// Show how many tries are left; spends none
    Retries(Retries),
}

/// Arguments of `key pin set`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,
    #[command(flatten)]
    pin: PinSource,
}

/// Arguments of `key pin retries`.
#[derive(Debug, clap::Args)]
pub(crate) struct Retries {
    #[command(flatten)]
    device: DeviceChoice,
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Set(_) => "key.pin.set",
            Self::Change(_) => "key.pin.change",
            Self::Retries(_) => "key.pin.retries",
        }
    }
}

pub(super) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Set(arguments) => set(arguments, context),
        Command::Change(arguments) => pin_change::run(arguments, context).await,
        Command::Retries(arguments) => retries(arguments, context),
    }
}

fn set(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let mut key = arguments.device.open(&context.env)?.authenticator;
    match key.info().options.client_pin {
        Some(false) => {}
        Some(true) => {
            return Err(Error::Usage(
                "the key has a PIN already; change it with `halligan key pin change`".to_owned(),
            ));
        }
        None => return Err(crate::ctap::Error::Unsupported("a PIN").into()),
    }
    let mut terminal = Terminal::new(&context.global, &arguments.pin);
    let pin = terminal.pin(PinPurpose::New {
        minimum: key.info().pin_minimum(),
    })?;
    key.set_pin(&pin)?;
    Ok(done("halligan.key.pin.set/1", "The key has its PIN.\n"))
}

fn retries(arguments: &Retries, context: &Context) -> Result<Report, Error> {
    let mut key = arguments.device.open(&context.env)?.authenticator;
    require_pin_set(&key)?;
    let answer = key.pin_retries()?;
    let body = json!({"retries": answer.retries, "power_cycle_needed": answer.power_cycle_state});
    let suffix = if answer.power_cycle_state == Some(true) {
        "; the key must be unplugged first"
    } else {
        ""
    };
    let text = format!("{} PIN tries left{suffix}\n", answer.retries);
    Ok(Report::new("halligan.key.pin.retries/1", true, body, text))
}

fn done(schema: &'static str, text: &str) -> Report {
    Report::new(schema, true, json!({}), text.to_owned())
}
