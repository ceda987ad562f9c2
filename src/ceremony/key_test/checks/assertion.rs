//! getAssertion (CTAP 2.1 §6.2) with the throw-away credential.

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::Bench;
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::throw_away::rp_id;
use crate::ctap::command::CredentialDescriptor;
use crate::encoding::hex;
use crate::webauthn::{Flags, RpId};

/// Another relying party that cannot exist.
const STRANGER: &str = "halligan-key-test-stranger.invalid";

pub(in crate::ceremony::key_test) fn get(bench: &mut Bench<'_>) -> Answer {
    let signed = bench.assertion()?;
    let flags = signed.data.flags;
    let wrong = [
        (
            signed.data.rp_id_hash != rp_id().hash(),
            "it is for another relying party",
        ),
        (!flags.has(Flags::UP), "the flag UP is not set"),
        (
            flags.has(Flags::UV) != signed.proven,
            "the flag UV does not say whether the user was verified",
        ),
        (
            flags.has(Flags::AT),
            "it holds a credential, as only a creation does",
        ),
        (
            flags.has(Flags::ED),
            "it has extensions that nobody asked for",
        ),
        (
            signed
                .response
                .number_of_credentials
                .is_some_and(|number| number != 1),
            "it speaks of several credentials",
        ),
    ];
    let problems = wrong.iter().filter(|(wrong, _)| *wrong);
    let problems: Vec<String> = problems.map(|(_, what)| (*what).to_owned()).collect();
    Ok(Finding::of_problems(&problems)
        .fact("flags", flags.0)
        .fact("sign_count", signed.data.sign_count)
        .fact(
            "authenticator_data",
            hex::encode(&signed.response.auth_data),
        ))
}

pub(in crate::ceremony::key_test) fn signature(bench: &mut Bench<'_>) -> Answer {
    let created = bench.credential()?;
    let signed = bench.assertion()?;
    let verdict = match signed.verify(&created) {
        Ok(()) => Verdict::Pass,
        Err(error) => Verdict::fail(error.to_string()),
    };
    Ok(Finding::new(verdict).fact("signature", hex::encode(&signed.response.signature)))
}

pub(in crate::ceremony::key_test) fn credential(bench: &mut Bench<'_>) -> Answer {
    let created = bench.credential()?;
    let signed = bench.assertion()?;
    let named = signed.response.credential.as_ref().map(|named| &named.id);
    let verdict = match named == Some(&created.attested.credential_id) {
        true => Verdict::Pass,
        false => Verdict::fail("it names a credential that nobody asked for"),
    };
    let named = named.map(|id| hex::encode(id));
    Ok(Finding::new(verdict).fact("credential_id", named))
}

pub(in crate::ceremony::key_test) fn sign_count(bench: &mut Bench<'_>) -> Answer {
    let created = bench.credential()?.data.sign_count;
    let signed = bench.assertion()?.data.sign_count;
    let verdict = match (created, signed) {
        (0, 0) => Verdict::Pass,
        (created, signed) if signed > created => Verdict::Pass,
        (created, signed) => Verdict::fail(format!("it went from {created} to {signed}")),
    };
    Ok(Finding::new(verdict)
        .fact("at_creation", created)
        .fact("at_assertion", signed))
}

pub(in crate::ceremony::key_test) fn allow_list(bench: &mut Bench<'_>) -> Answer {
    let created = bench.credential()?;
    let own = created.descriptor();
    let stranger = stranger(bench, own.id.len());
    let room = bench.info()?.max_credential_count_in_list.unwrap_or(1);
    let list = match room {
        0 | 1 => vec![own.clone()],
        _ => vec![stranger.clone(), own.clone()],
    };
    let several = list.len() > 1;
    let Some(signed) = bench.ask_silently(rp_id(), list)? else {
        return Ok(Verdict::fail("it does not find its credential in the list").into());
    };
    let named = signed.response.credential.as_ref();
    let wrong = match named {
        Some(named) => *named != own,
        None => several,
    };
    let problems = [
        (wrong, "it names another credential than its own"),
        (
            signed.data.flags.has(Flags::UP),
            "the flag UP is set without a touch",
        ),
        (
            signed.verify(&created).is_err(),
            "the signature does not verify",
        ),
        (
            bench.ask_silently(rp_id(), vec![stranger])?.is_some(),
            "it signs for a credential that is not its own",
        ),
    ];
    let problems = problems.iter().filter(|(wrong, _)| *wrong);
    let problems: Vec<String> = problems.map(|(_, what)| (*what).to_owned()).collect();
    Ok(Finding::of_problems(&problems))
}

pub(in crate::ceremony::key_test) fn bound_to_rp(bench: &mut Bench<'_>) -> Answer {
    let own = bench.credential()?.descriptor();
    let stranger: RpId = STRANGER.parse().expect("it is a domain name");
    let verdict = match bench.ask_silently(stranger, vec![own])? {
        None => Verdict::Pass,
        Some(_) => Verdict::fail("it signs for another relying party than the credential's"),
    };
    Ok(verdict.into())
}

/// A credential id that is as long as the key's own, and nobody's.
fn stranger(bench: &Bench<'_>, length: usize) -> CredentialDescriptor {
    let mut id = vec![0; length];
    bench.env.fill(&mut id);
    CredentialDescriptor { id }
}
