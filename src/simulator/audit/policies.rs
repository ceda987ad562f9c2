//! Policies: Conditional Access, authentication methods, security defaults.

use serde_json::{Value, json};

use crate::simulator::audit::activity::{Activity, Modified, Target};
use crate::simulator::conditional_access::Policy;
use crate::simulator::tenant::State;

const CONDITIONAL_ACCESS: (&str, &str) = ("Conditional Access", "Policy");
const METHODS: (&str, &str) = ("Authentication Methods", "ApplicationManagement");

pub(super) fn all(before: &State, after: &State) -> Vec<Activity> {
    let mut activities = conditional_access(before, after);
    let switch = |state: &State| json!(state.conditional_access.security_defaults_enabled);
    if switch(before) != switch(after) {
        let modified = change("IsEnabled", Some(switch(before)), Some(switch(after)));
        let target = named("Security defaults", "", modified);
        let name = "Update security defaults";
        activities.push(activity(name, CONDITIONAL_ACCESS, "Update", target));
    }
    let (then, now) = (json!(before.fido2_policy), json!(after.fido2_policy));
    if then != now {
        let modified = change("AuthenticationMethodsPolicy", Some(then), Some(now));
        let target = named("Fido2", "Fido2", modified);
        let name = "Authentication Methods Policy Update";
        activities.push(activity(name, METHODS, "Update", target));
    }
    activities
}

fn conditional_access(before: &State, after: &State) -> Vec<Activity> {
    let (then, now) = (&before.conditional_access, &after.conditional_access);
    if then.policies == now.policies && then.deleted_policies == now.deleted_policies {
        return Vec::new();
    }
    let of = |state: &State, policy: &Policy| state.conditional_access.wire(policy);
    let is_in = |list: &[Policy], one: &Policy| list.iter().any(|known| known.id == one.id);
    let mut activities = Vec::new();
    let mut add = |name, operation, policy: &Policy, old: Option<Value>, new: Option<Value>| {
        let modified = change("ConditionalAccessPolicy", old, new);
        let target = named(&policy.display_name, &policy.id.to_string(), modified);
        activities.push(activity(name, CONDITIONAL_ACCESS, operation, target));
    };
    for policy in &now.policies {
        let new = Some(of(after, policy));
        match then.policy(policy.id) {
            Some(old) if old == policy => {}
            Some(old) => {
                let old = Some(of(before, old));
                add(
                    "Update conditional access policy",
                    "Update",
                    policy,
                    old,
                    new,
                );
            }
            None if is_in(&then.deleted_policies, policy) => {
                add(
                    "Restore conditional access policy",
                    "Update",
                    policy,
                    None,
                    new,
                );
            }
            None => add("Add conditional access policy", "Add", policy, None, new),
        }
    }
    for policy in then
        .policies
        .iter()
        .filter(|one| !is_in(&now.policies, one))
    {
        let old = Some(of(before, policy));
        add(
            "Delete conditional access policy",
            "Delete",
            policy,
            old,
            None,
        );
    }
    let deleted = then.deleted_policies.iter();
    for policy in
        deleted.filter(|one| !is_in(&now.deleted_policies, one) && !is_in(&now.policies, one))
    {
        let name = "Hard delete conditional access policy";
        add(name, "Delete", policy, Some(of(before, policy)), None);
    }
    activities
}

fn change(name: &str, old: Option<Value>, new: Option<Value>) -> Vec<Modified> {
    vec![Modified {
        name: name.to_owned(),
        old,
        new,
    }]
}

fn named(name: &str, id: &str, modified: Vec<Modified>) -> Target {
    Target {
        name: Some(name.to_owned()),
        ..Target::other("Policy", id).with(modified)
    }
}

fn activity(
    name: &'static str,
    (service, category): (&'static str, &'static str),
    operation: &'static str,
    target: Target,
) -> Activity {
    Activity {
        name,
        category,
        service,
        operation,
        reason: String::new(),
        targets: vec![target],
    }
}
