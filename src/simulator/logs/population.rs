//! Long logs, made by numbers: to see that nothing takes longer because there is more of it.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::simulator::logs::{LogKind, LogRow};
use crate::simulator::tenant::{Population, State};

/// What the ids of generated rows begin with.
const SIGN_INS: u64 = 0x5eed_0000_0000_4003;
const DIRECTORY_AUDITS: u64 = 0x5eed_0000_0000_4004;

/// The time over which the rows are spread, before now.
const SPAN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many of the generated users the rows are about.
const USERS: u32 = 1000;

/// How many generated rows the logs have, spread evenly over the last seven days and over the users `user0@…` to `user999@…`,
/// whether there are such users or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LogPopulation {
    /// Interactive sign-ins.
    pub sign_ins: u32,
    /// Changes in the directory.
    pub directory_audits: u32,
}

impl State {
    /// Adds the rows; those of the same numbers are replaced.
    pub fn populate_logs(&mut self, population: &LogPopulation) {
        for number in 0..population.sign_ins {
            let row = self.sign_in_row(number, population.sign_ins);
            self.log(LogKind::SignIns, row);
        }
        for number in 0..population.directory_audits {
            let row = self.audit_row(number, population.directory_audits);
            self.log(LogKind::DirectoryAudits, row);
        }
    }

    fn sign_in_row(&self, number: u32, of: u32) -> LogRow {
        let user = number % USERS;
        members(json!({
            "id": id(SIGN_INS, number),
            "createdDateTime": self.time_of(number, of),
            "userId": Population::user_id(user),
            "userPrincipalName": format!("user{user}@{}", self.domain),
            "userDisplayName": format!("User {user}"),
            "appDisplayName": "Halligan operator",
            "clientAppUsed": "Browser",
            "conditionalAccessStatus": "notApplied",
            "correlationId": id(SIGN_INS, number),
            "ipAddress": "203.0.113.7",
            "isInteractive": true,
            "signInEventTypes": ["interactiveUser"],
            "servicePrincipalId": "",
            "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": null},
            "uniqueTokenIdentifier": id(SIGN_INS, number),
        }))
    }

    fn audit_row(&self, number: u32, of: u32) -> LogRow {
        let user = number % USERS;
        members(json!({
            "id": id(DIRECTORY_AUDITS, number),
            "activityDateTime": self.time_of(number, of),
            "activityDisplayName": "Update user",
            "category": "UserManagement",
            "correlationId": id(DIRECTORY_AUDITS, number),
            "loggedByService": "Core Directory",
            "operationType": "Update",
            "result": "success",
            "resultReason": "",
            "initiatedBy": {"user": null, "app": {"displayName": "Halligan provisioning"}},
            "targetResources": [{
                "id": Population::user_id(user),
                "type": "User",
                "userPrincipalName": format!("user{user}@{}", self.domain),
                "modifiedProperties": [],
            }],
            "additionalDetails": [],
        }))
    }

    fn time_of(&self, number: u32, of: u32) -> String {
        let step = SPAN / i32::try_from(of.max(1)).unwrap_or(i32::MAX);
        let ago = step.saturating_mul(i32::try_from(number).unwrap_or(i32::MAX));
        let time = self.now.saturating_sub(ago).unwrap_or(self.now);
        time.to_string()
    }
}

fn id(kind: u64, number: u32) -> String {
    Uuid::from_u64_pair(kind, 0x8000_0000_0000_0000 | u64::from(number)).to_string()
}

fn members(row: Value) -> LogRow {
    match row {
        Value::Object(members) => members,
        _ => LogRow::new(),
    }
}
