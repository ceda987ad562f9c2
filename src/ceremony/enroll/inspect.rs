//! What is true of an open enrolment: in the ledger, on the key in hand, in the directory. Changes nothing.

use crate::ceremony::enroll::Terms;
use crate::ceremony::enroll::run::intent;
use crate::ceremony::enroll::user::has_pin;
use crate::ceremony::enroll::{identity, undo};
use crate::ceremony::error::in_full;
use crate::ceremony::resume::Inspection;
use crate::ceremony::silent::{self, Holding};
use crate::ceremony::{Error, Parties};
use crate::encoding::hex;
use crate::ledger::{Ceremony, CeremonyPhase, Step as Reached};

pub(super) async fn inspect(
    ceremony: &Ceremony,
    terms: &Terms,
    parties: &mut Parties<'_>,
) -> Result<Inspection, Error> {
    let mut facts = vec![in_ledger(ceremony)?];
    facts.push(on_key(ceremony, terms, parties)?);
    facts.push(in_directory(ceremony, parties).await?);
    let finish = if terms.key_gone && ceremony.proven.is_none() {
        Err("the key is gone".to_owned())
    } else {
        Ok(())
    };
    let undo = undo::possible(ceremony, terms, parties)?;
    if let Some(remains) = undo::remains_on_key(ceremony)?.filter(|_| terms.key_gone) {
        facts.push(format!("when it is undone: {remains}"));
    }
    Ok(Inspection {
        facts,
        finish,
        undo,
        needs_key: ceremony.proven.is_none() && undo::needs_key(ceremony)?,
    })
}

fn in_ledger(ceremony: &Ceremony) -> Result<String, Error> {
    let intent = intent(ceremony)?;
    let reached = match ceremony.phase {
        CeremonyPhase::Open(Reached::PinSet) => "the key has its PIN",
        CeremonyPhase::Open(Reached::CredentialCreated) if ceremony.deleting => {
            "the credential was made and is being taken back"
        }
        CeremonyPhase::Open(Reached::CredentialCreated) => "the credential was made",
        CeremonyPhase::Open(Reached::Proven) => "the credential was made and has proven itself",
        CeremonyPhase::Open(Reached::Registered) => "the credential was registered",
        _ => "it was intended",
    };
    let entries = ceremony.entries.iter().map(ToString::to_string);
    Ok(format!(
        "ledger     for {}: {reached} (entries {})",
        intent.account.upn,
        entries.collect::<Vec<_>>().join(", ")
    ))
}

fn on_key(ceremony: &Ceremony, terms: &Terms, parties: &mut Parties<'_>) -> Result<String, Error> {
    if !parties.key.is_there() {
        return Ok("key        not in hand".to_owned());
    }
    if let Some(found) = identity::mismatch(ceremony, terms, parties)? {
        return Ok(format!("key        another one is in hand: {found}"));
    }
    let pin = if has_pin(parties)? {
        "it has a PIN"
    } else {
        "it has no PIN"
    };
    let Some(created) = &ceremony.created else {
        return Ok(format!("key        in hand, as far as it tells: {pin}"));
    };
    let rp_id = &intent(ceremony)?.rp_id;
    let held = match silent::holding(parties, rp_id, &created.credential_id)? {
        Holding::Holds => "it holds",
        Holding::Lacks => "it does not hold",
        Holding::Unsaid => "it does not tell without PIN whether it holds",
    };
    let id = hex::encode(&created.credential_id);
    Ok(format!(
        "key        in hand: {pin}, and {held} credential {id}"
    ))
}

async fn in_directory(ceremony: &Ceremony, parties: &Parties<'_>) -> Result<String, Error> {
    let Some(id) = &ceremony.credential_id else {
        return Ok("directory  nothing was registered".to_owned());
    };
    let account = &intent(ceremony)?.account.id;
    let found = match parties.tenant() {
        Ok(tenant) => tenant.fido2_method_of_credential(account, id).await,
        Err(_) => return Ok("directory  not asked".to_owned()),
    };
    Ok(match found {
        Ok(Some(method)) => format!("directory  shows it as method {}", method.id),
        Ok(None) => "directory  does not show it".to_owned(),
        Err(error) => format!("directory  could not be asked: {}", in_full(&error)),
    })
}
