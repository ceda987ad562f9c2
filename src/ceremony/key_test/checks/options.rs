//! Options against behaviour: what getInfo announces is answered. What it does not announce is not tried, because some keys
//! crash on it.

use crate::attestation::Verdict;
use crate::ceremony::key_test::bench::Bench;
use crate::ceremony::key_test::check::{Answer, Finding};
use crate::ctap::command::get_info::Options;
use crate::ctap::command::{CONFIG, CREDENTIAL_MANAGEMENT, CREDENTIAL_MANAGEMENT_PREVIEW};
use crate::ctap::status::Status;
use crate::encoding::cbor;

const BIO_ENROLLMENT: u8 = 0x09;
const BIO_ENROLLMENT_PREVIEW: u8 = 0x40;
const LARGE_BLOBS: u8 = 0x0c;
/// An empty map: what lacks its subcommand cannot do anything.
const NOTHING: &[u8] = &[0xa0];
/// getModality: true.
const MODALITY: &[u8] = &[0xa1, 0x06, 0xf5];
/// The first 17 bytes, those of an empty array.
const FIRST_FRAGMENT: &[u8] = &[0xa2, 0x01, 0x11, 0x03, 0x00];

/// An option, whether it is announced, and a request that its command answers without doing anything.
type Question = (&'static str, fn(&Options) -> bool, u8, &'static [u8]);

const QUESTIONS: [Question; 5] = [
    (
        "credMgmt",
        |options| options.cred_mgmt == Some(true),
        CREDENTIAL_MANAGEMENT,
        NOTHING,
    ),
    (
        "credentialMgmtPreview",
        |options| options.credential_mgmt_preview == Some(true),
        CREDENTIAL_MANAGEMENT_PREVIEW,
        NOTHING,
    ),
    (
        "authnrCfg",
        |options| options.authnr_cfg == Some(true),
        CONFIG,
        NOTHING,
    ),
    (
        "bioEnroll",
        |options| options.bio_enroll.is_some(),
        BIO_ENROLLMENT,
        MODALITY,
    ),
    (
        "userVerificationMgmtPreview",
        |options| options.user_verification_mgmt_preview.is_some(),
        BIO_ENROLLMENT_PREVIEW,
        MODALITY,
    ),
];

/// What a command may answer to a request that lacks what it needs.
const REFUSALS: [Status; 12] = [
    Status::InvalidParameter,
    Status::InvalidLength,
    Status::CborUnexpectedType,
    Status::InvalidCbor,
    Status::MissingParameter,
    Status::InvalidOption,
    Status::UnsupportedOption,
    Status::NotAllowed,
    Status::PinAuthInvalid,
    Status::PinNotSet,
    Status::PuatRequired,
    Status::InvalidSubcommand,
];

pub(in crate::ceremony::key_test) fn behave(bench: &mut Bench<'_>) -> Answer {
    let mut finding = Finding::pass();
    let mut problems = Vec::new();
    let options = bench.info()?.options.clone();
    for (option, announced, command, parameters) in QUESTIONS {
        if !announced(&options) {
            continue;
        }
        let answer = bench.raw(&[&[command], parameters].concat())?;
        let status = answer.first().map(|status| Status::from(*status));
        let shown = status.map_or("nothing".to_owned(), |status| status.to_string());
        finding = finding.fact(option, shown.clone());
        let refused = status.is_some_and(|status| REFUSALS.contains(&status));
        let answered = status == Some(Status::Ok) && is_map(&answer);
        if !(refused || answered && parameters != NOTHING) {
            problems.push(format!(
                "{option} is announced, and its command answered {shown}"
            ));
        }
    }
    if finding.facts.is_empty() {
        let why = "getInfo announces no option that has a command of its own";
        return Ok(Verdict::not_applicable(why).into());
    }
    finding.verdict = Finding::of_problems(&problems).verdict;
    Ok(finding)
}

pub(in crate::ceremony::key_test) fn large_blobs(bench: &mut Bench<'_>) -> Answer {
    let answer = bench.raw(&[&[LARGE_BLOBS], FIRST_FRAGMENT].concat())?;
    let status = answer.first().map(|status| Status::from(*status));
    let verdict = match status {
        Some(Status::Ok) if is_map(&answer) => Verdict::Pass,
        Some(Status::Ok) => Verdict::fail("the answer is no CBOR map"),
        Some(status) => Verdict::fail(format!("reading the array was answered by {status}")),
        None => Verdict::fail("an empty answer"),
    };
    Ok(verdict.into())
}

fn is_map(answer: &[u8]) -> bool {
    let body = answer.get(1..).unwrap_or_default();
    cbor::decode(body).is_ok_and(|value| value.is_map())
}
