//! The policy for the emergency accounts themselves, which only a configuration with a reason asks for: it is made only once each
//! account has enough working keys, and enforced only if those keys satisfy it.

use serde_json::{Value, json};

use super::draft::Draft;
use super::everybody::grant_controls;
use super::exclusion::name;
use super::mfa_policy::{readiness, unlicensed};
use super::safety::worst;
use super::{Change, Made, Step, Target, keys};
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::{Demand, Enforcement};
use crate::tenant::desired::{DedicatedPolicy, Strength};

const WHAT: &str = "policy for the emergency accounts";

/// The policy for the emergency accounts.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(wanted) = &draft.wish.desired.dedicated_policy else {
        return;
    };
    let Some(policies) = draft.need(
        &draft.wish.snapshot.policies,
        WHAT,
        "the Conditional Access policies",
    ) else {
        return;
    };
    let Some(group) = draft.group.clone() else {
        draft.block(WHAT, "it is not known which group it is for");
        return;
    };
    let is_it = |one: &&ConditionalAccessPolicy| {
        let id = one.id.as_deref().unwrap_or_default();
        draft.wish.owned.made(id, Made::DedicatedPolicy)
            || one.display_name.as_deref() == Some(&wanted.name)
    };
    match policies.iter().find(is_it) {
        None => create(wanted, &group, draft),
        Some(policy) => enforce(policy, draft),
    }
}

fn create(wanted: &DedicatedPolicy, group: &Target, draft: &mut Draft<'_>) {
    if unlicensed(draft) {
        return draft.block(WHAT, "Conditional Access needs Microsoft Entra ID P1");
    }
    let lacking = keys::lacking(draft);
    if !lacking.is_empty() {
        return draft.block(WHAT, lacking.join("; "));
    }
    let step = Step {
        change: Change::CreateDedicatedPolicy,
        object: Target::to_be_made(&wanted.name),
        with: Some(group.clone()),
        why: wanted.reason.clone(),
        before: Value::Null,
        after: json!({
            "displayName": wanted.name,
            "state": "enabledForReportingButNotEnforced",
            "conditions": {
                "clientAppTypes": ["all"],
                "applications": {"includeApplications": ["All"]},
                "users": {"includeGroups": [group.id]},
            },
            "grantControls": grant_controls(Strength::PhishingResistant),
        }),
        affects: "nobody while it is report-only".to_owned(),
        undo: "delete the policy".to_owned(),
        precondition: "no policy has this name".to_owned(),
        needs: draft.ids(|step| step.change == Change::CreateGroup),
    };
    draft.step(step);
    announce(&wanted.name, draft);
}

fn announce(name: &str, draft: &mut Draft<'_>) {
    draft.by_command(
        format!("enforce policy {name}"),
        "it counts for the emergency accounts",
        vec!["halligan tenant apply --enforce".to_owned()],
    );
}

fn enforce(policy: &ConditionalAccessPolicy, draft: &mut Draft<'_>) {
    let id = policy.id.as_deref().unwrap_or_default();
    match Enforcement::of(policy) {
        Enforcement::Enabled => return,
        Enforcement::ReportOnly if draft.wish.owned.made(id, Made::DedicatedPolicy) => {}
        _ => {
            let why = "the tool did not make it, or somebody switched it off";
            return draft.by_hand(format!("enable policy {}", name(policy)), why);
        }
    }
    if !draft.wish.enforce {
        return announce(&name(policy), draft);
    }
    let step = Step {
        change: Change::EnforceDedicatedPolicy,
        object: Target::there(id, &name(policy)),
        with: None,
        why: "nobody gets in by the password of an emergency account from then on".to_owned(),
        before: json!({"state": policy.state}),
        after: json!({"state": "enabled"}),
        affects: "nobody but the emergency accounts".to_owned(),
        undo: "set state to enabledForReportingButNotEnforced again".to_owned(),
        precondition:
            "the service's own what-if says for each emergency account that no other policy applies"
                .to_owned(),
        needs: draft.ids(|_| true),
    };
    let mut unmet = readiness(draft);
    unmet.extend(unsatisfied(&step, draft));
    match unmet.is_empty() {
        true => draft.step(step),
        false => draft.block(
            &format!("enforcement of policy {}", name(policy)),
            unmet.join("; "),
        ),
    }
}

/// The accounts whose keys would not be enough.
fn unsatisfied(step: &Step, draft: &Draft<'_>) -> Vec<String> {
    let mut then = draft.then.clone();
    super::effect(step, &mut then);
    let mut unmet = Vec::new();
    for candidate in &draft.accounts {
        match worst(&then, &then.accounts[candidate.at]) {
            Some((Demand::Nothing | Demand::Key(_), _)) => {}
            Some((Demand::Open(what) | Demand::Barrier(what), _)) => {
                unmet.push(format!(
                    "{} would have to satisfy {what}",
                    candidate.target.name
                ));
            }
            None => unmet.push(format!("{} is not there", candidate.target.name)),
        }
    }
    unmet
}
