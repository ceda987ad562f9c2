//! HG-502

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::tenant::conditional_access::Enforcement;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-502",
    name: "mfa-policy-enforced",
    title: "The policy that asks for multifactor authentication is enforced",
    severity: Severity::Error,
    source: source::ALL_USERS,
    fix: "prove the exclusion, then `halligan tenant apply --enforce`",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    about(facts, |policy| {
        let subject = Object::policy(policy);
        vec![match Enforcement::of(policy) {
            Enforcement::Enabled => Finding::pass(subject, "enabled"),
            Enforcement::ReportOnly => {
                Finding::fail(subject, "it is in report-only mode: it asks nobody")
            }
            Enforcement::Disabled => Finding::fail(subject, "it is disabled"),
            Enforcement::Unknown => Finding::unknown(subject, "its state is not known here"),
        }]
    })
}
