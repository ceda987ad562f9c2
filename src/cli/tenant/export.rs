//! `halligan tenant export`

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::client_for;
use crate::ceremony::snapshot::{self, Part, Wanted};
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::{Context, Error, terminal};
use crate::graph::credential::{SIGN_IN_LOG_PERMISSION, SNAPSHOT_PERMISSIONS};
use crate::report::{self, Destination, Report};
use crate::tenant::desired::Desired;

/// Arguments of `tenant export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Write to this file, which nobody else may read [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Read the accounts' newest sign-ins too; needs the permission `AuditLog.Read.All`
    #[arg(long)]
    sign_ins: bool,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let desired = config.desired()?;
    if let Some(path) = &arguments.output {
        file::require_writable(path)?;
    }
    let now = context.env.now();
    let mut permissions = SNAPSHOT_PERMISSIONS.to_vec();
    permissions.extend(arguments.sign_ins.then_some(SIGN_IN_LOG_PERMISSION));
    let client = client_for(&config, context, &permissions)?;
    let wanted = Wanted {
        sign_ins_since: arguments.sign_ins.then(|| since(&desired, now)),
        ..Wanted::of(&desired, tenant(&config))
    };
    let taken = snapshot::take(&client, &wanted, now, &mut |part| tell(context, part)).await?;
    let destination = match (&arguments.output, context.global.json) {
        (Some(path), _) => Destination::File(path),
        (None, true) => Destination::Document,
        (None, false) => Destination::Output,
    };
    if let Destination::File(path) = destination {
        file::write(
            path,
            report::snapshot_text(&taken).as_bytes(),
            Readers::Owner,
        )?;
    }
    if destination == Destination::Output {
        for part in taken.unread() {
            terminal::warn(context, &report::unread_line(&part));
        }
    }
    Ok(report::tenant_export(&taken, destination))
}

fn tenant(config: &Config) -> String {
    config.file.tenant.id.clone().unwrap_or_default()
}

fn since(desired: &Desired, now: Timestamp) -> Timestamp {
    let days = SignedDuration::from_hours(24 * i64::from(desired.thresholds.sign_in_days));
    now.saturating_sub(days).unwrap_or(Timestamp::MIN)
}

fn tell(context: &Context, part: Part) {
    let global = &context.global;
    if !global.events && (global.quiet || global.json) {
        return;
    }
    let (word, line) = match part {
        Part::Tenant => ("tenant", "Reading policies, settings and roles"),
        Part::Members => ("members", "Reading users, the group and groups with roles"),
        Part::Accounts => ("accounts", "Reading what the accounts hold"),
        Part::Paths => ("paths", "Reading how groups are nested"),
        Part::SignIns => ("sign_ins", "Reading sign-ins"),
    };
    let event = json!({"event": "reading", "part": word});
    terminal::say(global.events, &event, line);
}
