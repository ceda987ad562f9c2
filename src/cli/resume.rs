//! `halligan resume`

use crate::ceremony::enroll::Terms;
use crate::ceremony::resume::{self, Direction, Outcome, Request};
use crate::ceremony::{KeyInHand, Parties, drill};
use crate::cli::attestation::AttestationChoice;
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::drill::ONLOOKER_PERMISSIONS;
use crate::cli::pin::Identities;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{Confirmation, PinSource, Terminal};
use crate::cli::{Context, Error, tenant};
use crate::ctap::hid::Address;
use crate::custody;
use crate::graph::credential::{APPLY_PERMISSIONS, ENROL_PERMISSIONS};
use crate::ledger::{CeremonyKind, Ledger};
use crate::report::{self, Report};
use crate::secret::Pin;

/// Arguments of `resume`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The key's label or the ceremony's identifier; without it the open ceremonies are listed
    #[arg(value_name = "LABEL|CEREMONY")]
    ceremony: Option<String>,

    /// Do what was intended [default, where it is possible]
    #[arg(long, requires = "ceremony")]
    finish: bool,

    /// Take back what the ceremony made, and nothing else
    #[arg(long, requires = "ceremony", conflicts_with = "finish")]
    undo: bool,

    /// Where the key is: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR [default: usb, if one is plugged in]
    #[arg(long, value_name = "ADDRESS", conflicts_with = "key_gone")]
    device: Option<Address>,

    /// The key is lost or destroyed: do what can be done without it
    #[arg(long)]
    key_gone: bool,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    identities: Identities,

    #[command(flatten)]
    ledger: LedgerChoice,

    #[command(flatten)]
    attestation: AttestationChoice,

    #[command(flatten)]
    confirmation: Confirmation,

    /// Show what is true and what would be done, but change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    fn direction(&self) -> Option<Direction> {
        match (self.finish, self.undo) {
            (true, _) => Some(Direction::Finish),
            (_, true) => Some(Direction::Undo),
            _ => None,
        }
    }

    fn device(&self) -> DeviceChoice {
        DeviceChoice {
            device: self.device.clone().unwrap_or(Address::Usb),
        }
    }

    /// The PIN that the ceremony's intent holds, or that the key has by the ledger, if a custodian opens it.
    fn sealed_pin(&self, ledger: &Ledger) -> Result<Option<Pin>, Error> {
        let identities = self.identities.read()?;
        let named = self.ceremony.as_deref().filter(|_| !identities.is_empty());
        let Some(ceremony) = named.and_then(|name| ledger.state().open_ceremony(name)) else {
            return Ok(None);
        };
        let key = ledger.state().key_by_label(&ceremony.label);
        let sealed = custody::intended(ceremony).or(key.and_then(|key| key.pin.as_ref()));
        match sealed {
            // Which of the two PINs of a change the key has, its own questions find out.
            Some(sealed) if ceremony.kind != CeremonyKind::Pin => {
                Ok(Some(custody::open(sealed, &identities)?.secret))
            }
            _ => Ok(None),
        }
    }

    /// The key that was named, or the one that is plugged in. Many a ceremony can be looked at without.
    fn key(&self, context: &Context) -> Result<Option<OpenKey>, Error> {
        if self.key_gone {
            return Ok(None);
        }
        match self.device().open(&context.env) {
            Err(Error::NoKey) if self.device.is_none() => Ok(None),
            open => open.map(Some),
        }
    }
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let looks_only = arguments.dry_run || arguments.ceremony.is_none();
    let mut ledger =
        record::open_for_writing(&arguments.ledger, &config, context, looks_only).await?;
    let permissions = permissions(arguments.ceremony.as_deref(), &ledger);
    let tenant = tenant::client_for(&config, context, &permissions)?;
    let mut open = arguments.key(context)?;
    let terms = Terms {
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        serial: open.as_ref().and_then(|open| open.serial.clone()),
        key_gone: arguments.key_gone,
        sealed_pin: arguments.sealed_pin(&ledger)?,
        ..arguments.attestation.terms(&config)?
    };
    let mut interaction = Terminal::new(&context.global, &arguments.pin)
        .confirmed(arguments.confirmation.confirm.clone())
        .knowing(terms.sealed_pin.clone());
    let mut reopen = open
        .as_ref()
        .map(|open| arguments.device().reopening(open, &context.env));
    let key = match (&mut open, &mut reopen) {
        (Some(open), Some(reopen)) => KeyInHand::reopening(&mut open.authenticator, reopen),
        _ => KeyInHand::NONE,
    };
    let parties = Parties {
        key,
        tenant: Some(&tenant),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let Some(ceremony) = arguments.ceremony.clone() else {
        return Ok(report::resume_list(&resume::list(&terms, parties).await?));
    };
    let request = Request {
        ceremony,
        direction: arguments.direction(),
        terms,
        dry_run: arguments.dry_run,
    };
    let outcome = resume::resume(&request, parties).await?;
    let report = report::resume(&outcome);
    Ok(match completed(&outcome, &ledger) {
        Some(held) => report::with_drill(report, &held),
        None => report,
    })
}

/// The delegated permissions that the ceremonies need which are looked at: an operator who signs in is asked for no others.
fn permissions(wanted: Option<&str>, ledger: &Ledger) -> Vec<&'static str> {
    let state = ledger.state();
    let concerned = match wanted {
        Some(name) => state.open_ceremony(name).into_iter().collect(),
        None => state.open_ceremonies(),
    };
    let mut permissions = Vec::new();
    for ceremony in concerned {
        let of_kind: &[&'static str] = match ceremony.kind {
            CeremonyKind::Drill => &ONLOOKER_PERMISSIONS,
            CeremonyKind::Tenant => &APPLY_PERMISSIONS,
            CeremonyKind::Config
            | CeremonyKind::Enroll
            | CeremonyKind::Pin
            | CeremonyKind::Reset
            | CeremonyKind::Retire => &ENROL_PERMISSIONS,
        };
        for permission in of_kind {
            if !permissions.contains(permission) {
                permissions.push(permission);
            }
        }
    }
    permissions
}

/// A drill that was finished has a verdict of its own.
fn completed(outcome: &Outcome, ledger: &Ledger) -> Option<drill::Held> {
    match outcome {
        Outcome::Closed(open, Direction::Finish, entry) => {
            drill::held(&open.ceremony, *entry, ledger)
        }
        Outcome::Closed(..) | Outcome::Planned(..) => None,
    }
}
