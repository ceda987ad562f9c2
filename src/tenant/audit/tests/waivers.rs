//! Who takes a line as it is, and how long.

use serde_json::json;

use super::healthy;
use crate::tenant::audit::{Audit, FailOn, Severity, Waiver};

const STRICT: FailOn = FailOn {
    severity: Severity::Warning,
    unknown: true,
};

fn waiver(subject: Option<&str>, until: &str) -> Waiver {
    Waiver {
        check: "HG-105".to_owned(),
        subject: subject.map(str::to_owned),
        reason: "leave".to_owned(),
        until: until.parse().unwrap(),
    }
}

fn disabled(waiver: &Waiver) -> Audit {
    let mut world = healthy::world();
    world.user(1)["accountEnabled"] = json!(false);
    world.audit_with(std::slice::from_ref(waiver))
}

#[test]
fn a_waiver_holds_through_its_last_day_and_for_its_subject() {
    for subject in [
        None,
        Some("bg1@contoso.onmicrosoft.com"),
        Some(healthy::BG[1]),
    ] {
        let audit = disabled(&waiver(subject, "2026-11-23"));
        assert!(audit.is_safe(STRICT), "{subject:?}");
        assert_eq!(audit.counts().accepted, 1);
        assert!(audit.expired.is_empty() && audit.unused.is_empty());
    }
    let expired = disabled(&waiver(None, "2026-11-22"));
    assert!(!expired.is_safe(STRICT));
    assert_eq!((expired.expired.len(), expired.counts().errors), (1, 1));
    let other = disabled(&waiver(Some("bg0@contoso.onmicrosoft.com"), "2026-12-31"));
    assert!(!other.is_safe(STRICT));
    assert_eq!(other.unused.len(), 1);
}

#[test]
fn a_waiver_for_one_of_several_offenders_does_not_take_the_line() {
    let mut world = healthy::world();
    let owner = |id: &str| json!({"@odata.type": "#microsoft.graph.user", "id": id});
    world.group()["owners"]["read"] = json!([owner("one"), owner("two")]);
    let one = Waiver {
        check: "HG-403".to_owned(),
        ..waiver(Some("one"), "2026-12-31")
    };
    assert!(!world.audit_with(std::slice::from_ref(&one)).is_safe(STRICT));
    world.group()["owners"]["read"] = json!([owner("one")]);
    assert!(world.audit_with(&[one]).is_safe(STRICT));
}

#[test]
fn what_counts_is_what_was_asked_for() {
    let mut world = healthy::world();
    world.user(0)["passwordPolicies"] = json!("None");
    let audit = world.audit();
    let on = |severity, unknown| FailOn { severity, unknown };
    assert!(!audit.is_safe(on(Severity::Warning, false)));
    assert!(audit.is_safe(on(Severity::Error, true)));
    world = healthy::world();
    world.snapshot["domains"] = json!({"unread": {"why": "HTTP 403"}});
    let audit = world.audit();
    assert!(!audit.is_safe(on(Severity::Error, true)));
    assert!(audit.is_safe(on(Severity::Error, false)));
}
