//! `halligan due`

use std::path::{Path, PathBuf};

use crate::ceremony::duty::{DutyKind, Interval, LedgerOverview, Overview, Terms};
use crate::cli::config::Config;
use crate::cli::file::{self, Readers};
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error, mds};
use crate::report::{self, Report, Shown};

/// Arguments of `due`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    watched: Watched,

    /// Also list what is not due
    #[arg(long)]
    all: bool,

    /// Only what is of this kind: `key_check`, `drill`, `alerts`, `monitor`, `unexplained`, `audit`, `review`, `custody`, `keys`, `ceremony`, `ledger`, `pin_rotation`, `metadata`; may be given several times
    #[arg(long, value_name = "KIND")]
    kind: Vec<DutyKind>,

    /// Also write an iCalendar file with the day of each, to be imported or subscribed to
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,

    /// What is due within this time is listed, too [default: from the configuration]
    #[arg(long, value_name = "DURATION")]
    within: Option<Interval>,
}

/// What is looked at, and who else is told.
#[derive(Debug, clap::Args)]
pub(super) struct Watched {
    #[command(flatten)]
    ledger: LedgerChoice,

    /// Also write it as metrics for Prometheus, to be read by node_exporter's textfile collector
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
}

pub(crate) async fn run(arguments: &Arguments, context: &Context) -> Result<Report, Error> {
    let overview = overview(&arguments.watched, arguments.within, context).await?;
    let shown = Shown {
        all: arguments.all,
        kinds: arguments.kind.clone(),
    };
    if let Some(path) = &arguments.calendar {
        let text = report::calendar(&overview, &shown);
        file::write(path, text.as_bytes(), Readers::Usual)?;
    }
    Ok(report::due(&overview, &shown))
}

/// How it stands with everything, by the ledger alone. Metrics are written whatever is wrong, with the configuration too: yesterday's
/// health must not stay.
pub(super) async fn overview(
    watched: &Watched,
    within: Option<Interval>,
    context: &Context,
) -> Result<Overview, Error> {
    let overview = read(&watched.ledger, within, context).await;
    if let Some(path) = &watched.metrics {
        let written = write(path, &overview, context);
        // What is wrong is worse than that nobody is told.
        if overview.is_ok() {
            written?;
        }
    }
    overview
}

/// What is wanted, and what lies elsewhere than in the ledger.
pub(super) fn terms(config: &Config, within: Option<Interval>) -> Result<Terms, Error> {
    let accounts = config.file.emergency.account.iter();
    Ok(Terms {
        schedule: config.schedule()?,
        tenant: config.file.tenant.id.clone(),
        accounts: accounts.map(|account| account.name.clone()).collect(),
        keys_per_account: config.keys_per_account()?,
        signatures: config.review_terms()?.signatures,
        metadata: mds::noted(config).map_err(|error| error.to_string()),
        within,
    })
}

async fn read(
    choice: &LedgerChoice,
    within: Option<Interval>,
    context: &Context,
) -> Result<Overview, Error> {
    let config = context.config_or_default()?;
    let terms = terms(&config, within)?;
    let reader = record::open_for_reading(choice, &config)?;
    let (entries, verification) = reader.read().await?;
    let warnings = verification.warnings.clone();
    let state = reader.consistent(verification)?;
    let ledger = LedgerOverview::of(reader.location(), &state, &warnings);
    let now = context.env.now();
    Ok(Overview::of(&entries, &state, ledger, &terms, now))
}

fn write(path: &Path, overview: &Result<Overview, Error>, context: &Context) -> Result<(), Error> {
    let text = match overview {
        Ok(overview) => report::metrics(overview),
        Err(_) => report::metrics_without_ledger(context.env.now()),
    };
    file::write(path, text.as_bytes(), Readers::Everybody)
}
