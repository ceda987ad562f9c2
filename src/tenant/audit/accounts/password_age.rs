//! HG-108

use jiff::Timestamp;

use super::super::facts::days;
use super::super::{Check, Facts, Finding, Object, Severity, source};

pub(in super::super) const CHECK: Check = Check {
    id: "HG-108",
    name: "password-age",
    title: "The accounts' passwords were changed within the time that the configuration sets",
    severity: Severity::Warning,
    source: source::EMERGENCY_ACCESS,
    fix: "give the account a new random password, and keep it as the configuration says",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.per_account(|account, user| {
        let subject = Object::account(account);
        let changed = user.last_password_change_date_time.as_deref();
        let Some(limit) = facts.desired.thresholds.password_age_days else {
            let changed = changed.unwrap_or("not shown");
            return Finding::not_applicable(
                subject,
                format!(
                    "emergency.thresholds.password_age_days is not set; last change: {changed}"
                ),
            );
        };
        let Some(changed) = changed.and_then(|time| time.parse::<Timestamp>().ok()) else {
            return Finding::unknown(subject, "when the password was changed is not shown");
        };
        let age = days(changed, facts.now);
        let said = format!("the password was changed {age} days ago");
        match age <= i64::from(limit) {
            true => Finding::pass(subject, said),
            false => Finding::fail(subject, format!("{said}, {limit} are allowed")),
        }
    })
}
