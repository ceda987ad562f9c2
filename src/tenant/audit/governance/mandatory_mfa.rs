//! HG-701

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::AuthenticationMethod;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-701",
    name: "mandatory-mfa-ready",
    title: "Every account has a method that satisfies the multifactor authentication that the portals ask of everybody",
    severity: Severity::Error,
    source: source::MANDATORY_MFA,
    fix: "enrol a key: no exclusion helps against what Microsoft itself asks for",
    run,
};

/// Methods that satisfy it, keys left out.
const SATISFYING: [&str; 8] = [
    "microsoftAuthenticatorAuthenticationMethod",
    "phoneAuthenticationMethod",
    "softwareOathAuthenticationMethod",
    "hardwareOathAuthenticationMethod",
    "windowsHelloForBusinessAuthenticationMethod",
    "platformCredentialAuthenticationMethod",
    "x509CertificateAuthenticationMethod",
    "externalAuthenticationMethod",
];

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, _| {
        let subject = Object::account(account);
        if let Ok(keys) = &account.keys
            && !keys.is_empty()
        {
            return Finding::pass(subject, format!("{} keys", keys.len()));
        }
        let methods = match &account.methods {
            Ok(methods) => methods,
            Err(unread) => return Finding::unread(subject, "the account's methods", unread),
        };
        let has = |kinds: &[&str]| {
            let is_one = |one: &AuthenticationMethod| one.kind().is_some_and(|kind| kinds.contains(&kind));
            methods.iter().any(is_one)
        };
        match (has(&SATISFYING), has(&["fido2AuthenticationMethod"]), &account.keys) {
            (true, _, _) => Finding::pass(subject, "a method besides keys"),
            (_, true, _) => Finding::pass(subject, "a passkey is among its methods"),
            (_, _, Err(unread)) => Finding::unread(subject, "the registered keys", unread),
            _ => Finding::fail(
                subject,
                "the account has no method that satisfies it: it reaches no portal, whatever policies exclude",
            ),
        }
    })
}
