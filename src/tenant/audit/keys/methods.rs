//! HG-304

use super::super::finding::ObjectKind;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::AuthenticationMethod;
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-304",
    name: "no-personal-methods",
    title: "The accounts have no method that belongs to a person",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "delete the method: Users > the account > Authentication methods",
    run,
};

/// Somebody's telephone, mailbox, computer or app.
const PERSONAL: [(&str, &str); 9] = [
    ("phoneAuthenticationMethod", "a telephone"),
    ("emailAuthenticationMethod", "an e-mail address"),
    (
        "microsoftAuthenticatorAuthenticationMethod",
        "Microsoft Authenticator",
    ),
    ("softwareOathAuthenticationMethod", "an authenticator app"),
    (
        "externalAuthenticationMethod",
        "a method of another provider",
    ),
    (
        "windowsHelloForBusinessAuthenticationMethod",
        "Windows Hello on a computer",
    ),
    (
        "platformCredentialAuthenticationMethod",
        "a platform credential of a computer",
    ),
    ("qrCodePinAuthenticationMethod", "a QR code with a PIN"),
    (
        "passwordlessMicrosoftAuthenticatorAuthenticationMethod",
        "Microsoft Authenticator",
    ),
];

/// Checks of their own look at keys and Temporary Access Passes; a password every account has, and hardware tokens lie in a safe.
const OTHERS: [&str; 4] = [
    "fido2AuthenticationMethod",
    "temporaryAccessPassAuthenticationMethod",
    "passwordAuthenticationMethod",
    "hardwareOathAuthenticationMethod",
];

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, _| {
        let subject = Object::account(account);
        let methods = match &account.methods {
            Ok(methods) => methods,
            Err(unread) => return vec![Finding::unread(subject, "the account's methods", unread)],
        };
        let found: Vec<Finding> = methods
            .iter()
            .filter_map(|one| line(account, one))
            .collect();
        match found.is_empty() {
            true => vec![Finding::pass(subject, "keys and a password at most")],
            false => found,
        }
    })
}

fn line(account: &Account, method: &AuthenticationMethod) -> Option<Finding> {
    let subject = Object::account(account);
    let kind = method.kind().unwrap_or_default();
    let object = Object::new(ObjectKind::Method, &method.id, Some(kind));
    let personal = PERSONAL.iter().find(|(name, _)| *name == kind);
    let line = match personal {
        Some((_, what)) => Finding::fail(subject, format!("{what} is registered")),
        None if OTHERS.contains(&kind) => return None,
        None => Finding::unknown(
            subject,
            format!("a method of the kind {kind:?}, which is not known here"),
        ),
    };
    Some(line.about([object]))
}
