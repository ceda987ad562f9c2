//! What a review finds, one line per subject: what is not as it should be line by line, and of every part a line that says that it was
//! looked at.

use super::story::Story;
use super::unseen::unseen;
use super::{Finding, Incident, Material};
use crate::attestation::Verdict;
use crate::ceremony::duty::{Duty, DutyKind, DutyState, resume};
use crate::ceremony::reconcile::{self, Standing};
use crate::ledger::{OutcomeVerdict, Warning};
use crate::tenant::audit;

/// Everything, part by part.
pub(super) fn findings(
    material: &Material<'_>,
    story: &Story<'_>,
    incidents: &[Incident],
) -> Vec<Finding> {
    let mut findings = vec![ledger(material, story)];
    findings.extend(incidents.iter().map(incident));
    findings.extend(audited(material));
    findings.extend(reconciled(material));
    findings.extend(monitored(material, story));
    findings.extend(due(material));
    findings.extend(ceremonies(story));
    findings.extend(signatures(material, story));
    findings
}

/// Nothing is reviewed that does not verify. What verifying remarks on, and what is dated in the future, leaves open when things were.
fn ledger(material: &Material<'_>, story: &Story<'_>) -> Finding {
    let remarks = material.warnings.iter().filter(|warning| match warning {
        Warning::TimeWentBack { index, .. } => story.is_new_index(*index),
        // What it says stays unknown, whoever was told.
        Warning::UnexpectedObject(_) | Warning::UnknownKind { .. } => true,
    });
    let entries = material.entries.iter();
    let entries = entries.map(|entry| (entry.index, entry.time));
    let merged = story.told.iter().filter(|told| told.is_merged);
    let dated = entries.chain(merged.map(|told| (told.index, told.time)));
    let future = dated.filter(|(_, time)| !story.is_past(*time));
    let future =
        future.map(|(index, time)| format!("entry {index} says {time}, which is in the future"));
    let odd: Vec<String> = remarks.map(ToString::to_string).chain(future).collect();
    match odd.is_empty() {
        true => {
            let entries = format!("{} entries verified", material.entries.len());
            Finding::new("ledger", "ledger", OutcomeVerdict::Pass, entries)
        }
        false => Finding::new("ledger", "ledger", OutcomeVerdict::Unknown, odd.join("; "))
            .remedied("find out which station's clock or version it was: `halligan ledger show` names the station of an entry"),
    }
}

/// How the subject of every incident begins, and no other.
pub(super) const INCIDENT: &str = "incident: ";

fn incident(incident: &Incident) -> Finding {
    let kind = incident.kind.describe();
    let subject = format!("{INCIDENT}{kind} {}", incident.subject);
    let why = format!(
        "{} (entry {}, {})",
        incident.what, incident.entry, incident.time
    );
    Finding::new("incident", subject, OutcomeVerdict::Fail, why)
        .remedied("find out who did it and why, write down what was done about it, and replace what can no longer be trusted")
}

/// Those, or that there are none.
fn or_none(part: &'static str, found: Vec<Finding>, fine: impl Into<String>) -> Vec<Finding> {
    match found.is_empty() {
        true => vec![Finding::new(part, part, OutcomeVerdict::Pass, fine)],
        false => found,
    }
}

fn audited(material: &Material<'_>) -> Vec<Finding> {
    let audited = match &material.audited {
        Ok(audited) => audited,
        Err(why) => {
            return vec![Finding::new(
                "audit",
                "audit",
                OutcomeVerdict::Unknown,
                *why,
            )];
        }
    };
    let lines = audited.audit.lines.iter();
    let against = lines.filter(|line| {
        let counts = line.fails() || (audited.fail_on.unknown && line.is_open());
        counts && line.check.severity >= audited.fail_on.severity
    });
    let checks = format!("{} lines, none against it", audited.audit.lines.len());
    or_none("audit", against.map(audit_line).collect(), checks)
}

fn audit_line(line: &audit::Line) -> Finding {
    let finding = &line.finding;
    let mut subject = format!("{} {}", line.check.id, finding.subject.name);
    for object in &finding.objects {
        subject.push_str(", ");
        subject.push_str(&object.name);
    }
    let verdict = match finding.verdict {
        Verdict::Fail { .. } => OutcomeVerdict::Fail,
        _ => OutcomeVerdict::Unknown,
    };
    let found = Finding::new("audit", subject, verdict, finding.said());
    match verdict {
        OutcomeVerdict::Fail => found.remedied(line.check.fix),
        _ => found,
    }
}

