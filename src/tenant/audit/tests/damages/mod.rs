//! What administrators break: each damage makes exactly the checks fail that are named, and leaves none of the others open.

mod others;
mod people;
mod policies;

use serde_json::{Value, json};

use super::healthy::{self, policy};
use super::{World, failed, unknown};

pub(super) struct Damage {
    pub(super) name: &'static str,
    /// The checks that fail.
    pub(super) fails: &'static [&'static str],
    pub(super) inflict: fn(&mut World),
}

const STRANGER: &str = "d0000000-0000-4000-8000-000000000009";
const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";

fn damage(name: &'static str, fails: &'static [&'static str], inflict: fn(&mut World)) -> Damage {
    Damage {
        name,
        fails,
        inflict,
    }
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

/// A policy that asks everybody, the emergency accounts included.
fn unexcluded(name: &str, grant: &Value) -> Value {
    let mut policy = policy(name, grant);
    policy["conditions"]["users"]["excludeGroups"] = json!([]);
    policy
}

fn blocks(name: &str) -> Value {
    unexcluded(
        name,
        &json!({"operator": "OR", "builtInControls": ["block"]}),
    )
}

fn method(world: &mut World, kind: &str, more: Value) {
    let mut method = json!({"@odata.type": format!("#microsoft.graph.{kind}"), "id": "m"});
    for (name, value) in more.as_object().unwrap() {
        method[name] = value.clone();
    }
    push(&mut world.account(0)["methods"]["read"], method);
}

/// Somebody else who holds a role.
fn holder(world: &mut World, role: &str, number: usize) {
    let id = format!("{}{number}", &STRANGER[..35]);
    let user = json!({"@odata.type": "#microsoft.graph.user", "id": id, "userPrincipalName": format!("admin{number}@contoso.com")});
    push(&mut world.snapshot["role_holders"]["read"], user);
    let assignment = json!({"roleDefinitionId": role, "principalId": id, "directoryScopeId": "/"});
    push(&mut world.snapshot["role_assignments"]["read"], assignment);
}

pub(super) fn damages() -> Vec<Damage> {
    let mut all = people::damages();
    all.extend(policies::damages());
    all.extend(others::damages());
    all
}

#[test]
fn each_damage_makes_exactly_the_named_checks_fail() {
    let mut surprises = Vec::new();
    for damage in damages() {
        let mut world = healthy::world();
        (damage.inflict)(&mut world);
        let audit = world.audit();
        if failed(&audit) != damage.fails || !unknown(&audit).is_empty() {
            let (failed, unknown) = (failed(&audit), unknown(&audit));
            surprises.push(format!("{}: {failed:?}, open {unknown:?}", damage.name));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// By this collectors of findings know a line again.
#[test]
fn no_two_lines_of_a_check_are_about_the_same() {
    for damage in damages() {
        let mut world = healthy::world();
        (damage.inflict)(&mut world);
        let audit = world.audit();
        let mut seen = Vec::new();
        for line in audit.lines.iter().filter(|line| line.fails()) {
            let finding = &line.finding;
            let (objects, aspect) = (&finding.objects, &finding.aspect);
            let identity = (line.check.id, &finding.subject, objects, aspect);
            assert!(!seen.contains(&identity), "{}: {identity:?}", damage.name);
            seen.push(identity);
        }
    }
}

#[test]
fn every_check_fails_by_some_damage() {
    let all = damages();
    assert!(all.len() >= 40);
    let fails = |id: &str| all.iter().any(|damage| damage.fails.contains(&id));
    let never: Vec<&str> = super::CHECKS
        .iter()
        .map(|check| check.id)
        .filter(|id| !fails(id))
        .collect();
    // The one is never more than open; the other needs a tenant without a licence.
    assert_eq!(never, ["HG-404", "HG-705"]);
}
