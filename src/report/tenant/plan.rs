//! What would have to be changed in a tenant, and what was.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::ceremony::apply::{Change, End, Outcome, Planned, Settled};
use crate::report::{Report, printable};
use crate::tenant::plan::{Blocked, ByHand, Plan, Step, Target};

/// Renders a plan. It is not `ok` while anything is to be done.
#[must_use]
pub fn tenant_plan(planned: &Planned) -> Report {
    let mut body = plan_json(&planned.plan);
    body["tenant"] = tenant(planned);
    let text = format!("{}\n{}", heading(planned), plan_text(&planned.plan));
    Report::new(
        "halligan.tenant.plan/1",
        planned.plan.is_empty(),
        body,
        text,
    )
}

/// Renders what was applied, or a dry run. With `--enforce` it is not `ok` while anything keeps the tool from enforcing.
#[must_use]
pub fn tenant_apply(outcome: &Outcome) -> Report {
    const SCHEMA: &str = "halligan.tenant.apply/1";
    match outcome {
        Outcome::Planned(planned) => {
            let mut body = json!({"dry_run": true, "plan": plan_json(&planned.plan)});
            body["tenant"] = tenant(planned);
            let text = format!(
                "Dry run: nothing was changed.\n{}\n{}",
                heading(planned),
                plan_text(&planned.plan)
            );
            Report::new(SCHEMA, true, body, text)
        }
        Outcome::Applied {
            planned,
            settled,
            changes,
            left,
        } => {
            let body = json!({
                "dry_run": false,
                "tenant": tenant(planned),
                "plan": plan_json(&planned.plan),
                "settled": settled.iter().map(settled_json).collect::<Vec<_>>(),
                "changes": changes.iter().map(change_json).collect::<Vec<_>>(),
                "left": plan_json(left),
            });
            let mut text = applied_text(planned, settled, changes, left);
            let waits = planned.enforce && !(left.steps.is_empty() && left.blocked.is_empty());
            if waits {
                text.push_str(
                    "\nNot all is enforced that was to be: see above what comes first, then run `halligan tenant apply --enforce` again.\n",
                );
            }
            Report::new(SCHEMA, !waits, body, text)
        }
    }
}

fn applied_text(planned: &Planned, settled: &[Settled], changes: &[Change], left: &Plan) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    for one in settled {
        let end = match one.end {
            End::Made => "had been made, and is recorded now",
            End::NotMade => "had not been made, and is closed",
        };
        let _ = writeln!(
            text,
            "  {} {end}: entry {}",
            printable(&one.label),
            one.entry.index
        );
    }
    let name = printable(&planned.name);
    let _ = match changes {
        [] => writeln!(text, "Nothing was changed in {name}."),
        [_] => writeln!(text, "Made 1 change in {name}."),
        changes => writeln!(text, "Made {} changes in {name}.", changes.len()),
    };
    for one in changes {
        let _ = writeln!(
            text,
            "  ✓ {}  {}, entry {}",
            printable(&one.step),
            one.object,
            one.entry.index
        );
    }
    if !left.is_empty() {
        let _ = writeln!(text, "\nStill to be done:");
    }
    text.push_str(&plan_text(left));
    text
}

fn tenant(planned: &Planned) -> Value {
    json!({"id": planned.snapshot.tenant, "name": planned.name, "read_at": planned.snapshot.taken_at})
}

fn plan_json(plan: &Plan) -> Value {
    json!({
        "empty": plan.is_empty(),
        "steps": plan.steps.iter().map(step_json).collect::<Vec<_>>(),
        "blocked": plan.blocked.iter().map(blocked_json).collect::<Vec<_>>(),
        "by_hand": plan.by_hand.iter().map(by_hand_json).collect::<Vec<_>>(),
        "notes": plan.notes,
    })
}

fn step_json(step: &Step) -> Value {
    json!({
        "step": step.id(),
        "change": step.change.id(),
        "object": target_json(&step.object),
        "with": step.with.as_ref().map(target_json),
        "why": step.why,
        "before": step.before,
        "after": step.after,
        "affects": step.affects,
        "undo": step.undo,
        "precondition": step.precondition,
        "needs": step.needs,
    })
}

fn target_json(target: &Target) -> Value {
    json!({"id": (!target.new).then_some(&target.id), "name": target.name})
}

fn blocked_json(one: &Blocked) -> Value {
    json!({"what": one.what, "why": one.why, "permission": one.permission})
}

fn by_hand_json(one: &ByHand) -> Value {
    json!({"what": one.what, "why": one.why, "commands": one.commands})
}

fn settled_json(one: &Settled) -> Value {
    let made = one.end == End::Made;
    json!({"label": one.label, "made": made, "entry": one.entry})
}

fn change_json(one: &Change) -> Value {
    json!({"step": one.step, "ceremony": one.ceremony, "object": one.object, "entry": one.entry})
}

fn heading(planned: &Planned) -> String {
    let plan = &planned.plan;
    let name = printable(&planned.name);
    if plan.is_empty() {
        return format!("{name} is as the configuration says.");
    }
    format!(
        "{name}: {} steps to take, {} blocked, {} to be done by hand.",
        plan.steps.len(),
        plan.blocked.len(),
        plan.by_hand.len()
    )
}

fn plan_text(plan: &Plan) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    for step in &plan.steps {
        text.push_str(&step_text(step));
    }
    for one in &plan.blocked {
        let _ = writeln!(
            text,
            "✗ blocked: {}\n    {}",
            printable(&one.what),
            printable(&one.why)
        );
        if let Some(permission) = &one.permission {
            let _ = writeln!(text, "    the permission {permission} would tell");
        }
    }
    for one in &plan.by_hand {
        let _ = writeln!(
            text,
            "→ by hand: {}\n    {}",
            printable(&one.what),
            printable(&one.why)
        );
        for command in &one.commands {
            let _ = writeln!(text, "      {}", printable(command));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(text, "note: {}", printable(note));
    }
    text
}

fn step_text(step: &Step) -> String {
    let mark = if step.before.is_null() { '+' } else { '~' };
    let mut text = format!("{mark} {}\n", printable(&step.id()));
    let with = step.with.as_ref();
    let with = with.map_or_else(String::new, |with| format!(", {}", printable(&with.name)));
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        text,
        "    {}{with}: {}",
        printable(&step.object.name),
        printable(&step.why)
    );
    for line in differences(&step.before, &step.after) {
        let _ = writeln!(text, "      {}", printable(&line));
    }
    let _ = writeln!(
        text,
        "    concerns {}; undone by: {}",
        step.affects,
        printable(&step.undo)
    );
    text
}

/// Members that differ, each with its path.
fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    collect("", before, after, &mut lines);
    lines
}

fn collect(path: &str, before: &Value, after: &Value, lines: &mut Vec<String>) {
    if let Value::Object(members) = after {
        for (name, value) in members {
            let path = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            collect(&path, &before[name.as_str()], value, lines);
        }
    } else if before.is_null() {
        lines.push(format!("{path}: {after}"));
    } else if before != after {
        lines.push(format!("{path}: {before} -> {after}"));
    }
}
