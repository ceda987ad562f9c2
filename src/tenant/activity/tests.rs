#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

const ACCOUNT: &str = "4562bcc8-c436-4f95-b7c0-4f8ce89dca5e";
const GROUP: &str = "0e9a3c1c-8d0b-4a1f-9a7c-1f2f0c7d2b11";
const REQUEST: &str = "de6d1d6a-2b8c-4e0d-a1a6-2f7ac7b2bd11";
const APP: &str = "6dd7a3a1-3a0e-4c7e-bc43-4b1c8f0ad5d1";

fn watched() -> Watched {
    Watched {
        accounts: vec![(ACCOUNT.to_owned(), "bg1@contoso.example".to_owned())],
        groups: vec![GROUP.to_owned()],
    }
}

/// A row in the form of the resource's page, of a sign-in with a key.
fn sign_in() -> Value {
    json!({
        "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
        "createdDateTime": "2026-11-23T12:10:36Z",
        "userDisplayName": "Emergency Access 1",
        "userPrincipalName": "bg1@contoso.example",
        "userId": ACCOUNT.to_uppercase(),
        "appId": APP,
        "appDisplayName": "Halligan",
        "ipAddress": "2001:db8::7",
        "clientAppUsed": "Browser",
        "correlationId": REQUEST,
        "conditionalAccessStatus": "notApplied",
        "isInteractive": true,
        "riskDetail": "none",
        "resourceDisplayName": "Microsoft Graph",
        "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": null},
        "deviceDetail": {"browser": "Edge 140", "operatingSystem": "Windows 11"},
        "authenticationRequirement": "multiFactorAuthentication",
        "authenticationDetails": [{
            "authenticationStepDateTime": "2026-11-23T12:10:30Z", "authenticationMethod": "Passkey (device-bound)",
            "authenticationMethodDetail": "BG1-A", "succeeded": true, "authenticationStepResultDetail": "",
            "authenticationStepRequirement": "Primary authentication"}],
        "appliedConditionalAccessPolicies": [],
        "signInEventTypes": ["interactiveUser"],
    })
}

/// A row in the form of the resource's page.
fn change(activity: &str, targets: &[&str]) -> DirectoryAudit {
    let targets = targets.iter().map(|id| {
        json!({"id": id, "displayName": null, "type": "User", "userPrincipalName": null, "groupType": null,
            "modifiedProperties": [{"displayName": "Name", "oldValue": null, "newValue": "\"x\""}]})
    });
    let row = json!({
        "id": format!("Directory_{activity}"), "category": "UserManagement", "correlationId": "request-1",
        "result": "success", "resultReason": "", "activityDisplayName": activity,
        "activityDateTime": "2026-11-23T12:10:36.1234567Z", "loggedByService": "Core Directory",
        "initiatedBy": {"user": {"id": "another", "displayName": "", "userPrincipalName": "chief@contoso.example",
            "ipAddress": ""}, "app": null},
        "targetResources": targets.collect::<Vec<_>>(), "additionalDetails": [],
    });
    serde_json::from_value(row).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn drill() -> Drill {
    Drill {
        entry: 7,
        label: "D1".to_owned(),
        account: ACCOUNT.to_owned(),
        from: time("2026-11-23T12:00:00Z"),
        until: time("2026-11-23T12:20:00Z"),
        is_running: false,
        application: Some(APP.to_owned()),
        own: Marks {
            requests: vec![REQUEST.to_uppercase()],
            ..Marks::default()
        },
    }
}

fn asked(id: &str) -> Asked<'_> {
    Asked {
        id,
        account: Some(ACCOUNT),
        now: time("2026-11-23T13:00:00Z"),
    }
}

fn event(row: Value) -> Event {
    let id = row["id"].as_str().unwrap().to_owned();
    let row = serde_json::from_value(row).unwrap();
    of_sign_in(&row, &watched(), asked(&id)).unwrap()
}

fn explained(row: Value, drill: Drill) -> Explanation {
    let announced = Announced::new(vec![drill], Vec::new());
    announced.of_sign_in(&event(row)).unwrap()
}

