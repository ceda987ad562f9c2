//! `halligan key config …`

use crate::ceremony::Parties;
use crate::ceremony::key_config::{self, Outcome, Request};
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::ledger::KeySettings;
use crate::report::{self, Report};

/// What to do with the settings.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show what is set, what else can be, and what takes it back
    Show(Show),
    /// Change settings, most of which only a reset takes back
    Set(Set),
}

/// Arguments of `key config show`.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    #[command(flatten)]
    device: DeviceChoice,
}

/// Arguments of `key config set`.
#[derive(Debug, clap::Args)]
pub(crate) struct Set {
    #[command(flatten)]
    device: DeviceChoice,

    /// The label of the key that must be in hand; the change is recorded in the ledger
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    #[command(flatten)]
    settings: SettingArguments,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,

    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,

    /// Show what would change, but change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Settings as typed.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct SettingArguments {
    /// The fewest characters that a PIN may have; a shorter PIN must be changed before it can be used again
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(4..=63))]
    min_pin_length: Option<u8>,

    /// A relying party that may ask the key for that minimum; may be given several times, and replaces those it knows
    #[arg(long, value_name = "ID")]
    min_pin_length_rp_id: Vec<crate::webauthn::RpId>,

    /// Demand another PIN before the key signs again
    #[arg(long)]
    force_pin_change: bool,

    /// Whether the key verifies its user for everything that it signs
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    always_uv: Option<bool>,

    /// Let the key show its serial number in the attestation
    #[arg(long)]
    enterprise_attestation: bool,
}

fn on_or_off(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("it is either on or off".to_owned()),
    }
}

impl SettingArguments {
    /// What is to be set; what is absent stays as it is.
    pub(crate) fn settings(&self) -> KeySettings {
        let rp_ids = self.min_pin_length_rp_id.iter();
        let rp_ids: Vec<String> = rp_ids.map(|id| id.as_str().to_owned()).collect();
        KeySettings {
            min_pin_length: self.min_pin_length,
            min_pin_length_rp_ids: (!rp_ids.is_empty()).then_some(rp_ids),
            force_pin_change: self.force_pin_change.then_some(true),
            always_uv: self.always_uv,
            enterprise_attestation: self.enterprise_attestation.then_some(true),
        }
    }
}

impl Command {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Show(_) => "key.config.show",
            Self::Set(_) => "key.config.set",
        }
    }
}

pub(super) async fn run(command: &Command, context: &Context) -> Result<Report, Error> {
    match command {
        Command::Show(arguments) => {
            let open = arguments.device.open(&context.env)?;
            Ok(report::key_settings(
                &open.transport,
                open.authenticator.info(),
            ))
        }
        Command::Set(arguments) => set(arguments, context).await,
    }
}

async fn set(arguments: &Set, context: &Context) -> Result<Report, Error> {
    let settings = arguments.settings.settings();
    let mut terminal = Terminal::new(&context.global, &arguments.pin).agreed(arguments.yes);
    let outcome = match &arguments.key {
        Some(label) => set_recorded(label, settings, arguments, &mut terminal, context).await?,
        None => {
            let mut open = arguments.device.open(&context.env)?;
            let spend = arguments.pin.spend_last_pin_tries;
            key_config::set_unrecorded(
                &settings,
                (arguments.dry_run, spend),
                &mut open.authenticator,
                &mut terminal,
                &context.interrupt.cancel,
            )?
        }
    };
    Ok(report::key_config_set(&outcome))
}

async fn set_recorded(
    label: &str,
    settings: KeySettings,
    arguments: &Set,
    terminal: &mut Terminal,
    context: &Context,
) -> Result<Outcome, Error> {
    let config = context.config_or_default()?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.dry_run).await?;
    let mut open = arguments.device.open(&context.env)?;
    let request = Request {
        label: label.to_owned(),
        settings,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        dry_run: arguments.dry_run,
    };
    let parties = Parties {
        key: (&mut open.authenticator).into(),
        tenant: None,
        ledger: &mut ledger,
        interaction: terminal,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    Ok(key_config::set(&request, parties).await?)
}
