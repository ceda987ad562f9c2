//! HG-104

use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::{Domain, User};
use crate::tenant::snapshot::Account;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-104",
    name: "onmicrosoft-domain",
    title: "The accounts are in a managed domain that ends in .onmicrosoft.com",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "rename the account into the tenant's initial domain before its keys are enrolled: a registered key does not survive a renaming",
    run,
};

/// Where a domain can neither expire nor be federated by mistake. The endings of the other clouds.
const ENDINGS: [&str; 3] = [
    ".onmicrosoft.com",
    ".onmicrosoft.us",
    ".partner.onmschina.cn",
];

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| line(facts, account, user))
}

fn line(facts: &Facts<'_>, account: &Account, user: &User) -> Finding {
    let subject = Object::account(account);
    let name = user.user_principal_name.as_deref().unwrap_or_default();
    let Some((_, domain)) = name.rsplit_once('@') else {
        return Finding::unknown(subject, "the account's sign-in name is not shown");
    };
    let domain = domain.to_ascii_lowercase();
    if !ENDINGS.iter().any(|ending| domain.ends_with(ending)) {
        return Finding::fail(
            subject,
            format!("{domain} is a domain of its own: it can expire, be moved or be federated"),
        );
    }
    let domains = match &facts.snapshot.domains {
        Ok(domains) => domains,
        Err(unread) => return Finding::unread(subject, "the tenant's domains", unread),
    };
    let listed = |one: &&Domain| one.id.eq_ignore_ascii_case(&domain);
    let kind = domains.iter().find(listed);
    match kind.and_then(|one| one.authentication_type.as_deref()) {
        Some("Managed") => Finding::pass(subject, format!("{domain} is managed")),
        Some(other) => Finding::fail(
            subject,
            format!("{domain} is {other}: another system decides over its sign-ins"),
        ),
        None => Finding::unknown(subject, format!("{domain} is not among the domains shown")),
    }
}
