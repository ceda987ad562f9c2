//! `halligan tenant plan`

use super::apply::request;
use super::client_for;
use super::snapshot::{SignIns, SnapshotChoice};
use crate::ceremony::apply;
use crate::ceremony::{KeyInHand, Parties};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::terminal::{PinSource, Terminal};
use crate::cli::{Context, Error};
use crate::graph::credential::SNAPSHOT_PERMISSIONS;
use crate::report::{self, Report};

/// Arguments of `tenant plan`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    snapshot: SnapshotChoice,

    /// Plan that policies are enforced too
    #[arg(long)]
    enforce: bool,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let config = context.config()?;
    let request = request(&config, arguments.enforce, true)?;
    if arguments.snapshot.snapshot.is_some() {
        let snapshot = arguments
            .snapshot
            .take(context, &[], SignIns::Leave)
            .await?;
        let reader = record::open_for_reading(&arguments.ledger, &config)?;
        let (entries, state) = reader.entries().await?;
        let planned = apply::planned(&request, snapshot, &state, &entries);
        return Ok(report::tenant_plan(&planned));
    }
    let client = client_for(&config, context, &SNAPSHOT_PERMISSIONS)?;
    let mut ledger = record::open_for_writing(&arguments.ledger, &config, context, true).await?;
    let mut interaction = Terminal::new(&context.global, &PinSource::default());
    let mut parties = Parties {
        key: KeyInHand::NONE,
        tenant: Some(&client),
        ledger: &mut ledger,
        interaction: &mut interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let planned = apply::prepare(&request, &mut parties).await?;
    Ok(report::tenant_plan(&planned))
}
