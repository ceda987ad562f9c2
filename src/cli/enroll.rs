//! `halligan enroll`

use std::path::{Path, PathBuf};

use crate::ceremony::Parties;
use crate::ceremony::enroll::{self, Exchange, Outcome, Request};
use crate::cli::batch;
use crate::cli::config::Config;
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, attestation, tenant};
use crate::ctap::hid::Address;
use crate::report::{self, Report};

/// Arguments of `enroll`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the key is: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR [default: usb]; with
    /// --plan several times, for the keys of the plan that have no address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) device: Vec<Address>,

    /// The emergency access account: user principal name or object id
    #[arg(long, value_name = "USER", required_unless_present = "plan")]
    account: Option<String>,

    /// The key's name in the ledger and in the tenant, at most 30 characters; write it on the key
    #[arg(long, required_unless_present = "plan")]
    label: Option<String>,

    #[command(flatten)]
    pub(crate) batch: batch::BatchOptions,

    #[command(flatten)]
    pub(crate) pin: PinSource,

    #[command(flatten)]
    pub(crate) ledger: LedgerChoice,

    /// PEM file with a root that the key's attestation may lead to; may be given several times
    #[arg(long, value_name = "FILE")]
    attestation_root: Vec<PathBuf>,

    /// Refuse a key whose attestation cannot be verified completely
    #[arg(long)]
    require_attestation: bool,

    /// Keep the creation options and the registration as they went over the wire, in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Check everything and show what would be done, but change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    if let Some(plan) = &arguments.batch.plan {
        return batch::run(plan, arguments, context).await;
    }
    let config = context.config()?;
    let request = request(arguments, &config)?;
    let device = one_device(&arguments.device)?;
    let tenant = tenant::client(&config, context)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, &context.env, arguments.dry_run)
            .await?;
    let mut open = DeviceChoice { device }.open(&context.env)?;
    let mut interaction = Terminal::new(&context.global, &arguments.pin);
    let request = Request {
        transport: open.transport,
        serial: open.serial,
        ..request
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

/// What is asked of the enrolment, but for the key's connection.
pub(crate) fn request(arguments: &Arguments, config: &Config) -> Result<Request, Error> {
    let configured = config.file.attestation.roots.iter();
    let mut roots: Vec<PathBuf> = configured.map(|path| config.resolve(path)).collect();
    roots.extend(arguments.attestation_root.iter().cloned());
    Ok(Request {
        account: arguments.account.clone().unwrap_or_default(),
        label: arguments.label.clone().unwrap_or_default(),
        tenant: config.file.tenant.id.clone().unwrap_or_default(),
        transport: String::new(),
        serial: None,
        roots: attestation::roots(&roots)?,
        attestation_required: arguments.require_attestation || config.file.attestation.required,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        dry_run: arguments.dry_run,
    })
}

fn one_device(devices: &[Address]) -> Result<Address, Error> {
    match devices {
        [] => Ok(Address::Usb),
        [device] => Ok(device.clone()),
        _ => Err(Error::Usage("several --device need a --plan".to_owned())),
    }
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
