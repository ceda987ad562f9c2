//! What somebody's request did to the directory, told by comparing the tenant before and after: whatever route a change takes,
//! it gets its row. Names of activities and the form of rows are those of Microsoft's log, as far as they are known.

mod activity;
mod authentication;
mod directory;
mod memberships;
mod policies;

use activity::Activity;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::logs::{LogKind, LogRow};
use crate::simulator::tenant::State;

/// Who did it, and by which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct Initiator {
    pub(in crate::simulator) who: Who,
    /// The `client-request-id`.
    pub(in crate::simulator) correlation_id: String,
}

/// A person or an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) enum Who {
    /// By the client id.
    Application(Uuid),
    /// By the object id.
    User(Uuid),
}

/// Puts a row for everything that differs on the way to the log.
pub(in crate::simulator) fn record(
    before: &State,
    after: &mut State,
    initiator: &Initiator,
    env: &Env,
) {
    let mut activities = directory::users(before, after);
    activities.extend(directory::groups(before, after));
    activities.extend(memberships::roles(before, after));
    activities.extend(authentication::keys(before, after, initiator));
    activities.extend(policies::all(before, after));
    for activity in activities {
        let row = row(after, initiator, activity, env.uuid());
        after.log_now(LogKind::DirectoryAudits, row);
    }
}

fn row(state: &State, initiator: &Initiator, activity: Activity, id: Uuid) -> LogRow {
    let targets = activity.targets.into_iter().map(|target| target.wire());
    let row = json!({
        "id": format!("Directory_{id}"),
        "activityDateTime": state.now,
        "activityDisplayName": activity.name,
        "category": activity.category,
        "correlationId": initiator.correlation_id,
        "loggedByService": activity.service,
        "operationType": activity.operation,
        "result": "success",
        "resultReason": activity.reason,
        "initiatedBy": initiator.who.wire(state),
        "targetResources": targets.collect::<Vec<_>>(),
        "additionalDetails": [],
    });
    match row {
        Value::Object(members) => members,
        _ => LogRow::new(),
    }
}

impl Who {
    fn wire(&self, state: &State) -> Value {
        match self {
            Self::Application(id) => {
                let application = state.application(*id);
                json!({"user": null, "app": {
                    "appId": id,
                    "displayName": application.map(|known| &known.display_name),
                    "servicePrincipalId": application.map(|known| known.object_id),
                    "servicePrincipalName": null,
                }})
            }
            Self::User(id) => {
                let user = state.user_by_id(*id);
                json!({"app": null, "user": {
                    "id": id,
                    "displayName": user.map(|known| &known.display_name),
                    "userPrincipalName": user.map(|known| &known.user_principal_name),
                    "ipAddress": "127.0.0.1",
                }})
            }
        }
    }
}
