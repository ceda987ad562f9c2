//! The emergency accounts: made where they are missing, and what of them is for people to put right.

use serde_json::{Value, json};

use super::draft::{Candidate, Draft};
use super::{Change, GLOBAL_ADMINISTRATOR, Step, Target};
use crate::graph::model::{UnifiedRoleScheduleInstance, User};
use crate::tenant::desired::Account as Wanted;
use crate::tenant::snapshot::Account;

/// What keeps a password from expiring.
const NEVER_EXPIRES: &str = "DisablePasswordExpiration";

/// The accounts that are missing, and passwords that would expire.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let wish = draft.wish;
    for wanted in &wish.desired.accounts {
        let what = format!("account {}", wanted.name);
        let mut accounts = wish.snapshot.accounts.iter().enumerate();
        let Some((at, read)) =
            accounts.find(|(_, read)| read.name.eq_ignore_ascii_case(&wanted.name))
        else {
            draft.block(&what, "the snapshot was taken without it");
            continue;
        };
        let Some(user) = draft.need(&read.user, &what, "the account") else {
            continue;
        };
        let target = match user {
            Some(user) => Some(existing(user, &wanted.name, draft)),
            None => create(wanted, draft),
        };
        draft
            .accounts
            .extend(target.map(|target| Candidate { at, read, target }));
    }
}

fn existing(user: &User, name: &str, draft: &mut Draft<'_>) -> Target {
    let name = user.user_principal_name.as_deref().unwrap_or(name);
    let target = Target::there(&user.id, name);
    let policies = user.password_policies.as_deref().unwrap_or("None");
    if !words(policies).any(|word| word == NEVER_EXPIRES) && is_cloud_only(user) {
        let mut kept: Vec<&str> = words(policies).filter(|word| *word != "None").collect();
        kept.insert(0, NEVER_EXPIRES);
        draft.step(Step {
            change: Change::SetPasswordPolicy,
            object: target.clone(),
            with: None,
            why: "a password that expires can stop the account when it is needed".to_owned(),
            before: json!({"passwordPolicies": user.password_policies}),
            after: json!({"passwordPolicies": kept.join(", ")}),
            affects: "nobody".to_owned(),
            undo: format!("set passwordPolicies to {policies:?} again"),
            precondition: "passwordPolicies is as before".to_owned(),
            needs: Vec::new(),
        });
    }
    target
}

fn words(policies: &str) -> impl Iterator<Item = &str> {
    policies
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
}

fn is_cloud_only(user: &User) -> bool {
    user.on_premises_sync_enabled != Some(true)
}

/// A missing account is made in the tenant's own domain, which needs nothing outside of it.
fn create(wanted: &Wanted, draft: &mut Draft<'_>) -> Option<Target> {
    let what = format!("create account {}", wanted.name);
    let domains = draft.need(&draft.wish.snapshot.domains, &what, "the domains")?;
    let (local, domain) = match wanted.name.split_once('@') {
        Some((local, domain)) => (local, Some(domain)),
        None => (wanted.name.as_str(), None),
    };
    let found = domains.iter().find(|one| match domain {
        Some(name) => one.id.eq_ignore_ascii_case(name),
        None => one.is_initial == Some(true),
    });
    let Some(found) = found else {
        draft.block(&what, "the tenant has no such domain");
        return None;
    };
    if found.authentication_type.as_deref() != Some("Managed") || found.is_verified != Some(true) {
        draft.block(
            &what,
            format!(
                "the domain {} is not verified and managed by the tenant itself",
                found.id
            ),
        );
        return None;
    }
    if local.is_empty() || !local.chars().all(is_allowed) {
        draft.block(
            &what,
            "a sign-in name has letters, digits and ' . - _ ! # ^ ~ only",
        );
        return None;
    }
    let name = format!("{local}@{}", found.id);
    let target = Target::to_be_made(&name);
    draft.step(creation(&target, &wanted.display_name, local));
    Some(target)
}

/// The characters of a user principal name before the `@`.
fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "'.-_!#^~".contains(character)
}

fn creation(target: &Target, display_name: &str, local: &str) -> Step {
    Step {
        change: Change::CreateAccount,
        object: target.clone(),
        with: None,
        why: "an emergency account of the tenant's own, without any other system".to_owned(),
        before: Value::Null,
        // The password is no part of a plan: it is made at the moment, and shown to nobody.
        after: json!({
            "accountEnabled": true,
            "displayName": display_name,
            "mailNickname": local,
            "userPrincipalName": target.name,
            "passwordPolicies": NEVER_EXPIRES,
        }),
        affects: "nobody".to_owned(),
        undo: "delete the account".to_owned(),
        precondition: "nobody has this name".to_owned(),
        needs: Vec::new(),
    }
}

