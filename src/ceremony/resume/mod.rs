//! Open ceremonies: what is true of each, and how it is finished or taken back.
//!
//! A ceremony that was killed, or whose key or tenant went away, is open in the ledger. What it had done by then stands in three
//! places, and only in these: the ledger's entries, the key, the directory. Each kind of ceremony looks there (`inspect`), goes
//! on (`finish`) or takes back what it made (`undo`); nothing depends on the process, or the station, that began it.

mod inspection;
mod interrupted;

pub use inspection::Inspection;

use crate::ceremony::enroll::{self, Terms};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, apply, drill, key_config, pin_change, reset, retire};
use crate::ledger::{Ceremony, CeremonyKind, EntryRef};

/// What the operator asks for.
#[derive(Clone)]
pub struct Request {
    /// The label of the key, or the ceremony's identifier.
    pub ceremony: String,
    /// Whether to finish or to undo it.
    pub direction: Option<Direction>,
    /// What an enrolment needs to be told again.
    pub terms: Terms,
    /// Stop before anything changes.
    pub dry_run: bool,
}

/// Which end an open ceremony comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Do what was intended.
    Finish,
    /// Take back what was made.
    Undo,
}

/// An open ceremony, and what is true of it.
#[derive(Debug, Clone)]
pub struct Open {
    /// As the ledger knows it.
    pub ceremony: Ceremony,
    /// What was found.
    pub inspection: Inspection,
}

/// How far it went.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A dry run: what would have been done.
    Planned(Box<Open>, Direction),
    /// The ceremony is closed by this entry.
    Closed(Box<Open>, Direction, EntryRef),
}

/// The open ceremonies, oldest first, and what is true of each. Changes nothing.
///
/// # Errors
/// When the ledger cannot be read. What key or tenant do not tell is a fact like any other.
pub async fn list(terms: &Terms, mut parties: Parties<'_>) -> Result<Vec<Open>, Error> {
    refresh(&mut parties).await?;
    let ceremonies = parties.ledger.state().open_ceremonies();
    let ceremonies: Vec<Ceremony> = ceremonies.into_iter().cloned().collect();
    let mut open = Vec::new();
    for ceremony in ceremonies {
        let inspection = inspect(&ceremony, terms, &mut parties).await?;
        open.push(Open {
            ceremony,
            inspection,
        });
    }
    Ok(open)
}

/// Finishes an open ceremony, or takes it back.
///
/// # Errors
/// [`Error::NoSuchCeremony`], [`Error::NotFinishable`] or [`Error::NotUndoable`] when what was asked for cannot be done, and
/// whatever stopped it on the way, an interrupt as [`Error::Stopped`]: then the ceremony is open, and can be resumed again.
pub async fn resume(request: &Request, mut parties: Parties<'_>) -> Result<Outcome, Error> {
    refresh(&mut parties).await?;
    let ceremony = find(&request.ceremony, &parties)?;
    let inspection = match inspect(&ceremony, &request.terms, &mut parties).await {
        Ok(inspection) => inspection,
        Err(error) => return Err(interrupted::blame(error, &ceremony, &parties)),
    };
    let direction = direction(request, &ceremony, &inspection)?;
    let open = Box::new(Open {
        ceremony,
        inspection,
    });
    if request.dry_run {
        return Ok(Outcome::Planned(open, direction));
    }
    let entry = match direction {
        Direction::Finish => finish(&open.ceremony, &request.terms, &mut parties).await,
        Direction::Undo => undo(&open.ceremony, &request.terms, &mut parties).await,
    };
    match entry {
        Ok(entry) => Ok(Outcome::Closed(open, direction, entry)),
        Err(error) => Err(interrupted::blame(error, &open.ceremony, &parties)),
    }
}

async fn refresh(parties: &mut Parties<'_>) -> Result<(), Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let open = parties.ledger.state().open_ceremonies().len();
    parties
        .interaction
        .done(Step::InspectLedger, &format!("{open} open ceremonies"));
    Ok(())
}

fn find(name: &str, parties: &Parties<'_>) -> Result<Ceremony, Error> {
    let open = parties.ledger.state().open_ceremony(name);
    open.cloned()
        .ok_or_else(|| Error::NoSuchCeremony(name.to_owned()))
}

/// What was asked for, or the end that can be reached, the intended one first.
fn direction(
    request: &Request,
    ceremony: &Ceremony,
    inspection: &Inspection,
) -> Result<Direction, Error> {
    let wanted = match request.direction {
        Some(direction) => direction,
        None if inspection.finish.is_err() && inspection.undo.is_ok() => Direction::Undo,
        None => Direction::Finish,
    };
    let possible = match wanted {
        Direction::Finish => &inspection.finish,
        Direction::Undo => &inspection.undo,
    };
    match possible {
        Ok(()) => Ok(wanted),
        Err(why) => Err(impossible(ceremony, wanted, why)),
    }
}

fn impossible(ceremony: &Ceremony, direction: Direction, why: &str) -> Error {
    let (ceremony, why) = (ceremony.id, why.to_owned());
    match direction {
        Direction::Finish => Error::NotFinishable { ceremony, why },
        Direction::Undo => Error::NotUndoable { ceremony, why },
    }
}

async fn inspect(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    match ceremony.kind {
        CeremonyKind::Config => key_config::inspect(ceremony, parties).await,
        CeremonyKind::Drill => Ok(drill::inspect(ceremony)),
        CeremonyKind::Enroll => enroll::inspect(ceremony, terms, parties).await,
        CeremonyKind::Pin => pin_change::inspect(ceremony, parties).await,
        CeremonyKind::Reset => reset::inspect(ceremony, parties).await,
        CeremonyKind::Retire => retire::inspect(ceremony, parties).await,
        CeremonyKind::Tenant => apply::inspect(ceremony, parties).await,
    }
}

async fn finish(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    match ceremony.kind {
        CeremonyKind::Config => key_config::finish(ceremony, parties).await,
        CeremonyKind::Drill => drill::finish(ceremony, parties).await,
        CeremonyKind::Enroll => enroll::finish(ceremony, terms, parties).await,
        CeremonyKind::Pin => pin_change::finish(ceremony, parties).await,
        CeremonyKind::Reset => reset::finish(ceremony, parties).await,
        CeremonyKind::Retire => retire::finish(ceremony, parties).await,
        CeremonyKind::Tenant => apply::finish(ceremony, parties).await,
    }
}

async fn undo(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    match ceremony.kind {
        CeremonyKind::Config => key_config::undo(ceremony, parties).await,
        CeremonyKind::Drill => drill::undo(ceremony, parties).await,
        CeremonyKind::Enroll => enroll::undo(ceremony, terms, parties).await,
        CeremonyKind::Pin => pin_change::undo(ceremony, parties).await,
        CeremonyKind::Reset => reset::undo(ceremony, parties).await,
        CeremonyKind::Retire => retire::undo(ceremony, parties).await,
        CeremonyKind::Tenant => apply::undo(ceremony, parties).await,
    }
}
