//! A test of a key that the ledger knows, recorded: what the key is like is compared with it later. The entry is no sign of life.

use super::{Record, Tested};
use crate::attestation::Verdict;
use crate::ceremony::history::{bounded, latency, observe};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, subject};
use crate::ledger::{
    Draft, EntryRef, Event, KeyEnrolled, KeyTested, Observation, Outcome, OutcomeVerdict,
};

/// Characters that are kept of a reason: it may quote the key.
const REASON_LENGTH: usize = 1024;

/// The key that is going to be tested.
#[derive(Debug, Clone)]
pub struct Recognized {
    /// As the ledger knows it.
    pub key: KeyEnrolled,
    observed: Observation,
}

/// Finds the key with this label in the ledger, recognizes it in hand, and sees what it is like before the test.
///
/// # Errors
/// [`Error::UnknownLabel`]; [`Error::WrongKey`] when another one is in hand; when the key does not answer.
pub async fn recognize(label: &str, mut parties: Parties<'_>) -> Result<Recognized, Error> {
    match recognized(label, &mut parties).await {
        Err(error) => Err(parties.blame(error)),
        recognized => recognized,
    }
}

async fn recognized(label: &str, parties: &mut Parties<'_>) -> Result<Recognized, Error> {
    let key = subject::known(label, parties).await?.enrolled;
    subject::require_in_hand(&key, parties)?;
    let observed = observe(parties.key.in_hand_mut()?)?;
    Ok(Recognized { key, observed })
}

/// Records a test, if the key in hand is still the one that was recognized before it.
///
/// # Errors
/// [`Error::WrongKey`] when the keys were exchanged meanwhile; when the ledger cannot be written.
pub async fn record(
    recognized: &Recognized,
    tested: &Tested,
    mut parties: Parties<'_>,
) -> Result<EntryRef, Error> {
    subject::require_in_hand(&recognized.key, &mut parties)
        .map_err(|error| parties.blame(error))?;
    parties.interaction.begin(Step::RecordOutcome);
    let event = Event::KeyTested(event(recognized, tested));
    let entry = parties.ledger.append(Draft::new(&event, None)).await?;
    let fact = format!("entry {}", entry.index);
    parties.interaction.done(Step::RecordOutcome, &fact);
    Ok(entry.reference())
}

fn event(recognized: &Recognized, tested: &Tested) -> KeyTested {
    let Recognized { key, observed } = recognized;
    KeyTested {
        label: key.label.clone(),
        credential_id: key.credential_id.clone(),
        passed: tested.passed(),
        checks: tested.records.iter().map(outcome).collect(),
        observed: Some(Observation {
            latency: Some(latency(&tested.times)),
            ..observed.clone()
        }),
    }
}

fn outcome(record: &Record) -> Outcome {
    Outcome {
        subject: record.check.id.to_owned(),
        verdict: match record.verdict {
            Verdict::Pass => OutcomeVerdict::Pass,
            Verdict::Fail { .. } => OutcomeVerdict::Fail,
            Verdict::NotApplicable { .. } => OutcomeVerdict::NotApplicable,
            Verdict::Unknown { .. } => OutcomeVerdict::Unknown,
        },
        why: record.verdict.why().map(|why| bounded(why, REASON_LENGTH)),
    }
}
