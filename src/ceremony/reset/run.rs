//! The act and what is recorded of it.

use uuid::Uuid;

use crate::ceremony::interaction::Step;
use crate::ceremony::reset::perform;
use crate::ceremony::setback::Setback;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, EntryRef, Event, KeyEnrolled, ResetPerformed};

/// The act and its outcome.
pub(super) async fn finish_all(
    ceremonies: &[(Uuid, KeyEnrolled)],
    parties: &mut Parties<'_>,
) -> Result<Vec<EntryRef>, Error> {
    parties.go_on()?;
    let known: Vec<&KeyEnrolled> = ceremonies.iter().map(|(_, key)| key).collect();
    perform::perform(&known, parties)?;
    let mut entries = Vec::new();
    for (ceremony, key) in ceremonies {
        entries.push(record(*ceremony, key, parties).await?);
    }
    Ok(entries)
}

pub(super) async fn record(
    ceremony: Uuid,
    key: &KeyEnrolled,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    parties.interaction.begin(Step::RecordOutcome);
    let performed = ResetPerformed {
        label: key.label.clone(),
        credential_id: key.credential_id.clone(),
    };
    let entry = parties
        .record(ceremony, &Event::ResetPerformed(performed))
        .await?;
    parties
        .interaction
        .done(Step::RecordOutcome, &format!("entry {}", entry.index));
    Ok(entry)
}

/// Records the failure in every ceremony that is open.
pub(super) async fn stopped(
    error: Error,
    ceremonies: &[(Uuid, KeyEnrolled)],
    parties: &mut Parties<'_>,
) -> Error {
    let remains = remains(&error, !ceremonies.is_empty(), parties);
    let mut error = error;
    for (ceremony, key) in ceremonies {
        let open = parties.ledger.state().ceremony(*ceremony);
        if open.is_some_and(Ceremony::is_open) {
            let setback = Setback {
                ceremony: *ceremony,
                label: &key.label,
                reached: crate::ledger::Step::Intended,
                remains: remains.clone(),
            };
            error = setback.record(error, parties).await;
        }
    }
    error
}

/// What is lost or may be although the ceremony failed.
fn remains(error: &Error, intended: bool, parties: &mut Parties<'_>) -> Option<String> {
    match error {
        Error::Key(error) if error.outcome_unknown() => {
            Some("whether the key was reset is not known".to_owned())
        }
        // Only the intents are written before the key is asked, and a key that has its PIN was not reset.
        Error::Ledger(_) if intended && fresh(parties) => {
            Some("the key was reset, and that is not recorded".to_owned())
        }
        _ => None,
    }
}

fn fresh(parties: &mut Parties<'_>) -> bool {
    let key = parties.key.in_hand_mut().ok();
    let info = key.and_then(|key| key.refresh_info().ok().cloned());
    info.is_none_or(|info| info.options.client_pin != Some(true))
}
