//! The policy for everybody: made report-only, repaired if the tool made it, and enforced only when every emergency account is proven
//! to get in without it.

use serde_json::{Value, json};

use super::draft::Draft;
use super::effect::merge;
use super::everybody::{Deviation, deviations, document};
use super::exclusion::name;
use super::safety::is_excluded;
use super::{Change, Made, Step, Target, keys};
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::Enforcement;
use crate::tenant::conditional_access::everybody::{asks_everybody, gaps};

const WHAT: &str = "policy that asks everybody for multifactor authentication";
/// Whom it concerns.
const EVERYBODY: &str =
    "every user but those excluded: each sign-in asks for multifactor authentication";

/// The policy for everybody.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(policies) = draft.need(
        &draft.wish.snapshot.policies,
        WHAT,
        "the Conditional Access policies",
    ) else {
        return;
    };
    let Some(group) = draft.group.clone() else {
        draft.block(WHAT, "it is not known which group it excludes");
        return;
    };
    match find(policies, draft) {
        Err(why) => draft.block(WHAT, why),
        Ok(None) => create(&group, draft),
        Ok(Some(found)) => {
            let policy = &as_it_will_be(found, draft);
            if repair(policy, &group, draft) {
                enforce(policy, draft);
            }
        }
    }
}

/// A policy after the steps before.
fn as_it_will_be(found: &ConditionalAccessPolicy, draft: &Draft<'_>) -> ConditionalAccessPolicy {
    let then = draft.then.policies.as_deref().unwrap_or_default();
    let same = then.iter().find(|one| one.id == found.id);
    same.unwrap_or(found).clone()
}

/// The policy: the one that the tool made, or the one of that name, or one that does the same.
fn find<'a>(
    policies: &'a [ConditionalAccessPolicy],
    draft: &Draft<'_>,
) -> Result<Option<&'a ConditionalAccessPolicy>, String> {
    let own = |one: &&ConditionalAccessPolicy| is_own(one, draft);
    let wanted = &draft.wish.desired.mfa_policy.name;
    let named = |one: &&ConditionalAccessPolicy| one.display_name.as_deref() == Some(wanted);
    let same = |one: &&ConditionalAccessPolicy| {
        asks_everybody(one) && gaps(one).is_empty() && Enforcement::of(one) != Enforcement::Disabled
    };
    let all: Vec<_> = match policies.iter().filter(own).collect::<Vec<_>>() {
        own if !own.is_empty() => own,
        _ => policies.iter().filter(named).collect(),
    };
    match all.as_slice() {
        [] => {
            let mut same: Vec<_> = policies.iter().filter(same).collect();
            same.sort_by_key(|one| Enforcement::of(one) != Enforcement::Enabled);
            Ok(same.first().copied())
        }
        [one] => Ok(Some(one)),
        several => Err(format!(
            "{} policies could be meant: {}",
            several.len(),
            several
                .iter()
                .map(|one| name(one))
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
}

fn is_own(policy: &ConditionalAccessPolicy, draft: &Draft<'_>) -> bool {
    let id = policy.id.as_deref().unwrap_or_default();
    draft.wish.owned.made(id, Made::MfaPolicy)
}

/// Whether the tenant's licences are known not to have Conditional Access.
pub(super) fn unlicensed(draft: &Draft<'_>) -> bool {
    let organization = draft.wish.snapshot.organization.as_ref();
    organization.is_ok_and(|one| !one.has_p1())
}

fn create(group: &Target, draft: &mut Draft<'_>) {
    if unlicensed(draft) {
        draft.block(WHAT, "Conditional Access needs Microsoft Entra ID P1; without it there are security defaults only");
        return;
    }
    let desired = draft.wish.desired;
    let target = Target::to_be_made(&desired.mfa_policy.name);
    draft.step(Step {
        change: Change::CreateMfaPolicy,
        object: target,
        with: Some(group.clone()),
        why: "everybody else is asked for multifactor authentication; report-only, so that the sign-in log shows first what it would do".to_owned(),
        before: Value::Null,
        after: document(&desired.mfa_policy, &group.id, &desired.exclude_also),
        affects: "nobody while it is report-only".to_owned(),
        undo: "delete the policy".to_owned(),
        precondition: "no policy has this name".to_owned(),
        needs: draft.ids(|step| step.change == Change::CreateGroup),
    });
    announce(draft);
}

/// What enforcement waits for, where it is not asked for or the policy is only being made.
fn announce(draft: &mut Draft<'_>) {
    let mut waits = keys::lacking(draft);
    if waits.is_empty() {
        waits.push("look at the sign-in log first: it shows whom it would have asked".to_owned());
    }
    draft.by_command(
        format!("enforce policy {}", draft.wish.desired.mfa_policy.name),
        waits.join("; "),
        vec!["halligan tenant apply --enforce".to_owned()],
    );
}

/// What is otherwise; true if nothing remains that stands against enforcement.
fn repair(policy: &ConditionalAccessPolicy, group: &Target, draft: &mut Draft<'_>) -> bool {
    let desired = draft.wish.desired;
    let found = deviations(
        policy,
        &desired.mfa_policy,
        &group.id,
        &desired.exclude_also,
    );
    let own = is_own(policy, draft);
    let (ours, theirs): (Vec<Deviation>, Vec<Deviation>) = found
        .into_iter()
        .partition(|one| own && one.repair.is_some());
    for one in &theirs {
        let why = match own {
            true => "whoever did it meant it",
            false => "the tool did not make it",
        };
        draft.by_hand(format!("policy {}: {}", name(policy), one.what), why);
    }
    if ours.is_empty() {
        return theirs.is_empty();
    }
    if Enforcement::of(policy) == Enforcement::Enabled && !draft.wish.enforce {
        let what = format!("repair of policy {}", name(policy));
        draft.block(
            &what,
            "it counts for everybody at once; --enforce says that this is meant",
        );
        return false;
    }
    draft.step(change(policy, &ours, draft));
    theirs.is_empty()
}

fn change(policy: &ConditionalAccessPolicy, ours: &[Deviation], draft: &Draft<'_>) -> Step {
    let mut after = json!({});
    for repair in ours.iter().filter_map(|one| one.repair.as_ref()) {
        merge(&mut after, repair);
    }
    let what: Vec<&str> = ours.iter().map(|one| one.what.as_str()).collect();
    let document = serde_json::to_value(policy).unwrap_or_default();
    Step {
        change: Change::ChangeMfaPolicy,
        object: Target::there(policy.id.as_deref().unwrap_or_default(), &name(policy)),
        with: None,
        why: what.join("; "),
        before: same_members(&document, &after),
        after,
        affects: match Enforcement::of(policy) {
            Enforcement::Enabled => EVERYBODY,
            _ => "nobody while it is report-only",
        }
        .to_owned(),
        undo: "set the members as before".to_owned(),
        precondition: "the policy is as it was read".to_owned(),
        needs: draft
            .ids(|step| step.change == Change::AddMember || step.change == Change::ExcludeGroup),
    }
}

/// Those members of a document that a change has.
fn same_members(document: &Value, change: &Value) -> Value {
    match change {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), same_members(&document[name.as_str()], value)))
            .collect(),
        _ => document.clone(),
    }
}

