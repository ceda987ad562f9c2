//! A change of the tenant that was left open: it shows and is recorded, or it does not and is given up. It is never made here:
//! `tenant apply` plans anew what is missing, with all that must be true for it.

use std::time::Duration;

use jiff::Timestamp;

use super::look::{intended, shows};
use super::run::changed;
use super::settle::left;
use super::turn::Turn;
use crate::ceremony::resume::Inspection;
use crate::ceremony::{Error, Parties, setback};
use crate::ledger::{Ceremony, EntryRef};

/// What is true.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    // Not kept while the tenant is asked: a run that begins now need not be turned away by somebody who only looks.
    match Turn::take(parties).and_then(|turn| turn.settled_at(ceremony, parties)) {
        Ok(settled_at) => judge(ceremony, settled_at, parties).await,
        Err(error) => {
            let why = error.to_string();
            Ok(Inspection::without_key(
                why.clone(),
                Err(why.clone()),
                Err(why),
            ))
        }
    }
}

async fn judge(
    ceremony: &Ceremony,
    settled_at: Timestamp,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let change = intended(ceremony)?;
    let found = match parties.tenant() {
        Ok(client) => shows(change, client).await,
        Err(error) => Err(error),
    };
    let (fact, finish, undo) = match found {
        Ok(Some(id)) => {
            let why = "the change is made, and the tool takes none back".to_owned();
            (
                format!("the tenant shows the change, on {id}"),
                Ok(()),
                Err(why),
            )
        }
        Ok(None) => {
            let why =
                "the tenant does not show it; `halligan tenant apply` plans it anew".to_owned();
            let undo = match left(settled_at, parties) {
                Duration::ZERO => Ok(()),
                left => Err(format!("it may show within {} s yet", left.as_secs() + 1)),
            };
            (
                "the tenant does not show the change".to_owned(),
                Err(why),
                undo,
            )
        }
        Err(error) => {
            let why = error.to_string();
            (why.clone(), Err(why.clone()), Err(why))
        }
    };
    Ok(Inspection::without_key(fact, finish, undo))
}

/// Records the outcome of a change that was made.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let _turn = Turn::take(parties)?;
    let change = intended(ceremony)?;
    match shows(change, parties.tenant()?).await? {
        Some(id) => changed(ceremony.id, change, &id, parties).await,
        None => Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: "the tenant does not show the change".to_owned(),
        }),
    }
}

/// Closes the ceremony of a change that was not made.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let turn = Turn::take(parties)?;
    let settled_at = turn.settled_at(ceremony, parties)?;
    let untouched = judge(ceremony, settled_at, parties).await?.undo;
    setback::undo_untouched(ceremony, untouched, parties).await
}
