//! What the account itself stands in the way of.

use super::{Account, At, Finding, Subject};
use crate::tenant::Setting;

/// Registered keys from which on it is open whether the service takes another: it publishes no limit, ten is widely quoted.
const MANY_METHODS: usize = 10;

pub(super) fn findings(account: &Account) -> [Finding; 3] {
    [guest(account), enabled(account), methods(account)]
}

fn guest(account: &Account) -> Finding {
    let (subject, at) = (Subject::Guest, At::Registration);
    match account.user.user_type.as_deref() {
        Some(kind) if kind.eq_ignore_ascii_case("guest") => Finding::fail(
            subject,
            at,
            "the account is a guest, for which the service registers no passkeys",
            Setting::UserType,
        ),
        Some(kind) => Finding::pass(subject, at, format!("the account is of type {kind:?}")),
        None => Finding::unknown(subject, at, "the directory does not show userType"),
    }
}

fn enabled(account: &Account) -> Finding {
    let (subject, at) = (Subject::AccountEnabled, At::SignIn);
    match account.user.account_enabled {
        Some(true) => Finding::pass(subject, at, "the account is enabled"),
        Some(false) => Finding::fail(
            subject,
            at,
            "the account is disabled",
            Setting::AccountEnabled,
        ),
        None => Finding::unknown(subject, at, "the directory does not show accountEnabled"),
    }
}

fn methods(account: &Account) -> Finding {
    let (subject, at) = (Subject::Methods, At::Registration);
    match &account.methods {
        Ok(methods) if methods.len() < MANY_METHODS => Finding::pass(
            subject,
            at,
            format!("{} keys are registered", methods.len()),
        ),
        Ok(methods) => Finding::unknown(
            subject,
            at,
            format!(
                "the account has {} keys; the service publishes no limit, and may refuse another",
                methods.len()
            ),
        ),
        Err(unread) => Finding::unread(subject, at, unread),
    }
}