/// The role of each account. It comes after the exclusions, since policies may mean whoever has it.
pub(super) fn plan_role(draft: &mut Draft<'_>) {
    let accounts = std::mem::take(&mut draft.accounts);
    for account in &accounts {
        role(account, draft);
    }
    draft.accounts = accounts;
}

fn role(account: &Candidate<'_>, draft: &mut Draft<'_>) {
    let what = format!("role Global Administrator of {}", account.target.name);
    if !account.target.new {
        let memberships = &account.read.memberships;
        if draft
            .need(memberships, &what, "the account's roles")
            .is_none()
        {
            return;
        }
        let Some(roles) = account.read.person().and_then(|person| person.roles) else {
            draft.block(&what, "the directory hides which roles the account has");
            return;
        };
        let holds = |role: &String| role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR);
        if roles.iter().any(holds) {
            return note_term(account, draft);
        }
    }
    let policies = &draft.wish.snapshot.policies;
    if draft
        .need(policies, &what, "the Conditional Access policies")
        .is_none()
    {
        return;
    }
    let name = &account.target.name;
    let needs = draft.ids(|step| {
        step.change == Change::ExcludeGroup
            || step.object.name == *name
            || step.with.as_ref().is_some_and(|with| with.name == *name)
    });
    draft.step(Step {
        change: Change::AssignRole,
        object: account.target.clone(),
        with: Some(Target::there(GLOBAL_ADMINISTRATOR, "Global Administrator")),
        why: "the role must be there when it is needed: active, and not only to be activated"
            .to_owned(),
        before: json!({"active": false}),
        after: json!({
            "roleDefinitionId": GLOBAL_ADMINISTRATOR,
            "principalId": account.target.id,
            "directoryScopeId": "/",
        }),
        affects: "nobody".to_owned(),
        undo: "remove the assignment".to_owned(),
        precondition: "the account does not have the role".to_owned(),
        needs,
    });
}

/// An active role that ends is no role for an emergency. Its schedule belongs to Privileged Identity Management.
fn note_term(account: &Candidate<'_>, draft: &mut Draft<'_>) {
    let Ok(schedules) = &account.read.role_schedules else {
        return;
    };
    let is_ours = |one: &&UnifiedRoleScheduleInstance| {
        let role = one.role_definition_id.as_deref();
        role.is_some_and(|role| role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR))
    };
    let mut ours = schedules.iter().filter(is_ours).peekable();
    let permanent = |one: &UnifiedRoleScheduleInstance| {
        one.end_date_time.is_none() && one.assignment_type.as_deref() != Some("Activated")
    };
    if ours.peek().is_some() && !ours.any(permanent) {
        draft.by_hand(
            format!("make the role Global Administrator of {} permanent", account.target.name),
            "it is active for a while only; Privileged Identity Management keeps the schedule, and whoever set its end decides",
        );
    }
}

/// What is wrong with an account that the tool leaves to people: it would undo what somebody decided.
pub(super) fn note_the_rest(draft: &mut Draft<'_>) {
    let accounts = std::mem::take(&mut draft.accounts);
    for account in &accounts {
        if let Some(user) = account.user() {
            note_user(user, &account.target.name, draft);
            note_per_user_mfa(account.read, &account.target.name, draft);
        }
    }
    draft.accounts = accounts;
}

fn note_user(user: &User, name: &str, draft: &mut Draft<'_>) {
    if user.account_enabled == Some(false) {
        let why = "nobody can sign in with it; whoever disabled it had a reason that the tool does not know";
        draft.by_hand(format!("enable {name}"), why);
    }
}

fn note_per_user_mfa(account: &Account, name: &str, draft: &mut Draft<'_>) {
    if let Ok(requirements) = &account.per_user_mfa
        && let Some(state @ ("enabled" | "enforced")) = requirements.per_user_mfa_state.as_deref()
    {
        let why = format!(
            "it is {state}, and stands beside all policies; the service changes it in its beta only"
        );
        draft.by_hand(
            format!("disable per-user multifactor authentication of {name}"),
            why,
        );
    }
}
