//! The exclusion of the group from every policy that counts and means one of the accounts. There is no order among policies, and none
//! takes back what another asks for: this is the only way past them.

use serde_json::json;

use super::draft::Draft;
use super::effect::changed;
use super::{Change, Made, Step, Target};
use crate::graph::model::ConditionalAccessPolicy;
use crate::graph::model::conditional_access_policy::ConditionalAccessUsers;
use crate::tenant::conditional_access::{Enforcement, Match, Person, meant};

/// What policies ask for exclusion.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let what = "exclusion of the group from policies";
    let Some(policies) = draft.need(
        &draft.wish.snapshot.policies,
        what,
        "the Conditional Access policies",
    ) else {
        return;
    };
    let Some(group) = draft.group.clone() else {
        draft.block(what, "it is not known which group");
        return;
    };
    for policy in policies {
        match Enforcement::of(policy) {
            Enforcement::Enabled | Enforcement::Unknown => exclude(policy, &group, draft),
            Enforcement::ReportOnly if is_for_everybody(policy, draft) => {
                exclude(policy, &group, draft)
            }
            Enforcement::ReportOnly => foretell(policy, &group, draft),
            Enforcement::Disabled => {}
        }
    }
}

/// The policy that the tool made to enforce it later.
fn is_for_everybody(policy: &ConditionalAccessPolicy, draft: &Draft<'_>) -> bool {
    let id = policy.id.as_deref().unwrap_or_default();
    draft.wish.owned.made(id, Made::MfaPolicy)
}

/// The accounts as they will be: in the group, with the role.
fn people(draft: &mut Draft<'_>, group: &Target) -> Option<Vec<(String, Person)>> {
    let mut people = Vec::new();
    let mut unread = Vec::new();
    for candidate in &draft.accounts {
        let account = &draft.then.accounts[candidate.at];
        if let Err(error) = &account.memberships {
            unread.push(error.clone());
        }
        let Some(mut person) = account.person() else {
            continue;
        };
        let groups = person.groups.get_or_insert_default();
        groups.push(group.id.clone());
        let roles = person.roles.get_or_insert_default();
        roles.push(super::GLOBAL_ADMINISTRATOR.to_owned());
        people.push((candidate.target.name.clone(), person));
    }
    for error in &unread {
        draft.unread(
            "exclusion of the group from policies",
            "an account's groups",
            error,
        );
    }
    unread.is_empty().then_some(people)
}

fn exclude(policy: &ConditionalAccessPolicy, group: &Target, draft: &mut Draft<'_>) {
    let Some(people) = people(draft, group) else {
        return;
    };
    let hit = meant_of(policy, &people);
    if hit.is_empty() {
        return;
    }
    let name = name(policy);
    let what = format!("exclusion of {} from policy {name}", group.name);
    if is_aimed(policy, group, &people) {
        if !is_ours(policy, draft) {
            let why = "it is about the emergency accounts alone, so somebody meant it; Microsoft advises against a policy that counts for them";
            draft.by_hand(format!("decide about policy {name}"), why);
        }
        return;
    }
    let Some(users) = &policy.conditions.users else {
        draft.block(&what, "the policy shows no users");
        return;
    };
    let step = step(policy, users, group, &hit, draft);
    if let Err(why) = others(draft) {
        draft.block(&what, why);
        return;
    }
    if let Some(why) = still_meant(policy, &step, &people) {
        draft.block(&what, why);
        return;
    }
    draft.step(step);
}

/// The names of those whom a policy means, or may mean.
fn meant_of(policy: &ConditionalAccessPolicy, people: &[(String, Person)]) -> Vec<String> {
    let meant = |(_, person): &&(String, Person)| {
        !matches!(meant(&policy.conditions, person), Match::No(_))
    };
    people
        .iter()
        .filter(meant)
        .map(|(name, _)| name.clone())
        .collect()
}

/// Why somebody would be meant all the same.
fn still_meant(
    policy: &ConditionalAccessPolicy,
    step: &Step,
    people: &[(String, Person)],
) -> Option<String> {
    let changed = changed(policy, &step.after)?;
    people
        .iter()
        .find_map(|(name, person)| match meant(&changed.conditions, person) {
            Match::No(_) => None,
            Match::Yes(why) | Match::Open(why) => {
                Some(format!("{name} might be meant all the same: {why}"))
            }
        })
}

