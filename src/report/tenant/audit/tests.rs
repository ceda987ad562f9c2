#![allow(clippy::unwrap_used)]

use serde_json::Value;

use super::{Audited, html, junit, sarif, tenant_audit};
use crate::attestation::Verdict;
use crate::tenant::audit::{
    Accepted, Audit, CHECKS, FailOn, Finding, Line, Object, ObjectKind, Severity,
};

const NASTY: &str = "<script>&\"'\u{1b}[31m]]>";

fn line(at: usize, verdict: Verdict, accepted: bool) -> Line {
    let object = |kind, id: &str| Object {
        kind,
        id: Some(id.to_owned()),
        name: format!("{NASTY} {id}"),
    };
    Line {
        check: &CHECKS[at],
        finding: Finding {
            subject: object(ObjectKind::Account, "a"),
            verdict,
            objects: vec![
                object(ObjectKind::Policy, "p"),
                object(ObjectKind::Policy, "o"),
            ],
            aspect: None,
            observed: None,
            permission: Some("Policy.Read.All".into()),
        },
        accepted: accepted.then(|| Accepted {
            reason: NASTY.to_owned(),
            until: "2027-01-31".parse().unwrap(),
        }),
    }
}

fn audit() -> Audit {
    Audit {
        lines: vec![
            line(0, Verdict::fail(NASTY), false),
            line(1, Verdict::unknown("open"), false),
            line(2, Verdict::fail("taken"), true),
            line(3, Verdict::Pass, false),
            line(4, Verdict::not_applicable("nothing"), false),
        ],
        expired: Vec::new(),
        unused: Vec::new(),
    }
}

fn with<T>(audit: &Audit, render: impl Fn(&Audited<'_>) -> T) -> T {
    render(&Audited {
        audit,
        tenant: NASTY,
        taken_at: "2026-11-23T06:00:00Z",
        fail_on: FailOn {
            severity: Severity::Warning,
            unknown: true,
        },
    })
}

#[test]
fn what_fails_comes_first_and_passes_only_when_asked_for() {
    let text = |everything| with(&audit(), |one| tenant_audit(one, everything).text);
    let (brief, whole) = (text(false), text(true));
    let order = [
        "Errors",
        "Not determined",
        "Accepted",
        "Passed",
        "Not applicable",
    ];
    let places: Vec<usize> = order.iter().map(|word| whole.find(word).unwrap()).collect();
    assert!(places.is_sorted(), "{whole}");
    assert!(
        !brief.contains("Passed\n") && brief.contains("NOT SAFE"),
        "{brief}"
    );
    assert!(!brief.contains('\u{1b}'));
    assert!(brief.contains("accepted until 2027-01-31"));
}

#[test]
fn files_escape_what_the_directory_says() {
    for text in [with(&audit(), html), with(&audit(), junit)] {
        assert!(
            !text.contains("<script>") && !text.contains('\u{1b}'),
            "{text}"
        );
        assert!(text.contains("&lt;script&gt;"));
    }
    let page = with(&audit(), html);
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("url("));
    assert!(page.contains("default-src 'none'") && page.contains("prefers-color-scheme: dark"));
    let xml = with(&audit(), junit);
    assert!(
        xml.contains("tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"2\""),
        "{xml}"
    );
}

/// The members that SARIF 2.1.0 requires (OASIS, sections 3.13 to 3.27 and 3.49), and the words that it knows, by hand: the schema
/// itself is not part of this repository.
fn require_sarif(document: &Value) {
    assert_eq!(document["version"], "2.1.0");
    assert!(
        document["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    for run in document["runs"].as_array().unwrap() {
        let driver = &run["tool"]["driver"];
        assert!(driver["name"].is_string());
        let rules = driver["rules"].as_array().unwrap();
        for rule in rules {
            assert!(rule["id"].is_string() && rule["shortDescription"]["text"].is_string());
            assert!(
                rule["helpUri"]
                    .as_str()
                    .unwrap()
                    .parse::<url::Url>()
                    .is_ok()
            );
            let level = rule["defaultConfiguration"]["level"].as_str().unwrap();
            assert!(["none", "note", "warning", "error"].contains(&level));
        }
        for result in run["results"].as_array().unwrap() {
            require_result(result, rules);
        }
    }
}

fn require_result(result: &Value, rules: &[Value]) {
    let (kind, level) = (
        result["kind"].as_str().unwrap(),
        result["level"].as_str().unwrap(),
    );
    assert!(
        [
            "pass",
            "open",
            "informational",
            "notApplicable",
            "review",
            "fail"
        ]
        .contains(&kind)
    );
    // Section 3.27.10: if kind is not "fail", level is "none".
    assert_eq!(kind == "fail", level != "none");
    assert!(result["message"]["text"].is_string());
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], result["ruleId"]);
    for location in result["locations"].as_array().unwrap() {
        for logical in location["logicalLocations"].as_array().unwrap() {
            assert!(logical["fullyQualifiedName"].is_string() && logical["name"].is_string());
        }
    }
    let prints = result["partialFingerprints"].as_object().unwrap();
    assert!(prints.values().all(Value::is_string));
    for suppression in result["suppressions"].as_array().into_iter().flatten() {
        assert_eq!(suppression["kind"], "external");
    }
}

#[test]
fn sarif_has_the_members_that_it_requires() {
    let document = with(&audit(), sarif);
    require_sarif(&document);
    let results = document["runs"][0]["results"].as_array().unwrap();
    let kinds: Vec<&str> = results
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["fail", "open", "fail"]);
    assert!(results[2]["suppressions"].is_array() && results[0]["suppressions"].is_null());
    assert_eq!(
        document["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .len(),
        CHECKS.len()
    );
}

#[test]
fn a_fingerprint_stays_while_the_offenders_are_the_same() {
    let print = |line: Line| {
        let one = Audit {
            lines: vec![line],
            ..audit()
        };
        with(&one, sarif)["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let first = print(line(0, Verdict::fail("12 days"), false));
    let mut later = line(0, Verdict::fail("13 days"), true);
    later.finding.objects.reverse();
    later.finding.subject.name = "renamed".to_owned();
    assert_eq!(print(later), first);
    let mut apart = line(0, Verdict::fail("12 days"), false);
    apart.finding.aspect = Some("another sign-in".to_owned());
    assert_ne!(print(apart), first);
    let mut other = line(0, Verdict::fail("12 days"), false);
    other.finding.objects.pop();
    assert_ne!(print(other), first);
    assert_ne!(print(line(1, Verdict::fail("12 days"), false)), first);
}
