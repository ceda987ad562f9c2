//! Keys and other methods of signing in.

use serde_json::json;

use crate::simulator::audit::activity::{Activity, Modified, Target};
use crate::simulator::audit::{Initiator, Who};
use crate::simulator::tenant::{Fido2Method, State, User};

const PASSKEY: &str = "Passkey (device-bound)";

/// Keys that were registered and removed. Those of an account that is gone went with it.
pub(super) fn keys(before: &State, after: &State, initiator: &Initiator) -> Vec<Activity> {
    let is_in = |state: &State, one: &Fido2Method| {
        let mut methods = state.fido2_methods.iter();
        methods.any(|known| known.credential_id == one.credential_id)
    };
    let mut activities = Vec::new();
    for method in after.fido2_methods.iter().filter(|one| !is_in(before, one)) {
        activities.extend(key(after, method, initiator, true));
        activities.extend(added(after, method));
    }
    let gone = before.fido2_methods.iter().filter(|one| !is_in(after, one));
    activities.extend(gone.filter_map(|method| key(after, method, initiator, false)));
    activities
}

fn key(
    after: &State,
    method: &Fido2Method,
    initiator: &Initiator,
    is_new: bool,
) -> Option<Activity> {
    let user = after.user_by_id(method.user_id)?;
    let own = initiator.who == Who::User(user.id);
    let (name, verb) = match (is_new, own) {
        (true, false) => ("Admin registered security info", "Admin registered"),
        (true, true) => ("User registered security info", "User registered"),
        (false, false) => ("Admin deleted security info", "Admin deleted"),
        (false, true) => ("User deleted security info", "User deleted"),
    };
    let operation = if is_new { "Add" } else { "Delete" };
    let target = Target::user(user);
    Some(of_methods(
        name,
        operation,
        format!("{verb} {PASSKEY}"),
        target,
    ))
}

/// The second row that the service writes about a new key.
fn added(after: &State, method: &Fido2Method) -> Option<Activity> {
    let user = after.user_by_id(method.user_id)?;
    let facts = [
        ("AAGuid", method.aaguid.to_string()),
        ("DisplayName", method.display_name.clone()),
    ];
    let facts = facts.into_iter().map(|(name, value)| Modified {
        name: name.to_owned(),
        old: None,
        new: Some(json!(value)),
    });
    let target = Target::user(user).with(facts.collect());
    let name = "Add Passkey (device-bound)";
    Some(of_methods(name, "Add", String::new(), target))
}

/// Methods besides keys that came and went.
pub(super) fn methods(then: &User, now: &User) -> Vec<Activity> {
    let (old, new) = (&then.authentication_methods, &now.authentication_methods);
    let added = new
        .iter()
        .filter(|one| !old.contains(one))
        .map(|_| ("Admin registered security info", "Add"));
    let removed = old
        .iter()
        .filter(|one| !new.contains(one))
        .map(|_| ("Admin deleted security info", "Delete"));
    let all = added.chain(removed);
    all.map(|(name, operation)| of_methods(name, operation, String::new(), Target::user(now)))
        .collect()
}

fn of_methods(
    name: &'static str,
    operation: &'static str,
    reason: String,
    target: Target,
) -> Activity {
    Activity {
        name,
        category: "UserManagement",
        service: "Authentication Methods",
        operation,
        reason,
        targets: vec![target],
    }
}