fn step(
    policy: &ConditionalAccessPolicy,
    users: &ConditionalAccessUsers,
    group: &Target,
    hit: &[String],
    draft: &Draft<'_>,
) -> Step {
    let mut excluded = users.exclude_groups.clone();
    excluded.push(group.id.clone());
    let at = |groups: &[String]| json!({"conditions": {"users": {"excludeGroups": groups}}});
    Step {
        change: Change::ExcludeGroup,
        object: Target::there(policy.id.as_deref().unwrap_or_default(), &name(policy)),
        with: Some(group.clone()),
        why: format!("it means {}", hit.join(", ")),
        before: at(&users.exclude_groups),
        after: at(&excluded),
        affects: "nobody: only the emergency accounts are in the group".to_owned(),
        undo: "take the group out of the policy's exclusions".to_owned(),
        precondition: "the policy is as it was read; its other exclusions stay".to_owned(),
        needs: draft.ids(|step| step.change == Change::CreateGroup),
    }
}

/// Whether nobody else is in the group: they would be let off too.
fn others(draft: &Draft<'_>) -> Result<(), String> {
    let Ok(Some(found)) = &draft.wish.snapshot.group else {
        return Ok(());
    };
    let members = match &found.transitive_members {
        Ok(members) => members,
        Err(unread) => {
            return Err(format!(
                "who is in the group could not be read: {}",
                unread.why
            ));
        }
    };
    let is_account = |id: &str| {
        draft
            .accounts
            .iter()
            .any(|account| account.target.id.eq_ignore_ascii_case(id))
    };
    let others: Vec<&str> = members
        .iter()
        .filter(|member| !is_account(&member.id) && member.kind() != Some("group"))
        .map(|member| {
            let name = member.user_principal_name.as_deref();
            name.or(member.display_name.as_deref())
                .unwrap_or(&member.id)
        })
        .collect();
    match others.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{} would be let off too; only the accounts in the configuration belong into the group",
            others.join(", ")
        )),
    }
}

/// Whether a policy includes the emergency accounts, or their group, and nobody else.
fn is_aimed(policy: &ConditionalAccessPolicy, group: &Target, people: &[(String, Person)]) -> bool {
    let Some(users) = &policy.conditions.users else {
        return false;
    };
    let is_account = |id: &String| {
        people
            .iter()
            .any(|(_, person)| person.id.eq_ignore_ascii_case(id))
    };
    let is_group = |id: &String| id.eq_ignore_ascii_case(&group.id);
    let somebody = !users.include_users.is_empty() || !users.include_groups.is_empty();
    somebody
        && users
            .include_users
            .iter()
            .all(|id| id == "None" || is_account(id))
        && users.include_groups.iter().all(is_group)
        && users.include_roles.is_empty()
        && users.include_guests_or_external_users.is_none()
}

/// The policy for the emergency accounts that the configuration asks for.
fn is_ours(policy: &ConditionalAccessPolicy, draft: &Draft<'_>) -> bool {
    let id = policy.id.as_deref().unwrap_or_default();
    let wanted = draft.wish.desired.dedicated_policy.as_ref();
    wanted.is_some_and(|wanted| {
        draft.wish.owned.made(id, Made::DedicatedPolicy)
            || policy.display_name.as_deref() == Some(&wanted.name)
    })
}

/// Report-only policies stop nobody. Whoever enforces one has to know.
fn foretell(policy: &ConditionalAccessPolicy, group: &Target, draft: &mut Draft<'_>) {
    let Some(people) = people(draft, group) else {
        return;
    };
    let hit = meant_of(policy, &people);
    if !hit.is_empty() && !is_aimed(policy, group, &people) {
        let name = name(policy);
        draft.note(format!(
            "policy {name} is report-only and means {}: exclude {} before it is enforced",
            hit.join(", "),
            group.name
        ));
    }
}

/// The name of a policy, or its id.
pub(super) fn name(policy: &ConditionalAccessPolicy) -> String {
    let id = policy.id.as_deref().unwrap_or_default();
    policy.display_name.as_deref().unwrap_or(id).to_owned()
}
