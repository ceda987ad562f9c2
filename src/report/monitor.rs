//! A look into the logs.

use std::cmp::Reverse;
use std::fmt::Write;

use console::Style;
use serde_json::{Map, Value, json};

use super::{Report, printable};
use crate::ceremony::monitor::{Look, Unread};
use crate::ledger::EntryRef;
use crate::tenant::activity::{Ended, Event, Explanation, Finding, Log};

/// The schema of the document.
const SCHEMA: &str = "halligan.monitor/1";

/// Renders a look: what nothing explains first. It is `ok` if everything is explained and nothing is unread. `entry` is the one that
/// records it; `styled` says whether the reader sees colours.
#[must_use]
pub fn monitor(look: &Look, entry: Option<&EntryRef>, styled: bool) -> Report {
    let body = json!({
        "tenant": look.tenant,
        "accounts": look.accounts,
        "period": {"from": look.window.from.to_string(), "until": look.window.until.to_string()},
        "rows": {
            "sign_ins": look.rows.sign_ins,
            "directory_audits": look.rows.directory_audits,
            "told_before": look.rows.told,
            "waiting": look.rows.waiting,
            "omitted": look.omitted,
        },
        "unexplained": look.unexplained,
        "events": look.findings.iter().map(|one| finding_json(one, look)).collect::<Vec<_>>(),
        "unread": look.unread.iter().map(unread_json).collect::<Vec<_>>(),
        "evidence": look.evidence,
        "entry": entry,
    });
    Report::new(SCHEMA, look.is_quiet(), body, text(look, entry, styled))
}

/// What is sent to others: what nothing explains, the worst first, what could not be read, and the same in a few lines of text, which is
/// what the webhooks of chat services show.
#[must_use]
pub fn monitor_alarm(look: &Look) -> Value {
    let unexplained = worst_first(look);
    let mut lines: Vec<String> = unexplained.iter().map(|one| line(one, look)).collect();
    lines.extend(look.unread.iter().map(monitor_unread_line));
    let more = lines.len().saturating_sub(LINES_OF_ALARM);
    lines.truncate(LINES_OF_ALARM);
    lines.iter_mut().for_each(shorten);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let text = format!(
        "Halligan: {} of tenant {}\n{}",
        conclusion(look),
        printable(&look.tenant),
        lines.join("\n")
    );
    let told = unexplained.iter().take(EVENTS_OF_ALARM);
    let unread = look.unread.iter().take(EVENTS_OF_ALARM);
    let mut alarm = json!({
        "schema": ALARM,
        "text": text.trim_end(),
        "tenant": look.tenant,
        "period": {"from": look.window.from.to_string(), "until": look.window.until.to_string()},
        "unexplained": look.unexplained,
        "events": told.map(|one| finding_json(one, look)).collect::<Vec<_>>(),
        "more_events": unexplained.len().saturating_sub(EVENTS_OF_ALARM),
        "unread": unread.map(unread_json).collect::<Vec<_>>(),
    });
    for member in ["events", "unread"] {
        bound(&mut alarm[member], EVENTS_OF_ALARM);
    }
    alarm
}

/// What is sent when there was no look at all.
#[must_use]
pub fn monitor_failure(tenant: &str, why: &str) -> Value {
    let mut why = printable(why);
    shorten(&mut why);
    let text = format!(
        "Halligan: nobody looked into the logs of tenant {}: {why}",
        printable(tenant)
    );
    json!({"schema": ALARM, "text": text, "tenant": tenant, "error": why})
}

/// The schema of what is sent.
const ALARM: &str = "halligan.monitor.alarm/1";
/// Chat services cut long messages.
const LINES_OF_ALARM: usize = 20;
/// And refuse large ones.
const EVENTS_OF_ALARM: usize = 100;
/// The most members of a list within one of those.
const MEMBERS_OF_ALARM: usize = 20;
/// The most characters of a text in it.
const TEXT_OF_ALARM: usize = 500;

/// What nothing explains, in the order in which it is worth telling; of the same weight the newest.
fn worst_first(look: &Look) -> Vec<&Finding> {
    let unexplained = look.findings.iter().filter(|one| !one.is_explained());
    let mut unexplained: Vec<&Finding> = unexplained.collect();
    unexplained.sort_by_key(|one| Reverse((one.weight(), one.last)));
    unexplained
}

fn shorten(text: &mut String) {
    if let Some((end, _)) = text.char_indices().nth(TEXT_OF_ALARM) {
        text.truncate(end);
        text.push('…');
    }
}

