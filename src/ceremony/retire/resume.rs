//! A retirement that was left open: what directory and key show, and the two ways to an end. The way back is open only while the
//! method is there: nobody can register a credential for a second time.

use crate::ceremony::resume::Inspection;
use crate::ceremony::retire::directory::{self, Registration};
use crate::ceremony::retire::run::{self, Run};
use crate::ceremony::retire::{authorize, intended};
use crate::ceremony::silent::Holding;
use crate::ceremony::{Error, Parties, check, setback, subject};
use crate::ledger::{Ceremony, CeremonyPhase, EntryRef, RetireIntended, Step};
use crate::secret::Pin;

/// What is true; asks nothing of the person, and of the key only what is free.
pub(crate) async fn inspect(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let (intended, reached) = read(ceremony)?;
    let mut facts = Vec::new();
    let registration = registration(intended, parties).await;
    let method = &intended.method_id;
    facts.push(match &registration {
        Ok(Registration::There) => format!("the directory has method {method}"),
        Ok(Registration::Gone) => format!("the directory does not have method {method}"),
        Err(why) => format!("whether the directory has method {method} is not known: {why}"),
    });
    let needs_key = intended.delete_credential && reached != Step::CredentialDeleted;
    if needs_key {
        facts.push(on_key(intended, parties));
    }
    let finish = match (&registration, reached) {
        (Err(why), Step::Intended) => Err(why.clone()),
        _ => Ok(()),
    };
    let undo = match (registration, reached) {
        (Ok(Registration::There), Step::Intended) => Ok(()),
        (Err(why), Step::Intended) => Err(why),
        _ => Err("its method is gone, and a credential cannot be registered twice".to_owned()),
    };
    Ok(Inspection {
        facts,
        finish,
        undo,
        needs_key,
    })
}

/// Deletes what is still to be deleted, and records the outcome. Where the key is not there any more, the person may agree that
/// its credential stays on it.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let (intended, reached) = read(ceremony)?;
    if reached == Step::Intended {
        registration(intended, parties)
            .await
            .map_err(|why| Error::NotFinishable {
                ceremony: ceremony.id,
                why,
            })?;
    }
    let pin = if intended.delete_credential && reached != Step::CredentialDeleted {
        pin_for_deletion(intended, parties)?
    } else {
        None
    };
    let run = Run {
        ceremony: ceremony.id,
        intended,
        reached,
        deletion_answered: false,
    };
    run.complete(pin.as_ref(), parties).await
}

/// Closes a retirement that has not taken anything away yet.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let untouched = inspect(ceremony, parties).await?.undo;
    setback::undo_untouched(ceremony, untouched, parties).await
}

fn read(ceremony: &Ceremony) -> Result<(&RetireIntended, Step), Error> {
    match (intended(ceremony), ceremony.phase) {
        (Some(intended), CeremonyPhase::Open(reached)) => Ok((intended, reached)),
        _ => Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: "it is no open retirement".to_owned(),
        }),
    }
}

async fn registration(
    intended: &RetireIntended,
    parties: &mut Parties<'_>,
) -> Result<Registration, String> {
    let known = parties
        .ledger
        .state()
        .key_by_credential(&intended.credential_id);
    let key = known
        .map(|key| key.enrolled.clone())
        .ok_or_else(|| "the ledger does not know the credential".to_owned())?;
    let methods = directory::methods(&intended.account.id, parties).await;
    methods
        .and_then(|methods| directory::find(&key, &methods))
        .map_err(|error| error.to_string())
}

fn on_key(intended: &RetireIntended, parties: &mut Parties<'_>) -> String {
    match run::holding(intended, parties) {
        Ok(Holding::Holds) => "the key in hand holds the credential".to_owned(),
        Ok(Holding::Lacks) => "the key in hand does not hold the credential".to_owned(),
        Ok(Holding::Unsaid) => {
            "the key in hand does not tell silently whether it holds the credential".to_owned()
        }
        Err(error) => format!("whether the credential is on its key is not known: {error}"),
    }
}

fn pin_for_deletion(
    intended: &RetireIntended,
    parties: &mut Parties<'_>,
) -> Result<Option<Pin>, Error> {
    if !parties.key.is_there() {
        let stakes = format!(
            "The key is not in hand: its credential {} stays on it. The tenant does not take it any more.",
            crate::encoding::hex::encode(&intended.credential_id)
        );
        parties.confirm(&stakes, &intended.label)?;
        return Ok(None);
    }
    if run::holding(intended, parties)? != Holding::Lacks {
        let pin = subject::present_pin(false, parties)?;
        authorize(&pin, parties)?;
        return Ok(Some(pin));
    }
    if let Some(other) = check::identify(parties, Some(&intended.label))? {
        return Err(Error::WrongKey {
            wanted: intended.label.clone(),
            found: other.label,
        });
    }
    parties
        .interaction
        .warn("the key in hand does not hold the credential any more");
    Ok(None)
}
