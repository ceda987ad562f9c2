//! A change of settings that was left open: what the key has, and the two ways to an end.

use crate::ceremony::key_config::settings::rp_ids_left;
use crate::ceremony::key_config::{Change, ask_pin, changes, finish_settings};
use crate::ceremony::resume::Inspection;
use crate::ceremony::setback::{self, Setback};
use crate::ceremony::{Error, Parties, subject};
use crate::ctap::command::get_info;
use crate::ledger::{Ceremony, EntryRef, Event, KeySettings, Step};

fn intended(ceremony: &Ceremony) -> Result<&KeySettings, Error> {
    match &ceremony.intent {
        Event::ConfigIntended(intended) => Ok(&intended.settings),
        _ => Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: "it is not about settings".to_owned(),
        }),
    }
}

/// What is true; asks nothing of the person, and of the key only what is free.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let settings = intended(ceremony)?;
    if let Err(error) = subject::require_labelled(&ceremony.label, parties) {
        return Ok(without_key(&error));
    }
    let info = parties.key.in_hand_mut()?.refresh_info()?.clone();
    let left = left(&info, settings)?;
    let facts = if left.is_empty() {
        vec!["the key has all the settings".to_owned()]
    } else {
        let missing = left
            .iter()
            .map(|change| format!("{} is not yet {}", change.setting, change.to));
        missing.collect()
    };
    Ok(Inspection {
        facts,
        finish: Ok(()),
        undo: untouched(settings, left.len()),
        needs_key: true,
    })
}

/// What the key does not have yet.
fn left(info: &get_info::Response, settings: &KeySettings) -> Result<Vec<Change>, Error> {
    let mut left = changes(info, settings)?;
    if rp_ids_left(settings, info).is_none() {
        left.retain(|change| change.setting != "min_pin_length_rp_ids");
    }
    Ok(left)
}

/// What can be said while the right key is not there.
fn without_key(error: &Error) -> Inspection {
    let why = error.to_string();
    Inspection {
        facts: vec![why.clone()],
        finish: Err(why.clone()),
        undo: Err(why),
        needs_key: true,
    }
}

/// Nothing of it may be in force, as far as a key tells: the RP IDs it remembers it never does.
fn untouched(settings: &KeySettings, left: usize) -> Result<(), String> {
    let wanted = [
        settings.min_pin_length.is_some(),
        settings.min_pin_length_rp_ids.is_some(),
        settings.force_pin_change.is_some(),
        settings.always_uv.is_some(),
        settings.enterprise_attestation.is_some(),
    ];
    let readable = settings.min_pin_length_rp_ids.is_none();
    let wanted = wanted.into_iter().filter(|wanted| *wanted).count();
    match (readable, left == wanted) {
        (true, true) => Ok(()),
        (true, false) => Err("the key has some of the settings already".to_owned()),
        (false, _) => Err("the key does not tell which RP IDs it remembers".to_owned()),
    }
}

/// Sets what is missing and records the outcome.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let settings = intended(ceremony)?;
    subject::require_labelled(&ceremony.label, parties)?;
    let info = parties.key.in_hand_mut()?.refresh_info()?.clone();
    let pin = if left(&info, settings)?.is_empty() {
        None
    } else {
        ask_pin(parties.key.in_hand_mut()?, false, parties.interaction)?
    };
    match finish_settings(
        ceremony.id,
        &ceremony.label,
        settings,
        pin.as_ref(),
        parties,
    )
    .await
    {
        Ok(entry) => Ok(entry),
        Err(error) => {
            let setback = Setback {
                ceremony: ceremony.id,
                label: &ceremony.label,
                reached: Step::Intended,
                remains: Some("some of the settings may be in force".to_owned()),
            };
            Err(setback.record(error, parties).await)
        }
    }
}

/// Closes the ceremony of a key that took none of the settings.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let untouched = inspect(ceremony, parties).await?.undo;
    setback::undo_untouched(ceremony, untouched, parties).await
}
