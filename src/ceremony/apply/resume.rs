//! A change of the tenant that was left open.

use crate::ceremony::resume::Inspection;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, EntryRef};

const WHY: &str = "`halligan tenant apply` looks what became of it";

/// What is true.
pub(crate) async fn inspect(_: &Ceremony, _: &mut Parties<'_>) -> Result<Inspection, Error> {
    Ok(Inspection {
        facts: Vec::new(),
        finish: Err(WHY.to_owned()),
        undo: Err(WHY.to_owned()),
        needs_key: false,
    })
}

/// Records the outcome of a change that was made.
pub(crate) async fn finish(ceremony: &Ceremony, _: &mut Parties<'_>) -> Result<EntryRef, Error> {
    Err(Error::NotFinishable {
        ceremony: ceremony.id,
        why: WHY.to_owned(),
    })
}

/// Closes the ceremony of a change that was not made.
pub(crate) async fn undo(ceremony: &Ceremony, _: &mut Parties<'_>) -> Result<EntryRef, Error> {
    Err(Error::NotUndoable {
        ceremony: ceremony.id,
        why: WHY.to_owned(),
    })
}
