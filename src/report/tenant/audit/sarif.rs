//! An audit in SARIF 2.1.0 (OASIS, 27 March 2020), for whatever collects findings of many tools.
//!
//! What is wrong is of the kind `fail`, what is open of the kind `open`; the rest is left out. A tenant has no files, so that locations
//! are logical ones. What is accepted is a suppressed result.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Audited;
use crate::attestation::Verdict;
use crate::encoding::hex;
use crate::report::printable;
use crate::tenant::audit::{CHECKS, Check, Line, Object, Severity};

/// The document.
#[must_use]
pub fn sarif(audited: &Audited<'_>) -> Value {
    let lines = audited.audit.lines.iter();
    let results: Vec<Value> = lines.filter_map(result).collect();
    json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "halligan",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": CHECKS.iter().map(rule).collect::<Vec<_>>(),
            }},
            "automationDetails": {"id": format!("halligan/tenant/audit/{}/", audited.tenant)},
            "columnKind": "unicodeCodePoints",
            "properties": {"tenant": audited.tenant, "takenAt": audited.taken_at},
            "results": results,
        }],
    })
}

fn rule(check: &Check) -> Value {
    json!({
        "id": check.id,
        "name": check.name,
        "shortDescription": {"text": check.title},
        "help": {"text": format!("{}. {}", check.fix, check.page())},
        "helpUri": check.source,
        "defaultConfiguration": {"level": level(check.severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

fn result(line: &Line) -> Option<Value> {
    // SARIF 3.27.10: a level other than "none" is for failures only.
    let (kind, level) = match &line.finding.verdict {
        Verdict::Fail { .. } => ("fail", level(line.check.severity)),
        Verdict::Unknown { .. } => ("open", "none"),
        Verdict::Pass | Verdict::NotApplicable { .. } => return None,
    };
    let finding = &line.finding;
    let text = format!("{}: {}", finding.subject.name, finding.said());
    let objects = std::iter::once(&finding.subject).chain(&finding.objects);
    let mut result = json!({
        "ruleId": line.check.id,
        "ruleIndex": CHECKS.iter().position(|check| check == line.check),
        "kind": kind,
        "level": level,
        "message": {"text": printable(&text)},
        "locations": [{"logicalLocations": objects.map(location).collect::<Vec<_>>()}],
        "partialFingerprints": {"halligan/1": fingerprint(line)},
    });
    if let Some(permission) = &finding.permission {
        result["properties"] = json!({"permission": permission});
    }
    if let Some(accepted) = &line.accepted {
        let justification = format!("{} (until {})", accepted.reason, accepted.until);
        result["suppressions"] = json!([{"kind": "external", "justification": justification}]);
    }
    Some(result)
}

fn location(object: &Object) -> Value {
    let id = object.id.as_deref().unwrap_or(&object.name);
    json!({
        "name": printable(&object.name),
        "fullyQualifiedName": format!("{}/{}", object.kind.as_str(), printable(id)),
        "kind": "resource",
    })
}

/// The same as long as the same check says something of the same objects: neither a reason with a number of days nor a new name
/// makes it another.
fn fingerprint(line: &Line) -> String {
    let finding = &line.finding;
    let mut objects: Vec<String> = finding.objects.iter().map(identity).collect();
    objects.sort();
    objects.extend(finding.aspect.clone());
    let identity = [line.check.id.to_owned(), identity(&finding.subject)];
    let text = [identity.as_slice(), &objects].concat().join("\n");
    hex::encode(&Sha256::digest(text))
}

fn identity(object: &Object) -> String {
    let id = object.id.as_deref().unwrap_or(&object.name);
    format!("{}/{id}", object.kind.as_str())
}
