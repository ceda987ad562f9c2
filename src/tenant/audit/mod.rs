//! Is the tenant safe for its emergency accounts, and they for it?
//!
//! Facts in, lines out. Every check yields at least one line; what could not be read is unknown and names the permission that would
//! tell, and what is open (a word that is not known here, a condition that nobody can foresee) is unknown as well. `docs/audit/`
//! has a page for each check.

mod accounts;
mod check;
mod exclusion;
mod facts;
mod finding;
mod governance;
mod keys;
mod mfa;
mod passkeys;
mod result;
mod roles;
#[cfg(test)]
mod tests;
mod waiver;

use check::source;
pub use check::{Check, Severity};
pub use facts::{Facts, LedgerFacts, LedgerKey};
pub use finding::{Finding, Object, ObjectKind};
pub use result::{Accepted, Audit, Counts, FailOn, Line};
pub use waiver::Waiver;

use jiff::tz::TimeZone;

/// All checks, in the order of their ids.
pub static CHECKS: [Check; 50] = [
    accounts::number::CHECK,
    accounts::exists::CHECK,
    accounts::cloud_only::CHECK,
    accounts::domain::CHECK,
    accounts::enabled::CHECK,
    accounts::member::CHECK,
    accounts::password_expiry::CHECK,
    accounts::password_age::CHECK,
    accounts::per_user_mfa::CHECK,
    roles::active::CHECK,
    roles::permanent::CHECK,
    roles::eligible::CHECK,
    roles::administrators::CHECK,
    roles::resetters::CHECK,
    keys::enough::CHECK,
    keys::accepted::CHECK,
    keys::attested::CHECK,
    keys::methods::CHECK,
    keys::temporary_access_pass::CHECK,
    keys::device_bound::CHECK,
    keys::ledger::CHECK,
    keys::proven::CHECK,
    keys::models::CHECK,
    exclusion::stopped::CHECK,
    exclusion::group_members::CHECK,
    exclusion::group_protected::CHECK,
    exclusion::without_users::CHECK,
    exclusion::security_defaults::CHECK,
    exclusion::strength::CHECK,
    exclusion::session::CHECK,
    exclusion::risk::CHECK,
    exclusion::second_factor::CHECK,
    exclusion::group_manual::CHECK,
    exclusion::foreign_path::CHECK,
    exclusion::report_only::CHECK,
    mfa::present::CHECK,
    mfa::enforced::CHECK,
    mfa::everything::CHECK,
    mfa::exclusions::CHECK,
    mfa::strength::CHECK,
    passkeys::enabled::CHECK,
    passkeys::self_service::CHECK,
    passkeys::attestation::CHECK,
    governance::mandatory_mfa::CHECK,
    governance::access_reviews::CHECK,
    governance::restricted_unit::CHECK,
    governance::workflows::CHECK,
    governance::sign_in_log::CHECK,
    governance::use_of_accounts::CHECK,
    governance::review::CHECK,
];

/// Holds these checks against the facts. A waiver counts through its last day.
#[must_use]
pub fn audit(facts: &Facts<'_>, checks: &[&'static Check], waivers: &[Waiver]) -> Audit {
    let today = facts.now.to_zoned(TimeZone::UTC).date();
    let mut used = vec![false; waivers.len()];
    let mut lines = Vec::new();
    for check in checks {
        for finding in (check.run)(facts) {
            let mut accepted = None;
            for (waiver, used) in waivers.iter().zip(&mut used) {
                if waiver.means(check.id, &finding) {
                    *used = true;
                    if waiver.until >= today {
                        accepted = accepted.or_else(|| Some(waiver.accepted()));
                    }
                }
            }
            lines.push(Line {
                check,
                finding,
                accepted,
            });
        }
    }
    let was_asked = |waiver: &Waiver| {
        let mut ids = checks.iter().map(|check| check.id);
        ids.any(|id| id.eq_ignore_ascii_case(&waiver.check))
    };
    let with = |wanted: fn(bool, bool) -> bool| {
        let chosen = waivers.iter().zip(&used);
        let chosen = chosen
            .filter(|(waiver, used)| was_asked(waiver) && wanted(**used, waiver.until >= today));
        chosen.map(|(waiver, _)| waiver.clone()).collect()
    };
    Audit {
        lines,
        expired: with(|used, holds| used && !holds),
        unused: with(|used, _| !used),
    }
}
