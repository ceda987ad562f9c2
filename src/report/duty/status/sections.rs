//! A line for each other thing that is to happen.

use super::super::phrase::{ago, amount, counted, mark, sentence};
use super::Screen;
use crate::ceremony::duty::{DutyKind, DutyState, Overview};
use crate::encoding::printable;

/// Reviews, audits, logs, alerts, custody, metadata, ceremonies, the ledger; and rotation of PINs where it is wanted.
pub(super) fn sections(overview: &Overview, screen: &Screen) -> Vec<String> {
    let line = |name: &str, state: Option<DutyState>, text: &str| {
        let style = screen.of(state.unwrap_or(DutyState::Done));
        match state {
            Some(state) => {
                let mark = style.apply_to(mark(state));
                format!("{mark} {} {}", screen.cell(name, 11), style.apply_to(text))
            }
            None => screen.dim(&format!("– {} {text}", screen.cell(name, 11))),
        }
    };
    let named = [
        ("review", DutyKind::Review),
        ("audit", DutyKind::Audit),
        ("monitor", DutyKind::Monitor),
        ("unexplained", DutyKind::Unexplained),
        ("alerts", DutyKind::Alerts),
        ("custody", DutyKind::Custody),
        ("PINs", DutyKind::PinRotation),
        ("metadata", DutyKind::Metadata),
        ("ceremonies", DutyKind::Ceremony),
    ];
    let mut lines = Vec::new();
    for (name, kind) in named {
        match summary(kind, overview) {
            Some((state, text)) => lines.push(line(name, Some(state), &text)),
            None if is_always_told(kind) => lines.push(line(name, None, absent(kind, overview))),
            None => {}
        }
    }
    let (state, text) = ledger(overview);
    lines.push(line("ledger", Some(state), &text));
    lines
}

/// Of several subjects the most urgent one, and how many more are not in time. That nothing is unexplained goes without saying.
fn summary(kind: DutyKind, overview: &Overview) -> Option<(DutyState, String)> {
    let duties: Vec<_> = overview.of_kind(kind).collect();
    let first = duties.first()?;
    if kind == DutyKind::Unexplained && first.state == DutyState::Done {
        return None;
    }
    let told = sentence(first, overview.now);
    let late = duties.iter().filter(|duty| !duty.state.is_satisfied());
    let late = match kind {
        // Each that is open is told, however short a time it is.
        DutyKind::Ceremony => duties.len(),
        _ => late.count(),
    };
    let text = match late {
        _ if has_one_subject(kind) => told,
        0 => all_well(overview, kind, duties.len()),
        1 => format!("{}: {told}", printable(&first.subject)),
        late => format!(
            "{}: {told} (and {} more)",
            printable(&first.subject),
            late - 1
        ),
    };
    Some((first.state, text))
}

fn all_well(overview: &Overview, kind: DutyKind, count: usize) -> String {
    let next = overview.of_kind(kind).filter_map(|duty| duty.due_at).min();
    let next = next.map(|due_at| amount(due_at.duration_since(overview.now)));
    let next = next.map_or_else(String::new, |amount| format!(", next due in {amount}"));
    format!("{count} in time{next}")
}

fn has_one_subject(kind: DutyKind) -> bool {
    matches!(
        kind,
        DutyKind::Audit
            | DutyKind::Metadata
            | DutyKind::Monitor
            | DutyKind::Review
            | DutyKind::Unexplained
    )
}

/// What is told where there is no duty, too.
fn is_always_told(kind: DutyKind) -> bool {
    !matches!(kind, DutyKind::PinRotation | DutyKind::Unexplained)
}

fn absent(kind: DutyKind, overview: &Overview) -> &'static str {
    if overview.unscheduled.contains(&kind) {
        return "not scheduled";
    }
    match kind {
        DutyKind::Alerts => "no drill has passed yet that could raise one",
        DutyKind::Ceremony => "none open",
        DutyKind::Metadata => "none stored",
        _ => "nothing to do it for",
    }
}

/// What it is, where nothing is wrong with it; else what is wrong.
fn ledger(overview: &Overview) -> (DutyState, String) {
    let ledger = &overview.ledger;
    let duty = overview.of_kind(DutyKind::Ledger).next();
    let (Some(head), Some(duty)) = (&ledger.head, duty) else {
        return (DutyState::Unknown, "no entry yet".to_owned());
    };
    if !duty.state.is_satisfied() {
        return (duty.state, sentence(duty, overview.now));
    }
    let entries = usize::try_from(ledger.entries).unwrap_or(usize::MAX);
    let entries = counted(entries, "entry", "entries");
    let hash = head.hash.to_string();
    let newest = ledger.written_at.map(|time| ago(time, overview.now));
    let newest = newest.map_or_else(String::new, |ago| format!(", newest {ago}"));
    let warnings = match ledger.warnings {
        0 => String::new(),
        warnings => format!(", {}", counted(warnings, "remark", "remarks")),
    };
    let text = format!(
        "{entries} verified{newest}{warnings}, head {}:{}…",
        head.index,
        hash.get(..16).unwrap_or(&hash)
    );
    (duty.state, text)
}
