//! `halligan tenant what-if`

use std::path::{Path, PathBuf};

use super::snapshot::{SignIns, SnapshotChoice, text};
use crate::cli::{Context, Error};
use crate::report::{self, Report};
use crate::tenant::change::{self, Change};
use crate::tenant::what_if::{effects, standings};

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
    let after = standings(&snapshot, arguments.enforce_report_only);
    Ok(report::what_if(&changes, &effects(&before, &after)))
}

fn read(path: &Path, failed: impl Fn(change::Error) -> Error) -> Result<Vec<Change>, Error> {
    change::read(&text(path)?).map_err(failed)
}
