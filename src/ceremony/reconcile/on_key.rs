//! What the key in hand says: silently, which credentials of the ledger it holds; with its PIN, what else is on it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Asked, KeyFacts, StoredCredential};
use super::{Request, Witnesses};
use crate::ceremony::fitness::require_pin_tries;
use crate::ceremony::interaction::{PinPurpose, Step};
use crate::ceremony::{Error, silent};
use crate::ctap::{Permissions, PinUvAuth};
use crate::webauthn::{Aaguid, RpId};

/// The relying party of Microsoft's sign-in, which a ledger without a key has not named yet.
const RP_ID: &str = "login.microsoft.com";

pub(super) fn look(request: &Request, witnesses: &mut Witnesses<'_>) -> Result<KeyFacts, Error> {
    witnesses.interaction.begin(Step::InspectKey);
    let aaguid = witnesses.key.in_hand()?.info().aaguid;
    let (admitted, is_silent) = admitted(aaguid, witnesses)?;
    let contents = request
        .contents
        .then(|| contents(request, witnesses))
        .transpose()?;
    let fact = format!("model {aaguid}");
    witnesses.interaction.done(Step::InspectKey, &fact);
    Ok(KeyFacts {
        address: request.address.clone(),
        aaguid,
        admitted,
        is_silent,
        contents,
    })
}

/// The credentials of the ledger, of this model, that the key admits to hold, and whether it refuses to answer.
fn admitted(aaguid: Aaguid, witnesses: &mut Witnesses<'_>) -> Result<(Vec<Vec<u8>>, bool), Error> {
    let mut admitted = Vec::new();
    for (rp_id, mut ids) in candidates(aaguid, witnesses) {
        while !ids.is_empty() {
            let asked = ids.iter().map(Vec::as_slice);
            let key = witnesses.key.in_hand_mut()?;
            match silent::ask(key, witnesses.env, &rp_id, asked)? {
                silent::Answer::Holds(id) => {
                    let before = ids.len();
                    ids.retain(|candidate| *candidate != id);
                    // A key that names what it was not asked for would be asked for ever.
                    if ids.len() == before {
                        break;
                    }
                    admitted.push(id);
                }
                silent::Answer::HoldsNone => break,
                silent::Answer::WillNotSay => return Ok((admitted, true)),
            }
        }
    }
    Ok((admitted, false))
}

/// The credentials of this model that the ledger has ever heard of, by relying party.
fn candidates(aaguid: Aaguid, witnesses: &Witnesses<'_>) -> BTreeMap<RpId, Vec<Vec<u8>>> {
    let mut candidates: BTreeMap<RpId, Vec<Vec<u8>>> = BTreeMap::new();
    let keys = witnesses.ledger.keys().iter().map(|key| &key.enrolled);
    for key in keys.filter(|key| key.aaguid == aaguid) {
        let ids = candidates.entry(key.rp_id.clone()).or_default();
        ids.push(key.credential_id.clone());
    }
    let open = witnesses.ledger.open_ceremonies();
    let created = open.iter().filter_map(|ceremony| ceremony.created.as_ref());
    for created in created.filter(|created| created.aaguid == aaguid) {
        let ids = candidates.entry(created.rp_id.clone()).or_default();
        if !ids.contains(&created.credential_id) {
            ids.push(created.credential_id.clone());
        }
    }
    candidates
}

/// The passkeys on the key for the relying parties of the ledger. Others are nobody's business here.
fn contents(
    request: &Request,
    witnesses: &mut Witnesses<'_>,
) -> Result<Asked<Vec<StoredCredential>>, Error> {
    if witnesses.key.in_hand()?.info().options.client_pin != Some(true) {
        return Ok(Err(
            "the key has no PIN, and without one it lists nothing".to_owned()
        ));
    }
    let auth = authorize(request, witnesses)?;
    let wanted: BTreeSet<[u8; 32]> = relying_parties(witnesses).iter().map(RpId::hash).collect();
    let key = witnesses.key.in_hand_mut()?;
    let mut stored = Vec::new();
    for rp in key.relying_parties(&auth)? {
        if !wanted.contains(&rp.rp_id_hash) {
            continue;
        }
        let held = key.credentials(rp.rp_id_hash, &auth)?;
        stored.extend(held.into_iter().map(|held| StoredCredential {
            id: held.credential.id,
            user_name: held.user.name,
        }));
    }
    Ok(Ok(stored))
}

fn relying_parties(witnesses: &Witnesses<'_>) -> BTreeSet<RpId> {
    let keys = witnesses.ledger.keys().iter();
    let known = keys.map(|key| key.enrolled.rp_id.clone());
    known.chain(RP_ID.parse().ok()).collect()
}

fn authorize(request: &Request, witnesses: &mut Witnesses<'_>) -> Result<PinUvAuth, Error> {
    let key = witnesses.key.in_hand_mut()?;
    let retries = key.pin_retries()?;
    require_pin_tries(retries, request.spend_last_tries)?;
    let pin = witnesses.interaction.pin(PinPurpose::Present {
        retries: Some(retries.retries),
    })?;
    let key = witnesses.key.in_hand_mut()?;
    Ok(key.pin_uv_auth(&pin, Permissions::CM, None)?)
}
