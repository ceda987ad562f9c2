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
        is_late: last > 30,
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

fn accounts() -> Vec<String> {
    let upn = |number| format!("ea{number}@contoso.onmicrosoft.com");
    (0..4).map(upn).collect()
}

/// Two for each account; those of the third were heard of long ago.
fn keys() -> Vec<KeyLife> {
    let months: Vec<(i64, bool)> = (0..12).map(|month| (30 * month + 5, month != 7)).collect();
    let keys = accounts()
        .into_iter()
        .enumerate()
        .flat_map(|(at, account)| {
            let signs = &months[..if at == 2 { 9 } else { 12 }];
            let last = if at == 2 { 120 } else { 30 };
            ["A", "B"].map(|letter| key(&format!("EA{at}-{letter}"), &account, signs, last))
        });
    keys.collect()
}

fn coverage() -> Coverage {
    let row = |(at, account): (usize, String)| CoverageRow {
        account,
        cells: vec![vec![format!("EA{at}-A")], vec![format!("EA{at}-B")]],
        nowhere: Vec::new(),
        warnings: match at {
            1 => vec!["all keys are of the model 00000000-0000-0000-0000-000000000000".to_owned()],
            _ => Vec::new(),
        },
        doubts: match at {
            2 => vec!["nobody said where EA2-B lie".to_owned()],
            _ => Vec::new(),
        },
    };
    Coverage {
        places: vec!["Safe North".to_owned(), HOSTILE.to_owned()],
        rows: accounts().into_iter().enumerate().map(row).collect(),
    }
}

fn counts() -> BTreeMap<String, u32> {
    let counts = [
        ("failed", 2),
        ("unknown", 1),
        ("passed", 31),
        ("incidents", 1),
        ("keys", 8),
        ("accounts", 4),
        ("drills", 4),
    ];
    counts.map(|(name, count)| (name.to_owned(), count)).into()
}

