//! makeCredential (CTAP 2.1 §6.1) on the throw-away relying party.

use crate::attestation::{self, ClientDataOrHash, Registration, Subject, Verdict, policy};
use crate::ceremony::key_test::bench::{Bench, Trouble};
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ceremony::key_test::throw_away::{Created, rp_id};
use crate::ceremony::standards::reported;
use crate::ctap;
use crate::ctap::status::Status;
use crate::encoding::hex;
use crate::webauthn::{Aaguid, Flags, authenticator_data, cose_key};

/// A COSE algorithm that nobody has registered.
const NO_ALGORITHM: i64 = -70_000;
/// How many algorithms besides ES256 are tried; each costs a touch.
const MOST_ALGORITHMS: usize = 2;

pub(in crate::ceremony::key_test) fn make(bench: &mut Bench<'_>) -> Answer {
    let longest = bench.info()?.max_credential_id_length.unwrap_or(1023);
    let created = bench.credential()?;
    let flags = created.data.flags;
    let length = created.attested.credential_id.len();
    let wrong = [
        (
            created.data.rp_id_hash != rp_id().hash(),
            "it is for another relying party",
        ),
        (!flags.has(Flags::UP), "the flag UP is not set"),
        (
            flags.has(Flags::UV) != created.proven,
            "the flag UV does not say whether the user was verified",
        ),
        (
            flags.has(Flags::BE) || flags.has(Flags::BS),
            "the credential may leave the key",
        ),
        (
            created.attested.public_key.algorithm() != cose_key::ES256,
            "its algorithm is not ES256",
        ),
        (
            !(16..=longest.min(1023)).contains(&length),
            "the length of the credential id is not what getInfo and WebAuthn allow",
        ),
        (
            created.data.extensions.is_some(),
            "it has extensions that nobody asked for",
        ),
    ];
    let problems = wrong.iter().filter(|(wrong, _)| *wrong);
    let problems: Vec<String> = problems.map(|(_, what)| (*what).to_owned()).collect();
    Ok(Finding::of_problems(&problems)
        .fact("format", created.response.fmt.clone())
        .fact("flags", flags.0)
        .fact("sign_count", created.data.sign_count)
        .fact("credential_id_bytes", length)
        .fact(
            "authenticator_data",
            hex::encode(&created.response.auth_data),
        ))
}

pub(in crate::ceremony::key_test) fn aaguid(bench: &mut Bench<'_>) -> Answer {
    let reported = bench.info()?.aaguid;
    let created = bench.credential()?;
    let found = created.attested.aaguid;
    let is_u2f = created.response.fmt == "fido-u2f" && found == Aaguid::ZERO;
    let verdict = match found == reported || is_u2f {
        true => Verdict::Pass,
        false => Verdict::fail(format!("getInfo says {reported}, the credential {found}")),
    };
    Ok(Finding::new(verdict).fact("aaguid", found.to_string()))
}

/// What the attestation says of the key, besides what FIDO's metadata says of it; the other subjects are those of other checks.
const SUBJECTS: [Subject; 4] = [
    Subject::Statement,
    Subject::Certificate,
    Subject::Aaguid,
    Subject::Chain,
];

pub(in crate::ceremony::key_test) fn attestation(bench: &mut Bench<'_>) -> Answer {
    let reported = reported(bench.info()?);
    let created = bench.credential()?;
    let object = created.response.attestation_object().to_bytes();
    let rp_id = rp_id();
    let registration = Registration {
        attestation_object: &object,
        client_data: ClientDataOrHash::Json(&created.client_data_json),
        rp_id: &rp_id,
        challenge: &created.challenge,
        algorithms: &created.algorithms,
        get_info: Some(&reported),
    };
    let (trust, now) = (bench.trust, bench.now());
    let judgement = match attestation::judge(&registration, trust, now, now) {
        Ok(judgement) => judgement,
        Err(error) => return Ok(Verdict::fail(error.to_string()).into()),
    };
    let about_the_key = |finding: &&attestation::Finding| {
        let by_metadata = trust.metadata.is_some() && finding.subject.is_of_metadata();
        by_metadata || SUBJECTS.contains(&finding.subject)
    };
    let findings: Vec<_> = judgement.findings.iter().filter(about_the_key).collect();
    let mut result = Finding::new(worst(&findings)).fact("format", created.response.fmt);
    if let policy::Batch::Certificate(fingerprint) = judgement.candidate.batch {
        result = result.fact("certificate_sha256", hex::encode(&fingerprint));
    }
    for finding in findings {
        result = result.fact(finding.subject.as_str(), finding.verdict.as_str());
    }
    Ok(result)
}

