//! Which policy it is that asks everybody.

use super::super::exclusion::security_defaults::has_conditional_access;
use super::super::{Facts, Finding, Object};
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::conditional_access::Enforcement;
use crate::tenant::conditional_access::everybody::{asks_everybody, gaps};

/// A line about the policy that asks everybody for a second factor; where there is none, what is to be said instead.
pub(super) fn about(
    facts: &Facts<'_>,
    lines: impl Fn(&ConditionalAccessPolicy) -> Vec<Finding>,
) -> Vec<Finding> {
    match find(facts) {
        Err(instead) => vec![*instead],
        Ok(Some(policy)) => lines(policy),
        Ok(None) => vec![Finding::not_applicable(
            Object::tenant(),
            "there is no such policy",
        )],
    }
}

/// The policy, if there is one; of several the one that comes nearest.
pub(super) fn find<'a>(
    facts: &Facts<'a>,
) -> Result<Option<&'a ConditionalAccessPolicy>, Box<Finding>> {
    if security_defaults_ask(facts) {
        let why =
            "security defaults ask everybody, and the tenant has no licence for Conditional Access";
        return Err(Box::new(Finding::not_applicable(Object::tenant(), why)));
    }
    let policies = facts.snapshot.policies.as_ref().map_err(|unread| {
        let what = "the Conditional Access policies";
        Box::new(Finding::unread(Object::tenant(), what, unread))
    })?;
    let candidates = policies.iter().filter(|one| asks_everybody(one));
    Ok(candidates.max_by_key(|one| {
        let is_enforced = Enforcement::of(one) == Enforcement::Enabled;
        let is_reported = Enforcement::of(one) == Enforcement::ReportOnly;
        let is_named = one.display_name.as_deref() == Some(&facts.desired.mfa_policy.name);
        (is_enforced, gaps(one).is_empty(), is_reported, is_named)
    }))
}

fn security_defaults_ask(facts: &Facts<'_>) -> bool {
    let (Ok(defaults), Ok(organization)) = (
        &facts.snapshot.security_defaults,
        &facts.snapshot.organization,
    ) else {
        return false;
    };
    defaults.is_enabled == Some(true) && !has_conditional_access(organization)
}
