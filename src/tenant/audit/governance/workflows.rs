//! HG-704

use super::super::facts::user;
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::{Organization, User, Workflow};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-704",
    name: "lifecycle-workflows",
    title: "No lifecycle workflow can disable or delete the accounts",
    severity: Severity::Warning,
    source: source::RESTRICTED_UNITS,
    fix: "leave the accounts out of the workflow's scope by an attribute, or put them into a restricted management administrative unit, which no workflow reaches",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let workflows = match &facts.snapshot.lifecycle_workflows {
        Ok(workflows) => workflows,
        Err(_) if cannot_exist(facts) => {
            let why =
                "the tenant has no licence for Microsoft Entra ID Governance: no workflow runs";
            return vec![Finding::not_applicable(tenant, why)];
        }
        Err(unread) => return vec![Finding::unread(tenant, "the lifecycle workflows", unread)],
    };
    let users: Vec<Option<&User>> = facts.accounts().map(user).collect();
    if users.is_empty() {
        return vec![Finding::no_account()];
    }
    let is_restricted =
        |one: &Option<&User>| one.is_some_and(|one| one.is_management_restricted == Some(true));
    if users.iter().all(is_restricted) {
        return vec![Finding::pass(
            tenant,
            "the accounts are in a restricted unit, which no workflow reaches",
        )];
    }
    let lines: Vec<Finding> = workflows.iter().filter_map(line).collect();
    match lines.is_empty() {
        true => vec![Finding::pass(
            tenant,
            format!("{} workflows, none of which can", workflows.len()),
        )],
        false => lines,
    }
}

fn cannot_exist(facts: &Facts<'_>) -> bool {
    let organization = facts.snapshot.organization.as_ref();
    organization.is_ok_and(|one| one.never_had(&[Organization::GOVERNANCE]))
}

/// Joiners are welcomed, which harms nobody; who leaves or moves loses something.
fn line(workflow: &Workflow) -> Option<Finding> {
    let subject = Object::new(
        ObjectKind::Workflow,
        &workflow.id,
        workflow.display_name.as_deref(),
    );
    let runs = workflow.is_enabled != Some(false) && workflow.is_scheduling_enabled != Some(false);
    if !runs || workflow.category.as_deref() == Some("joiner") {
        return None;
    }
    let conditions = workflow.execution_conditions.as_ref();
    let text = conditions.map(ToString::to_string).unwrap_or_default();
    let by_inactivity = ["inactivity", "lastsignin"]
        .iter()
        .any(|word| text.to_ascii_lowercase().contains(word));
    let on_demand = text.contains("onDemandExecutionOnly");
    Some(match (by_inactivity, on_demand) {
        (_, true) => return None,
        (true, _) => Finding::fail(
            subject,
            "it acts on accounts that nobody signs in with, which emergency accounts are",
        ),
        (false, _) => Finding::unknown(
            subject,
            "it takes something from those in its scope, and whether the accounts are in it is open",
        ),
    })
}
