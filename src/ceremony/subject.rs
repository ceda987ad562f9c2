//! The key that a ceremony is about: found in the ledger by its label, and recognized in the hand before a PIN or a touch is
//! spent on it.

use crate::ceremony::check;
use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::ledger::{EnrolledKey, Event, KeyEnrolled};
use crate::secret::Pin;

/// The key with this label, as the ledger knows it now. Refused while another ceremony is open on it.
pub(crate) async fn find(label: &str, parties: &mut Parties<'_>) -> Result<EnrolledKey, Error> {
    let key = known(label, parties).await?;
    match parties.ledger.state().open_ceremony_on(label) {
        Some(open) => Err(Error::CeremonyOpen {
            label: label.to_owned(),
            ceremony: open.id,
        }),
        None => Ok(key),
    }
}

/// The same also while a ceremony is open, for what changes nothing on the key or in the tenant.
pub(crate) async fn known(label: &str, parties: &mut Parties<'_>) -> Result<EnrolledKey, Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let key = parties.ledger.state().key_by_label(label).cloned();
    let key = key.ok_or_else(|| Error::UnknownLabel(label.to_owned()))?;
    parties.interaction.done(
        Step::InspectLedger,
        &format!("{label} of {}", key.enrolled.account.upn),
    );
    Ok(key)
}

/// Refuses any key but the one that the ledger knows under this label: an enrolled one, or one that is being enrolled.
pub(crate) fn require_labelled(label: &str, parties: &mut Parties<'_>) -> Result<(), Error> {
    let state = parties.ledger.state();
    if let Some(key) = state.key_by_label(label) {
        return require_in_hand(&key.enrolled.clone(), parties);
    }
    let enrolment = state
        .open_ceremonies()
        .into_iter()
        .find_map(|open| match &open.intent {
            Event::EnrollIntended(intended) if open.label == label => Some(intended.aaguid),
            _ => None,
        });
    let aaguid = enrolment.ok_or_else(|| Error::UnknownLabel(label.to_owned()))?;
    let found = parties.key.in_hand()?.info().aaguid;
    match aaguid {
        Some(aaguid) if aaguid != found => Err(other_model(label, parties)?),
        _ => Ok(()),
    }
}

/// Refuses any key but this one. A key that never tells silently which one it is passes with a warning if its model is right:
/// what follows asks for its PIN, of which one wrong try is all that a stranger can lose.
pub(crate) fn require_in_hand(key: &KeyEnrolled, parties: &mut Parties<'_>) -> Result<(), Error> {
    parties.interaction.begin(Step::RecognizeKey);
    if parties.key.in_hand()?.info().aaguid != key.aaguid {
        return Err(other_model(&key.label, parties)?);
    }
    match silent::holding(parties, &key.rp_id, &key.credential_id)? {
        Holding::Holds => parties.interaction.done(Step::RecognizeKey, &key.label),
        Holding::Unsaid => parties.interaction.warn(&format!(
            "the key does not tell silently whether it is {}; only its model is known to be right",
            key.label
        )),
        Holding::Lacks => {
            let found = check::identify(parties, Some(&key.label))?.map_or_else(
                || "a key without that credential".to_owned(),
                |other| other.label,
            );
            return Err(Error::WrongKey {
                wanted: key.label.clone(),
                found,
            });
        }
    }
    Ok(())
}

fn other_model(label: &str, parties: &Parties<'_>) -> Result<Error, Error> {
    let aaguid = parties.key.in_hand()?.info().aaguid;
    Ok(Error::WrongKey {
        wanted: label.to_owned(),
        found: format!("a key of model {aaguid}"),
    })
}

/// Asks for the PIN that the key has, unless a wrong one would leave too few tries.
pub(crate) fn present_pin(spend_last_tries: bool, parties: &mut Parties<'_>) -> Result<Pin, Error> {
    let retries = parties.key.in_hand_mut()?.pin_retries()?;
    require_pin_tries(retries, spend_last_tries)?;
    Ok(parties.interaction.pin(PinPurpose::Present {
        retries: Some(retries.retries),
    })?)
}
