//! HG-501

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::find;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-501",
    name: "mfa-policy-present",
    title: "A policy asks all users for multifactor authentication",
    severity: Severity::Error,
    source: source::ALL_USERS,
    fix: "`halligan tenant plan` shows the policy that it would make, report-only at first",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    vec![match find(facts) {
        Err(instead) => *instead,
        Ok(None) => Finding::fail(
            tenant,
            "no policy includes all users and asks for a second factor",
        ),
        Ok(Some(policy)) => {
            let name = policy.display_name.as_deref().unwrap_or("a policy");
            Finding::pass(tenant, format!("{name:?}")).about([Object::policy(policy)])
        }
    }]
}
