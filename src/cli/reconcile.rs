//! `halligan reconcile`

use crate::ceremony::KeyInHand;
use crate::ceremony::reconcile::{self, Reconciled, Request, Standing, Witnesses};
use crate::cli::device::{DeviceChoice, OpenKey};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error, attestation, tenant};
use crate::ctap::hid::Address;
use crate::graph::credential::RECONCILE_PERMISSIONS;
use crate::report::{self, Report};

/// Arguments of `reconcile`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// An account besides those of the ledger: user principal name or object id; may be given several times
    #[arg(long, value_name = "USER")]
    account: Vec<String>,

    /// The key in hand, to compare it too: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR
    #[arg(long, value_name = "ADDRESS")]
    device: Option<Address>,

    /// List the passkeys on the key in hand; needs its PIN
    #[arg(long, requires = "device")]
    contents: bool,

    #[command(flatten)]
    pin: PinSource,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let tenant = tenant::client_for(&config, context, &RECONCILE_PERMISSIONS)?;
    let (_, ledger) = record::open_for_reading(&arguments.ledger, &config)?
        .entries()
        .await?;
    let mut open = key(arguments, context)?;
    let request = Request {
        accounts: arguments.account.clone(),
        address: arguments
            .device
            .as_ref()
            .map(Address::to_string)
            .unwrap_or_default(),
        contents: arguments.contents,
        spend_last_tries: arguments.pin.spend_last_pin_tries,
        standards: attestation::standards(&config, &[])?,
    };
    let witnesses = Witnesses {
        ledger: &ledger,
        tenant: &tenant,
        key: open
            .as_mut()
            .map_or(KeyInHand::NONE, |open| (&mut open.authenticator).into()),
        interaction: &mut Terminal::new(&context.global, &arguments.pin),
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    result(reconcile::reconcile(&request, witnesses).await?)
}

fn key(arguments: &Arguments, context: &Context) -> Result<Option<OpenKey>, Error> {
    let choice = arguments
        .device
        .clone()
        .map(|device| DeviceChoice { device });
    choice.map(|choice| choice.open(&context.env)).transpose()
}

/// What is wrong outweighs what could not be asked.
fn result(reconciled: Reconciled) -> Result<Report, Error> {
    let report = report::reconcile(&reconciled);
    let unknown = reconciled.standing() == Standing::Unknown;
    match reconciled.tenant_error {
        Some(source) if unknown => Err(Error::Unanswered {
            report: Box::new(report),
            source: Box::new(source),
        }),
        _ => Ok(report),
    }
}
