//! An audit of the tenant and the ledger: what the one knows for the other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::ceremony::Error;
use crate::encoding::hex;
use crate::ledger::{Draft, Entry, EntryRef, Event, Ledger, State, TenantAudited};
use crate::tenant::audit::{Audit, FailOn, LedgerFacts, LedgerKey, Line};
use crate::tenant::snapshot::Snapshot;

/// What a ledger knows that an audit asks for. Audits of other tenants are not counted.
#[must_use]
pub fn facts(entries: &[Entry], state: &State, tenant: &str) -> LedgerFacts {
    let keys = state.keys_in_service().map(|key| LedgerKey {
        account: key.enrolled.account.id.clone(),
        label: key.enrolled.label.clone(),
        method_id: key.enrolled.method_id.clone(),
        credential_id: key.enrolled.credential_id.clone(),
        last_proof: key.last_proof.map(|(_, time)| time),
    });
    LedgerFacts {
        keys: keys.collect(),
        last_review: entries
            .iter()
            .filter_map(|entry| reviewed(entry, tenant))
            .max(),
    }
}

/// Of when the tenant is that an audit looked at: a file may be judged long after it was read.
fn reviewed(entry: &Entry, tenant: &str) -> Option<Timestamp> {
    match Event::parse(&entry.kind, &entry.body) {
        Ok(Some(Event::TenantAudited(audited))) if audited.tenant == tenant => {
            let taken_at: Timestamp = audited.taken_at.parse().ok()?;
            Some(taken_at.min(entry.time))
        }
        _ => None,
    }
}

/// Records an audit by all checks. `document` is what was read, as an export writes it.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn record(
    ledger: &mut Ledger,
    snapshot: &Snapshot,
    document: &str,
    audit: &Audit,
    fail_on: FailOn,
) -> Result<EntryRef, Error> {
    let event = Event::TenantAudited(TenantAudited {
        tenant: snapshot.tenant.clone(),
        taken_at: snapshot.taken_at.to_string(),
        snapshot: hex::encode(&Sha256::digest(document)),
        passed: audit.is_safe(fail_on),
        fail_on: Some(words(fail_on)),
        counts: counts(audit),
        failed: ids(audit, |line| line.fails_by(fail_on)),
        unknown: ids(audit, |line| line.is_open_by(fail_on)),
    });
    let entry = ledger.append(Draft::new(&event, None)).await?;
    Ok(entry.reference())
}

/// As the command line has it.
fn words(fail_on: FailOn) -> Vec<String> {
    let unknown = fail_on.unknown.then_some("unknown");
    let words = [fail_on.severity.as_str()].into_iter().chain(unknown);
    words.map(str::to_owned).collect()
}

fn counts(audit: &Audit) -> BTreeMap<String, u32> {
    let counts = audit.counts();
    let named = [
        ("errors", counts.errors),
        ("warnings", counts.warnings),
        ("notes", counts.notes),
        ("unknown", counts.unknown),
        ("accepted", counts.accepted),
        ("passed", counts.passed),
        ("not_applicable", counts.not_applicable),
    ];
    let count =
        |(name, count): (&str, usize)| (name.to_owned(), u32::try_from(count).unwrap_or(u32::MAX));
    named.into_iter().map(count).collect()
}

/// The checks with such a line, each once.
fn ids(audit: &Audit, wanted: impl Fn(&Line) -> bool) -> Vec<String> {
    let mut ids: Vec<String> = audit
        .lines
        .iter()
        .filter(|line| wanted(line))
        .map(|line| line.check.id.to_owned())
        .collect();
    ids.dedup();
    ids
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::attestation::Verdict;
    use crate::tenant::audit::{Check, Finding, Object, ObjectKind, Severity};

    fn line(check: &str, verdict: Verdict) -> Line {
        Line {
            check: Check::by_id(check).unwrap(),
            finding: Finding {
                subject: Object {
                    kind: ObjectKind::Tenant,
                    id: None,
                    name: "the tenant".to_owned(),
                },
                verdict,
                objects: Vec::new(),
                aspect: None,
                observed: None,
                permission: None,
            },
            accepted: None,
        }
    }

    #[test]
    fn only_what_counts_is_recorded_as_a_failure() {
        let audit = Audit {
            lines: vec![
                line("HG-102", Verdict::fail("away")),
                line("HG-102", Verdict::fail("away too")),
                line("HG-105", Verdict::unknown("not read")),
                line("HG-705", Verdict::unknown("not read")),
                line("HG-707", Verdict::fail("long ago")),
            ],
            expired: Vec::new(),
            unused: Vec::new(),
        };
        let recorded = |severity| {
            let fail_on = FailOn {
                severity,
                unknown: true,
            };
            (
                ids(&audit, |line| line.fails_by(fail_on)),
                ids(&audit, |line| line.is_open_by(fail_on)),
            )
        };
        let texts = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            recorded(Severity::Warning),
            (texts(&["HG-102"]), texts(&["HG-105"]))
        );
        assert_eq!(
            recorded(Severity::Note),
            (texts(&["HG-102", "HG-707"]), texts(&["HG-105", "HG-705"]))
        );
    }
}
