//! Where the ledger is, and which station writes it.

use jiff::SignedDuration;

use crate::ceremony::{Parties, check};
use crate::cli::config::Config;
use crate::cli::device::OpenKey;
use crate::cli::terminal::{self, Terminal};
use crate::cli::{Context, Error};
use crate::env::Env;
use crate::ledger::{Ledger, Reader, Station, StationError, Store};

/// Which ledger.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LedgerChoice {
    /// Directory of the ledger, `az://CONTAINER/PREFIX`, `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX`, or to read only `jsonl:FILE` [default: from the configuration, else `ledger` beside it]
    #[arg(long, value_name = "LEDGER")]
    pub(crate) ledger: Option<String>,
}

impl LedgerChoice {
    pub(crate) fn location(&self, config: &Config) -> String {
        self.ledger.clone().unwrap_or_else(|| config.ledger())
    }

    fn store(&self, config: &Config) -> Result<Store, Error> {
        let location = self.location(config);
        Ok(Store::open_with(&location, &config.object_store())?)
    }
}

/// How far the newest entry may be ahead of this machine's clock before the operator is told: two clocks never agree.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// Opens the ledger as this station, and warns if this machine's clock is behind the ledger: entries say when things
/// happened by the clock of who wrote them.
pub(crate) async fn open_for_writing(
    choice: &LedgerChoice,
    config: &Config,
    context: &Context,
    dry_run: bool,
) -> Result<Ledger, Error> {
    let ledger = open(choice, config, &context.env, dry_run).await?;
    let now = context.env.now();
    if let Some(newest) = ledger.entries().last()
        && newest.time.duration_since(now) > CLOCK_TOLERANCE
    {
        let (index, time) = (newest.index, newest.time);
        let now = now.strftime("%Y-%m-%dT%H:%M:%SZ");
        terminal::warn(
            context,
            &format!("this machine's clock says {now}, entry {index} of the ledger says {time}"),
        );
    }
    Ok(ledger)
}

/// Opens the ledger as this station, whose key is made when it is needed for the first time. A dry run leaves no trace.
pub(crate) async fn open(
    choice: &LedgerChoice,
    config: &Config,
    env: &Env,
    dry_run: bool,
) -> Result<Ledger, Error> {
    let station = station(config, env, dry_run)?;
    let store = choice.store(config)?;
    Ok(Ledger::open_store(store, &station, env.clone()).await?)
}

/// The same if this machine is a station already; nothing else makes it one.
pub(crate) async fn open_as_known_station(
    choice: &LedgerChoice,
    config: &Config,
    env: &Env,
) -> Result<Option<Ledger>, Error> {
    match Station::open(&config.station_directory()) {
        Ok(station) => {
            let ledger = Ledger::open(&choice.location(config), &station, env.clone()).await?;
            Ok(Some(ledger))
        }
        Err(StationError::Missing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn station(config: &Config, env: &Env, dry_run: bool) -> Result<Station, Error> {
    let directory = config.station_directory();
    match Station::open(&directory) {
        // Appends nothing, so nobody will ask for its key again.
        Err(StationError::Missing(_)) if dry_run => {
            Ok(Station::from_seed(config.station()?, &env.random()))
        }
        Err(StationError::Missing(_)) => {
            match Station::create(&directory, config.station()?, env) {
                // Another process of this station was faster.
                Err(StationError::Exists(_)) => Ok(Station::open(&directory)?),
                created => Ok(created?),
            }
        }
        other => Ok(other?),
    }
}

/// Opens the ledger to look at it; needs no station.
pub(crate) fn open_for_reading(choice: &LedgerChoice, config: &Config) -> Result<Reader, Error> {
    Ok(Reader::open_store(choice.store(config)?)?)
}

/// The label under which the ledger knows the key in hand, asked silently; none where there is no ledger, or the key is not in
/// it. Leaves no trace.
pub(crate) async fn label_of(
    open: &mut OpenKey,
    choice: &LedgerChoice,
    interaction: &mut Terminal,
    context: &Context,
) -> Result<Option<String>, Error> {
    let config = context.config_or_default()?;
    let mut ledger = self::open(choice, &config, &context.env, true).await?;
    let mut parties = Parties {
        key: (&mut open.authenticator).into(),
        tenant: None,
        ledger: &mut ledger,
        interaction,
        cancel: &context.interrupt.cancel,
        env: &context.env,
    };
    let known = check::identify(&mut parties, None)?;
    Ok(known.map(|key| key.label))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::config::File;

    async fn opened(directory: &std::path::Path, dry_run: bool) -> Ledger {
        let config = Config {
            path: directory.join("halligan.toml"),
            file: File {
                station: Some("vault-1".to_owned()),
                ..File::default()
            },
        };
        let choice = LedgerChoice { ledger: None };
        open(&choice, &config, &Env::system(), dry_run)
            .await
            .unwrap()
    }

    fn names(directory: &std::path::Path) -> Vec<std::ffi::OsString> {
        let entries = directory.read_dir().unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    #[tokio::test]
    async fn a_dry_run_leaves_no_trace() {
        let directory = tempfile::tempdir().unwrap();
        let ledger = opened(directory.path(), true).await;
        assert_eq!(ledger.station().name().as_str(), "vault-1");
        drop(ledger);
        assert!(names(directory.path()).is_empty());
    }

    #[tokio::test]
    async fn a_station_keeps_its_key_also_in_a_dry_run() {
        let directory = tempfile::tempdir().unwrap();
        let first = opened(directory.path(), false).await;
        assert_eq!(names(directory.path()), ["station"]);
        for dry_run in [false, true] {
            let again = opened(directory.path(), dry_run).await;
            assert_eq!(again.station().public_key(), first.station().public_key());
        }
    }
}
