//! What a check finds before the key signs: one line per subject.

use crate::attestation::Verdict;
use crate::ceremony::error::in_full;
use crate::ceremony::fitness::PIN_TRIES_KEPT;
use crate::ceremony::history::Drift;
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, Standards, standards};
use crate::encoding::base64url;
use crate::graph;
use crate::graph::model::Fido2AuthenticationMethod;
use crate::ledger::{KeyEnrolled, Observation, Outcome, OutcomeVerdict};

pub(super) fn pass(subject: &str) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::Pass,
        why: None,
    }
}

pub(super) fn fail(subject: &str, why: impl Into<String>) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::Fail,
        why: Some(why.into()),
    }
}

fn unknown(subject: &str, why: impl Into<String>) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::Unknown,
        why: Some(why.into()),
    }
}

fn not_applicable(subject: &str, why: &str) -> Outcome {
    Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::NotApplicable,
        why: Some(why.to_owned()),
    }
}

/// Unknown is not passed.
pub(super) fn all_passed(findings: &[Outcome]) -> bool {
    findings.iter().all(|finding| {
        matches!(
            finding.verdict,
            OutcomeVerdict::Pass | OutcomeVerdict::NotApplicable
        )
    })
}

pub(super) fn any_failed(findings: &[Outcome]) -> bool {
    findings
        .iter()
        .any(|finding| finding.verdict == OutcomeVerdict::Fail)
}

/// That the key in hand is of the model that was enrolled: any other is another key.
pub(super) fn require_model(key: &KeyEnrolled, parties: &Parties<'_>) -> Result<(), Error> {
    let found = parties.key.in_hand()?.info().aaguid;
    if found == key.aaguid {
        return Ok(());
    }
    Err(Error::WrongKey {
        wanted: key.label.clone(),
        found: format!("a key of model {found}"),
    })
}

/// What getInfo and the retry counter say.
pub(super) fn of_key(
    observed: &Observation,
    parties: &mut Parties<'_>,
) -> Result<Vec<Outcome>, Error> {
    let info = parties.key.in_hand()?.info();
    let mut findings = vec![pass("aaguid")];
    findings.push(match info.force_pin_change {
        Some(true) => fail(
            "pin_change",
            "the key demands that its PIN be changed before use",
        ),
        _ => pass("pin_change"),
    });
    match observed.pin_retries {
        Some(left) => {
            findings.push(pass("pin_set"));
            findings.push(tries(left));
        }
        None => findings.push(fail(
            "pin_set",
            "the key has no PIN, so it has been reset since it was enrolled",
        )),
    }
    Ok(findings)
}

/// Whether the key is as it was, as far as the ledger knows, and why it is as it should be if the operator says so.
pub(super) fn unchanged(drift: Option<&[Drift]>, accepted: Option<&str>) -> Outcome {
    const SUBJECT: &str = "unchanged";
    let Some(drift) = drift else {
        return not_applicable(SUBJECT, "nothing is on record of what the key was like");
    };
    let told = |unexplained: bool| {
        let those = drift
            .iter()
            .filter(|drift| (drift.verdict() == OutcomeVerdict::Fail) == unexplained);
        let told: Vec<String> = those.map(ToString::to_string).collect();
        (!told.is_empty()).then(|| told.join("; "))
    };
    match (told(true), accepted) {
        (Some(unexplained), None) => fail(SUBJECT, unexplained),
        (Some(unexplained), Some(reason)) => Outcome {
            why: Some(format!("accepted ({reason}): {unexplained}")),
            ..pass(SUBJECT)
        },
        (None, _) => Outcome {
            why: told(false),
            ..pass(SUBJECT)
        },
    }
}

