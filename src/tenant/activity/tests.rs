#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

const ACCOUNT: &str = "4562bcc8-c436-4f95-b7c0-4f8ce89dca5e";
const GROUP: &str = "0e9a3c1c-8d0b-4a1f-9a7c-1f2f0c7d2b11";
const APP: &str = "6dd7a3a1-3a0e-4c7e-bc43-4b1c8f0ad5d1";

fn watched() -> Watched {
    Watched {
        accounts: vec![(ACCOUNT.to_owned(), "bg1@contoso.example".to_owned())],
        group: Some(GROUP.to_owned()),
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
        "correlationId": "de6d1d6a-2b8c-4e0d-a1a6-2f7ac7b2bd11",
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
        application: Some(APP.to_owned()),
        row: None,
    }
}

fn event(row: Value) -> Event {
    of_sign_in(&serde_json::from_value(row).unwrap(), &watched()).unwrap()
}

fn explained(row: Value, drill: Drill) -> Explanation {
    Announced::new(vec![drill], Vec::new()).of_sign_in(&event(row))
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
    let found = Drill {
        row: Some("66ea54eb-6301-4ee5-be62-ff5a759b0100".to_owned()),
        application: Some("another".to_owned()),
        ..drill()
    };
    assert_eq!(explained(sign_in(), found).entry(), Some(7));
}

#[test]
fn errors_say_how_far_somebody_came() {
    for (code, severity, ended) in [
        (0, Severity::Error, "success"),
        (50126, Severity::Warning, "50126"),
        (50053, Severity::Warning, "50053"),
        (53003, Severity::Error, "53003"),
        (50076, Severity::Error, "50076"),
        (123_456, Severity::Warning, "123456"),
    ] {
        let mut row = sign_in();
        row["status"]["errorCode"] = code.into();
        let event = event(row);
        assert_eq!(event.severity, severity, "{code}");
        assert_eq!(event.ended.as_result(), Some(ended));
    }
}

#[test]
fn rows_of_others_and_rows_without_a_time_are_no_events() {
    for (member, value) in [("userId", "another"), ("createdDateTime", "yesterday")] {
        let mut row = sign_in();
        row[member] = value.into();
        assert!(of_sign_in(&serde_json::from_value(row).unwrap(), &watched()).is_none());
    }
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

fn of(announced: &mut Announced, row: &DirectoryAudit) -> Explanation {
    let event = of_change(row, &watched()).unwrap();
    announced.of_change(&event, row)
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
    let severity = |row: &DirectoryAudit| of_change(row, &watched()).unwrap().severity;
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
