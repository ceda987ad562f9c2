//! HG-505

use super::super::{Check, Facts, Finding, Object, Severity, source};
use super::policy::about;
use crate::graph::model::ConditionalAccessPolicy;
use crate::tenant::desired::Strength;

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
            _ if wanted == Strength::Mfa => Finding::pass(subject, "any second factor is wanted"),
            Some(asked) if rank(asked) >= rank(wanted) => Finding::pass(subject, words(asked)),
            Some(asked) => Finding::fail(
                subject,
                format!("it asks for {}, wanted is {}", words(asked), words(wanted)),
            ),
            None => Finding::unknown(
                subject,
                "it asks for an authentication strength of the tenant's own, which is not compared",
            ),
        }]
    })
}

fn rank(strength: Strength) -> u8 {
    match strength {
        Strength::Mfa => 0,
        Strength::MultifactorStrength => 1,
        Strength::PhishingResistant => 2,
    }
}

fn words(strength: Strength) -> &'static str {
    match strength {
        Strength::Mfa => "any second factor",
        Strength::MultifactorStrength => "the strength \"Multifactor authentication\"",
        Strength::PhishingResistant => "the strength \"Phishing-resistant MFA\"",
    }
}

/// What it asks for; none for a strength that somebody made.
fn asked(policy: &ConditionalAccessPolicy) -> Option<Strength> {
    let strength = policy
        .grant_controls
        .as_ref()?
        .authentication_strength
        .as_ref();
    match strength.map(|one| one.id.as_str()) {
        None => Some(Strength::Mfa),
        Some("00000000-0000-0000-0000-000000000002") => Some(Strength::MultifactorStrength),
        // "Passwordless MFA" is more than the one and less than the other.
        Some("00000000-0000-0000-0000-000000000003") => Some(Strength::MultifactorStrength),
        Some("00000000-0000-0000-0000-000000000004") => Some(Strength::PhishingResistant),
        Some(_) => None,
    }
}