/// Shortens all texts and lists: those of the service may be of any length.
fn bound(value: &mut Value, most: usize) {
    match value {
        Value::String(text) => shorten(text),
        Value::Array(values) => {
            values.truncate(most);
            values
                .iter_mut()
                .for_each(|one| bound(one, MEMBERS_OF_ALARM));
        }
        Value::Object(members) => members
            .values_mut()
            .for_each(|one| bound(one, MEMBERS_OF_ALARM)),
        _ => {}
    }
}

/// A finding in one line, without what moves a terminal's cursor.
#[must_use]
pub fn monitor_line(finding: &Finding, look: &Look) -> String {
    line(finding, look)
}

/// A finding as it stands in the document.
#[must_use]
pub fn monitor_event(finding: &Finding, look: &Look) -> Value {
    finding_json(finding, look)
}

fn text(look: &Look, entry: Option<&EntryRef>, styled: bool) -> String {
    let red = Style::new().red().bold().force_styling(styled);
    let yellow = Style::new().yellow().force_styling(styled);
    let dim = Style::new().dim().force_styling(styled);
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    for finding in worst_first(look) {
        let _ = writeln!(
            text,
            "{}  {}",
            red.apply_to("UNEXPLAINED"),
            line(finding, look)
        );
    }
    for unread in &look.unread {
        let _ = writeln!(
            text,
            "{}     {}",
            yellow.apply_to("NOT READ"),
            monitor_unread_line(unread)
        );
    }
    for finding in look.findings.iter().filter(|one| one.is_explained()) {
        let line = format!("explained    {}", line(finding, look));
        let _ = writeln!(text, "{}", dim.apply_to(line));
    }
    let window = look.window;
    let _ = writeln!(
        text,
        "{}; {} to {}: {} accounts, {} sign-ins, {} changes",
        conclusion(look),
        window.from.strftime("%Y-%m-%dT%H:%M:%SZ"),
        window.until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        look.accounts.len(),
        look.rows.sign_ins,
        look.rows.directory_audits,
    );
    if look.rows.told > 0 {
        let _ = writeln!(text, "{} of the rows were told before", look.rows.told);
    }
    if look.rows.waiting > 0 {
        let _ = writeln!(
            text,
            "{} rows are told once the drill that goes on has come to its end",
            look.rows.waiting
        );
    }
    if look.omitted > 0 {
        let _ = writeln!(text, "{} rows more than can be shown", look.omitted);
    }
    if let Some(entry) = entry {
        let _ = writeln!(text, "Recorded in entry {}", entry.index);
    }
    text
}

fn conclusion(look: &Look) -> String {
    match (look.unexplained, look.unread.is_empty()) {
        (0, true) => "Everything is explained".to_owned(),
        (0, false) => "Not everything could be read".to_owned(),
        (1, _) => "1 row that nothing explains".to_owned(),
        (rows, _) => format!("{rows} rows that nothing explains"),
    }
}

fn line(finding: &Finding, look: &Look) -> String {
    let event = &finding.event;
    let account = event.account.as_deref().map(|id| name(id, look));
    let mut text = format!("{}  ", event.time.strftime("%Y-%m-%dT%H:%M:%SZ"));
    // Writing to a `String` cannot fail.
    match event.log {
        Log::SignIns => {
            let kind = match event.is_interactive {
                true => "sign-in",
                false => "sign-in by a program",
            };
            let account = account.unwrap_or_default();
            let _ = write!(text, "{account}: {kind}, {}", event.activity);
        }
        Log::DirectoryAudits => {
            let by = event.by.as_deref().unwrap_or("somebody");
            let _ = write!(text, "{by}: {}", event.activity);
            if !event.targets.is_empty() {
                let _ = write!(text, " ({})", event.targets.join(", "));
            }
        }
    }
    let _ = write!(text, ": {}", ended(event));
    if !event.methods.is_empty() {
        let _ = write!(text, ", by {}", event.methods.join(" and "));
    }
    for policy in &event.policies {
        let _ = write!(text, ", {}: {}", policy.name, policy.result);
    }
    text.push_str(&from(finding));
    if finding.rows > 1 {
        let last = finding.last.strftime("%Y-%m-%dT%H:%M:%SZ");
        let _ = write!(text, "; {} times until {last}", finding.rows);
    }
    match &finding.explanation {
        Explanation::By { entry, what } => {
            let _ = write!(text, "; {what} (entry {entry})");
        }
        Explanation::Nothing { why: Some(why) } => {
            let _ = write!(text, "; {why}");
        }
        Explanation::Nothing { why: None } => {}
    }
    printable(&text)
}

