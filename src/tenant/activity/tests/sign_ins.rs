//! What a sign-in is, and which drill explains it.

use serde_json::{Value, json};

use super::*;

#[test]
fn a_sign_in_as_announced_is_explained() {
    let by = Explanation::By {
        entry: 7,
        what: "drill D1".to_owned(),
    };
    assert_eq!(explained(sign_in(), drill()), by);
    let mut earlier_words = sign_in();
    earlier_words["authenticationDetails"][0]["authenticationMethod"] = "FIDO2 security key".into();
    assert_eq!(explained(earlier_words, drill()), by);
    // Programs go on with what somebody began.
    let mut program = sign_in();
    program["isInteractive"] = false.into();
    program["authenticationDetails"][0]["authenticationMethod"] = "Previously satisfied".into();
    program["correlationId"] = "another".into();
    assert_eq!(explained(program, drill()), by);
    let mut interrupted = sign_in();
    interrupted["status"]["errorCode"] = 50140.into();
    interrupted["authenticationDetails"] = json!([]);
    assert_eq!(explained(interrupted, drill()), by);
    for (time, is_in) in [
        ("2026-11-23T11:55:00Z", true),
        ("2026-11-23T11:54:59Z", false),
        ("2026-11-23T12:25:00Z", true),
        ("2026-11-23T12:25:01Z", false),
    ] {
        let mut row = sign_in();
        row["createdDateTime"] = time.into();
        assert_eq!(explained(row, drill()).entry().is_some(), is_in, "{time}");
    }
}

#[test]
fn what_is_odd_in_a_drill_is_not_explained_by_it() {
    let with = |path: &str, value: Value| {
        let mut row = sign_in();
        *row.pointer_mut(path).unwrap() = value;
        why(row).unwrap()
    };
    let method = "/authenticationDetails/0/authenticationMethod";
    for (odd, why) in [
        (
            with(method, json!("Password")),
            "by Password, which is no passkey",
        ),
        (
            with(method, json!("Previously satisfied")),
            "does not say that it was by a passkey",
        ),
        (
            with("/authenticationDetails", json!([])),
            "does not say that it was by a passkey",
        ),
        (with("/appId", json!("another")), "by another application"),
        (with("/appId", Value::Null), "by another application"),
        (with("/status/errorCode", json!(50126)), "it failed"),
        (with("/status", Value::Null), "does not say how it ended"),
    ] {
        assert!(odd.starts_with("within the drill D1, but "), "{odd}");
        assert!(odd.contains(why), "{odd}");
    }
    let mut both = sign_in();
    let password = json!({"authenticationMethod": "Password", "succeeded": true});
    both["authenticationDetails"]
        .as_array_mut()
        .unwrap()
        .push(password);
    assert!(why(both).unwrap().contains("by Password"));
    let other_account = Drill {
        account: GROUP.to_owned(),
        ..drill()
    };
    assert_eq!(
        explained(sign_in(), other_account),
        Explanation::Nothing { why: None }
    );
}

#[test]
fn the_row_that_the_drill_found_is_the_drills() {
    let own = Marks {
        row: Some("66ea54eb-6301-4ee5-be62-ff5a759b0100".to_owned()),
        ..Marks::default()
    };
    let found = Drill {
        own,
        application: Some("another".to_owned()),
        ..drill()
    };
    assert_eq!(explained(sign_in(), found).entry(), Some(7));
}

#[test]
fn whoever_else_uses_a_key_within_a_drill_is_seen() {
    let mut row = sign_in();
    row["correlationId"] = "another".into();
    assert_eq!(
        why(row.clone()).unwrap(),
        "within the drill D1, but it is another one than the drill's own"
    );
    let unknown = Drill {
        own: Marks::default(),
        ..drill()
    };
    let unknown = explained(row.clone(), unknown);
    assert!(
        matches!(unknown, Explanation::Nothing { why: Some(why) } if why.ends_with("tells of no sign-in"))
    );
    // By its token, too.
    row["uniqueTokenIdentifier"] = "uti".into();
    let mut by_token = drill();
    by_token.own.tokens.push("uti".to_owned());
    assert_eq!(explained(row.clone(), by_token).entry(), Some(7));
    // Its marks are no licence for another day.
    let mut later = sign_in();
    later["createdDateTime"] = "2026-11-23T14:00:00Z".into();
    assert_eq!(
        explained(later, drill()),
        Explanation::Nothing { why: None }
    );
    // A program of whatever application.
    let unknown_application = Drill {
        application: None,
        ..drill()
    };
    row["isInteractive"] = false.into();
    row["authenticationDetails"][0]["authenticationMethod"] = "Previously satisfied".into();
    assert_eq!(explained(row, unknown_application).entry(), None);
}

