//! When a ceremony stops between its intent and its end.

use uuid::Uuid;

use crate::ceremony::error::in_full;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, CeremonyFailed, CeremonyUndone, EntryRef, Event, Step};

/// A ceremony that stopped.
pub(crate) struct Setback<'a> {
    pub(crate) ceremony: Uuid,
    pub(crate) label: &'a str,
    /// The last step that is known to have succeeded.
    pub(crate) reached: Step,
    /// What the ceremony changed, or may have changed, and did not finish; nothing if all is as it was before.
    pub(crate) remains: Option<String>,
}

impl Setback<'_> {
    /// Records the failure. If nothing was changed the ceremony is closed with that, and the reason comes back as it is;
    /// otherwise it stays open, and the error says what remains.
    pub(crate) async fn record(self, error: Error, parties: &mut Parties<'_>) -> Error {
        let error = parties.blame(error);
        let failed = CeremonyFailed {
            label: self.label.to_owned(),
            reached: self.reached,
            code: error.code().to_owned(),
            message: in_full(&error),
            remains: self.remains.clone(),
            deletes_credential: false,
        };
        let recorded = parties
            .record(self.ceremony, &Event::CeremonyFailed(failed))
            .await;
        let remains = match (self.remains, recorded) {
            (Some(remains), _) => remains,
            (None, recorded) => match recorded.err() {
                None => match undone(self.ceremony, self.label, parties).await {
                    Ok(_) => return error,
                    Err(unrecorded) => not_recorded(&unrecorded),
                },
                Some(unrecorded) => not_recorded(&unrecorded),
            },
        };
        Error::Stopped {
            ceremony: self.ceremony,
            remains,
            source: Box::new(error),
        }
    }
}

fn not_recorded(error: &Error) -> String {
    format!(
        "nothing was changed, but the ledger could not record that ({})",
        in_full(error)
    )
}

/// Closes a ceremony of which nothing is left, and that made neither credential nor method.
pub(crate) async fn undone(
    ceremony: Uuid,
    label: &str,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let undone = CeremonyUndone {
        label: label.to_owned(),
        credential_deleted: false,
        method_deleted: false,
        pin: None,
    };
    parties
        .record(ceremony, &Event::CeremonyUndone(undone))
        .await
}

/// Takes back a ceremony that has made nothing, or says why it cannot be.
pub(crate) async fn undo_untouched(
    ceremony: &Ceremony,
    untouched: Result<(), String>,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    match untouched {
        Ok(()) => undone(ceremony.id, &ceremony.label, parties).await,
        Err(why) => Err(Error::NotUndoable {
            ceremony: ceremony.id,
            why,
        }),
    }
}