fn why(row: Value) -> Option<String> {
    match explained(row, drill()) {
        Explanation::Nothing { why } => why,
        Explanation::By { .. } => panic!("it is explained"),
    }
}

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

fn recorded(deed: Deed, objects: &[&str]) -> Recorded {
    Recorded {
        entry: 9,
        what: "change".to_owned(),
        from: time("2026-11-23T12:08:00Z"),
        until: time("2026-11-23T12:12:00Z"),
        deed,
        objects: objects.iter().map(|&id| id.to_owned()).collect(),
    }
}

fn of_row(row: &DirectoryAudit) -> Event {
    of_change(row, &watched(), asked(&row.id))
}

/// What explains these, in the order in which they come.
fn of_rows(announced: &mut Announced, rows: &[&DirectoryAudit]) -> Vec<Explanation> {
    let mut explanations = vec![Explanation::Nothing { why: None }; rows.len()];
    let mut changes = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let event = Event {
            id: at.to_string(),
            ..of_row(row)
        };
        changes.extend(announced.change(event, row, watched().did(row)));
    }
    for (event, explanation) in announced.of_changes(changes) {
        explanations[event.id.parse::<usize>().unwrap()] = explanation;
    }
    explanations
}

fn of(announced: &mut Announced, row: &DirectoryAudit) -> Explanation {
    of_rows(announced, &[row]).remove(0)
}

#[test]
fn a_deed_explains_the_change_that_is_nearest_to_it() {
    let at = |time: &str, request: &str| {
        let mut row = change("Admin registered security info", &[ACCOUNT]);
        row.activity_date_time = Some(time.to_owned());
        row.correlation_id = Some(request.to_owned());
        row
    };
    let before = at("2026-11-23T12:05:00Z", "somebody's");
    let own = at("2026-11-23T12:10:00Z", "ours");
    let after = at("2026-11-23T12:11:00Z", "somebody's too");
    let deed = || recorded(Deed::RegisterKey, &[ACCOUNT]);
    let mut announced = Announced::new(Vec::new(), vec![deed()]);
    // As the service tells them: the newest first.
    let found = of_rows(&mut announced, &[&after, &own, &before]);
    let entries: Vec<_> = found.iter().map(Explanation::entry).collect();
    assert_eq!(entries, [None, Some(9), None]);
    // Of two deeds alike each explains its own.
    let second = Recorded {
        entry: 12,
        from: time("2026-11-23T12:13:00Z"),
        until: time("2026-11-23T12:14:00Z"),
        ..deed()
    };
    let mut announced = Announced::new(Vec::new(), vec![second, deed()]);
    let later = at("2026-11-23T12:13:30Z", "ours again");
    let found = of_rows(&mut announced, &[&later, &own]);
    let entries: Vec<_> = found.iter().map(Explanation::entry).collect();
    assert_eq!(entries, [Some(12), Some(9)]);
}

#[test]
fn a_deed_that_was_resumed_after_days_explains_nothing_in_between() {
    let deed = Recorded {
        from: time("2026-11-20T12:00:00Z"),
        ..recorded(Deed::RegisterKey, &[ACCOUNT])
    };
    for (at, is_explained) in [
        ("2026-11-20T12:10:00Z", true),
        ("2026-11-22T12:00:00Z", false),
        ("2026-11-23T12:00:00Z", true),
    ] {
        let mut row = change("Admin registered security info", &[ACCOUNT]);
        row.activity_date_time = Some(at.to_owned());
        let mut announced = Announced::new(Vec::new(), vec![deed.clone()]);
        assert_eq!(
            of(&mut announced, &row).entry().is_some(),
            is_explained,
            "{at}"
        );
    }
}

#[test]
fn an_update_of_something_else_is_not_the_enrolments() {
    for (deed, property, is_explained) in [
        (Deed::RegisterKey, "SearchableDeviceKey", true),
        (Deed::RegisterKey, "Included Updated Properties", true),
        (Deed::RegisterKey, "AccountEnabled", false),
        (Deed::RemoveKey, "UserPrincipalName", false),
        (Deed::UpdateAccount, "PasswordPolicies", true),
        (Deed::UpdateAccount, "StrongAuthenticationMethod", false),
    ] {
        let mut row = change("Update user", &[ACCOUNT]);
        row.target_resources[0].modified_properties[0].display_name = Some(property.to_owned());
        let mut announced = Announced::new(Vec::new(), vec![recorded(deed, &[ACCOUNT])]);
        let explanation = of(&mut announced, &row);
        assert_eq!(explanation.entry().is_some(), is_explained, "{property}");
    }
}

