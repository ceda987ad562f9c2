//! `halligan enroll`

use std::path::{Path, PathBuf};

use crate::ceremony::Parties;
use crate::ceremony::enroll::{self, Exchange, Outcome, Request, Terms};
use crate::cli::attestation::AttestationChoice;
use crate::cli::config::Config;
use crate::cli::custody::CustodyArguments;
use crate::cli::device::DeviceChoice;
use crate::cli::key::SettingArguments;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, tenant};
use crate::custody::PinPolicy;
use crate::ledger::KeySettings;
use crate::report::{self, Report};

/// Arguments of `enroll`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// The emergency access account: user principal name or object id
    #[arg(long, value_name = "USER")]
    account: String,

    /// The key's name in the ledger and in the tenant, at most 30 characters; write it on the key
    #[arg(long)]
    label: String,

    #[command(flatten)]
    pin: PinSource,

    /// Make the PIN of a fresh key and seal it to the custodians of the configuration; nobody sees it
    #[arg(long, conflicts_with_all = ["pin_stdin", "pin_fd"])]
    pin_generate: bool,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    attestation: AttestationChoice,

    #[command(flatten)]
    settings: SettingArguments,

    #[command(flatten)]
    custody: CustodyArguments,

    #[command(flatten)]
    confirmation: Confirmation,

    /// Keep the creation options and the registration as they went over the wire, in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Check everything and show what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    /// A generated PIN that nobody can open would be lost.
    fn generated_pin(&self, config: &Config) -> Result<Option<PinPolicy>, Error> {
        if !self.pin_generate {
            return Ok(None);
        }
        if config.custodians()?.is_none() {
            let why = "is needed for --pin-generate: nobody could open the PIN";
            return Err(config.value_error("custody.custodian", why).into());
        }
        Ok(Some(config.pin_policy()?))
    }
}

/// What is typed, and what is configured for every key where nothing is typed.
fn settings(arguments: &Arguments, config: &Config) -> Result<KeySettings, Error> {
    let typed = arguments.settings.settings();
    let policy = &config.file.key_policy;
    if let Some(length) = policy.min_pin_length
        && !(4..=63).contains(&length)
    {
        let why = format!("{length} characters; 4 to 63 are possible");
        return Err(config.value_error("key_policy.min_pin_length", why).into());
    }
    Ok(KeySettings {
        min_pin_length: typed.min_pin_length.or(policy.min_pin_length),
        force_pin_change: typed
            .force_pin_change
            .or(policy.force_pin_change.then_some(true)),
        always_uv: typed.always_uv.or(policy.always_uv),
        enterprise_attestation: typed
            .enterprise_attestation
            .or(policy.enterprise_attestation.then_some(true)),
        ..typed
    })
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let tenant = tenant::client(&config, context)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, &context.env, arguments.dry_run)
            .await?;
    let mut open = arguments.device.open(&context.env)?;
    let mut interaction = Terminal::new(&context.global, &arguments.pin)
        .confirmed(arguments.confirmation.confirm.clone());
    let request = Request {
        account: arguments.account.clone(),
        label: arguments.label.clone(),
        tenant: config.file.tenant.id.clone().unwrap_or_default(),
        transport: open.transport,
        settings: settings(arguments, &config)?,
        custody: arguments.custody.custody(),
        generate: arguments.generated_pin(&config)?,
        custodians: config.custodians()?,
        terms: Terms {
            spend_last_tries: arguments.pin.spend_last_pin_tries,
            serial: open.serial,
            ..arguments.attestation.terms(&config)?
        },
        dry_run: arguments.dry_run,
    };
    let parties = Parties {
        key: (&mut open.authenticator).into(),
        tenant: Some(&tenant),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let outcome = enroll::enroll(&request, parties).await?;
    if let (Some(directory), Outcome::Enrolled(enrolled)) = (&arguments.save, &outcome) {
        save(directory, &enrolled.exchange)?;
    }
    Ok(report::enroll(&outcome))
}

fn save(directory: &Path, exchange: &Exchange) -> Result<(), Error> {
    let write = |name: &str, text: Result<Vec<u8>, serde_json::Error>| {
        let path = directory.join(name);
        text.map_err(std::io::Error::from)
            .and_then(|text| std::fs::write(&path, text))
            .map_err(|source| Error::Write { path, source })
    };
    std::fs::create_dir_all(directory).map_err(|source| Error::Write {
        path: directory.to_owned(),
        source,
    })?;
    write(
        "creation-options.json",
        serde_json::to_vec_pretty(&exchange.creation_options),
    )?;
    write(
        "registration.json",
        serde_json::to_vec_pretty(&exchange.registration),
    )
}
