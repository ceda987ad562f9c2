//! `halligan enroll`

use std::path::{Path, PathBuf};

use crate::ceremony::Parties;
use crate::ceremony::enroll::{self, Exchange, Outcome, Request, Terms};
use crate::ceremony::two_rooms::EnrollRequest;
use crate::cli::attestation::AttestationChoice;
use crate::cli::config::Config;
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, tenant, two_rooms};
use crate::report::{self, Report};

/// Arguments of `enroll`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    device: DeviceChoice,

    /// The emergency access account: user principal name or object id
    #[arg(long, value_name = "USER", required_unless_present_any = ["from_request", "offline_response"])]
    account: Option<String>,

    /// The key's name in the ledger and in the tenant, at most 30 characters; write it on the key
    #[arg(long, required_unless_present_any = ["from_request", "offline_response"])]
    label: Option<String>,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    attestation: AttestationChoice,

    /// Keep the creation options and the registration as they went over the wire, in this directory
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,

    /// Check everything and show what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    rooms: two_rooms::Choice,
}

impl Arguments {
    /// What is to be enrolled; what stands in a file from another room is not among it.
    fn request(&self, terms: Terms, transport: String, config: &Config) -> Request {
        Request {
            account: self.account.clone().unwrap_or_default(),
            label: self.label.clone().unwrap_or_default(),
            tenant: config.file.tenant.id.clone().unwrap_or_default(),
            transport,
            terms,
            dry_run: self.dry_run,
        }
    }

    fn terms(&self, serial: Option<String>, config: &Config) -> Result<Terms, Error> {
        Ok(Terms {
            spend_last_tries: self.pin.spend_last_pin_tries,
            serial,
            ..self.attestation.terms(config)?
        })
    }
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    if let Some(report) = in_two_rooms(arguments, context).await? {
        return Ok(report);
    }
    let config = context.config()?;
    let tenant = tenant::client(&config, context)?;
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, &context.env, arguments.dry_run)
            .await?;
    let mut open = arguments.device.open(&context.env)?;
    let mut interaction = Terminal::new(&context.global, &arguments.pin);
    let terms = arguments.terms(open.serial, &config)?;
    let request = arguments.request(terms, open.transport, &config);
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
        interaction: Terminal::new(&context.global, &arguments.pin),
    };
    if let Some(path) = &rooms.offline_request {
        let config = context.config()?;
        let terms = arguments.terms(None, &config)?;
        let request = arguments.request(terms, String::new(), &config);
        let asked = room(&config).request(&request, rooms.challenge_minutes, path);
        return asked.await.map(Some);
    }
    if let (Some(from), Some(to)) = (&rooms.from_request, &rooms.response) {
        let config = context.config_or_default()?;
        let open = arguments.device.open(&context.env)?;
        let request = |file: &EnrollRequest, open: &OpenKey| {
            let terms = arguments.terms(open.serial.clone(), &config)?;
            let request = arguments.request(terms, open.transport.clone(), &config);
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
