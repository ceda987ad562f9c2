//! Charts, page and document.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::chart::{self, Axis, Mark, Shape};
use super::*;
use crate::ceremony::review::{
    Change, Coverage, CoverageRow, Exposure, Finding, Happening, Incident, IncidentKind, KeyLife,
    Sign, Use, UseKind,
};
use crate::ledger::{EntryRef, Outcome};
use crate::webauthn::Aaguid;

const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\"'}</style>";

fn day(day: i64) -> Timestamp {
    let until: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    until - SignedDuration::from_hours(24 * (365 - day))
}

fn key(label: &str, account: &str, days: &[(i64, bool)], last: i64) -> KeyLife {
    let sign = |(at, passed): &(i64, bool)| Sign {
        time: day(*at),
        entry: 7,
        passed: *passed,
    };
    KeyLife {
        label: label.to_owned(),
        account: account.to_owned(),
        aaguid: Aaguid::new([7; 16]),
        enrolled_at: day(0),
        signs: days.iter().map(sign).collect(),
        every_days: 30,
        last_days_ago: Some(last),
        longest_gap_days: 41,
    }
}

fn one_use(account: &str, at: i64, kind: UseKind) -> Use {
    Use {
        account: Some(account.to_owned()),
        time: day(at),
        what: "Azure Portal".to_owned(),
        result: None,
        kind,
        entry: 9,
    }
}

fn finding(subject: &str, verdict: OutcomeVerdict) -> Finding {
    Finding {
        part: "audit",
        outcome: Outcome {
            subject: subject.to_owned(),
            verdict,
            why: Some(format!("why of {subject}")),
        },
        remedy: Some("halligan check".to_owned()),
    }
}

fn exposures() -> Vec<Exposure> {
    let row = |policy: Option<&str>, report_only, free, by_key, open, shut| Exposure {
        account: "ea0@contoso.onmicrosoft.com".to_owned(),
        policy: policy.map(str::to_owned),
        report_only,
        free,
        by_key,
        open,
        shut,
    };
    vec![
        row(None, false, 10, 30, 0, 0),
        row(Some("Require MFA for everybody"), false, 0, 40, 0, 0),
        row(Some("Block Linux"), true, 32, 0, 0, 8),
        row(Some(HOSTILE), false, 20, 0, 12, 8),
    ]
}

pub(super) fn sample() -> Reviewed {
    let accounts: Vec<String> = (0..4)
        .map(|number| format!("ea{number}@contoso.onmicrosoft.com"))
        .collect();
    let months: Vec<(i64, bool)> = (0..12).map(|month| (30 * month + 5, month != 7)).collect();
    let keys = accounts.iter().enumerate().flat_map(|(at, account)| {
        ["A", "B"].map(|letter| {
            let signs = &months[..if at == 2 { 9 } else { 12 }];
            let last = if at == 2 { 120 } else { 30 };
            key(&format!("EA{at}-{letter}"), account, signs, last)
        })
    });
    let rows = accounts
        .iter()
        .enumerate()
        .map(|(at, account)| CoverageRow {
            account: account.clone(),
            cells: vec![vec![format!("EA{at}-A")], vec![format!("EA{at}-B")]],
            nowhere: Vec::new(),
            warnings: match at {
                1 => vec![
                    "all keys are of the model 00000000-0000-0000-0000-000000000000".to_owned(),
                ],
                _ => Vec::new(),
            },
        });
    let head = EntryRef {
        index: 113,
        hash: crate::ledger::EntryHash::NONE,
    };
    let counts = [
        ("failed", 2),
        ("unknown", 1),
        ("passed", 31),
        ("incidents", 1),
    ];
    let counts = counts.map(|(name, count)| (name.to_owned(), count));
    let mut counts: BTreeMap<String, u32> = counts.into();
    counts.extend(
        [("keys", 8), ("accounts", 4), ("drills", 4)].map(|(name, count)| (name.to_owned(), count)),
    );
    Reviewed {
        tenant: "11111111-2222-4333-8444-555555555555".to_owned(),
        name: format!("Contoso {HOSTILE}"),
        from: day(275),
        until: day(365),
        head: Some(head),
        by: vec!["Ada Lovelace".to_owned()],
        passed: false,
        findings: vec![
            finding("ledger", OutcomeVerdict::Pass),
            finding(HOSTILE, OutcomeVerdict::Fail),
            finding("HG-705 tenant", OutcomeVerdict::Unknown),
        ],
        checklist: Vec::new(),
        incidents: vec![Incident {
            kind: IncidentKind::Unexplained,
            time: day(300),
            entry: 90,
            subject: "row-1".to_owned(),
            what: HOSTILE.to_owned(),
        }],
        happenings: vec![Happening {
            kind: "keys_handed_over",
            time: day(310),
            entry: 91,
            what: HOSTILE.to_owned(),
        }],
        keys: keys.collect(),
        coverage: Coverage {
            places: vec!["Safe North".to_owned(), HOSTILE.to_owned()],
            rows: rows.collect(),
        },
        exposure: Ok(exposures()),
        uses: vec![
            one_use(&accounts[0], 300, UseKind::Drill),
            one_use(&accounts[3], 290, UseKind::Unexplained),
            one_use(&accounts[3], 330, UseKind::Explained),
        ],
        counts,
        compared_with: Some(Comparison {
            entry: head,
            held: day(275),
            passed: true,
            signed_by: vec!["Ada Lovelace".to_owned()],
            appeared: vec![HOSTILE.to_owned()],
            gone: vec!["HG-101 tenant".to_owned()],
            still: Vec::new(),
            counts: [("keys".to_owned(), Change { then: 6, now: 8 })].into(),
        }),
        signatures: 2,
    }
}

