//! Custody changes hands: from now on a key lies there, with those persons. One entry and no step on key or tenant, so nothing can
//! be left open; the key may sign the entry, which proves that it was in hand when it was handed over.

use crate::ceremony::check::{self, Evidence};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, subject};
use crate::ledger::{
    Custody, Draft, EnrolledKey, EntryRef, Event, KeyEnrolled, KeyHandedOver, State,
};

/// What the operator asks for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The key's label in the ledger.
    pub label: String,
    /// Where the key is from now on.
    pub custody: Custody,
    /// Why, and who was there.
    pub note: Option<String>,
    /// Whether the key in hand signs the entry.
    pub prove: bool,
    /// Whether to try a PIN although few tries are left.
    pub spend_last_tries: bool,
}

/// A recorded handover.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// The key.
    pub key: KeyEnrolled,
    /// Where it was, if anybody said so.
    pub from: Option<Custody>,
    /// Where it is.
    pub to: Custody,
    /// How the key proved that it was in hand, if it was asked.
    pub evidence: Option<Evidence>,
    /// What one event can do to all keys of the account now.
    pub warnings: Vec<String>,
    /// The entry that records it.
    pub entry: EntryRef,
}

/// Records that a key changes hands.
///
/// # Errors
/// When it could not be recorded, or the key in hand is another one or does not sign.
pub async fn hand_over(request: &Request, mut parties: Parties<'_>) -> Result<HandedOver, Error> {
    match steps(request, &mut parties).await {
        Err(error) => Err(parties.blame(error)),
        handed_over => handed_over,
    }
}

async fn steps(request: &Request, parties: &mut Parties<'_>) -> Result<HandedOver, Error> {
    let key = subject::known(&request.label, parties).await?;
    if !key.is_in_service() {
        return Err(Error::OutOfService {
            label: request.label.clone(),
            why: "it was retired or reset".to_owned(),
        });
    }
    let event = Event::KeyHandedOver(KeyHandedOver {
        label: request.label.clone(),
        credential_id: key.enrolled.credential_id.clone(),
        custody: request.custody.clone(),
        note: request.note.clone(),
    });
    let draft = Draft::new(&event, None);
    let (draft, evidence) = if request.prove {
        let (evidence, draft) = prove(request, &key.enrolled, draft, parties)?;
        (draft, Some(evidence))
    } else {
        (draft, None)
    };
    parties.interaction.begin(Step::RecordOutcome);
    let entry = parties.ledger.append(draft).await?.reference();
    parties
        .interaction
        .done(Step::RecordOutcome, &format!("entry {}", entry.index));
    let warnings = common_failures(&key.enrolled.account.id, parties.ledger.state());
    for warning in &warnings {
        parties.interaction.warn(warning);
    }
    Ok(HandedOver {
        from: key.custody,
        to: request.custody.clone(),
        evidence,
        warnings,
        entry,
        key: key.enrolled,
    })
}

/// The key signs where it goes to, silently if it allows that.
fn prove(
    request: &Request,
    key: &KeyEnrolled,
    draft: Draft,
    parties: &mut Parties<'_>,
) -> Result<(Evidence, Draft), Error> {
    subject::require_in_hand(key, parties)?;
    parties.interaction.begin(Step::ProveKey);
    let how = check::Request {
        spend_last_tries: request.spend_last_tries,
        ..check::Request::default()
    };
    match check::prove(&how, key, &draft, parties)? {
        Ok((evidence, proof)) => {
            parties
                .interaction
                .done(Step::ProveKey, evidence.describe());
            Ok((evidence, draft.with_proof(proof)))
        }
        Err(finding) => Err(Error::KeyProof(finding.why.unwrap_or_default())),
    }
}

/// A fire, or one person away: what can take every key of an account at once. An account with one key has no such choice.
fn common_failures(account: &str, state: &State) -> Vec<String> {
    let keys: Vec<&EnrolledKey> = state
        .keys_in_service()
        .filter(|key| key.enrolled.account.id == account)
        .collect();
    let placed: Vec<&Custody> = keys.iter().filter_map(|key| key.custody.as_ref()).collect();
    let [first, others @ ..] = placed.as_slice() else {
        return Vec::new();
    };
    if keys.len() < 2 || placed.len() < keys.len() {
        return Vec::new();
    }
    let upn = keys.first().map_or("", |key| &key.enrolled.account.upn);
    let mut warnings = Vec::new();
    if others
        .iter()
        .all(|other| same(&other.location, &first.location))
    {
        warnings.push(format!(
            "all {} keys of {upn} are at one location now: {}",
            keys.len(),
            first.location
        ));
    }
    let has =
        |custody: &Custody, name: &str| custody.custodians.iter().any(|other| same(other, name));
    for name in &first.custodians {
        // Where every key has a second custodian, the first may be away.
        let alone = placed.iter().all(|custody| custody.custodians.len() == 1);
        if alone && others.iter().all(|other| has(other, name)) {
            warnings.push(format!(
                "{name} alone has all {} keys of {upn} now",
                keys.len()
            ));
        }
    }
    warnings
}

/// People write the same place in more than one way.
fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}
