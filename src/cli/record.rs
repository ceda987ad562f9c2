//! Where the ledger is, and which station writes it.

use crate::cli::config::Config;
use crate::cli::{Context, Error};
use crate::ledger::{Ledger, Reader, Station, StationError};

/// Which ledger.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LedgerChoice {
    /// Directory of the ledger [default: from the configuration, else `ledger` beside it]
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<String>,
}

impl LedgerChoice {
    fn location(&self, config: &Config) -> String {
        self.ledger.clone().unwrap_or_else(|| config.ledger())
    }
}

/// Opens the ledger as this station, which joins if it is new.
pub(crate) async fn open_for_writing(
    choice: &LedgerChoice,
    config: &Config,
    context: &Context,
) -> Result<Ledger, Error> {
    let directory = config.station_directory();
    let station = match Station::open(&directory) {
        Err(StationError::Missing(_)) => {
            Station::create(&directory, config.station().parse()?, &context.env)?
        }
        other => other?,
    };
    Ok(Ledger::open(&choice.location(config), &station, context.env.clone()).await?)
}

/// Opens the ledger to look at it; needs no station.
pub(crate) fn open_for_reading(choice: &LedgerChoice, config: &Config) -> Result<Reader, Error> {
    Ok(Reader::open(&choice.location(config))?)
}
