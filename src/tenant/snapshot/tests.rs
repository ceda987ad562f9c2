#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::super::conditional_access::PersonKind;
use super::super::read::Unread;
use super::*;

fn unread() -> Value {
    json!({"unread": {"why": "HTTP 403", "permission": "Policy.Read.All"}})
}

fn account(user: &Value) -> Value {
    let mut account = json!({"name": "bg1", "user": {"read": user}, "memberships": {"read": [
        {"@odata.type": "#microsoft.graph.group", "id": "g", "displayName": "Emergency access"},
        {"@odata.type": "#microsoft.graph.directoryRole", "id": "r", "roleTemplateId": "62e90394-69f5-4237-9190-012177145e10"}
    ]}});
    for part in [
        "edges",
        "keys",
        "methods",
        "role_schedules",
        "role_eligibilities",
        "per_user_mfa",
        "sign_ins",
    ] {
        account[part] = unread();
    }
    account
}

fn snapshot() -> Value {
    let mut document = json!({
        "schema": SCHEMA, "taken_at": "2026-11-23T01:00:00Z", "tenant": "t",
        "accounts": [account(&json!({"id": "u", "userType": "Member"}))], "regular": [],
        "policies": {"read": [{
            "id": "p", "displayName": "p", "state": "enabled", "somethingNew": 1,
            "conditions": {"clientAppTypes": ["all"], "users": {"includeUsers": ["All"], "somethingNew": true}}
        }]}
    });
    for part in [
        "organization",
        "domains",
        "group",
        "strengths",
        "named_locations",
        "security_defaults",
        "passkeys",
        "role_assignments",
        "role_holders",
        "role_groups",
        "access_reviews",
        "lifecycle_workflows",
    ] {
        document[part] = unread();
    }
    document
}

#[test]
fn a_snapshot_is_written_and_read_without_loss() {
    let read: Snapshot = serde_json::from_value(snapshot()).unwrap();
    assert_eq!(
        read.organization,
        Err(Unread {
            why: "HTTP 403".to_owned(),
            permission: Some("Policy.Read.All".into())
        })
    );
    let written = serde_json::to_value(&read).unwrap();
    let again: Snapshot = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&again).unwrap(), written);
    assert_eq!(written["policies"]["read"][0]["somethingNew"], 1);
    assert_eq!(
        written["policies"]["read"][0]["conditions"]["users"]["somethingNew"],
        true
    );
}

#[test]
fn a_part_that_is_missing_makes_no_snapshot() {
    let mut document = snapshot();
    document.as_object_mut().unwrap().remove("policies");
    assert!(serde_json::from_value::<Snapshot>(document).is_err());
}

#[test]
fn another_document_is_refused_by_its_schema() {
    let read = |text: &str| {
        text.parse::<Snapshot>()
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(read(&snapshot().to_string()), Ok(()));
    let other = json!({"schema": "halligan.tenant.snapshot/2"}).to_string();
    let why = "it is halligan.tenant.snapshot/2, and not halligan.tenant.snapshot/1";
    assert_eq!(read(&other), Err(why.to_owned()));
    for text in [
        "",
        "[]",
        "{}",
        "{\"schema\": \"halligan.tenant.snapshot/1\"}",
    ] {
        assert!(read(text).unwrap_err().starts_with("it is no snapshot"));
    }
}

#[test]
fn an_account_is_seen_as_conditional_access_sees_it() {
    let of = |user: Value| -> Account { serde_json::from_value(account(&user)).unwrap() };
    let person = of(json!({"id": "u", "userType": "Member"}))
        .person()
        .unwrap();
    assert_eq!(person.kind, Some(PersonKind::Member));
    assert_eq!(person.groups.unwrap(), ["g", "r"]);
    assert_eq!(
        person.roles.unwrap(),
        ["62e90394-69f5-4237-9190-012177145e10"]
    );
    let guest = of(json!({"id": "u", "userType": "Guest", "creationType": "Invitation"}))
        .person()
        .unwrap();
    assert_eq!(guest.kind, Some(PersonKind::B2bCollaborationGuest));
    assert_eq!(of(Value::Null).person(), None);
    let mut hidden = of(json!({"id": "u", "userType": "Member"}));
    hidden.memberships.as_mut().unwrap()[1].role_template_id = None;
    assert_eq!(hidden.person().unwrap().roles, None);
}
