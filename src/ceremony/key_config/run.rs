//! The ceremony from its intent on: also where another ceremony, or `resume`, makes the settings.

use uuid::Uuid;

use super::{Change, changes, settings};
use crate::ceremony::interaction::Step;
use crate::ceremony::setback::Setback;
use crate::ceremony::{Error, Parties};
use crate::ledger::{ConfigApplied, ConfigIntended, EntryRef, Event, KeySettings};
use crate::secret::Pin;

/// Changes the settings of the key in hand and records it as a ceremony of its own. The caller has shown the changes and knows
/// that the key is the one with this label; `pin` is its PIN, none while it has none.
///
/// # Errors
/// The reason if the key is as it was, or [`Error::Stopped`] with what is set or may be.
pub(crate) async fn apply(
    label: &str,
    settings: &KeySettings,
    pin: Option<&Pin>,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let ceremony = parties.env.uuid();
    let before = changes(parties.key.in_hand()?.info(), settings)?;
    let intended = ConfigIntended {
        label: label.to_owned(),
        settings: settings.clone(),
    };
    parties.interaction.begin(Step::RecordIntent);
    let intent = parties
        .record(ceremony, &Event::ConfigIntended(intended))
        .await?;
    parties.interaction.done(
        Step::RecordIntent,
        &format!("entry {}, ceremony {ceremony}", intent.index),
    );
    match finish_settings(ceremony, label, settings, pin, parties).await {
        Ok(entry) => Ok(entry),
        Err(error) => {
            let setback = Setback {
                ceremony,
                label,
                reached: crate::ledger::Step::Intended,
                remains: remains(&before, settings, &error, parties),
            };
            Err(setback.record(error, parties).await)
        }
    }
}

/// The act and its outcome, from wherever the key stands.
pub(crate) async fn finish_settings(
    ceremony: Uuid,
    label: &str,
    settings: &KeySettings,
    pin: Option<&Pin>,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    parties.go_on()?;
    parties.interaction.begin(Step::ApplySettings);
    let key = parties.key.in_hand_mut()?;
    settings::apply(key, settings, pin, parties.interaction, parties.cancel)?;
    parties.interaction.done(Step::ApplySettings, "");
    parties.interaction.begin(Step::RecordOutcome);
    let applied = ConfigApplied {
        label: label.to_owned(),
        settings: settings.clone(),
    };
    let entry = parties
        .record(ceremony, &Event::ConfigApplied(applied))
        .await?;
    parties
        .interaction
        .done(Step::RecordOutcome, &format!("entry {}", entry.index));
    Ok(entry)
}

/// What of the settings is or may be in force although the ceremony failed.
fn remains(
    before: &[Change],
    settings: &KeySettings,
    error: &Error,
    parties: &mut Parties<'_>,
) -> Option<String> {
    let unknown = matches!(error, Error::Key(error) if error.outcome_unknown());
    let key = parties.key.in_hand_mut().ok()?;
    let left = match key.refresh_info() {
        Ok(info) if !unknown => changes(info, settings).ok()?,
        _ => return Some("which of the settings the key took is not known".to_owned()),
    };
    let made: Vec<&str> = before
        .iter()
        .filter(|change| !left.contains(change))
        .map(|change| change.setting)
        .collect();
    // A ledger that cannot be written leaves all of them set.
    match (made.is_empty(), matches!(error, Error::Ledger(_))) {
        (true, false) => None,
        (true, true) => Some("the key took the settings, and they are not recorded".to_owned()),
        (false, _) => Some(format!("the key took {}", made.join(", "))),
    }
}
