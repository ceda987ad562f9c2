//! Whether the key in hand is the one that a ceremony was begun with, found out before a PIN or a touch is spent on it.

use crate::ceremony::enroll::Terms;
use crate::ceremony::enroll::run::intent;
use crate::ceremony::enroll::user::has_pin;
use crate::ceremony::interaction::Step;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::encoding::hex;
use crate::ledger::Ceremony;

/// Refuses any key but the ceremony's.
///
/// # Errors
/// [`Error::WrongKey`], [`Error::NoKeyInHand`].
pub(super) fn require(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    parties.interaction.begin(Step::InspectKey);
    if let Some(found) = mismatch(ceremony, terms, parties)? {
        return Err(Error::WrongKey {
            wanted: ceremony.label.clone(),
            found,
        });
    }
    let model = format!("model {}", parties.key.in_hand()?.info().aaguid);
    parties.interaction.done(Step::InspectKey, &model);
    Ok(())
}

/// What the key in hand is, if it cannot be the ceremony's. Keys of one model tell themselves apart by what they hold.
pub(super) fn mismatch(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<Option<String>, Error> {
    let intent = intent(ceremony)?;
    let aaguid = parties.key.in_hand()?.info().aaguid;
    if intent.aaguid.is_some_and(|intended| intended != aaguid) {
        return Ok(Some(format!("a key of model {aaguid}")));
    }
    if let (Some(intended), Some(found)) = (&intent.key.serial, &terms.serial)
        && intended != found
    {
        return Ok(Some(format!("the key with the serial number {found}")));
    }
    let had_pin = !intent.sets_pin || ceremony.pin_set;
    if had_pin && !has_pin(parties)? {
        return Ok(Some("a key without a PIN".to_owned()));
    }
    if let Some(created) = ceremony.created.as_ref().filter(|_| !ceremony.deleting)
        && silent::holding(parties, &intent.rp_id, &created.credential_id)? == Holding::Lacks
    {
        return Ok(Some("a key without its credential".to_owned()));
    }
    other_key_of_the_account(ceremony, parties)
}

/// A key holds one credential of an account, so one that holds an enrolled key's is that key.
fn other_key_of_the_account(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Option<String>, Error> {
    let intent = intent(ceremony)?;
    let others: Vec<Vec<u8>> = parties
        .ledger
        .state()
        .keys_in_service()
        .filter(|key| key.enrolled.account.id == intent.account.id)
        .map(|key| key.enrolled.credential_id.clone())
        .collect();
    let held = silent::held(parties, &intent.rp_id, others.iter().map(Vec::as_slice))?;
    Ok(held.map(|id| {
        let key = parties.ledger.state().key_by_credential(&id);
        key.map_or_else(
            || format!("the key with the credential {}", hex::encode(&id)),
            |key| key.enrolled.label.clone(),
        )
    }))
}
