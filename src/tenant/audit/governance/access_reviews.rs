//! HG-702

use serde_json::Value;

use super::super::facts::same;
use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::{
    AccessReviewScheduleDefinition, AccessReviewScheduleSettings, Organization,
};
use crate::tenant::preflight::GLOBAL_ADMINISTRATOR;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-702",
    name: "access-reviews",
    title: "No access review takes the accounts' role or group away by itself",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "leave the accounts out of the review, or let it apply nothing by itself: an account that nobody uses is what a review removes",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let reviews = match &facts.snapshot.access_reviews {
        Ok(reviews) => reviews,
        Err(_) if cannot_exist(facts) => {
            let why = "the tenant has no licence for access reviews";
            return vec![Finding::not_applicable(tenant, why)];
        }
        Err(unread) => return vec![Finding::unread(tenant, "the access reviews", unread)],
    };
    let lines: Vec<Finding> = reviews.iter().filter_map(|one| line(facts, one)).collect();
    match lines.is_empty() {
        true => vec![Finding::pass(
            tenant,
            format!("{} reviews, none of which can", reviews.len()),
        )],
        false => lines,
    }
}

fn cannot_exist(facts: &Facts<'_>) -> bool {
    let organization = facts.snapshot.organization.as_ref();
    organization.is_ok_and(|one| one.never_had(&[Organization::P2, Organization::GOVERNANCE]))
}

fn line(facts: &Facts<'_>, review: &AccessReviewScheduleDefinition) -> Option<Finding> {
    let subject = Object::new(
        ObjectKind::Review,
        &review.id,
        review.display_name.as_deref(),
    );
    let reaches = reaches(facts, review);
    if reaches == Some(false) || review.status.as_deref() == Some("Completed") {
        return None;
    }
    Some(match (reaches, removes(review.settings.as_ref())) {
        (_, Some(false)) => return None,
        (Some(true), Some(true)) => Finding::fail(
            subject,
            "it reviews the accounts' role or group, and takes access away when nobody answers",
        ),
        (Some(true), None) => Finding::unknown(
            subject,
            "it reviews the accounts' role or group, and what it does with the decisions is not shown",
        ),
        _ => Finding::unknown(
            subject,
            "whether the accounts are among those that it reviews is open",
        ),
    })
}

/// Whether a decision that nobody took is carried out against the account.
fn removes(settings: Option<&AccessReviewScheduleSettings>) -> Option<bool> {
    let settings = settings?;
    let by_default =
        settings.default_decision_enabled? && settings.default_decision.as_deref()? != "Approve";
    Some(settings.auto_apply_decisions_enabled? && by_default)
}

/// Whether the accounts are among those that are reviewed; none if the queries do not tell.
fn reaches(facts: &Facts<'_>, review: &AccessReviewScheduleDefinition) -> Option<bool> {
    let mut words = Vec::new();
    for scope in [&review.scope, &review.instance_enumeration_scope] {
        scope.iter().for_each(|scope| texts(scope, &mut words));
    }
    let group = facts.snapshot.group.as_ref().ok()?.as_ref();
    let mut ours = facts.account_ids();
    ours.push(GLOBAL_ADMINISTRATOR);
    ours.extend(group.map(|one| one.group.id.as_str()));
    let ids: Vec<&str> = words.iter().flat_map(|word| ids(word)).collect();
    if ids.iter().any(|id| ours.iter().any(|one| same(one, id))) {
        return Some(true);
    }
    let names_others = !ids.is_empty();
    // Microsoft 365 groups one after the other: a security group is none of them.
    let unified = words.iter().any(|word| word.contains("'Unified'"));
    (names_others || unified).then_some(false)
}

/// All texts within.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|one| texts(one, found)),
        Value::Object(members) => members.values().for_each(|one| texts(one, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The object ids in a query.
fn ids(query: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_ascii_hexdigit() || character == '-';
    query
        .split(move |character| !is_part(character))
        .filter(|word| word.parse::<uuid::Uuid>().is_ok())
}
