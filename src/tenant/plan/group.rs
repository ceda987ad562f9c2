//! The group of the emergency accounts, and who is in it.

use serde_json::{Value, json};

use super::draft::{Candidate, Draft};
use super::{Change, Step, Target};
use crate::graph::model::Group;
use crate::tenant::desired::GroupReference;
use crate::tenant::snapshot::ExclusionGroup;

const WHAT: &str = "group of the emergency accounts";

/// The group, if it is missing, and the accounts that are not in it.
pub(super) fn plan(draft: &mut Draft<'_>) {
    let Some(found) = draft.need(&draft.wish.snapshot.group, WHAT, "the group") else {
        return;
    };
    draft.group = match found {
        Some(found) => existing(found, draft),
        None => create(draft),
    };
    let Some(group) = draft.group.clone() else {
        return;
    };
    let accounts = std::mem::take(&mut draft.accounts);
    for account in &accounts {
        add(account, &group, draft);
    }
    draft.accounts = accounts;
}

/// A group that policies can name; who is in it is looked at where members are added.
fn existing(found: &ExclusionGroup, draft: &mut Draft<'_>) -> Option<Target> {
    let group = &found.group;
    let name = group.display_name.as_deref().unwrap_or(&group.id);
    if group.security_enabled == Some(false) {
        draft.block(WHAT, format!("{name} is no security group"));
        return None;
    }
    Some(Target::there(&group.id, name))
}

fn create(draft: &mut Draft<'_>) -> Option<Target> {
    let GroupReference::Name(name) = &draft.wish.desired.group.reference else {
        draft.block(WHAT, "there is no group with the id in the configuration");
        return None;
    };
    let role_assignable = role_assignable(draft)?;
    let target = Target::to_be_made(name);
    draft.step(Step {
        change: Change::CreateGroup,
        object: target.clone(),
        with: None,
        why: "policies exclude the group, so that they need no change when an account is replaced".to_owned(),
        before: Value::Null,
        after: json!({
            "displayName": name,
            "description": "Emergency access accounts, excluded from Conditional Access policies. Managed by Halligan.",
            "mailEnabled": false,
            "mailNickname": nickname(name),
            "securityEnabled": true,
            "groupTypes": [],
            "isAssignableToRole": role_assignable,
        }),
        affects: "nobody".to_owned(),
        undo: "delete the group, after it is taken out of all policies".to_owned(),
        precondition: "no group has this name".to_owned(),
        needs: Vec::new(),
    });
    Some(target)
}

/// Only two roles can change who is in a group to which roles can be assigned. It needs a licence, and is settled at once and for all.
fn role_assignable(draft: &mut Draft<'_>) -> Option<bool> {
    let wanted = draft.wish.desired.group.role_assignable;
    if wanted == Some(false) {
        return Some(false);
    }
    let organization = draft.need(
        &draft.wish.snapshot.organization,
        WHAT,
        "the tenant's licences",
    )?;
    let licensed = organization.has_p1();
    match (wanted, licensed) {
        (Some(true), false) => {
            draft.block(
                WHAT,
                "a group to which roles can be assigned needs Microsoft Entra ID P1",
            );
            None
        }
        (_, licensed) => Some(licensed),
    }
}

/// A mail alias, which a group must have even without mail. It has ASCII letters and digits only, and need not be the group's alone.
fn nickname(name: &str) -> String {
    let fit = |character: char| match character.to_ascii_lowercase() {
        fit @ ('a'..='z' | '0'..='9') => fit,
        _ => '-',
    };
    let nickname: String = name.chars().map(fit).take(64).collect();
    match nickname.trim_matches('-') {
        "" => "emergency-access".to_owned(),
        nickname => nickname.to_owned(),
    }
}

fn add(account: &Candidate<'_>, group: &Target, draft: &mut Draft<'_>) {
    let what = format!("membership of {} in {}", account.target.name, group.name);
    if !account.target.new {
        let Some(memberships) =
            draft.need(&account.read.memberships, &what, "the account's groups")
        else {
            return;
        };
        let by_account = memberships
            .iter()
            .any(|one| one.id.eq_ignore_ascii_case(&group.id));
        if by_account || is_listed(account, draft) {
            return;
        }
    }
    if let Err(why) = may_be_changed(draft) {
        draft.block(&what, why);
        return;
    }
    // A group that is there may be in policies, and mean its members.
    if !group.new
        && draft
            .need(
                &draft.wish.snapshot.policies,
                &what,
                "the Conditional Access policies",
            )
            .is_none()
    {
        return;
    }
    let name = &account.target.name;
    let needs = draft.ids(|step| step.change == Change::CreateGroup || step.object.name == *name);
    draft.step(Step {
        change: Change::AddMember,
        object: group.clone(),
        with: Some(account.target.clone()),
        why: "whoever is in the group is excluded from policies".to_owned(),
        before: json!({"member": false}),
        after: json!({"member": account.target.id}),
        affects: "nobody".to_owned(),
        undo: "remove the member".to_owned(),
        precondition: "the account is not in the group".to_owned(),
        needs,
    });
}

/// Whether the group says that it has the account. It knows a new member before the account's own memberships do.
fn is_listed(account: &Candidate<'_>, draft: &Draft<'_>) -> bool {
    let Ok(Some(found)) = &draft.wish.snapshot.group else {
        return false;
    };
    let id = &account.target.id;
    let mut members = found.transitive_members.iter().flatten();
    members.any(|member| member.id.eq_ignore_ascii_case(id))
}

/// Whether members can be added by hand and by us.
fn may_be_changed(draft: &Draft<'_>) -> Result<(), &'static str> {
    let group: Option<&Group> = match &draft.wish.snapshot.group {
        Ok(Some(found)) => Some(&found.group),
        _ => None,
    };
    match group {
        Some(group) if group.is_dynamic() => Err("a rule decides who is in the group"),
        Some(group) if group.on_premises_sync_enabled == Some(true) => {
            Err("the group comes from an on-premises directory")
        }
        Some(group) if group.is_management_restricted == Some(true) => Err(
            "the group is in a restricted management administrative unit, whose own administrators alone change it",
        ),
        _ => Ok(()),
    }
}
