//! Discoverable credentials (CTAP 2.1 §6.1, §6.3, §6.8), which are stored on the key: made, found, used, and deleted again in
//! any case.

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::throw_away::{Created, Signed, rp_id};
use crate::ctap;
use crate::ctap::command::get_assertion;
use crate::ctap::status::Status;
use crate::encoding::hex;

pub(in crate::ceremony::key_test) fn storage(bench: &mut Bench<'_>) -> Answer {
    let proof = bench.proof_for_management()?;
    let key = bench.key()?;
    let metadata = key.credentials_metadata(&proof)?;
    let left = metadata.max_possible_remaining_resident_credentials_count;
    let verdict = match left {
        0 => Verdict::fail("there is no room for another credential"),
        _ => Verdict::Pass,
    };
    Ok(Finding::new(verdict)
        .fact("stored", metadata.existing_resident_credentials_count)
        .fact("left", left))
}

pub(in crate::ceremony::key_test) fn life(bench: &mut Bench<'_>) -> Answer {
    // What a run that broke off has left is ours: the relying party cannot exist.
    let earlier = held(bench)?;
    delete(bench, &earlier)?;
    let lived = live(bench);
    let left = held(bench).and_then(|held| {
        delete(bench, &held)?;
        self::held(bench)
    });
    let finding = lived?.fact("removed_of_earlier_runs", earlier.len());
    match left {
        Ok(left) if left.is_empty() => Ok(finding),
        Ok(left) => {
            let ids: Vec<String> = left.iter().map(|id| hex::encode(id)).collect();
            Ok(
                Finding::new(Verdict::fail("throw-away credentials could not be deleted"))
                    .fact("left_behind", ids),
            )
        }
        Err(trouble) => Err(trouble),
    }
}

fn live(bench: &mut Bench<'_>) -> Answer {
    let made = [make(bench)?, make(bench)?];
    let stored = held(bench)?;
    let is_stored = |created: &Created| stored.contains(&created.attested.credential_id);
    if !made.iter().all(is_stored) {
        let why = "a credential that was to be stored is not among those that are";
        return Ok(Verdict::fail(why).into());
    }
    let assertions = sign_with_all(bench)?;
    let signs = |created: &&Created| assertions.iter().any(|signed| is_by(signed, created));
    let found = made.iter().filter(signs).count();
    let verdict = match (found, assertions.len()) {
        (2, 2) => Verdict::Pass,
        (_, given) => Verdict::fail(format!(
            "of two credentials {found} signed, in {given} assertions"
        )),
    };
    Ok(Finding::new(verdict).fact("assertions", assertions.len()))
}

fn is_by(signed: &Signed, created: &Created) -> bool {
    let named = signed.response.credential.as_ref().map(|named| &named.id);
    named == Some(&created.attested.credential_id) && signed.verify(created).is_ok()
}

fn make(bench: &mut Bench<'_>) -> Result<Created, Trouble> {
    let mut order = bench.order();
    order.request.rk = Some(true);
    match bench.create(&order) {
        Err(Trouble::Key(ctap::Error::Status {
            status: Status::KeyStoreFull,
            ..
        })) => Err(Verdict::fail("the key has no room for a credential").into()),
        other => other,
    }
}

/// Assertions of whatever the key holds for the relying party.
fn sign_with_all(bench: &mut Bench<'_>) -> Result<Vec<Signed>, Trouble> {
    let hash = bench.env.random();
    let request = get_assertion::Request::new(rp_id(), hash);
    let proof = bench.proof_for_assertion()?;
    let (key, mut wait) = bench.key_and_wait()?;
    let assertions = key.get_assertion(&request, proof.as_ref(), &mut wait)?;
    drop(wait);
    let signed = assertions
        .into_iter()
        .map(|response| Signed::new(response, hash, proof.is_some()));
    signed.collect()
}

/// The ids of the throw-away credentials that are stored.
fn held(bench: &mut Bench<'_>) -> Result<Vec<Vec<u8>>, Trouble> {
    let proof = bench.proof_for_management()?;
    let key = bench.key()?;
    let stored = key.credentials(rp_id().hash(), &proof)?;
    Ok(stored
        .into_iter()
        .map(|stored| stored.credential.id)
        .collect())
}

fn delete(bench: &mut Bench<'_>, ids: &[Vec<u8>]) -> Result<(), Trouble> {
    for id in ids {
        let proof = bench.proof_for_management()?;
        bench.key()?.delete_credential(id, &proof)?;
    }
    Ok(())
}
