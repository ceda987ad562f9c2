//! `halligan enroll`

use std::path::{Path, PathBuf};

use crate::ceremony::Parties;
use crate::ceremony::enroll::{self, Exchange, Outcome, Request, Terms};
use crate::ceremony::two_rooms::EnrollRequest;
use crate::cli::attestation::AttestationChoice;
use crate::cli::batch;
use crate::cli::config::Config;
use crate::cli::custody::CustodyArguments;
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::key::SettingArguments;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, tenant, two_rooms};
use crate::ctap::hid::Address;
use crate::custody::PinPolicy;
use crate::ledger::KeySettings;
use crate::report::{self, Report};

/// Arguments of `enroll`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Where the key is: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR [default: usb]; with
    /// --plan several times, for the keys of the plan that have no address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) device: Vec<Address>,

    /// The emergency access account: user principal name, object id, or a name in the tenant's initial domain
    #[arg(long, value_name = "USER", required_unless_present_any = ["plan", "from_request", "offline_response"])]
    account: Option<String>,

    /// The key's name in the ledger and in the tenant, at most 30 characters; write it on the key
    #[arg(long, required_unless_present_any = ["plan", "from_request", "offline_response"])]
    label: Option<String>,

    #[command(flatten)]
    pub(crate) batch: batch::BatchOptions,

    /// Make the PIN of a fresh key and seal it to the custodians of the configuration; nobody sees it
    #[arg(long, conflicts_with_all = ["pin_stdin", "pin_fd"])]
    pin_generate: bool,

    #[command(flatten)]
    pub(crate) pin: PinSource,

    #[command(flatten)]
    pub(crate) ledger: LedgerChoice,

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

    /// Do not predict what the tenant would refuse; it decides, after the key is touched
    #[arg(long)]
    pub(crate) skip_preflight: bool,

    /// Check everything and show what would be done, but change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    rooms: two_rooms::Choice,
}

impl Arguments {
    /// What is to be enrolled; what stands in a file from another room is not among it.
    pub(crate) fn request(
        &self,
        terms: Terms,
        transport: String,
        config: &Config,
    ) -> Result<Request, Error> {
        Ok(Request {
            account: self.account.clone().unwrap_or_default(),
            label: self.label.clone().unwrap_or_default(),
            tenant: config.file.tenant.id.clone().unwrap_or_default(),
            transport,
            settings: settings(self, config)?,
            custody: self.custody.custody(),
            generate: self.generated_pin(config)?,
            custodians: config.custodians()?,
            terms,
            skip_preflight: self.skip_preflight,
            dry_run: self.dry_run,
        })
    }

    /// The one key that is asked for.
    fn device(&self) -> Result<DeviceChoice, Error> {
        let device = match self.device.as_slice() {
            [] => Address::Usb,
            [device] => device.clone(),
            _ => return Err(Error::Usage("several --device need a --plan".to_owned())),
        };
        Ok(DeviceChoice { device })
    }

    fn interaction(&self, context: &Context) -> Terminal {
        Terminal::new(&context.global, &self.pin).confirmed(self.confirmation.confirm.clone())
    }

    pub(crate) fn terms(&self, serial: Option<String>, config: &Config) -> Result<Terms, Error> {
        Ok(Terms {
            spend_last_tries: self.pin.spend_last_pin_tries,
            serial,
            ..self.attestation.terms(config)?
        })
    }

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
    if let Some(plan) = &arguments.batch.plan {
        return batch::run(plan, arguments, context).await;
    }
    if let Some(report) = in_two_rooms(arguments, context).await? {
        return Ok(report);
    }
    let config = context.config()?;
    let tenant = tenant::client(&config, context)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, arguments.dry_run).await?;
    let mut open = arguments.device()?.open(&context.env)?;
    let mut interaction = arguments.interaction(context);
    let terms = arguments.terms(open.serial, &config)?;
    let request = arguments.request(terms, open.transport, &config)?;
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

/// The part of an enrolment that is done in this room, if it is done in two.
async fn in_two_rooms(arguments: &Arguments, context: &Context) -> Result<Option<Report>, Error> {
    let rooms = &arguments.rooms;
    let room = |config| two_rooms::Room {
        config,
        context,
        ledger: &arguments.ledger,
        interaction: arguments.interaction(context),
    };
    if let Some(path) = &rooms.offline_request {
        let config = context.config()?;
        let terms = arguments.terms(None, &config)?;
        let request = arguments.request(terms, String::new(), &config)?;
        let asked = room(&config).request(&request, rooms.challenge_minutes, path);
        return asked.await.map(Some);
    }
    if let (Some(from), Some(to)) = (&rooms.from_request, &rooms.response) {
        let config = context.config_or_default()?;
        let open = arguments.device()?.open(&context.env)?;
        let request = |file: &EnrollRequest, open: &OpenKey| {
            let terms = arguments.terms(open.serial.clone(), &config)?;
            let request = arguments.request(terms, open.transport.clone(), &config)?;
            Ok(Request {
                account: file.wanted.account.upn.clone(),
                label: file.wanted.label.clone(),
                tenant: file.wanted.tenant.clone(),
                ..request
            })
        };
        return room(&config)
            .offline(request, open, from, to)
            .await
            .map(Some);
    }
    if let Some(path) = &rooms.offline_response {
        let config = context.config()?;
        let terms = arguments.terms(None, &config)?;
        return room(&config).respond(&terms, path).await.map(Some);
    }
    Ok(None)
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
