//! What could not be read is never taken for good.

use serde_json::{Value, json};

use super::damages::damages;
use super::{World, failed, healthy, ids, unknown};
use crate::attestation::Verdict;
use crate::tenant::read::Unread;

fn unread() -> Value {
    json!({"unread": {"why": "HTTP 403", "permission": "Some.Permission"}})
}

/// The paths of all parts that were read, those within parts too.
fn parts(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("read") {
                found.push(path.to_owned());
            }
            for (name, member) in members {
                parts(member, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                parts(item, &format!("{path}/{at}"), found);
            }
        }
        _ => {}
    }
}

fn all_parts(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    parts(&world.snapshot, "", &mut found);
    found
}

fn take(world: &mut World, part: &str) {
    // Gone already if the part around it is.
    if let Some(part) = world.snapshot.pointer_mut(part) {
        *part = unread();
    }
}

fn close_ledger(world: &mut World) {
    world.ledger = Err(Unread {
        why: "there is none".to_owned(),
        permission: None,
    });
}

#[test]
fn if_nothing_was_read_nothing_passes_and_nothing_fails() {
    let mut world = healthy::world();
    for part in all_parts(&world) {
        take(&mut world, &part);
    }
    close_ledger(&mut world);
    let audit = world.audit();
    assert_eq!(ids(&audit, Verdict::is_pass), [""; 0]);
    assert_eq!(failed(&audit), [""; 0]);
}

#[test]
fn without_an_account_to_look_at_no_workflow_is_harmless() {
    let mut world = healthy::world();
    world.snapshot["accounts"] = json!([]);
    assert!(unknown(&world.audit()).contains(&"HG-704"));
}

#[test]
fn no_part_that_is_missing_makes_a_check_fail() {
    for part in all_parts(&healthy::world()) {
        let mut world = healthy::world();
        take(&mut world, &part);
        assert_eq!(failed(&world.audit()), [""; 0], "{part}");
    }
}

#[test]
fn a_part_that_is_missing_is_noticed() {
    // What only policies, paths or groups need that a healthy tenant has none of.
    let idle = [
        "edges",
        "strengths",
        "named_locations",
        "role_groups",
        "organization",
    ];
    for part in all_parts(&healthy::world()) {
        let mut world = healthy::world();
        take(&mut world, &part);
        let is_idle = idle.iter().any(|name| part.ends_with(name));
        let open = unknown(&world.audit());
        assert_eq!(open.is_empty(), is_idle, "{part}: {open:?}");
    }
}

/// What a check fails by is what it rests on: without it the check must not pass.
#[test]
fn no_check_passes_without_the_parts_by_which_it_would_have_failed() {
    for damage in damages() {
        let whole = healthy::world();
        let mut damaged = whole.clone();
        (damage.inflict)(&mut damaged);
        let changed: Vec<String> = all_parts(&whole)
            .into_iter()
            .filter(|part| whole.snapshot.pointer(part) != damaged.snapshot.pointer(part))
            .collect();
        let ledger_changed = whole.ledger != damaged.ledger;
        let mut blind = damaged.clone();
        // The innermost parts only: the rest of what is around them stays readable.
        for part in &changed {
            let is_inner = |other: &&String| other.starts_with(&format!("{part}/"));
            let mut inner = changed.iter().filter(is_inner);
            let has_inner = inner.any(|other| damaged.snapshot.pointer(other).is_some());
            if !has_inner {
                take(&mut blind, part);
            }
        }
        if ledger_changed {
            close_ledger(&mut blind);
        }
        if changed.is_empty() && !ledger_changed {
            continue;
        }
        let open = unknown(&blind.audit());
        for check in damage.fails {
            assert!(
                open.contains(check),
                "{}: {check} is not among {open:?}",
                damage.name
            );
        }
    }
}

#[test]
fn what_is_unknown_names_the_permission_that_would_tell() {
    let mut world = healthy::world();
    take(&mut world, "/policies");
    let audit = world.audit();
    let line = audit
        .lines
        .iter()
        .find(|line| line.check.id == "HG-401")
        .unwrap();
    assert_eq!(line.finding.permission.as_deref(), Some("Some.Permission"));
    assert!(line.finding.said().contains("HTTP 403"));
}
