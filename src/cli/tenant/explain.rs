//! `halligan tenant explain`

use super::snapshot::{SignIns, SnapshotChoice};
use crate::cli::{Context, Error};
use crate::report::{self, Report};
use crate::tenant::explain::explain;
use crate::tenant::snapshot::Account;

/// Arguments of `tenant explain`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The account: its name in the configuration, user principal name or object id
    #[arg(value_name = "ACCOUNT")]
    account: String,

    #[command(flatten)]
    snapshot: SnapshotChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let also = [arguments.account.clone()];
    let snapshot = arguments
        .snapshot
        .take(context, &also, SignIns::Read)
        .await?;
    let is_wanted = |account: &&Account| account.is_named(&arguments.account);
    let emergency = snapshot.accounts.iter().find(is_wanted);
    let found = match emergency {
        Some(account) => Some((account, true)),
        None => snapshot
            .regular
            .iter()
            .find(is_wanted)
            .map(|account| (account, false)),
    };
    let (account, is_emergency) = found
        .filter(|(account, _)| account.user != Ok(None))
        .ok_or_else(|| Error::Usage(format!("there is no account {}", arguments.account)))?;
    Ok(report::explain(&explain(&snapshot, account, is_emergency)))
}
