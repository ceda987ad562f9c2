//! The liveness check: does an enrolled key still work? Evidence is an assertion over the ledger's head, silent where the key
//! allows it, so that a check costs no PIN try and no sign-in.
//!
//! ```text
//! ledger     which credential the label stands for
//! key        model, PIN, tries left, and whether it is as it was
//! tenant     the account, and whether the credential is still registered
//! key        signs the ledger's head and the findings
//! ledger     key.checked, with the signature as its proof
//! ```

mod assertion;
mod findings;

use crate::ceremony::history::{self, History};
use crate::ceremony::interaction::Step;
use crate::ceremony::{Error, Parties, Standards};
use crate::ledger::{self, Defect, Draft, EntryRef};
use crate::ledger::{Event, KeyChecked, KeyEnrolled, Observation, Outcome};

pub use assertion::Evidence;
pub(crate) use assertion::{Signer, identify, prove, prove_in_person};

/// What the operator asks for.
#[derive(Clone, Default)]
pub struct Request {
    /// The key's label; without one the key in hand is looked up in the ledger.
    pub label: Option<String>,
    /// Ask for touch and PIN even where the key would sign silently: the whole way of a sign-in, as far as the key goes.
    pub full: bool,
    /// Try a PIN although few tries are left.
    pub spend_last_tries: bool,
    /// What the key is held against once more.
    pub standards: Standards,
    /// Why what has changed on the key is as it should be, if it has and is.
    pub accept_changes: Option<String>,
}

/// What was found.
#[derive(Debug)]
pub struct Checked {
    /// The key, as the ledger knows it.
    pub key: KeyEnrolled,
    /// One line per subject.
    pub findings: Vec<Outcome>,
    /// Every subject passed.
    pub passed: bool,
    /// A subject failed. A check that neither passed nor failed is unknown.
    pub failed: bool,
    /// How the key proved itself, if it did.
    pub evidence: Option<Evidence>,
    /// The entry that records the check.
    pub entry: EntryRef,
    /// Why the tenant could not be asked, if it could not.
    pub tenant_error: Option<crate::graph::Error>,
}

/// Checks a key.
///
/// # Errors
/// When the check could not be made: no such label, another key in hand, the key unplugged, the ledger not writable. A key
/// that does not work is a result, not an error.
pub async fn check(request: &Request, mut parties: Parties<'_>) -> Result<Checked, Error> {
    match steps(request, &mut parties).await {
        Err(error) => Err(parties.blame(error)),
        checked => checked,
    }
}

async fn steps(request: &Request, parties: &mut Parties<'_>) -> Result<Checked, Error> {
    let key = find(request, parties).await?;
    let (observed, mut findings) = inspect_key(&key, parties)?;
    let accepted = compare(request, &key, &observed, &mut findings, parties);
    let seen = Seen { observed, accepted };
    findings.extend(findings::of_standards(&key, &request.standards, parties)?);
    let tenant_error = findings::of_tenant(&key, parties, &mut findings).await;
    // An interrupt while the tenant was asked must not be recorded as a tenant that could not be asked.
    parties.go_on()?;
    let (evidence, entry) = sign_and_record(request, &key, &seen, &mut findings, parties).await?;
    let passed = findings::all_passed(&findings);
    let failed = findings::any_failed(&findings);
    Ok(Checked {
        key,
        findings,
        passed,
        failed,
        evidence,
        entry,
        tenant_error,
    })
}

/// What the key is like, and why the operator says that this is as it should be.
struct Seen {
    observed: Observation,
    accepted: Option<String>,
}

fn inspect_key(
    key: &KeyEnrolled,
    parties: &mut Parties<'_>,
) -> Result<(Observation, Vec<Outcome>), Error> {
    parties.interaction.begin(Step::InspectKey);
    findings::require_model(key, parties)?;
    let observed = history::observe(parties.key.in_hand_mut()?)?;
    let findings = findings::of_key(&observed, parties)?;
    parties
        .interaction
        .done(Step::InspectKey, &format!("model {}", key.aaguid));
    Ok((observed, findings))
}

/// Compares what the key is like with what the ledger knows that it was. The operator's reason, if there was something to accept.
fn compare(
    request: &Request,
    key: &KeyEnrolled,
    observed: &Observation,
    findings: &mut Vec<Outcome>,
    parties: &mut Parties<'_>,
) -> Option<String> {
    let known = parties
        .ledger
        .state()
        .key_by_credential(&key.credential_id)?;
    let drift = History::of(parties.ledger.entries(), known).drift(observed);
    let is_explained = drift.as_deref().is_none_or(history::is_explained);
    let accepted = request.accept_changes.clone().filter(|_| !is_explained);
    if accepted.is_none() && request.accept_changes.is_some() {
        parties
            .interaction
            .warn("nothing on the key has changed that would have to be accepted");
    }
    findings.push(findings::unchanged(drift.as_deref(), accepted.as_deref()));
    accepted
}

/// Has the key sign the findings and records them. A signature that the ledger would not accept is itself a finding, and is
/// recorded as one.
async fn sign_and_record(
    request: &Request,
    key: &KeyEnrolled,
    seen: &Seen,
    findings: &mut Vec<Outcome>,
    parties: &mut Parties<'_>,
) -> Result<(Option<Evidence>, EntryRef), Error> {
    parties.interaction.begin(Step::ProveKey);
    let signed = draft(key, seen, findings);
    let defect = match assertion::prove(request, key, &signed, parties)? {
        Ok((evidence, proof)) => match parties.ledger.append(signed.with_proof(proof)).await {
            Ok(entry) => {
                parties
                    .interaction
                    .done(Step::ProveKey, evidence.describe());
                parties
                    .interaction
                    .done(Step::RecordOutcome, &format!("entry {}", entry.index));
                return Ok((Some(evidence), entry.reference()));
            }
            Err(ledger::Error::Refused {
                defect: Defect::Proof(defect),
                ..
            }) => findings::fail("signature", defect.to_string()),
            Err(error) => return Err(error.into()),
        },
        Err(finding) => finding,
    };
    parties.interaction.warn(&format!(
        "{}: {}",
        key.label,
        defect.why.as_deref().unwrap_or_default()
    ));
    findings.push(defect);
    let entry = parties.ledger.append(draft(key, seen, findings)).await?;
    parties
        .interaction
        .done(Step::RecordOutcome, &format!("entry {}", entry.index));
    Ok((None, entry.reference()))
}

fn draft(key: &KeyEnrolled, seen: &Seen, findings: &[Outcome]) -> Draft {
    let checked = KeyChecked {
        label: key.label.clone(),
        credential_id: key.credential_id.clone(),
        passed: findings::all_passed(findings),
        findings: findings.to_vec(),
        observed: Some(seen.observed.clone()),
        accepted: seen.accepted.clone(),
    };
    Draft::new(&Event::KeyChecked(checked), None)
}

/// The ledger's record of the key to check: by its label, or by what the key in hand answers to.
async fn find(request: &Request, parties: &mut Parties<'_>) -> Result<KeyEnrolled, Error> {
    parties.interaction.begin(Step::InspectLedger);
    parties.ledger.refresh().await?;
    let key = match &request.label {
        Some(label) => {
            let known = parties.ledger.state().key_by_label(label);
            known
                .map(|key| key.enrolled.clone())
                .ok_or_else(|| Error::UnknownLabel(label.clone()))?
        }
        None => assertion::identify(parties, None)?.ok_or(Error::UnknownKey)?,
    };
    parties.interaction.done(
        Step::InspectLedger,
        &format!("{} of {}", key.label, key.account.upn),
    );
    Ok(key)
}