/// The gravest verdict, with the reasons of all that are as grave.
fn worst(findings: &[&attestation::Finding]) -> Verdict {
    let reasons = |grave: fn(&Verdict) -> bool| {
        let those = findings.iter().filter(|finding| grave(&finding.verdict));
        let reasons: Vec<String> = those
            .map(|finding| {
                format!(
                    "{}: {}",
                    finding.subject,
                    finding.verdict.why().unwrap_or_default()
                )
            })
            .collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    };
    let failed = reasons(Verdict::is_fail).map(Verdict::fail);
    let unknown =
        || reasons(|verdict| matches!(verdict, Verdict::Unknown { .. })).map(Verdict::unknown);
    failed.or_else(unknown).unwrap_or(Verdict::Pass)
}

pub(in crate::ceremony::key_test) fn excluded(bench: &mut Bench<'_>) -> Answer {
    let created = bench.credential()?;
    let mut order = bench.order();
    order.request.exclude_list = vec![created.descriptor()];
    match bench.create(&order) {
        Err(Trouble::Key(ctap::Error::CredentialExcluded { .. })) => Ok(Finding::pass()),
        Ok(_) => Ok(Verdict::fail("it made a credential although it holds one of the list").into()),
        Err(trouble) => Err(trouble),
    }
}

pub(in crate::ceremony::key_test) fn unknown_algorithm(bench: &mut Bench<'_>) -> Answer {
    let mut order = bench.order();
    order.request.algorithms = vec![NO_ALGORITHM];
    match bench.create(&order) {
        Err(Trouble::Key(ctap::Error::Status {
            status: Status::UnsupportedAlgorithm,
            ..
        })) => Ok(Finding::pass()),
        Ok(_) => {
            Ok(Verdict::fail("it made a credential of an algorithm that does not exist").into())
        }
        Err(trouble) => Err(trouble),
    }
}

pub(in crate::ceremony::key_test) fn algorithms(bench: &mut Bench<'_>) -> Answer {
    let offered = bench.info()?.algorithms.clone();
    let Some(offered) = offered else {
        return Ok(Verdict::not_applicable("getInfo names no algorithms").into());
    };
    let others = offered
        .iter()
        .copied()
        .filter(|alg| *alg != cose_key::ES256);
    let others: Vec<i64> = others.take(MOST_ALGORITHMS).collect();
    if others.is_empty() {
        return Ok(Verdict::not_applicable("ES256 is the only one").into());
    }
    let mut finding = Finding::pass();
    for algorithm in others {
        let (verdict, how) = made_with(bench, algorithm)?;
        finding = finding.fact(&algorithm.to_string(), how);
        if verdict != Verdict::Pass {
            finding.verdict = verdict;
        }
    }
    Ok(finding)
}

/// Makes a credential of an algorithm, and verifies a signature of it where the key gives one without a touch.
fn made_with(bench: &mut Bench<'_>, algorithm: i64) -> Result<(Verdict, &'static str), Trouble> {
    let mut order = bench.order();
    order.request.algorithms = vec![algorithm];
    let created = match bench.create(&order) {
        Err(Trouble::Key(ctap::Error::AuthenticatorData { source, .. }))
            if is_of(&source, algorithm) =>
        {
            return Ok((
                Verdict::Pass,
                "made, and not verified: this program does not know it",
            ));
        }
        other => other?,
    };
    let found = created.attested.public_key.algorithm();
    if found != algorithm {
        let why = format!("{algorithm} was asked for, {found} was made");
        return Ok((Verdict::fail(why), "another one was made"));
    }
    signs(bench, &created)
}

fn is_of(error: &authenticator_data::Error, algorithm: i64) -> bool {
    let unsupported = cose_key::Error::UnsupportedAlgorithm(algorithm);
    *error == authenticator_data::Error::PublicKey(unsupported)
}

fn signs(bench: &mut Bench<'_>, created: &Created) -> Result<(Verdict, &'static str), Trouble> {
    match bench.ask_silently(rp_id(), vec![created.descriptor()]) {
        Ok(Some(signed)) => Ok(match signed.verify(created) {
            Ok(()) => (Verdict::Pass, "made and verified"),
            Err(error) => (Verdict::fail(error.to_string()), "does not verify"),
        }),
        Ok(None) => Ok((
            Verdict::fail("the key does not know the credential"),
            "forgotten",
        )),
        Err(Trouble::Settled(Verdict::NotApplicable { .. })) => Ok((Verdict::Pass, "made")),
        Err(trouble) => Err(trouble),
    }
}
