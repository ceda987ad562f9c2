//! HG-706

use jiff::Timestamp;

use super::super::facts::days;
use super::super::{Check, Facts, Finding, Object, Severity, source};
use crate::graph::model::SignIn;

pub(in super::super) const CHECK: Check = Check {
    id: "HG-706",
    name: "accounts-not-used",
    title: "Nobody has tried to sign in with the accounts lately",
    severity: Severity::Note,
    source: source::EMERGENCY_ACCESS,
    fix: "find out who it was: a drill, an emergency, or somebody who should not",
    run,
};

fn run(facts: &Facts<'_>) -> Vec<Finding> {
    facts.for_each_account(|account, _| {
        let subject = || Object::account(account);
        let sign_ins = match &account.sign_ins {
            Ok(sign_ins) => sign_ins,
            Err(unread) => return vec![Finding::unread(subject(), "the sign-in log", unread)],
        };
        let limit = facts.desired.thresholds.sign_in_days;
        let lines: Vec<Finding> = sign_ins
            .iter()
            .filter_map(|one| line(facts, subject(), one, limit.into()))
            .collect();
        match lines.is_empty() {
            true => vec![Finding::pass(subject(), format!("not within {limit} days"))],
            false => lines,
        }
    })
}

fn line(facts: &Facts<'_>, subject: Object, sign_in: &SignIn, limit: i64) -> Option<Finding> {
    let shown = sign_in.created_date_time.as_deref();
    let Some(time) = shown.and_then(|time| time.parse::<Timestamp>().ok()) else {
        let why = "when one of the sign-ins was is not shown";
        return Some(Finding::unknown(subject, why).told_apart_by(&sign_in.id));
    };
    if days(time, facts.now) > limit {
        return None;
    }
    let code = sign_in.status.as_ref().and_then(|status| status.error_code);
    let how = match code {
        Some(0) => "signed in".to_owned(),
        Some(code) => format!("failed with AADSTS{code}"),
        None => "ended in a way that is not shown".to_owned(),
    };
    let to = sign_in.resource_display_name.as_deref();
    let to = to
        .or(sign_in.app_display_name.as_deref())
        .unwrap_or("something");
    let from = sign_in
        .ip_address
        .as_deref()
        .unwrap_or("an address that is not shown");
    let why = format!("{time}: a sign-in to {to} from {from} {how}");
    Some(Finding::fail(subject, why).told_apart_by(&sign_in.id))
}
