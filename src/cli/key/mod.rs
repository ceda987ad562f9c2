//! `halligan key …`: one physical key. What changes a key that the ledger knows is recorded if its label is given.

mod compare;
mod config;
pub(crate) use config::SettingArguments;
mod credentials;
mod expendable;
mod history;
mod list;
mod pin;
mod pin_change;
mod recorded;
mod reset;
mod test;
mod watch;

use serde_json::json;

use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{Interaction, PinPurpose};
use crate::cli::device::DeviceChoice;
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, terminal};
use crate::ctap::hid;
use crate::ctap::status::Status;
use crate::ctap::{Authenticator, KeepAlive, Wait};
use crate::report::{self, Report};
use crate::secret::Pin;

/// What to do with the key.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the keys that are plugged in by USB
    List,
    /// Show what the key says about itself
    Info(Info),
    /// Let the key blink, or wait for its touch, to see which one it is
    Identify(Identify),
    /// Set or change the PIN, or show how many tries are left
    #[command(subcommand)]
    Pin(pin::Command),
    /// Show or change the key's settings
    #[command(subcommand)]
    Config(config::Command),
    /// List or delete the discoverable credentials on the key
    #[command(subcommand)]
    Credentials(credentials::Command),
    /// Make the key as it left the factory: PIN, settings and every credential are lost
    Reset(reset::Arguments),
    /// Show what the ledger knows of how a key was over time, and what has changed since; needs no key
    History(history::Arguments),
    /// Test whether the key works in every respect; leaves nothing on it
    Test(test::Arguments),
}

/// Arguments of `key info`.
#[derive(Debug, clap::Args)]
pub(crate) struct Info {
    #[command(flatten)]
    device: DeviceChoice,
}

/// Arguments of `key identify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Identify {
    #[command(flatten)]
    device: DeviceChoice,
}

impl Command {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::List => "key.list",
            Self::Info(_) => "key.info",
            Self::Identify(_) => "key.identify",
            Self::Pin(command) => command.name(),
            Self::Config(command) => command.name(),
            Self::Credentials(command) => command.name(),
            Self::Reset(_) => "key.reset",
            Self::History(_) => "key.history",
            Self::Test(arguments) => arguments.name(),
        }
    }
}

pub(crate) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::List => list::run(),
        Command::Info(info) => self::info(info, context),
        Command::Identify(identify) => self::identify(identify, context),
        Command::Pin(command) => pin::run(command, context).await,
        Command::Config(command) => config::run(command, context).await,
        Command::Reset(arguments) => reset::run(arguments, context).await,
        Command::Credentials(command) => credentials::run(command, context),
        Command::History(arguments) => history::run(arguments, context).await,
        Command::Test(arguments) => test::run(arguments, context).await,
    }
}

fn info(arguments: &Info, context: &Context) -> Result<Report, Error> {
    let mut open = arguments.device.open(&context.env)?;
    // A key without a PIN has no retries to ask for, and some keys answer the question with an error.
    let retries = match open.authenticator.info().options.client_pin {
        Some(true) => Some(open.authenticator.pin_retries()?),
        _ => None,
    };
    Ok(report::key_info(
        &open.transport,
        open.authenticator.identity(),
        open.authenticator.info(),
        retries,
    ))
}

fn identify(arguments: &Identify, context: &Context) -> Result<Report, Error> {
    let mut open = arguments.device.open(&context.env)?;
    let how = if winks(&mut open.authenticator)? {
        "blinked"
    } else {
        let mut wait = touch_wait(context);
        open.authenticator.selection(&mut wait)?;
        "was touched"
    };
    let body = json!({"device": open.transport, "identified_by": how});
    Ok(Report::new(
        "halligan.key.identify/1",
        true,
        body,
        format!("{} {how}.\n", open.transport),
    ))
}

/// Lets the key blink, if it can: some announce it and refuse it.
fn winks(key: &mut Authenticator) -> Result<bool, crate::ctap::Error> {
    if !key.identity().capabilities.wink() {
        return Ok(false);
    }
    match key.wink() {
        Err(crate::ctap::Error::Hid(hid::Error::Refused {
            status: Status::InvalidCommand,
            ..
        })) => Ok(false),
        winked => winked.map(|()| true),
    }
}

/// Waits for a touch and says so.
pub(in crate::cli) fn touch_wait(context: &Context) -> Wait<'static> {
    let mut said = false;
    let events = context.global.events;
    Wait::new(&context.interrupt.cancel, move |keepalive| {
        if keepalive == KeepAlive::TouchNeeded && !said {
            said = true;
            terminal::say(
                events,
                &json!({"event": "touch_needed"}),
                "Touch the key now",
            );
        }
    })
}

/// Asks for the PIN that the key has, unless too few tries are left to ask.
pub(in crate::cli) fn present_pin(
    key: &mut Authenticator,
    source: &PinSource,
    terminal: &mut Terminal,
) -> Result<Pin, Error> {
    require_pin_set(key)?;
    let retries = key.pin_retries()?;
    require_pin_tries(retries, source.spend_last_pin_tries)?;
    Ok(terminal.pin(PinPurpose::Present {
        retries: Some(retries.retries),
    })?)
}

fn require_pin_set(authenticator: &Authenticator) -> Result<(), Error> {
    match authenticator.info().options.client_pin {
        Some(true) => Ok(()),
        Some(false) => Err(Error::Usage(
            "the key has no PIN yet; set one with `halligan key pin set`".to_owned(),
        )),
        None => Err(crate::ctap::Error::Unsupported("a PIN").into()),
    }
}
