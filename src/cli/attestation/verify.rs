//! `halligan attestation verify`: an auditor has an attestation object from a ticket, and wants to know what it is worth.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::standards;
use crate::attestation::{ClientDataOrHash, Registration, Reported};
use crate::cli::config;
use crate::cli::{Context, Error};
use crate::encoding::{base64url, hex};
use crate::report::{self, Report};
use crate::webauthn::{Aaguid, ClientData, RpId, cose_key};

/// More than any registration has, in bytes.
const SIZE_LIMIT: u64 = 1 << 20;

/// Arguments of `attestation verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File with the attestation object: bytes, base64 or base64url
    #[arg(long, value_name = "FILE")]
    attestation_object: PathBuf,

    #[command(flatten)]
    client_data: ClientDataChoice,

    /// The relying party that it was made for
    #[arg(long, value_name = "DOMAIN", default_value = "login.microsoft.com")]
    rp_id: RpId,

    /// The challenge that was asked for, base64url; by default the one in the client data is believed
    #[arg(long, value_name = "TEXT", conflicts_with = "client_data_hash")]
    challenge: Option<String>,

    /// The model that the key is said to be
    #[arg(long, value_name = "AAGUID")]
    aaguid: Option<Aaguid>,

    /// The key's firmware, in the vendor's numbering
    #[arg(long, value_name = "NUMBER", requires = "aaguid")]
    firmware: Option<u64>,

    /// Judge as of this time instead of now: certificates and metadata
    #[arg(long, value_name = "RFC 3339")]
    at: Option<Timestamp>,

    /// PEM file with a root that the attestation may lead to; may be given several times
    #[arg(long, value_name = "FILE")]
    attestation_root: Vec<PathBuf>,
}

/// What the key was asked to sign.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct ClientDataChoice {
    /// File with the client data: JSON, base64 or base64url
    #[arg(long, value_name = "FILE")]
    client_data: Option<PathBuf>,

    /// SHA-256 of the client data, in hexadecimal, base64 or base64url, where there is no more; nothing is said of what was asked
    #[arg(long, value_name = "SHA-256", value_parser = sha256)]
    client_data_hash: Option<Sha256>,
}

/// 32 bytes.
type Sha256 = [u8; 32];

fn sha256(text: &str) -> Result<Sha256, &'static str> {
    let bytes = hex::decode(text).or_else(|_| base64url::decode_lenient(text));
    let hash = bytes.ok().and_then(|bytes| bytes.try_into().ok());
    hash.ok_or("not 32 bytes in hexadecimal, base64 or base64url")
}

pub(super) fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config_or_default()?;
    let mut standards = standards(&config, &arguments.attestation_root)?;
    // Who asks wants to know whether everything is proven.
    standards.attestation_required = true;
    let attestation_object = read(&arguments.attestation_object)?;
    let ClientDataChoice {
        client_data,
        client_data_hash,
    } = &arguments.client_data;
    let json = client_data
        .as_deref()
        .map(read)
        .transpose()?
        .unwrap_or_default();
    let said = || {
        let client_data = serde_json::from_slice::<ClientData>(&json);
        client_data.map_or_else(|_| String::new(), |data| data.challenge)
    };
    let challenge = arguments.challenge.clone().unwrap_or_else(said);
    let reported = arguments.aaguid.map(|aaguid| Reported {
        aaguid,
        firmware: arguments.firmware,
        members: Default::default(),
    });
    let registration = Registration {
        attestation_object: &attestation_object,
        client_data: match client_data_hash {
            Some(hash) => ClientDataOrHash::Hash(*hash),
            None => ClientDataOrHash::Json(&json),
        },
        rp_id: &arguments.rp_id,
        challenge: &challenge,
        algorithms: &[cose_key::ES256, cose_key::EDDSA, cose_key::RS256],
        get_info: reported.as_ref(),
    };
    let at = arguments.at.unwrap_or_else(|| context.env.now());
    Ok(match standards.of_registration(&registration, &[], at) {
        Ok(assessment) => report::attestation_verify(&assessment, at),
        Err(error) => report::unreadable_attestation(&error, at),
    })
}

/// The bytes of a file, or those that its text means. No attestation object and no JSON is base64 as it stands.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| config::Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(SIZE_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let text = std::str::from_utf8(&bytes).ok();
    let text: Option<String> = text.map(|text| text.split_ascii_whitespace().collect());
    let meant = text.and_then(|text| base64url::decode_lenient(&text).ok());
    Ok(meant.unwrap_or(bytes))
}
