//! What a change is, and which deed explains it.

use super::*;

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
        (Deed::RevokeSessions, "StsRefreshTokensValidFrom", true),
        (Deed::RevokeSessions, "StsRefreshTokenValidFrom", true),
        (Deed::RevokeSessions, "AccountEnabled", false),
        (Deed::RevokeSessions, "UserPrincipalName", false),
    ] {
        let mut row = change("Update user", &[ACCOUNT]);
        row.target_resources[0].modified_properties[0].display_name = Some(property.to_owned());
        let mut announced = Announced::new(Vec::new(), vec![recorded(deed, &[ACCOUNT])]);
        let explanation = of(&mut announced, &row);
        assert_eq!(explanation.entry().is_some(), is_explained, "{property}");
        row.target_resources[0].modified_properties.clear();
        let explanation = of(&mut announced, &row);
        assert_eq!(explanation.entry(), None, "it does not say what: {deed:?}");
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
