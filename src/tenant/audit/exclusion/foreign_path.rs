//! HG-411

use super::super::facts::same;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::by_policy::{Case, enforced, lines};
use super::path;
use super::reach::Reach;
use crate::tenant::conditional_access::Via;
use crate::tenant::read::Read;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-411",
    name: "exclusion-by-own-group",
    title: "The exclusions rest on the accounts' own group, or on the accounts themselves",
    severity: Severity::Warning,
    source: source::CONDITIONAL_ACCESS,
    fix: "exclude the group of the emergency accounts as well: who can change the other group or role can take the exclusion away",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let group = &facts.snapshot.group;
    let own = group
        .as_ref()
        .map(|group| group.as_ref().map(|one| one.group.id.as_str()));
    let own = own.map_err(Clone::clone);
    let nothing = "no exclusion rests on another group or on a role";
    lines(facts, enforced, nothing, |case| line(case, &own))
}

fn line(case: &Case<'_>, own: &Read<Option<&str>>) -> Option<Finding> {
    let Reach::Excluded(paths) = &case.reach else {
        return None;
    };
    if paths.contains(&Via::Account) {
        return None;
    }
    let subject = Object::account(case.account);
    let own = match own {
        Ok(own) => own.unwrap_or_default(),
        Err(unread) => {
            return Some(Finding::unread(
                subject,
                "the group of the accounts",
                unread,
            ));
        }
    };
    let is_own = |via: &Via| matches!(via, Via::Group(id) if same(id, own));
    if paths.iter().any(is_own) {
        return None;
    }
    let name = case.policy.display_name.as_deref().unwrap_or("a policy");
    let shown = path::describe(paths, case.account);
    let line = Finding::fail(
        subject,
        format!("{name:?} excludes the account only by {shown}"),
    );
    Some(line.about([Object::policy(case.policy)]))
}