#[test]
fn signs_of_life_become_marks() {
    let mut reviewed = sample();
    reviewed.keys = vec![key(
        "EA0-A",
        "ea0",
        &[(0, true), (73, false), (292, true)],
        73,
    )];
    let axis = Axis::of(&reviewed);
    assert_eq!((axis.from, axis.until), (day(0), day(365)));
    let strips = chart::liveness(&reviewed);
    let [strip] = &strips[..] else {
        panic!("one key, one strip")
    };
    let mark = |shape, x, width| Mark { shape, x, width };
    assert_eq!(
        strip.marks,
        [
            mark(Shape::Covered, 0, 82),
            mark(Shape::Covered, 800, 82),
            mark(Shape::Good, 0, 0),
            mark(Shape::Good, 800, 0),
            mark(Shape::Bad, 200, 0),
        ]
    );
    assert_eq!(strip.months.len(), 12);
    assert_eq!(
        strip.says,
        "last 73 days ago, longest gap 41 days; 1 failed check; too long ago"
    );
    let page = review_html(&reviewed);
    for golden in [
        "<rect class=\"covered\" x=\"0\" y=\"0\" width=\"82\" height=\"24\"/>",
        "<line class=\"sign\" x1=\"800\" y1=\"3\" x2=\"800\" y2=\"21\"/>",
        "<path class=\"cross\" d=\"M194 5L206 19M194 19L206 5\"/>",
    ] {
        assert!(page.contains(golden), "{golden}");
    }
}

#[test]
fn bars_add_up_to_the_whole_width() {
    let bars = chart::exposure(&exposures());
    assert_eq!(bars[0].parts, [("free", 0, 250), ("key", 250, 750)]);
    assert_eq!(
        bars[3].parts,
        [("free", 0, 500), ("open", 500, 300), ("shut", 800, 200)]
    );
    assert_eq!(
        bars[3].says,
        "20 let through, 12 not determined, 8 shut out"
    );
    assert!(bars[3].is_bad && !bars[1].is_bad);
    assert_eq!(
        chart::exposure(&[Exposure::default()])[0].says,
        "nothing to judge"
    );
}

#[test]
fn names_of_a_tenant_are_text_and_nothing_else() {
    let page = review_html(&sample());
    assert!(page.contains("default-src 'none'"));
    for never in [
        "<script", "\u{202e}", "http://", "https://", " src=", " href=", "url(",
    ] {
        assert!(!page.contains(never), "{never:?}");
    }
    assert_eq!(page.matches("</style>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)"));
    let report = review_held(
        &sample(),
        Files {
            report: Path::new("review.html"),
            document: Path::new("review.json"),
        },
        None,
    );
    assert!(!report.text.contains('\u{202e}'), "{}", report.text);
    assert!(report.text.contains("not recorded"));
    assert!(!report.ok);
}

#[test]
fn a_document_says_what_it_is_and_what_could_not_be_read() {
    let mut reviewed = sample();
    reviewed.exposure = Err("no permission".to_owned());
    let document: Value = serde_json::from_str(&review_document(&reviewed)).unwrap();
    assert_eq!(document["schema"], "halligan.review/1");
    assert_eq!(document["exposure"]["unread"], "no permission");
    assert_eq!(document["keys"].as_array().unwrap().len(), 8);
    assert!(review_html(&reviewed).contains("no permission"));
}

#[test]
fn questions_can_be_filled_in_and_show_what_was_answered() {
    let last = crate::ledger::Answer {
        outcome: Outcome {
            subject: "safes".to_owned(),
            verdict: OutcomeVerdict::Fail,
            why: Some("a hinge".to_owned()),
        },
        by: "Ada".to_owned(),
    };
    let report = review_questions(&[last]);
    assert!(report.text.contains("# Last time: no, by Ada: a hinge"));
    let commented = report
        .text
        .lines()
        .filter(|line| line.starts_with('#') && !line.starts_with("# "));
    let filled: Vec<&str> = commented.map(|line| &line[1..]).collect();
    let table: toml::Table = filled.join("\n").parse().unwrap();
    let questions = crate::ceremony::review::ITEMS.iter();
    let questions = questions.filter(|item| item.question.is_some()).count();
    assert_eq!(table["answer"].as_array().unwrap().len(), questions);
}
