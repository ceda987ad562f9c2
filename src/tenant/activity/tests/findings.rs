//! What many rows come to.

use super::*;

#[test]
fn many_rows_alike_are_one_finding() {
    let mut findings = Findings::default();
    let nothing = || Explanation::Nothing { why: None };
    for number in (0..100_000_u32).rev() {
        let mut event = event(sign_in());
        event.id = number.to_string();
        event.time = Timestamp::from_second(i64::from(number)).unwrap();
        event.address = Some(format!("203.0.113.{}", number % 200));
        event.ended = Ended::Failed {
            code: "50126".to_owned(),
            why: String::new(),
        };
        findings.add(event, nothing());
    }
    assert_eq!((findings.unexplained, findings.omitted), (100_000, 0));
    let found = findings.sorted();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rows, found[0].event.id.as_str()), (100_000, "0"));
    assert_eq!(found[0].last, Timestamp::from_second(99_999).unwrap());
    assert!(found[0].addresses.len() == MOST_ADDRESSES && found[0].more_addresses);
}

#[test]
fn the_worst_of_many_rows_alike_stands_for_them() {
    let mut findings = Findings::default();
    for severity in [Severity::Warning, Severity::Error, Severity::Warning] {
        let event = Event {
            severity,
            ..event(sign_in())
        };
        findings.add(event, Explanation::Nothing { why: None });
    }
    assert_eq!(findings.sorted()[0].event.severity, Severity::Error);
}

#[test]
fn a_flood_of_tries_does_not_hide_who_got_in() {
    let nothing = || Explanation::Nothing { why: None };
    let with = |number: usize, code: i32| {
        let mut row = sign_in();
        row["status"]["errorCode"] = code.into();
        Event {
            activity: number.to_string(),
            ..event(row)
        }
    };
    let mut findings = Findings::default();
    for number in 0..MOST_FINDINGS {
        findings.add(with(number, 50126), nothing());
    }
    findings.add(with(MOST_FINDINGS, 53003), nothing());
    findings.add(with(MOST_FINDINGS, 0), nothing());
    findings.add(with(MOST_FINDINGS + 1, 50126), nothing());
    assert_eq!(findings.omitted, 3);
    let found = findings.sorted();
    assert_eq!(found.len(), MOST_FINDINGS);
    let of = |weight: Weight| found.iter().filter(|one| one.weight() == weight).count();
    assert_eq!((of(Weight::Entry), of(Weight::Grave)), (1, 1));
}

#[test]
fn no_number_of_findings_fills_the_memory() {
    let mut findings = Findings::default();
    for number in 0..MOST_FINDINGS + 10 {
        let mut event = event(sign_in());
        event.activity = number.to_string();
        findings.add(event, Explanation::Nothing { why: None });
    }
    assert_eq!(findings.omitted, 10);
    assert_eq!(findings.sorted().len(), MOST_FINDINGS);
}
