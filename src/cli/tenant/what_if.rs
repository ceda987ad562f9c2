//! `halligan tenant what-if`

use std::path::{Path, PathBuf};

use serde_json::json;

use super::client_for;
use super::snapshot::{SignIns, SnapshotChoice, text};
use crate::ceremony::what_if;
use crate::cli::{Context, Error, terminal};
use crate::graph::credential::SNAPSHOT_PERMISSIONS;
use crate::report::{self, Report};
use crate::tenant::change::{self, Change};
use crate::tenant::conditional_access::usual_ways;
use crate::tenant::snapshot::Snapshot;
use crate::tenant::what_if::{Standing, effects, standings};

/// Arguments of `tenant what-if`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    snapshot: SnapshotChoice,

    /// File with a Conditional Access policy, an authentication strength or the passkey policy as it would be, or with several, in
    /// Graph's JSON; may be given several times
    #[arg(long, value_name = "FILE")]
    change: Vec<PathBuf>,

    /// Look at policies that are in report-only as if they were enforced
    #[arg(long)]
    enforce_report_only: bool,

    /// Ask the service too, once for each account and way in, a second each; what is worse counts
    #[arg(long, conflicts_with_all = ["snapshot", "change", "enforce_report_only"])]
    service: bool,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let mut snapshot = arguments
        .snapshot
        .take(context, &[], SignIns::Leave)
        .await?;
    let before = standings(&snapshot, arguments.enforce_report_only);
    let mut changes: Vec<Change> = Vec::new();
    for path in &arguments.change {
        let failed = |source| Error::Change {
            path: path.clone(),
            source: Box::new(source),
        };
        for change in read(path, failed)? {
            change.put_into(&mut snapshot).map_err(failed)?;
            changes.push(change);
        }
    }
    if arguments.service {
        return by_service(context, &snapshot, before).await;
    }
    let after = standings(&snapshot, arguments.enforce_report_only);
    Ok(report::what_if(&changes, &effects(&before, &after), None))
}

async fn by_service(
    context: &Context,
    snapshot: &Snapshot,
    own: Vec<Standing>,
) -> Result<Report, Error> {
    let config = context.config()?;
    let client = client_for(&config, context, &SNAPSHOT_PERMISSIONS)?;
    let asked = what_if::ask(&client, snapshot, &own, &mut |done, total| {
        tell(context, done, total);
    })
    .await?;
    let pairs = own.into_iter().zip(&asked);
    let together: Vec<Standing> = pairs
        .map(|(own, asked)| own.or_worse(&asked.answers))
        .collect();
    let effects = effects(&together, &together);
    Ok(report::what_if(&[], &effects, Some(&asked)))
}

fn tell(context: &Context, done: usize, total: usize) {
    let global = &context.global;
    if !global.events && (global.quiet || global.json) {
        return;
    }
    let event = json!({"event": "evaluating", "done": done, "total": total});
    let line = format!("Asking the service what would apply: {done} of {total}");
    if global.events || done.is_multiple_of(usual_ways().count()) {
        terminal::say(global.events, &event, &line);
    }
}

fn read(path: &Path, failed: impl Fn(change::Error) -> Error) -> Result<Vec<Change>, Error> {
    change::read(&text(path)?).map_err(failed)
}
