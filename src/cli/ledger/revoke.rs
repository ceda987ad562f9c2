//! `halligan ledger revoke`

use std::io::{self, IsTerminal};

use console::Term;

use crate::cli::config::Config;
use crate::cli::record::{self, LedgerChoice};
use crate::cli::{Context, Error};
use crate::ledger::{self, Defect, Draft, Event, Kind, Ledger, StationName, StationRevoked};
use crate::report::{self, Report};

/// Arguments of `ledger revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The station's name, as `ledger stations` lists it
    station: StationName,

    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// The station's name once more, instead of typing it when asked
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,

    #[command(flatten)]
    ledger: LedgerChoice,
}

pub(super) async fn run(
    revoke: &Revoke,
    config: &Config,
    context: &Context,
) -> Result<Report, Error> {
    let mut ledger = record::open_for_writing(&revoke.ledger, config, context, false).await?;
    possible(&ledger, &revoke.station)?;
    confirm(revoke)?;
    let event = Event::StationRevoked(StationRevoked {
        name: revoke.station.clone(),
        reason: revoke.reason.clone(),
    });
    let entry = ledger.append(Draft::new(&event, None)).await?;
    Ok(report::ledger_revoke(&revoke.station, entry.reference()))
}

/// Before anybody is asked: whether the ledger would take it.
fn possible(ledger: &Ledger, station: &StationName) -> Result<(), Error> {
    let known = ledger.state().stations().get(station);
    let defect = match known.map(|known| &known.revoked) {
        None => Defect::StationUnknown(station.clone()),
        Some(Some(revocation)) => Defect::StationRevoked {
            station: station.clone(),
            revoked: revocation.index,
        },
        Some(None) if station == ledger.station().name() => {
            Defect::RevokedByItself(station.clone())
        }
        Some(None) => return Ok(()),
    };
    Err(ledger::Error::Refused {
        kind: Kind::StationRevoked,
        defect,
    }
    .into())
}

fn confirm(revoke: &Revoke) -> Result<(), Error> {
    let name = revoke.station.as_str();
    let answer = match &revoke.confirm {
        Some(answer) => answer.clone(),
        None => ask(name)?,
    };
    if answer.trim() == name {
        Ok(())
    } else {
        Err(Error::Declined(name.to_owned()))
    }
}

fn ask(name: &str) -> Result<String, Error> {
    let terminal = Term::stderr();
    if !terminal.is_term() || !io::stdin().is_terminal() {
        let why = "nobody is there to confirm it: --confirm NAME says the station's name once more";
        return Err(Error::Usage(why.to_owned()));
    }
    let question = format!(
        "Nothing that {name} signs from now on will be believed, and this cannot be taken back.\nType the station's name to revoke it: "
    );
    terminal
        .write_str(&question)
        .and_then(|()| terminal.read_line())
        .map_err(Error::Output)
}
