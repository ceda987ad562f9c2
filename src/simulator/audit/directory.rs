//! Users and groups.

use jiff::Timestamp;
use serde_json::json;

use crate::simulator::audit::activity::{Activity, Modified, Target, differences};
use crate::simulator::audit::memberships;
use crate::simulator::relying_party::date_time;
use crate::simulator::tenant::{Group, PerUserMfa, State, User};

const USERS: &str = "UserManagement";
const GROUPS: &str = "GroupManagement";

/// Members of a user that have activities of their own.
const TOLD_OTHERWISE: [&str; 7] = [
    "accountEnabled",
    "authenticationMethods",
    "groups",
    "lastPasswordChange",
    "mustChangePassword",
    "perUserMfa",
    "sessionsValidFrom",
];

pub(super) fn users(before: &State, after: &State) -> Vec<Activity> {
    let mut activities = Vec::new();
    let user =
        |name, operation, target| Activity::of_directory(name, USERS, operation, vec![target]);
    let was_deleted =
        |state: &State, id| state.deleted_users.iter().any(|known| known.user.id == id);
    if !before.users.is_same(&after.users) {
        for now in after.users.iter() {
            match before.user_by_id(now.id) {
                Some(then) if then == now => {}
                Some(then) => activities.extend(changed_user(then, now, after)),
                None if was_deleted(before, now.id) => {
                    activities.push(user("Restore user", "Update", Target::user(now)));
                }
                None => {
                    let added = differences(&json!({}), &json!(now), &TOLD_OTHERWISE);
                    activities.push(user("Add user", "Add", Target::user(now).with(added)));
                }
            }
        }
        let gone = before.users.iter();
        let gone = gone.filter(|then| after.user_by_id(then.id).is_none());
        activities.extend(gone.map(|then| user("Delete user", "Delete", Target::user(then))));
    }
    let for_good = before.deleted_users.iter().filter(|known| {
        let id = known.user.id;
        !was_deleted(after, id) && after.user_by_id(id).is_none()
    });
    activities.extend(
        for_good.map(|known| user("Hard Delete user", "Delete", Target::user(&known.user))),
    );
    activities
}

fn changed_user(then: &User, now: &User, after: &State) -> Vec<Activity> {
    let mut activities = Vec::new();
    let mut add = |name, modified| {
        let targets = vec![Target::user(now).with(modified)];
        activities.push(Activity::of_directory(name, USERS, "Update", targets));
    };
    let switched = |name: &str, old: bool, new: bool| {
        vec![Modified {
            name: name.to_owned(),
            old: Some(json!([old])),
            new: Some(json!([new])),
        }]
    };
    if then.account_enabled != now.account_enabled {
        let name = if now.account_enabled {
            "Enable account"
        } else {
            "Disable account"
        };
        let modified = switched("AccountEnabled", then.account_enabled, now.account_enabled);
        add(name, modified);
    }
    if then.last_password_change != now.last_password_change {
        add("Reset user password", Vec::new());
    }
    if then.sessions_valid_from != now.sessions_valid_from {
        let listed = |time: Option<Timestamp>| time.map(|time| json!([date_time(time)]));
        let modified = Modified {
            name: "StsRefreshTokensValidFrom".to_owned(),
            old: listed(then.sessions_valid_from),
            new: listed(now.sessions_valid_from),
        };
        add("Update StsRefreshTokenValidFrom Timestamp", vec![modified]);
    }
    if then.per_user_mfa != now.per_user_mfa {
        let name = if now.per_user_mfa == PerUserMfa::Disabled {
            "Disable Strong Authentication"
        } else {
            "Enable Strong Authentication"
        };
        add(name, Vec::new());
    }
    let modified = differences(&json!(then), &json!(now), &TOLD_OTHERWISE);
    if !modified.is_empty() {
        add("Update user", modified);
    }
    activities.extend(super::authentication::methods(then, now));
    let user_id = now.id.to_string();
    let joined = now.groups.iter().filter(|id| !then.groups.contains(id));
    activities.extend(joined.filter_map(|id| memberships::joined(after, id, &user_id)));
    let left = then.groups.iter().filter(|id| !now.groups.contains(id));
    activities.extend(left.filter_map(|id| memberships::left(after, id, &user_id)));
    activities
}

pub(super) fn groups(before: &State, after: &State) -> Vec<Activity> {
    if before.groups.is_same(&after.groups) {
        return Vec::new();
    }
    let mut activities = Vec::new();
    let none = Group::default();
    for now in after.groups.iter() {
        let then = before.group(&now.id);
        let target = Target::group(now);
        match then {
            Some(then) if then == now => continue,
            Some(then) => {
                let except = ["members", "owners"];
                let modified = differences(&json!(then), &json!(now), &except);
                if !modified.is_empty() {
                    let targets = vec![target.with(modified)];
                    activities.push(Activity::of_directory(
                        "Update group",
                        GROUPS,
                        "Update",
                        targets,
                    ));
                }
            }
            None => {
                let targets = vec![target];
                activities.push(Activity::of_directory("Add group", GROUPS, "Add", targets));
            }
        }
        activities.extend(memberships::of_group(then.unwrap_or(&none), now, after));
    }
    let gone = before.groups.iter();
    let gone = gone.filter(|then| after.group(&then.id).is_none());
    activities.extend(gone.map(|then| {
        Activity::of_directory("Delete group", GROUPS, "Delete", vec![Target::group(then)])
    }));
    activities
}