fn reconciled(material: &Material<'_>) -> Vec<Finding> {
    let reconciled = match material.reconciled {
        Ok(reconciled) => reconciled,
        Err(why) => {
            let unknown = OutcomeVerdict::Unknown;
            return vec![Finding::new("reconcile", "reconcile", unknown, why)];
        }
    };
    let lines = reconciled.lines.iter();
    let against = lines.flat_map(|line| {
        let findings = line.findings.iter();
        let against = findings.filter(|one| one.id.standing() != Standing::InOrder);
        against.map(|one| difference(line, one))
    });
    let fine = format!("{} lines in order", reconciled.lines.len());
    or_none("reconcile", against.collect(), fine)
}

fn difference(line: &reconcile::Line, finding: &reconcile::Finding) -> Finding {
    let subject = &line.subject;
    let names = [&subject.label, &subject.method_id, &subject.account];
    let name = names.into_iter().flatten().next();
    let name = name.map_or("a key", String::as_str);
    let verdict = match finding.id.standing() {
        Standing::NotInOrder => OutcomeVerdict::Fail,
        Standing::InOrder | Standing::Unknown => OutcomeVerdict::Unknown,
    };
    let subject = format!("{name}: {}", finding.id.as_str());
    let found = Finding::new("reconcile", subject, verdict, finding.what.clone());
    match &finding.remedy {
        Some(remedy) => found.remedied(remedy.clone()),
        None => found,
    }
}

fn monitored(material: &Material<'_>, story: &Story<'_>) -> Vec<Finding> {
    let gaps = unseen(material, story).into_iter();
    let gaps = gaps.map(|why| Finding::new("monitor", "logs", OutcomeVerdict::Unknown, why));
    or_none(
        "monitor",
        gaps.collect(),
        "the logs were looked at without a gap",
    )
}

/// What is due, but for what other parts tell themselves.
fn due(material: &Material<'_>) -> Vec<Finding> {
    let duties = material.duties.iter();
    let duties = duties.filter(|duty| {
        match duty.kind {
            DutyKind::Ceremony
            | DutyKind::Ledger
            | DutyKind::Monitor
            | DutyKind::Review
            | DutyKind::Unexplained => false,
            // The review has made one of its own.
            DutyKind::Audit => material.audited.is_err(),
            _ => true,
        }
    });
    let (fine, late): (Vec<&Duty>, Vec<&Duty>) = duties.partition(|duty| duty.state.is_satisfied());
    let fine = format!("{} duties, none is late", fine.len());
    or_none("due", late.into_iter().map(late_duty).collect(), fine)
}

fn late_duty(duty: &Duty) -> Finding {
    let verdict = match duty.state {
        DutyState::Unknown => OutcomeVerdict::Unknown,
        _ => OutcomeVerdict::Fail,
    };
    let subject = format!(
        "due: {} of {}",
        duty.kind.as_str().replace('_', " "),
        duty.subject
    );
    let state = duty.state.as_str();
    let why = match (&duty.why, duty.due_at, duty.last) {
        (Some(why), ..) => format!("{state}: {why}"),
        (None, Some(due_at), _) => format!("{state}, since {due_at}"),
        (None, None, Some(last)) => format!("{state}, last on {last}"),
        (None, None, None) => state.to_owned(),
    };
    Finding::new("due", subject, verdict, why).remedied(duty.command.clone())
}

fn ceremonies(story: &Story<'_>) -> Vec<Finding> {
    let open = story.open_ceremonies().into_iter();
    let open = open.map(|ceremony| {
        let subject = format!("ceremony on {}", ceremony.label);
        let why = format!("{} is open", ceremony.kind.as_str());
        Finding::new("ceremony", subject, OutcomeVerdict::Fail, why)
            .remedied(resume(&ceremony.label))
    });
    or_none("ceremony", open.collect(), "none is open")
}

/// Whether the last review was signed by as many as are to sign it.
fn signatures(material: &Material<'_>, story: &Story<'_>) -> Vec<Finding> {
    let needed = material.terms.signatures;
    let Some(last) = story.last else {
        return Vec::new();
    };
    let signed = last.counted().count();
    let late = last.signatures.len() - signed;
    let missing = (signed < needed).then(|| {
        let subject = format!("signatures of the review of entry {}", last.entry.index);
        let mut why = format!("{signed} of {needed} reviewers have signed it");
        if late > 0 {
            why.push_str(&format!(
                ", besides {late} who joined after it was held and do not count"
            ));
        }
        let remedy = format!(
            "halligan review sign --review {} --reviewer NAME",
            last.entry.index
        );
        Finding::new("review", subject, OutcomeVerdict::Fail, why).remedied(remedy)
    });
    let fine = format!("the last one has {signed} of {needed} signatures");
    or_none("review", missing.into_iter().collect(), fine)
}
