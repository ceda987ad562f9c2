//! `halligan tenant preflight`

use clap::ValueEnum;

use super::client_for;
use crate::ceremony::preflight;
use crate::cli::device::DeviceChoice;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::ctap::hid::Address;
use crate::graph::credential::RECONCILE_PERMISSIONS;
use crate::report::{self, Report};
use crate::tenant::passkey_policy::{Attestation, Key};
use crate::webauthn::Aaguid;

/// Arguments of `tenant preflight`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The emergency access account: user principal name or object id; with --key, the key's own unless given
    #[arg(long, value_name = "USER", required_unless_present = "key")]
    account: Option<String>,

    #[command(flatten)]
    which: Which,

    /// What the key's attestation is to the service
    #[arg(long, value_enum, default_value_t = AttestationState::Unknown)]
    attestation: AttestationState,

    #[command(flatten)]
    ledger: LedgerChoice,
}

/// Which key; without any of them, one whose model is not chosen yet.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Which {
    /// The key's model
    #[arg(long, value_name = "AAGUID")]
    aaguid: Option<Aaguid>,

    /// The label of a key in the ledger
    #[arg(long, value_name = "LABEL")]
    key: Option<String>,

    /// The key in hand: usb, hid:PATH, udp:HOST:PORT[:LOCALPORT], tcp:HOST:PORT, unix:PATH, emulator:DIR
    #[arg(long, value_name = "ADDRESS")]
    device: Option<Address>,
}

/// What a key's attestation is to the service. Variants without texts of their own: those would stretch the help over two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AttestationState {
    None,
    #[value(name = "self")]
    SelfSigned,
    Unknown,
    Verified,
}

impl From<AttestationState> for Attestation {
    fn from(state: AttestationState) -> Self {
        match state {
            AttestationState::None => Self::None,
            AttestationState::SelfSigned => Self::SelfSigned,
            AttestationState::Unknown => Self::Unknown,
            AttestationState::Verified => Self::Verified,
        }
    }
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let client = client_for(&config, context, &RECONCILE_PERMISSIONS)?;
    let mut account = arguments.account.clone();
    let mut aaguid = arguments.which.aaguid;
    if let Some(label) = &arguments.which.key {
        let reader = record::open_for_reading(&arguments.ledger, &config)?;
        let (_, ledger) = reader.entries().await?;
        let unknown = || crate::ceremony::Error::UnknownLabel(label.clone());
        let known = ledger.key_by_label(label).ok_or_else(unknown)?;
        aaguid = Some(known.enrolled.aaguid);
        account.get_or_insert_with(|| known.enrolled.account.id.clone());
    }
    if let Some(device) = arguments.which.device.clone() {
        let open = DeviceChoice { device }.open(&context.env)?;
        aaguid = Some(open.authenticator.info().aaguid);
    }
    let key = Key {
        aaguid,
        attestation: arguments.attestation.into(),
    };
    let account = account.unwrap_or_default();
    let found = preflight::preflight(&client, &account, key).await?;
    Ok(report::preflight(&found))
}