#[test]
fn a_sign_in_that_does_not_say_its_kind_is_a_persons() {
    for (kinds, is_interactive) in [
        (json!([]), true),
        (json!(["unknownFutureValue"]), true),
        (json!(["interactiveUser"]), true),
        (json!(["interactiveUser", "nonInteractiveUser"]), true),
        (json!(["nonInteractiveUser"]), false),
    ] {
        let mut row = sign_in();
        row["isInteractive"] = Value::Null;
        row["signInEventTypes"] = kinds.clone();
        assert_eq!(event(row).is_interactive, is_interactive, "{kinds}");
    }
    // Neither a key nor a mark of the drill: no program's.
    let mut silent = sign_in();
    silent["isInteractive"] = Value::Null;
    silent["signInEventTypes"] = json!([]);
    silent["authenticationDetails"] = json!([]);
    silent["correlationId"] = "another".into();
    assert!(why(silent).unwrap().contains("by a passkey"));
}

#[test]
fn while_a_drill_goes_on_nobody_knows_which_sign_in_is_its_own() {
    let running = Drill {
        is_running: true,
        own: Marks::default(),
        ..drill()
    };
    let announced = Announced::new(vec![running], Vec::new());
    assert_eq!(announced.of_sign_in(&event(sign_in())), None);
    let mut wrong = sign_in();
    wrong["status"]["errorCode"] = 50126.into();
    let wrong = announced.of_sign_in(&event(wrong)).unwrap();
    assert_eq!(wrong.entry(), None, "what is odd need not wait");
}

#[test]
fn errors_say_how_far_somebody_came() {
    for (code, severity, ended) in [
        (0, Severity::Error, "success"),
        (50126, Severity::Warning, "50126"),
        (50053, Severity::Warning, "50053"),
        (53003, Severity::Error, "53003"),
        (50076, Severity::Error, "50076"),
        (50058, Severity::Warning, "50058"),
        (50140, Severity::Error, "50140"),
        (50097, Severity::Error, "50097"),
        (123_456, Severity::Error, "123456"),
    ] {
        let mut row = sign_in();
        row["status"]["errorCode"] = code.into();
        let event = event(row);
        assert_eq!(event.severity, severity, "{code}");
        assert_eq!(event.ended.as_result(), Some(ended));
    }
}

#[test]
fn only_questions_that_a_key_is_asked_too_belong_to_a_drill() {
    for (code, is_explained) in [
        (16000, true),
        (50058, true),
        (50140, true),
        (50199, true),
        (65001, true),
        (50097, false),
        (50125, false),
        (50127, false),
        (50129, false),
    ] {
        let mut row = sign_in();
        row["status"]["errorCode"] = code.into();
        let explanation = explained(row, drill());
        assert_eq!(explanation.entry().is_some(), is_explained, "{code}");
    }
}

#[test]
fn rows_of_others_are_no_events_and_rows_that_say_too_little_are() {
    let mut other = sign_in();
    other["userId"] = "another".into();
    let other = serde_json::from_value(other).unwrap();
    assert!(of_sign_in(&other, &watched(), asked("1")).is_none());
    let mut nobodys = sign_in();
    nobodys["userId"] = Value::Null;
    nobodys["createdDateTime"] = "yesterday".into();
    let nobodys = event(nobodys);
    assert_eq!(nobodys.account.as_deref(), Some(ACCOUNT));
    assert_eq!(nobodys.time, asked("1").now);
    assert!(nobodys.activity.ends_with("(the log does not say when)"));
    let unreadable = of_unreadable(Log::SignIns, None, "its member x", asked("1"));
    assert_eq!(unreadable.severity, Severity::Error);
    assert_eq!(unreadable.id, "1");
}
