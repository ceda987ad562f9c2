//! HG-101

use super::super::facts::{Facts, among, user};
use super::super::{Check, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-101",
    name: "number-of-accounts",
    title: "There are at least two emergency accounts",
    severity: Severity::Error,
    source: source::EMERGENCY_ACCESS,
    fix: "add accounts to the configuration, and make them: `halligan tenant plan` shows how",
    run,
};

/// Microsoft's advice: one can be locked out, and its keys can be lost.
const FEWEST: usize = 2;

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    let tenant = Object::tenant();
    let mut distinct: Vec<&str> = Vec::new();
    for account in facts.accounts().filter_map(user) {
        if !among(&distinct, &account.id) {
            distinct.push(&account.id);
        }
    }
    let unread = facts.unread_account();
    let objects = facts
        .accounts()
        .filter(|account| user(account).is_some())
        .map(Object::account);
    let count = distinct.len();
    let line = match unread {
        _ if count >= FEWEST => Finding::pass(tenant, format!("{count} accounts")),
        Some(unread) => Finding::unread(tenant, "an account", unread),
        None => {
            let configured = facts.desired.accounts.len();
            Finding::fail(
                tenant,
                format!(
                    "{count} of the {configured} accounts in the configuration exist, at least {FEWEST} are needed"
                ),
            )
        }
    };
    vec![line.about(objects)]
}
