//! A reset that was left open: whether the key still holds the credential tells whether it took place.

use crate::ceremony::reset::run::{finish_all, record, stopped};
use crate::ceremony::resume::Inspection;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties, check, setback};
use crate::ledger::{Ceremony, EntryRef, KeyEnrolled};

/// What is true; asks nothing of the person, and of the key only what is free.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let key = intended(ceremony, parties)?;
    let (fact, finish, undo) = match holding(&key, parties) {
        Ok(Holding::Holds) => (
            "the key holds its credential: it was not reset".to_owned(),
            Ok(()),
            Ok(()),
        ),
        Ok(Holding::Lacks) => (
            "the key in hand does not hold the credential: it was reset, or it is another one"
                .to_owned(),
            Ok(()),
            Err("the key in hand does not hold the credential".to_owned()),
        ),
        Ok(Holding::Unsaid) => (
            "the key does not tell silently whether it holds the credential".to_owned(),
            Ok(()),
            Err("whether the key was reset is not known".to_owned()),
        ),
        Err(error) => {
            let why = error.to_string();
            (why.clone(), Err(why.clone()), Err(why))
        }
    };
    Ok(Inspection {
        facts: vec![fact],
        finish,
        undo,
        needs_key: true,
    })
}

/// Records the reset if it took place, and performs it if not.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let key = intended(ceremony, parties)?;
    if holding(&key, parties)? == Holding::Lacks {
        let stakes = format!(
            "The key in hand holds no credential that the ledger knows. If it is {}, it was reset.",
            key.label
        );
        parties.confirm(&stakes, &key.label)?;
        return record(ceremony.id, &key, parties).await;
    }
    let stakes = format!(
        "A reset deletes the PIN, the settings and every credential of {}.",
        key.label
    );
    parties.confirm(&stakes, &key.label)?;
    let ceremonies = [(ceremony.id, key)];
    match finish_all(&ceremonies, parties).await {
        Ok(entries) => entries.into_iter().next().ok_or(Error::NoKeyInHand),
        Err(error) => Err(stopped(error, &ceremonies, parties).await),
    }
}

/// Closes the ceremony of a key that was not reset.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let untouched = inspect(ceremony, parties).await?.undo;
    setback::undo_untouched(ceremony, untouched, parties).await
}

fn intended(ceremony: &Ceremony, parties: &Parties<'_>) -> Result<KeyEnrolled, Error> {
    let id = ceremony.credential_id.as_deref().unwrap_or_default();
    let known = parties.ledger.state().key_by_credential(id);
    known
        .map(|key| key.enrolled.clone())
        .ok_or_else(|| Error::UnknownLabel(ceremony.label.clone()))
}

/// Whether the key in hand holds the credential; an error if it is certainly another one.
fn holding(key: &KeyEnrolled, parties: &mut Parties<'_>) -> Result<Holding, Error> {
    let wrong = |found: String| Error::WrongKey {
        wanted: key.label.clone(),
        found,
    };
    let aaguid = parties.key.in_hand()?.info().aaguid;
    if aaguid != key.aaguid {
        return Err(wrong(format!("a key of model {aaguid}")));
    }
    let found = silent::holding(parties, &key.rp_id, &key.credential_id)?;
    if found == Holding::Lacks
        && let Some(other) = check::identify(parties, Some(&key.label))?
    {
        return Err(wrong(other.label));
    }
    Ok(found)
}