fn enforce(policy: &ConditionalAccessPolicy, draft: &mut Draft<'_>) {
    let what = format!("enforcement of policy {}", name(policy));
    match Enforcement::of(policy) {
        Enforcement::Enabled => return,
        Enforcement::ReportOnly if is_own(policy, draft) => {}
        _ => {
            let why = "the tool did not make it, or somebody switched it off";
            return draft.by_hand(format!("enable policy {}", name(policy)), why);
        }
    }
    if !draft.wish.enforce {
        return announce(draft);
    }
    let step = enforcement(policy, draft);
    match unmet(&step, draft) {
        unmet if unmet.is_empty() => draft.step(step),
        unmet => draft.block(&what, unmet.join("; ")),
    }
}

fn enforcement(policy: &ConditionalAccessPolicy, draft: &Draft<'_>) -> Step {
    Step {
        change: Change::EnforceMfaPolicy,
        object: Target::there(policy.id.as_deref().unwrap_or_default(), &name(policy)),
        with: None,
        why: "everybody is asked for multifactor authentication from then on".to_owned(),
        before: json!({"state": policy.state}),
        after: json!({"state": "enabled"}),
        affects: EVERYBODY.to_owned(),
        undo: "set state to enabledForReportingButNotEnforced again".to_owned(),
        precondition: "the service's own what-if says for each emergency account that the policy does not apply".to_owned(),
        needs: draft.ids(|_| true),
    }
}

/// What stands against enforcement.
fn unmet(step: &Step, draft: &Draft<'_>) -> Vec<String> {
    let mut unmet = readiness(draft);
    let mut then = draft.then.clone();
    super::effect(step, &mut then);
    let policies = then.policies.as_deref().unwrap_or_default();
    let policy = policies
        .iter()
        .find(|one| one.id.as_deref() == Some(&step.object.id));
    for candidate in &draft.accounts {
        let person = then.accounts[candidate.at].person();
        let excluded = match (policy, &person) {
            (Some(policy), Some(person)) => is_excluded(policy, person),
            _ => false,
        };
        if !excluded {
            unmet.push(format!(
                "it is not certain that {} is excluded",
                candidate.target.name
            ));
        }
    }
    unmet
}

/// What stands against enforcing anything: accounts without keys, whatever is blocked, security defaults.
pub(super) fn readiness(draft: &Draft<'_>) -> Vec<String> {
    let mut unmet = keys::lacking(draft);
    let blocked = draft.blocked().len();
    if blocked > 0 {
        unmet.push(format!("{blocked} things before it are blocked"));
    }
    for candidate in &draft.accounts {
        if candidate
            .user()
            .is_some_and(|user| user.account_enabled != Some(true))
        {
            unmet.push(format!("{} is disabled", candidate.target.name));
        }
    }
    match &draft.wish.snapshot.security_defaults {
        Ok(defaults) if defaults.is_enabled == Some(false) => {}
        Ok(_) => unmet.push(
            "security defaults are on, and the service enforces no policy beside them".to_owned(),
        ),
        Err(unread) => unmet.push(format!(
            "whether security defaults are on could not be read: {}",
            unread.why
        )),
    }
    unmet
}
