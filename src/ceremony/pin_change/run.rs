//! The act and what is recorded of it.

use uuid::Uuid;

use crate::ceremony::interaction::Step;
use crate::ceremony::setback::Setback;
use crate::ceremony::{Error, Parties};
use crate::ledger::{EntryRef, Event, PinChanged, SealedSecret};
use crate::secret::Pin;

/// A ceremony under way.
pub(super) struct Run<'a> {
    pub(super) ceremony: Uuid,
    pub(super) label: &'a str,
}

/// A ceremony that stopped, and what of the new PIN remains.
pub(super) struct Stopped {
    error: Error,
    pub(super) remains: Option<&'static str>,
}

impl Run<'_> {
    /// The act and its outcome; `sealed` if the PIN that was sealed with the intent is not known to be this one.
    pub(super) async fn change(
        &self,
        present: &Pin,
        new: &Pin,
        sealed: Option<SealedSecret>,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Stopped> {
        let unchanged = |error| Stopped {
            error,
            remains: None,
        };
        parties.go_on().map_err(unchanged)?;
        parties.interaction.begin(Step::ChangePin);
        let key = parties.key.in_hand_mut().map_err(unchanged)?;
        key.change_pin(present, new).map_err(|error| Stopped {
            remains: error
                .outcome_unknown()
                .then_some("whether the key took the new PIN is not known"),
            error: error.into(),
        })?;
        parties.interaction.done(Step::ChangePin, "");
        self.changed(sealed, parties)
            .await
            .map_err(|error| Stopped {
                error,
                remains: Some("the key has the new PIN, and that is not recorded"),
            })
    }

    pub(super) async fn changed(
        &self,
        sealed: Option<SealedSecret>,
        parties: &mut Parties<'_>,
    ) -> Result<EntryRef, Error> {
        parties.interaction.begin(Step::RecordOutcome);
        let changed = PinChanged {
            label: self.label.to_owned(),
            pin: sealed,
        };
        let entry = parties
            .record(self.ceremony, &Event::PinChanged(changed))
            .await?;
        parties
            .interaction
            .done(Step::RecordOutcome, &format!("entry {}", entry.index));
        Ok(entry)
    }
}

impl Stopped {
    pub(super) async fn record(self, run: &Run<'_>, parties: &mut Parties<'_>) -> Error {
        let setback = Setback {
            ceremony: run.ceremony,
            label: run.label,
            reached: crate::ledger::Step::Intended,
            remains: self.remains.map(str::to_owned),
        };
        setback.record(self.error, parties).await
    }
}
