//! A look, as the ledger keeps it.

use std::collections::HashSet;

use serde_json::json;

use super::{Look, Unread};
use crate::ceremony::Error;
use crate::graph::Window;
use crate::ledger::{
    self, Alike, Draft, EntryRef, Event, Ledger, LogEvent, Period, SIZE_LIMIT, TenantMonitored,
};
use crate::tenant::activity::{Finding, Log};

/// The most that events may take of an entry.
const ROOM: usize = SIZE_LIMIT / 2;

/// The most characters of a text of the service.
const LONGEST_TEXT: usize = 500;

/// Records a look: what is not explained first, as much as there is room for.
///
/// # Errors
/// When the ledger cannot be written.
pub async fn record(ledger: &mut Ledger, look: &Look) -> Result<EntryRef, Error> {
    let event = Event::TenantMonitored(body(look));
    let entry = ledger.append(Draft::new(&event, None)).await?;
    Ok(entry.reference())
}

fn body(look: &Look) -> TenantMonitored {
    let events = events(&look.findings);
    let kept: HashSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let others = look.recent.iter().filter(|id| !kept.contains(id.as_str()));
    let seen: Vec<String> = others.cloned().collect();
    let rows = look
        .rows
        .sign_ins
        .saturating_add(look.rows.directory_audits);
    let told = u32::try_from(events.len()).unwrap_or(u32::MAX);
    TenantMonitored {
        tenant: look.tenant.clone(),
        accounts: look.accounts.clone(),
        period: period(look.window),
        unread: look.unread.iter().map(unread).collect(),
        omitted: rows.saturating_sub(told),
        seen,
        unexplained: look.unexplained,
        evidence: look.evidence.clone(),
        events,
    }
}

fn events(findings: &[Finding]) -> Vec<LogEvent> {
    let (unexplained, explained): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| !finding.is_explained());
    let mut room = ROOM;
    let mut events = Vec::new();
    for finding in unexplained.into_iter().chain(explained) {
        let event = event(finding);
        let size = json!(event).to_string().len() + 1;
        match room.checked_sub(size) {
            Some(left) => room = left,
            None => break,
        }
        events.push(event);
    }
    events.sort_by(|one, other| (&one.time, &one.id).cmp(&(&other.time, &other.id)));
    events
}

fn event(finding: &Finding) -> LogEvent {
    let event = &finding.event;
    LogEvent {
        log: log(event.log),
        id: bounded(&event.id),
        time: event.time.to_string(),
        activity: bounded(&event.activity),
        account: event.account.clone(),
        result: event.ended.as_result().map(bounded),
        explained_by: finding.explanation.entry(),
        alike: (finding.rows > 1).then(|| Alike {
            rows: finding.rows,
            last: finding.last.to_string(),
        }),
    }
}

fn unread(unread: &Unread) -> ledger::Unread {
    ledger::Unread {
        log: log(unread.log),
        period: period(unread.window),
        why: bounded(&unread.why),
    }
}

fn period(window: Window) -> Period {
    Period {
        from: window.from.to_string(),
        until: window.until.to_string(),
    }
}

fn log(log: Log) -> ledger::Log {
    match log {
        Log::DirectoryAudits => ledger::Log::DirectoryAudits,
        Log::SignIns => ledger::Log::SignIns,
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
