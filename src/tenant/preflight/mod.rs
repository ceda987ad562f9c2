//! What the tenant would refuse, before the key is touched: at registration, and at a sign-in.
//!
//! Facts in, findings out. Every subject yields at least one line, each applied passkey profile one for the registration and one
//! for the sign-in. A refusal names the setting that would have to change; what could not be read is unknown, and names the
//! permission that would tell. Only what is certain is a refusal: whoever trusts the prediction stops an enrolment by it.

mod account;
mod facts;
mod finding;
mod operator;
mod policy;
#[cfg(test)]
mod tests;

pub use facts::{
    AUTHENTICATION_ADMINISTRATOR, Account, GLOBAL_READER, Operator, OperatorKind,
    PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, Tenant, permission,
};
pub use finding::{Acceptance, At, Finding, Prediction, Subject};

pub use crate::tenant::GLOBAL_ADMINISTRATOR;
use crate::tenant::passkey_policy::Key;
pub use crate::tenant::read::{Read, Unread};

/// Predicts what the tenant answers to the registration of this key for this account by this operator, and to a sign-in with it.
#[must_use]
pub fn predict(tenant: &Tenant, account: &Account, key: Key) -> Prediction {
    let mut findings = operator::findings(&tenant.operator, account);
    findings.extend(account::findings(account));
    findings.extend(policy::findings(&tenant.policy, account, key));
    Prediction { findings }
}
