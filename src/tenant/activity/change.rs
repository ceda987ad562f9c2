//! A row of the directory's log.

use super::{Asked, Ended, Event, Log, Watched};
use crate::graph::model::DirectoryAudit;
use crate::graph::model::directory_audit::{AuditActivityInitiator, TargetResource};
use crate::tenant::audit::Severity;

pub(super) fn event(row: &DirectoryAudit, watched: &Watched, asked: Asked<'_>) -> Event {
    let user = row.initiated_by.user.as_ref();
    let by_account = user
        .and_then(|user| user.id.as_deref())
        .and_then(|id| watched.account(id));
    let mut targets = row.target_resources.iter();
    let to_account = targets.find_map(|one| watched.account(one.id.as_deref()?));
    let address = user.and_then(|user| user.ip_address.clone());
    let (time, timeless) = asked.time(row.activity_date_time.as_deref());
    Event {
        log: Log::DirectoryAudits,
        id: asked.id.to_owned(),
        time,
        account: to_account.or(by_account).map(str::to_owned),
        by: by(&row.initiated_by),
        activity: activity(row) + timeless,
        application: None,
        targets: row.target_resources.iter().filter_map(target).collect(),
        ended: ended(row),
        methods: Vec::new(),
        policies: Vec::new(),
        address: address.filter(|address| !address.is_empty()),
        is_interactive: false,
        severity: severity(row, watched, by_account.or(to_account).is_some()),
        correlation_id: row.correlation_id.clone(),
        token_id: None,
    }
}

fn activity(row: &DirectoryAudit) -> String {
    let name = row.activity_display_name.as_deref();
    name.unwrap_or("a change without a name").to_owned()
}

fn by(initiator: &AuditActivityInitiator) -> Option<String> {
    let user = initiator.user.as_ref();
    let user = user.and_then(|user| {
        let name = user.user_principal_name.as_ref();
        name.or(user.display_name.as_ref()).or(user.id.as_ref())
    });
    let app = initiator.app.as_ref();
    let app = app.and_then(|app| {
        let name = app.display_name.as_ref().or(app.app_id.as_ref());
        name.or(app.service_principal_id.as_ref())
    });
    user.or(app).cloned()
}

fn target(target: &TargetResource) -> Option<String> {
    let name = target.user_principal_name.as_ref();
    let name = name.or(target.display_name.as_ref());
    name.filter(|name| !name.is_empty())
        .or(target.id.as_ref())
        .cloned()
}

fn ended(row: &DirectoryAudit) -> Ended {
    match row.result.as_deref() {
        None => Ended::Unknown,
        Some("success") => Ended::Succeeded,
        Some(code) => Ended::Failed {
            code: code.to_owned(),
            why: row.result_reason.clone().unwrap_or_default(),
        },
    }
}

/// Of an account or the group, or of a policy that names one of them, it is worse than of any other policy.
fn severity(row: &DirectoryAudit, watched: &Watched, of_account: bool) -> Severity {
    let of_group = row.target_resources.iter().any(|one| {
        let changed = one.modified_properties.iter();
        let mut values = changed.flat_map(|one| [&one.old_value, &one.new_value]);
        one.id.as_deref().is_some_and(|id| watched.is_named_in(id))
            || values.any(|value| {
                value
                    .as_deref()
                    .is_some_and(|value| watched.is_named_in(value))
            })
    });
    match of_account || of_group {
        true if !matches!(ended(row), Ended::Failed { .. }) => Severity::Error,
        _ => Severity::Warning,
    }
}
