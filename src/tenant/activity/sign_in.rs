//! A row of the sign-in log.

use super::{AppliedPolicy, Asked, Event, Log, Watched, error_code};
use crate::graph::model::SignIn;
use crate::graph::model::sign_in::AppliedConditionalAccessPolicy;

pub(super) fn event(row: &SignIn, watched: &Watched, asked: Asked<'_>) -> Option<Event> {
    let user = row.user_id.as_deref().filter(|id| !id.is_empty());
    let account = match user {
        Some(user) => Some(watched.account(user)?),
        None => asked.account,
    };
    let (time, timeless) = asked.time(row.created_date_time.as_deref());
    let status = row.status.clone().unwrap_or_default();
    let (ended, severity) = error_code::ended(status.error_code, status.failure_reason.as_deref());
    Some(Event {
        log: Log::SignIns,
        id: asked.id.to_owned(),
        time,
        account: account.map(str::to_owned),
        by: None,
        activity: activity(row) + timeless,
        application: row.app_id.clone(),
        targets: Vec::new(),
        ended,
        methods: methods(row),
        policies: policies(&row.applied_conditional_access_policies),
        address: row.ip_address.clone(),
        is_interactive: is_interactive(row),
        severity,
        correlation_id: row.correlation_id.clone(),
        token_id: row.unique_token_identifier.clone(),
    })
}

fn activity(row: &SignIn) -> String {
    let application = row.app_display_name.as_deref().or(row.app_id.as_deref());
    let application = application.unwrap_or("an application without a name");
    match row.resource_display_name.as_deref() {
        Some(resource) if resource != application => format!("{application} to {resource}"),
        _ => application.to_owned(),
    }
}

/// Beta says it twice. Of a program less is asked, so a row that says neither counts as a person's.
fn is_interactive(row: &SignIn) -> bool {
    let is = |wanted: &str| row.sign_in_event_types.iter().any(|kind| kind == wanted);
    row.is_interactive
        .unwrap_or_else(|| is("interactiveUser") || !is("nonInteractiveUser"))
}

/// The methods that went well, or of which the log does not say how they went.
fn methods(row: &SignIn) -> Vec<String> {
    let mut methods = Vec::new();
    for detail in &row.authentication_details {
        let Some(method) = &detail.authentication_method else {
            continue;
        };
        if detail.succeeded != Some(false) && !methods.contains(method) {
            methods.push(method.clone());
        }
    }
    methods
}

/// Those that had a say; in a large tenant most had none.
fn policies(applied: &[AppliedConditionalAccessPolicy]) -> Vec<AppliedPolicy> {
    let told = applied.iter().filter_map(|policy| {
        let result = policy.result.as_deref()?;
        let silent = matches!(
            result,
            "notApplied" | "notEnabled" | "reportOnlyNotApplied" | "unknown"
        );
        let name = policy.display_name.as_deref().or(policy.id.as_deref())?;
        (!silent).then(|| AppliedPolicy {
            name: name.to_owned(),
            result: result.to_owned(),
        })
    });
    told.collect()
}

/// Whether the service names a key with this: it has changed the words before.
#[must_use]
pub fn is_passkey(method: &str) -> bool {
    let method = method.to_ascii_lowercase();
    method.contains("passkey") || method.contains("fido2")
}

/// Whether the service names with this that nobody was asked, because of an earlier sign-in.
pub(super) fn is_earlier(method: &str) -> bool {
    method.eq_ignore_ascii_case("Previously satisfied")
}
