//! HG-405

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::Organization;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-405",
    name: "security-defaults-off",
    title: "Security defaults, which exclude nobody, are off where Conditional Access can be used",
    severity: Severity::Warning,
    source: source::SECURITY_DEFAULTS,
    fix: "switch security defaults off and enforce the policy for multifactor authentication at once: `halligan tenant apply --enforce`",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    vec![line(facts)]
}

fn line(facts: &Facts<'_>) -> Finding {
    let tenant = Object::tenant();
    let enabled = match &facts.snapshot.security_defaults {
        Ok(policy) => policy.is_enabled,
        Err(unread) => return Finding::unread(tenant, "security defaults", unread),
    };
    match (enabled, &facts.snapshot.organization) {
        (Some(false), _) => Finding::pass(tenant, "off"),
        (None, _) => Finding::unknown(tenant, "whether security defaults are on is not shown"),
        (Some(true), Err(unread)) => Finding::unread(
            tenant,
            "security defaults are on; the tenant's licences",
            unread,
        ),
        (Some(true), Ok(organization)) if has_conditional_access(organization) => Finding::fail(
            tenant,
            "they are on: everybody is asked for a second factor, and nobody can be excluded",
        ),
        (Some(true), Ok(_)) => Finding::not_applicable(
            tenant,
            "they are on, and the tenant has no licence for Conditional Access; a key satisfies them",
        ),
    }
}

/// Whether the tenant has a licence for it.
pub(in super::super) fn has_conditional_access(organization: &Organization) -> bool {
    organization.has_p1()
}
