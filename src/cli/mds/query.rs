//! `halligan mds query`

use clap::ValueEnum;

use super::{Error, Trust, needed};
use crate::attestation::mds::{self, CertificationLevel, Query};
use crate::cli::config::Config;
use crate::cli::{self, Context};
use crate::report::{self, AllowList, Report};

/// Arguments of `mds query`. Every demand must be met; one that is given several times by all its values, but for `--status`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Part of the description; the metadata has no other name of model or vendor
    #[arg(long, visible_alias = "vendor", value_name = "TEXT")]
    description: Option<String>,

    /// Certified by FIDO at this level or a higher one: `functional`, `L1`, `L1plus`, `L2`, `L2plus`, `L3`, `L3plus`
    #[arg(long, value_name = "LEVEL")]
    level: Option<CertificationLevel>,

    /// Ask about keys with this firmware; without it, about the newest
    #[arg(long, value_name = "NUMBER")]
    firmware: Option<u64>,

    /// With this status report in force, `REVOKED` for instance; given several times: with one of them
    #[arg(long, value_name = "STATUS")]
    status: Vec<String>,

    /// Private keys are protected so: `hardware`, `secure_element`, `tee`, `software`, `remote_handle`
    #[arg(long, value_name = "WORD")]
    key_protection: Vec<String>,

    /// Verifies its user so: `passcode_external` is a PIN typed at the computer, `fingerprint_internal` a finger
    #[arg(long, value_name = "METHOD")]
    user_verification: Vec<String>,

    /// Speaks over this: `usb`, `nfc`, `ble`, `smart-card`, `internal`
    #[arg(long, value_name = "TRANSPORT")]
    transport: Vec<String>,

    /// `fido2`, `u2f` or `uaf`; only models of FIDO2 can be in an allow list
    #[arg(long, value_name = "FAMILY", default_value = "fido2")]
    protocol: String,

    /// Private keys in hardware, and nothing said of credentials that leave it
    #[arg(long)]
    device_bound: bool,

    /// What to print; `--json` prints everything whatever this says
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,

    /// Let models with known weaknesses into the allow list, and revoked ones
    #[arg(long)]
    include_incidents: bool,

    #[command(flatten)]
    trust: Trust,
}

/// What to print: a table, `[attestation] allowed_models` of the configuration, or `keyRestrictions` of a tenant's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    AllowList,
    Graph,
}

pub(super) fn run(
    arguments: &Arguments,
    config: &Config,
    context: &Context,
) -> Result<Report, cli::Error> {
    let metadata = needed(config, &arguments.trust)?;
    let query = query(arguments);
    query.known_words(&metadata).map_err(Error::from)?;
    let now = context.env.now();
    let on = mds::date(now);
    let found = query.select(&metadata, on);
    let allow_list = AllowList::of(&found, arguments.include_incidents, query.firmware, on);
    let report = report::mds_query(&metadata, &found, &allow_list, query.firmware, now);
    let text = match arguments.format {
        Format::Table => return Ok(report),
        Format::AllowList => allow_list.toml(&metadata, now),
        Format::Graph => allow_list.graph(),
    };
    Ok(Report { text, ..report })
}

fn query(arguments: &Arguments) -> Query {
    Query {
        description: arguments.description.clone(),
        protocol: Some(arguments.protocol.clone()),
        level: arguments.level,
        firmware: arguments.firmware,
        status: arguments.status.clone(),
        key_protection: arguments.key_protection.clone(),
        user_verification: arguments.user_verification.clone(),
        transport: arguments.transport.clone(),
        device_bound: arguments.device_bound,
    }
}
