#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;

mod changes;
mod findings;
mod sign_ins;

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