#[test]
fn no_deed_explains_what_an_emergency_account_does() {
    let deed = recorded(Deed::RegisterKey, &[ACCOUNT]);
    let mut announced = Announced::new(Vec::new(), vec![deed]);
    let mut row = change("Admin registered security info", &[ACCOUNT]);
    row.initiated_by.user.as_mut().unwrap().id = Some(ACCOUNT.to_owned());
    assert_eq!(of(&mut announced, &row), Explanation::Nothing { why: None });
}

#[test]
fn what_an_earlier_look_used_up_is_used_up_but_for_its_own_request() {
    let deed = || recorded(Deed::RegisterKey, &[ACCOUNT]);
    let row = change("Admin registered security info", &[ACCOUNT]);
    for (request, is_explained) in [("request-1", true), ("another", false), ("", false)] {
        let mut announced = Announced::new(Vec::new(), vec![deed()]);
        announced.use_up(9, "Admin registered security info", request);
        assert_eq!(
            of(&mut announced, &row).entry().is_some(),
            is_explained,
            "{request}"
        );
    }
}

#[test]
fn a_deed_explains_its_own_change_and_no_second_one() {
    let deed = recorded(Deed::RegisterKey, &[ACCOUNT]);
    let mut announced = Announced::new(Vec::new(), vec![deed]);
    let mut row = change("Admin registered security info", &[ACCOUNT]);
    assert_eq!(of(&mut announced, &row).entry(), Some(9));
    assert_eq!(
        of(&mut announced, &row).entry(),
        Some(9),
        "of the same request"
    );
    row.correlation_id = Some("request-2".to_owned());
    let second = of(&mut announced, &row);
    let why = Some("the change explains one such change, not two".to_owned());
    assert_eq!(second, Explanation::Nothing { why });
    let key = change("Add Passkey (device-bound)", &[ACCOUNT]);
    assert_eq!(
        of(&mut announced, &key).entry(),
        Some(9),
        "the service logs it twice"
    );
}

#[test]
fn a_deed_explains_nothing_else() {
    let deed = || recorded(Deed::AddMember, &[GROUP, ACCOUNT]);
    let explains = |row: &DirectoryAudit| {
        let mut announced = Announced::new(Vec::new(), vec![deed()]);
        of(&mut announced, row).entry().is_some()
    };
    let added = || change("Add member to group", &[ACCOUNT, GROUP]);
    assert!(explains(&added()));
    assert!(!explains(&change(
        "Add member to group",
        &["another", GROUP]
    )));
    assert!(!explains(&change(
        "Remove member from group",
        &[ACCOUNT, GROUP]
    )));
    for (time, is_in) in [
        ("2026-11-23T12:17:00Z", true),
        ("2026-11-23T12:17:01Z", false),
    ] {
        let mut row = added();
        row.activity_date_time = Some(time.to_owned());
        assert_eq!(explains(&row), is_in);
    }
    let mut failed = added();
    failed.result = Some("failure".to_owned());
    assert!(!explains(&failed));
}

#[test]
fn a_policy_that_names_the_accounts_is_graver() {
    let mut row = change("Update conditional access policy", &["a-policy"]);
    let severity = |row: &DirectoryAudit| of_row(row).severity;
    assert_eq!(severity(&row), Severity::Warning);
    let properties = &mut row.target_resources[0].modified_properties;
    properties[0].old_value = Some(format!(
        "{{\"excludeGroups\":[\"{}\"]}}",
        GROUP.to_uppercase()
    ));
    assert_eq!(severity(&row), Severity::Error);
    assert_eq!(
        severity(&change("Reset user password", &[ACCOUNT])),
        Severity::Error
    );
    assert_eq!(severity(&change("Delete group", &[GROUP])), Severity::Error);
}

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