pub(super) fn sample() -> Reviewed {
    let accounts = accounts();
    let head = EntryRef {
        index: 113,
        hash: crate::ledger::EntryHash::NONE,
    };
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
        unanswered: None,
        happenings: vec![Happening {
            kind: "keys_handed_over",
            time: day(310),
            entry: 91,
            what: HOSTILE.to_owned(),
        }],
        keys: keys(),
        coverage: coverage(),
        exposure: Ok(exposures()),
        uses: vec![
            one_use(&accounts[3], 290, UseKind::Unexplained),
            one_use(&accounts[0], 300, UseKind::Drill),
            one_use(&accounts[3], 330, UseKind::Explained),
        ],
        counts: counts(),
        compared_with: Some(Comparison {
            entry: head,
            held: day(275),
            passed: true,
            signed_by: vec!["Ada Lovelace".to_owned()],
            appeared: vec![HOSTILE.to_owned()],
            gone: vec!["HG-101 tenant".to_owned(), "safes".to_owned()],
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
        &[(0, true), (15, false), (73, false), (292, true)],
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
            // Until the check that failed, and not for the whole month.
            mark(Shape::Covered, 0, 41),
            mark(Shape::Covered, 800, 82),
            mark(Shape::Good, 0, 0),
            mark(Shape::Good, 800, 0),
            mark(Shape::Bad, 41, 0),
            mark(Shape::Bad, 200, 0),
        ]
    );
    assert_eq!(strip.months.len(), 12);
    assert_eq!(
        strip.says,
        "last 73 days ago, longest gap 41 days; 2 failed checks; too long ago"
    );
    let page = review_html(&reviewed);
    for golden in [
        "<rect class=\"covered\" x=\"80.0%\" y=\"0\" width=\"8.2%\" height=\"24\"/>",
        "<line class=\"sign\" x1=\"80.0%\" y1=\"3\" x2=\"80.0%\" y2=\"21\"/>",
        "<svg x=\"20.0%\" y=\"0\"><path class=\"cross\" d=\"M-6 5L6 19M-6 19L6 5\"/></svg>",
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

#[test]
fn a_row_that_was_told_late_has_its_own_place() {
    let mut reviewed = sample();
    let ea0 = accounts().swap_remove(0);
    reviewed.uses = vec![
        one_use(&ea0, 255, UseKind::Unexplained),
        one_use(&ea0, 310, UseKind::Drill),
    ];
    assert_eq!(Axis::of_usage(&reviewed).from, day(255));
    let strips = chart::usage(&reviewed);
    let places: Vec<(Shape, i64)> = strips[0]
        .marks
        .iter()
        .map(|one| (one.shape, one.x))
        .collect();
    assert_eq!(places, [(Shape::Good, 500), (Shape::Bad, 0)]);
    assert!(review_html(&reviewed).contains(&day(255).to_string()[..10]));
    reviewed.uses[0].time = day(-9000);
    assert_eq!(Axis::of_usage(&reviewed).from, day(275 - 31));
}

#[test]
fn a_page_says_what_nobody_knows_and_what_is_to_be_typed() {
    let mut reviewed = sample();
    reviewed.unanswered = Some("connection <refused>".to_owned());
    reviewed.findings[1].remedy = Some("run `halligan tenant plan`, then look".to_owned());
    reviewed.counts.insert("drills".to_owned(), 1);
    let page = review_html(&reviewed);
    for expected in [
        "? nobody said where EA2-B lie",
        "The tenant was not read: connection &lt;refused&gt;.",
        "run <code>halligan tenant plan</code>, then look",
        "<div><b>1</b>drill</div>",
        "<div><b>8</b>keys in service</div>",
        "ea2@<wbr>contoso.<wbr>onmicrosoft.<wbr>com",
        "<li>The safes withstand fire, and only those who are meant to can open them</li>",
        "<li>HG-101 tenant</li>",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("✓ nothing").count(), 2, "of four accounts");
}

#[test]
fn who_signs_is_shown_what_they_sign() {
    let moment = |index| crate::ledger::Moment {
        index,
        time: day(365),
    };
    let review = crate::ledger::Review {
        entry: EntryRef {
            index: 7,
            hash: crate::ledger::EntryHash::NONE,
        },
        held: moment(7),
        review: crate::ledger::ReviewHeld {
            tenant: "11111111-2222-4333-8444-555555555555".to_owned(),
            period: crate::ledger::Period {
                from: day(275).to_string(),
                until: day(365).to_string(),
            },
            head: None,
            by: vec!["Ada".to_owned(), "Bob\u{202e}".to_owned()],
            passed: false,
            findings: vec![finding("HG-101 tenant", OutcomeVerdict::Fail).outcome],
            answers: Vec::new(),
            counts: BTreeMap::new(),
            document: "d".repeat(64),
            report: "e".repeat(64),
            compared_with: None,
        },
        signatures: Vec::new(),
    };
    let shown = review_summary(&review);
    for expected in [
        "tenant 11111111-2222-4333-8444-555555555555, held by Ada, Bob",
        "✗ HG-101 tenant\n    why of HG-101 tenant\n",
        &"e".repeat(64),
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert!(!shown.contains('\u{202e}'));
}

#[test]
fn what_a_check_has_against_it_is_told_once() {
    let mut reviewed = sample();
    let outcome = |subject: &str, why: &str| Outcome {
        subject: subject.to_owned(),
        verdict: OutcomeVerdict::Unknown,
        why: Some(why.to_owned()),
    };
    reviewed.checklist = vec![Answered {
        id: "watched",
        recommendation: 15,
        text: "Sign-ins and changes are looked at",
        question: None,
        outcome: outcome(
            "watched",
            "HG-705: tenant: no rule; HG-7: other; looks: none",
        ),
        evidence: vec![
            outcome("HG-705", "tenant: no rule"),
            outcome("HG-7", "other"),
            outcome("looks", "none"),
        ],
        given: None,
    }];
    let lines = open(&reviewed);
    let item = lines.last().unwrap();
    assert_eq!(
        item.why.as_deref(),
        Some("HG-705, as said above; HG-7: other; looks: none")
    );
}
