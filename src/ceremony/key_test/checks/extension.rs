//! The extensions that Windows asks for (CTAP 2.1 §12): listed ones are honoured.

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::throw_away::{Created, rp_id};
use crate::ctap::command::get_assertion;
use crate::encoding::cbor::{self, Value};

/// An output of the creation, by its identifier.
fn output(created: &Created, id: &str) -> Option<Value> {
    let extensions = created.data.extensions.as_ref()?.as_map()?;
    cbor::get(extensions, &Value::from(id)).cloned()
}

pub(in crate::ceremony::key_test) fn cred_protect(bench: &mut Bench<'_>) -> Answer {
    let created = bench.windows_credential()?;
    let level = output(&created, "credProtect").and_then(|value| value.into_integer().ok());
    let level = level.and_then(|level| u8::try_from(level).ok());
    let verdict = match level {
        Some(1) => Verdict::Pass,
        Some(other) => Verdict::fail(format!("level 1 was asked for, level {other} was given")),
        None => Verdict::fail("it is listed, and a creation ignores it"),
    };
    Ok(Finding::new(verdict).fact("level", level))
}

pub(in crate::ceremony::key_test) fn hmac_secret(bench: &mut Bench<'_>) -> Answer {
    let created = bench.windows_credential()?;
    if output(&created, "hmac-secret") != Some(Value::from(true)) {
        return Ok(Verdict::fail("it is listed, and a creation ignores it").into());
    }
    let salts: [[u8; 32]; 2] = [bench.env.random(), bench.env.random()];
    let swapped = [salts[1], salts[0]];
    let (first, second) = (
        secrets(bench, &created, &salts)?,
        secrets(bench, &created, &swapped)?,
    );
    let (Some((a, b)), Some((c, d))) = (halves(&first), halves(&second)) else {
        let (first, second) = (first.len(), second.len());
        return Ok(
            Verdict::fail(format!("two salts gave {first} and {second} bytes, not 64")).into(),
        );
    };
    let verdict = if a == b {
        Verdict::fail("two salts gave the same secret")
    } else if (a, b) != (d, c) {
        Verdict::fail("the same salt gave two secrets")
    } else {
        Verdict::Pass
    };
    Ok(verdict.into())
}

fn halves(secrets: &[u8]) -> Option<(&[u8], &[u8])> {
    (secrets.len() == 64).then(|| secrets.split_at(32))
}

fn secrets(
    bench: &mut Bench<'_>,
    created: &Created,
    salts: &[[u8; 32]; 2],
) -> Result<zeroize::Zeroizing<Vec<u8>>, Trouble> {
    let mut request = get_assertion::Request::new(rp_id(), bench.env.random());
    request.allow_list = vec![created.descriptor()];
    let proof = bench.proof_for_assertion()?;
    let (key, mut wait) = bench.key_and_wait()?;
    Ok(key.hmac_secrets(&request, salts, proof.as_ref(), &mut wait)?)
}
