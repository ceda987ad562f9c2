//! What is known of the tenant: read now, or as it was written into a file.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::client_for;
use crate::ceremony::snapshot::{self, Part, Wanted};
use crate::cli::config::Config;
use crate::cli::{Context, Error, terminal};
use crate::graph::credential::{SIGN_IN_LOG_PERMISSION, SNAPSHOT_PERMISSIONS};
use crate::tenant::desired::Desired;
use crate::tenant::snapshot::Snapshot;

/// Where the facts come from.
#[derive(Debug, clap::Args)]
pub(crate) struct SnapshotChoice {
    /// File that `tenant export` wrote, instead of asking the tenant
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) snapshot: Option<PathBuf>,
}

/// Whether the sign-in log is read. It takes a permission of its own, and a request per account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIns {
    Read,
    Leave,
}

impl SnapshotChoice {
    /// What is known, of these accounts too.
    pub(crate) async fn take(
        &self,
        context: &Context,
        also: &[String],
        sign_ins: SignIns,
    ) -> Result<Snapshot, Error> {
        let Some(path) = &self.snapshot else {
            return take(context, also, sign_ins).await;
        };
        let snapshot = text(path)?.parse().map_err(|source| Error::Snapshot {
            path: path.clone(),
            source: Box::new(source),
        })?;
        require_configured(&snapshot, &context.config_or_default()?)?;
        Ok(snapshot)
    }
}

/// Refuses what was read of another tenant: what follows from it would be taken for this one's.
fn require_configured(snapshot: &Snapshot, config: &Config) -> Result<(), Error> {
    // The configuration and a snapshot may name the tenant by a domain instead.
    let is_id = |name: &&String| name.parse::<uuid::Uuid>().is_ok();
    let wanted = config.file.tenant.id.as_ref().filter(is_id);
    let found = Some(&snapshot.tenant).filter(is_id);
    match (wanted, found) {
        (Some(wanted), Some(found)) if !wanted.eq_ignore_ascii_case(found) => Err(Error::Usage(
            format!("the snapshot is of tenant {found}, and the configuration is for {wanted}"),
        )),
        _ => Ok(()),
    }
}

/// Asks the tenant about the accounts of the configuration, and about these as regular users if they are none of them.
pub(in crate::cli) async fn take(
    context: &Context,
    also: &[String],
    sign_ins: SignIns,
) -> Result<Snapshot, Error> {
    let config = context.config()?;
    let desired = config.desired()?;
    let now = context.env.now();
    let mut permissions = SNAPSHOT_PERMISSIONS.to_vec();
    let mut wanted = Wanted::of(&desired, tenant(&config));
    if sign_ins == SignIns::Read {
        permissions.push(SIGN_IN_LOG_PERMISSION);
        wanted.sign_ins_since = Some(since(&desired, now));
    }
    for name in also {
        let mut known = wanted.accounts.iter().chain(&wanted.regular);
        if !known.any(|one| one.eq_ignore_ascii_case(name)) {
            wanted.regular.push(name.clone());
        }
    }
    let client = client_for(&config, context, &permissions)?;
    Ok(snapshot::take(&client, &wanted, now, &mut |part| tell(context, part)).await?)
}

/// The tenant as the configuration names it.
pub(in crate::cli) fn tenant(config: &Config) -> String {
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

/// A file's text.
pub(in crate::cli) fn text(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}
