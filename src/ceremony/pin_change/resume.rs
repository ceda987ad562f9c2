//! A change of a PIN that was left open. Which PIN is true only the key knows, and it tells by tries: one of the new PIN, one of
//! the old, and never one that could leave fewer than are kept.
//!
//! Whoever types a PIN may mistake one for the other. So whichever the key turns out to have is sealed anew, to the same
//! custodians, with the entry that closes the ceremony.

use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::pin_change::run::Run;
use crate::ceremony::resume::Inspection;
use crate::ceremony::{Error, Parties, subject};
use crate::ctap::{self, Permissions, PinFailureKind};
use crate::custody::{self, Custodians};
use crate::ledger::{Ceremony, CeremonyUndone, EntryRef, Event, PinIntended, SealedSecret};
use crate::secret::Pin;
use crate::webauthn::RpId;

/// What is true as far as it can be known without a PIN.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let mut facts = vec![match &intended(ceremony)?.pin {
        Some(_) => "the new PIN is sealed in the ledger; `halligan pin open` opens it".to_owned(),
        None => "the new PIN is not sealed; whoever chose it knows it".to_owned(),
    }];
    let possible = subject::require_labelled(&ceremony.label, parties)
        .and_then(|()| Ok(parties.key.in_hand_mut()?.pin_retries()?))
        .and_then(|retries| {
            facts.push(format!("the key has {} PIN tries left", retries.retries));
            require_pin_tries(retries, false)
        });
    if possible.is_ok() {
        facts.push(match parties.key.in_hand()?.info().force_pin_change {
            // A change of the PIN ends the demand for one.
            Some(true) => "the key still demands a new PIN, so it has the old one".to_owned(),
            _ => "which of the PINs the key has, only a try of one tells".to_owned(),
        });
    }
    let possible = possible.map_err(|error| error.to_string());
    facts.extend(possible.clone().err());
    Ok(Inspection {
        facts,
        finish: possible.clone(),
        undo: possible,
        needs_key: true,
    })
}

/// Has the key have the new PIN: it is tried, and if the key does not have it, the old one is asked for and changed.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let intended = intended(ceremony)?;
    subject::require_labelled(&ceremony.label, parties)?;
    let run = Run {
        ceremony: ceremony.id,
        label: &ceremony.label,
    };
    require_tries(parties)?;
    let new = parties.interaction.pin(PinPurpose::Intended)?;
    let sealed = seal_again(&new, intended, parties)?;
    if has_pin(&new, parties)? {
        return run.changed(sealed, parties).await;
    }
    let minimum = parties.key.in_hand()?.info().pin_minimum();
    new.require(minimum).map_err(ctap::Error::from)?;
    let present = subject::present_pin(false, parties)?;
    match run.change(&present, &new, sealed, parties).await {
        Ok(entry) => Ok(entry),
        Err(mut stopped) => {
            // That this PIN is wrong as well does not tell which the key has.
            stopped
                .remains
                .get_or_insert("neither PIN that was typed is known to be the key's");
            Err(stopped.record(&run, parties).await)
        }
    }
}

/// Closes the ceremony of a key that has its old PIN.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let intended = intended(ceremony)?;
    subject::require_labelled(&ceremony.label, parties)?;
    let present = subject::present_pin(false, parties)?;
    let forced = parties.key.in_hand()?.info().force_pin_change == Some(true);
    if !forced && !has_pin(&present, parties)? {
        return Err(Error::NotUndoable {
            ceremony: ceremony.id,
            why: "the key does not have that PIN".to_owned(),
        });
    }
    let undone = CeremonyUndone {
        label: ceremony.label.clone(),
        credential_deleted: false,
        method_deleted: false,
        // A PIN that could not be tried is as it was sealed before.
        pin: match forced {
            true => None,
            false => seal_again(&present, intended, parties)?,
        },
    };
    parties
        .record(ceremony.id, &Event::CeremonyUndone(undone))
        .await
}

fn intended(ceremony: &Ceremony) -> Result<&PinIntended, Error> {
    match &ceremony.intent {
        Event::PinIntended(intended) => Ok(intended),
        _ => Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: "it is not about a PIN".to_owned(),
        }),
    }
}

fn require_tries(parties: &mut Parties<'_>) -> Result<(), Error> {
    let retries = parties.key.in_hand_mut()?.pin_retries()?;
    require_pin_tries(retries, false)
}

/// To those to whom the intended PIN was sealed, if it was.
fn seal_again(
    pin: &Pin,
    intended: &PinIntended,
    parties: &Parties<'_>,
) -> Result<Option<SealedSecret>, Error> {
    let Some(sealed) = &intended.pin else {
        return Ok(None);
    };
    let custodians = Custodians::of(sealed)?;
    Ok(Some(custody::seal(pin, &custodians, parties.env)?))
}

/// Whether the key has this PIN; costs a try if not. A key that demands another PIN has not been given one.
fn has_pin(pin: &Pin, parties: &mut Parties<'_>) -> Result<bool, Error> {
    parties.interaction.begin(Step::VerifyPin);
    let key = parties.key.in_hand_mut()?;
    if key.info().force_pin_change == Some(true) {
        return Ok(false);
    }
    let nobody: RpId = "pin.invalid".parse().expect("it is a domain name");
    let permissions = match key.takes_pin_for(Permissions::GA) {
        true => Permissions::GA,
        false => Permissions::CM,
    };
    match key.pin_uv_auth(pin, permissions, Some(&nobody)) {
        Ok(_) => {
            parties.interaction.done(Step::VerifyPin, "");
            Ok(true)
        }
        Err(ctap::Error::Pin { failure, .. }) if failure.kind == PinFailureKind::Invalid => {
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
