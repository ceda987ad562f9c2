//! A look, as the ledger keeps it.

use std::cmp::Reverse;
use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::json;

use super::{Look, Recent, Unread};
use crate::ceremony::Error;
use crate::graph::Window;
use crate::ledger::{
    self, Alike, Draft, EntryRef, Event, Ledger, LogEvent, Period, SIZE_LIMIT, TenantMonitored,
};
use crate::tenant::activity::{Finding, Log};

/// The most that events may take of an entry.
const ROOM: usize = SIZE_LIMIT / 2;

/// The most that the ids of other rows may take.
const ROOM_FOR_IDS: usize = SIZE_LIMIT / 4;

/// The most that what could not be read may take.
const MOST_UNREAD: usize = 100;

const LOGS: [Log; 2] = [Log::SignIns, Log::DirectoryAudits];

/// The most characters of a text of the service.
const LONGEST_TEXT: usize = 500;

/// Records a look: the worst first, as much as there is room for.
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
    let (seen, refused_until) = seen(look, &kept);
    let rows = look
        .rows
        .sign_ins
        .saturating_add(look.rows.directory_audits);
    let told = u32::try_from(events.len()).unwrap_or(u32::MAX);
    TenantMonitored {
        tenant: look.tenant.clone(),
        accounts: look.accounts.clone(),
        period: period(look.window),
        groups: look.groups.clone(),
        unread: all_unread(look),
        omitted: rows.saturating_sub(told),
        seen,
        refused_until: refused_until.map(|time| time.to_string()),
        untold: look.untold,
        unexplained: look.unexplained,
        evidence: look.evidence.clone(),
        events,
    }
}

/// The ids of the rows that are not among the events, those first of which there are few; and up to when the others, refused sign-ins, were
/// too many.
fn seen(look: &Look, kept: &HashSet<&str>) -> (Vec<String>, Option<Timestamp>) {
    let others = look.recent.iter();
    let mut others: Vec<&Recent> = others
        .filter(|row| !kept.contains(row.id.as_str()))
        .collect();
    others.sort_by_key(|row| (row.is_refused, Reverse(row.time)));
    let (mut room, mut seen, mut refused_until) = (ROOM_FOR_IDS, Vec::new(), look.refused_until);
    for row in others {
        let size = json!(row.id).to_string().len() + 1;
        match room.checked_sub(size) {
            Some(left) => {
                room = left;
                seen.push(row.id.clone());
            }
            None if row.is_refused => refused_until = refused_until.max(Some(row.time)),
            None => {}
        }
    }
    (seen, refused_until)
}

fn events(findings: &[Finding]) -> Vec<LogEvent> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| Reverse(finding.weight()));
    let mut room = ROOM;
    let mut events = Vec::new();
    for finding in findings {
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
        correlation_id: event.correlation_id.as_deref().map(bounded),
        alike: (finding.rows > 1).then(|| Alike {
            rows: finding.rows,
            last: finding.last.to_string(),
        }),
    }
}

/// What there is no room for counts as everybody's: the next look must not go on after it.
fn all_unread(look: &Look) -> Vec<ledger::Unread> {
    let all = &look.unread;
    if all.len() <= MOST_UNREAD {
        return all.iter().map(unread).collect();
    }
    let (kept, others) = all.split_at(MOST_UNREAD - LOGS.len());
    let of_log = |one: &Log| others.iter().any(|other| other.log == *one);
    let others = LOGS.into_iter().filter(of_log).map(|one| ledger::Unread {
        log: log(one),
        period: period(look.window),
        why: "and others for which there is no room here".to_owned(),
        of: None,
    });
    kept.iter().map(unread).chain(others).collect()
}

fn unread(unread: &Unread) -> ledger::Unread {
    ledger::Unread {
        log: log(unread.log),
        period: period(unread.window),
        why: bounded(&unread.why),
        of: unread.of.as_deref().map(bounded),
    }
}

fn period(window: Window) -> Period {
    Period {
        from: window.from.to_string(),
        until: window.until.to_string(),
    }
}

pub(super) fn log(log: Log) -> ledger::Log {
    match log {
        Log::DirectoryAudits => ledger::Log::DirectoryAudits,
        Log::SignIns => ledger::Log::SignIns,
    }
}

fn bounded(text: &str) -> String {
    text.chars().take(LONGEST_TEXT).collect()
}