fn from(finding: &Finding) -> String {
    if finding.addresses.is_empty() {
        return String::new();
    }
    let more = if finding.more_addresses {
        " and others"
    } else {
        ""
    };
    format!(", from {}{more}", finding.addresses.join(", "))
}

fn name<'a>(id: &'a str, look: &'a Look) -> &'a str {
    let found = look.accounts.iter().find(|one| one.id == id);
    found.map_or(id, |account| &account.upn)
}

fn ended(event: &Event) -> String {
    match &event.ended {
        Ended::Succeeded => "succeeded".to_owned(),
        Ended::Unknown => "ended unknown".to_owned(),
        Ended::Failed { code, why } => format!("failed, {}", number(code, why)),
        Ended::Interrupted { code, why } => format!("interrupted, {}", number(code, why)),
    }
}

fn number(code: &str, why: &str) -> String {
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let code = if digits {
        format!("AADSTS{code}")
    } else {
        code.to_owned()
    };
    match why.is_empty() {
        true => code,
        false => format!("{code} {why}"),
    }
}

/// What could not be read, in one line.
#[must_use]
pub fn monitor_unread_line(unread: &Unread) -> String {
    let permission = unread.permission.as_ref();
    let permission = permission.map(|permission| format!("; {permission} would tell"));
    printable(&format!(
        "{} from {} to {}: {}{}",
        log_name(unread.log),
        unread.window.from.strftime("%Y-%m-%dT%H:%M:%SZ"),
        unread.window.until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        unread.why,
        permission.unwrap_or_default()
    ))
}

fn log_name(log: Log) -> &'static str {
    match log {
        Log::DirectoryAudits => "changes",
        Log::SignIns => "sign-ins",
    }
}

fn log_word(log: Log) -> &'static str {
    match log {
        Log::DirectoryAudits => "directory_audits",
        Log::SignIns => "sign_ins",
    }
}

fn finding_json(finding: &Finding, look: &Look) -> Value {
    let event = &finding.event;
    let (explained_by, why) = match &finding.explanation {
        Explanation::By { entry, what } => (Some(*entry), Some(what)),
        Explanation::Nothing { why } => (None, why.as_ref()),
    };
    let mut members = Map::from_iter([
        ("log".to_owned(), json!(log_word(event.log))),
        ("id".to_owned(), json!(event.id)),
        ("time".to_owned(), json!(event.time.to_string())),
        ("explained".to_owned(), json!(finding.is_explained())),
        ("explained_by".to_owned(), json!(explained_by)),
        ("why".to_owned(), json!(why)),
        ("severity".to_owned(), json!(severity(finding))),
        ("activity".to_owned(), json!(event.activity)),
        ("result".to_owned(), json!(event.ended.as_result())),
        ("ended".to_owned(), json!(ended(event))),
        ("addresses".to_owned(), json!(finding.addresses)),
        ("more_addresses".to_owned(), json!(finding.more_addresses)),
        ("rows".to_owned(), json!(finding.rows)),
        ("last".to_owned(), json!(finding.last.to_string())),
    ]);
    if let Some(id) = &event.account {
        let account = json!({"id": id, "upn": name(id, look)});
        members.insert("account".to_owned(), account);
    }
    members.extend(match event.log {
        Log::SignIns => sign_in_json(event),
        Log::DirectoryAudits => change_json(event),
    });
    Value::Object(members)
}

fn sign_in_json(event: &Event) -> Map<String, Value> {
    let policies = event.policies.iter();
    let policies = policies.map(|one| json!({"name": one.name, "result": one.result}));
    Map::from_iter([
        ("application".to_owned(), json!(event.application)),
        ("interactive".to_owned(), json!(event.is_interactive)),
        ("methods".to_owned(), json!(event.methods)),
        ("policies".to_owned(), policies.collect()),
    ])
}

fn change_json(event: &Event) -> Map<String, Value> {
    Map::from_iter([
        ("by".to_owned(), json!(event.by)),
        ("targets".to_owned(), json!(event.targets)),
    ])
}

fn severity(finding: &Finding) -> &'static str {
    match finding.is_explained() {
        true => "note",
        false => finding.event.severity.as_str(),
    }
}

fn unread_json(unread: &Unread) -> Value {
    json!({
        "log": log_word(unread.log),
        "period": {"from": unread.window.from.to_string(), "until": unread.window.until.to_string()},
        "why": unread.why,
        "permission": unread.permission,
        "of": unread.of,
    })
}