/// What today's metadata and policy say of the key, by its registration on record and by what it says of itself now. The
/// attestation itself was judged when the key was enrolled, and has not changed since.
pub(super) fn of_standards(
    key: &KeyEnrolled,
    standards: &Standards,
    parties: &Parties<'_>,
) -> Result<Vec<Outcome>, Error> {
    let state = parties.ledger.state();
    let reported = standards::reported(parties.key.in_hand()?.info());
    let siblings = standards::siblings(state, &key.account.id, Some(&key.credential_id));
    let now = parties.env.now();
    let enrolled_at = state.key_by_credential(&key.credential_id);
    let enrolled_at = enrolled_at.map_or(now, |key| key.enrolled_at);
    let times = (enrolled_at, now);
    let assessment = standards.of_enrolled(key, Some(&reported), &siblings, times)?;
    Ok(assessment
        .today(standards)
        .into_iter()
        .map(|(subject, verdict)| outcome(subject, verdict))
        .collect())
}

fn outcome(subject: &str, verdict: &Verdict) -> Outcome {
    let verdict_of = match verdict {
        Verdict::Pass => OutcomeVerdict::Pass,
        Verdict::Fail { .. } => OutcomeVerdict::Fail,
        Verdict::NotApplicable { .. } => OutcomeVerdict::NotApplicable,
        Verdict::Unknown { .. } => OutcomeVerdict::Unknown,
    };
    Outcome {
        subject: subject.to_owned(),
        verdict: verdict_of,
        why: verdict.why().map(str::to_owned),
    }
}

fn tries(left: u8) -> Outcome {
    match left {
        0 => fail("pin_tries", "the PIN is blocked"),
        left if left <= PIN_TRIES_KEPT => {
            fail("pin_tries", format!("only {left} PIN tries are left"))
        }
        left => Outcome {
            why: Some(format!("{left} left")),
            ..pass("pin_tries")
        },
    }
}

/// Whether the directory still has the account and the credential. A tenant that cannot be asked makes the answer unknown.
pub(super) async fn of_tenant(
    key: &KeyEnrolled,
    parties: &mut Parties<'_>,
    findings: &mut Vec<Outcome>,
) -> Option<graph::Error> {
    let Some(tenant) = parties.tenant else {
        findings.push(not_applicable("account", "checked without the tenant"));
        findings.push(not_applicable("method", "checked without the tenant"));
        return None;
    };
    parties.interaction.begin(Step::InspectTenant);
    let error = match ask(tenant, key).await {
        Ok(outcomes) => {
            findings.extend(outcomes);
            parties
                .interaction
                .done(Step::InspectTenant, &key.account.upn);
            return None;
        }
        Err(error) => error,
    };
    if error.status() == Some(404) {
        findings.push(fail(
            "account",
            format!("the account {} is not in the directory", key.account.upn),
        ));
        return None;
    }
    let why = in_full(&error);
    findings.push(unknown("account", &why));
    findings.push(unknown("method", &why));
    parties
        .interaction
        .warn(&format!("the tenant could not be asked: {why}"));
    Some(error)
}

async fn ask(tenant: &graph::Client, key: &KeyEnrolled) -> Result<[Outcome; 2], graph::Error> {
    let user = tenant.user(&key.account.id).await?;
    let methods = tenant.fido2_methods(&key.account.id).await?;
    let account = match user.account_enabled {
        Some(true) => pass("account"),
        Some(false) => fail("account", "the account is disabled"),
        None => unknown(
            "account",
            "the directory does not say whether the account is enabled",
        ),
    };
    Ok([account, method(key, &methods)])
}

fn method(key: &KeyEnrolled, methods: &[Fido2AuthenticationMethod]) -> Outcome {
    let is_this = |method: &&Fido2AuthenticationMethod| {
        base64url::names_key(&method.id, &key.method_id, &key.credential_id)
    };
    match methods.iter().find(is_this) {
        Some(_) => pass("method"),
        None => fail(
            "method",
            format!(
                "the credential is no longer registered; the account has {} other keys",
                methods.len()
            ),
        ),
    }
}
