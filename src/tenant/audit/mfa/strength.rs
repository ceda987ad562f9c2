//! HG-505

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::tenant::conditional_access::everybody::{Asked, asked};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-505",
    name: "mfa-policy-strength",
    title: "The policy asks for no less than the configuration says",
    severity: Severity::Warning,
    source: source::ALL_USERS,
    fix: "set the grant control of the policy to the authentication strength of the configuration",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    about(facts, |policy| {
        let subject = Object::policy(policy);
        let wanted = facts.desired.mfa_policy.strength;
        vec![match asked(policy) {
            Asked::AtLeast(asked) if asked >= wanted => Finding::pass(subject, asked.describe()),
            Asked::AtLeast(asked) => Finding::fail(
                subject,
                format!(
                    "it asks for {}, wanted is {}",
                    asked.describe(),
                    wanted.describe()
                ),
            ),
            Asked::OwnStrength => Finding::unknown(
                subject,
                "it asks for an authentication strength of the tenant's own, which is not compared",
            ),
            Asked::Nothing => Finding::fail(subject, "it asks for no second factor"),
        }]
    })
}
