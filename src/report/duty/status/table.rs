//! Accounts and keys: when each last showed a sign of life, and where it lies.

use std::collections::BTreeSet;

use super::super::phrase::{ago, counted, mark, phrase, sentence, title};
use super::Screen;
use crate::ceremony::duty::{AccountOverview, DutyKind, DutyState, KeyOverview, Overview};
use crate::encoding::printable;
use crate::ledger::Custody;

/// A line, and the state for which it may not be left out.
struct Row {
    text: String,
    state: DutyState,
    is_key: bool,
}

/// A line for each account and each key; with less room the keys that are in time go first, and how many is said.
pub(super) fn table(overview: &Overview, screen: &Screen, room: Option<usize>) -> Vec<String> {
    let rows: Vec<Row> = overview
        .accounts
        .iter()
        .flat_map(|account| rows(account, overview, screen))
        .collect();
    let head = format!(
        "{}{}{}",
        screen.cell("ACCOUNT, KEY", 22),
        screen.cell("LAST SIGN OF LIFE", 32),
        "LIES IN"
    );
    let head = std::iter::once(screen.dim(&head));
    match room {
        Some(room) if rows.len() + 1 > room => head.chain(cut(&rows, room)).collect(),
        _ => head.chain(rows.into_iter().map(|row| row.text)).collect(),
    }
}

/// The most urgent lines for which there is room, in their order, and a line about the others. No key without the line of its
/// account above it: it would seem another's.
fn cut(rows: &[Row], room: usize) -> Vec<String> {
    // The heading, and the line about the others.
    let room = room.saturating_sub(2).max(1);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|at| (rows[*at].state, *at));
    let mut kept = BTreeSet::new();
    for at in order {
        let account = (0..=at).rev().find(|above| !rows[*above].is_key);
        let wanted: BTreeSet<usize> = account.into_iter().chain([at]).collect();
        if kept.union(&wanted).count() <= room {
            kept.extend(wanted);
        }
    }
    let left = (0..rows.len()).filter(|at| !kept.contains(at));
    let late = left.filter(|at| !rows[*at].state.is_satisfied()).count();
    let about = match late {
        0 => "all in time".to_owned(),
        late => format!("{late} NOT in time"),
    };
    let left = rows.len() - kept.len();
    let lines = counted(left, "line", "lines");
    let about = format!("  … and {lines} more, {about}: `halligan due --all`");
    kept.into_iter()
        .map(|at| rows[at].text.clone())
        .chain([about])
        .collect()
}

fn rows(account: &AccountOverview, overview: &Overview, screen: &Screen) -> Vec<Row> {
    let name = &account.name;
    let drill = overview.duty(DutyKind::Drill, name);
    let number = overview.duty(DutyKind::Keys, name);
    let states = [drill, number].into_iter().flatten().map(|duty| duty.state);
    let short = number.filter(|duty| !duty.state.is_satisfied());
    let told = match (short, drill) {
        (Some(short), _) => Some((short.state, phrase(short, overview.now))),
        (None, Some(drill)) => {
            let sentence = sentence(drill, overview.now);
            Some((drill.state, format!("{} {sentence}", title(drill.kind))))
        }
        (None, None) => None,
    };
    let told = told.map(|(state, text)| {
        let text = format!("{} {text}", mark(state));
        screen.of(state).apply_to(text).to_string()
    });
    let first = Row {
        text: format!(
            "{} {}",
            screen.cell(&printable(name), 39),
            told.unwrap_or_default()
        ),
        state: states.min().unwrap_or(DutyState::Done),
        is_key: false,
    };
    let keys = account.keys.iter().map(|key| row(key, overview, screen));
    std::iter::once(first).chain(keys).collect()
}

fn row(key: &KeyOverview, overview: &Overview, screen: &Screen) -> Row {
    let check = overview.duty(DutyKind::KeyCheck, &key.label);
    let state = check.map_or(DutyState::Done, |duty| duty.state);
    let told = match (check, key.last_proof) {
        (Some(duty), _) => sentence(duty, overview.now),
        (None, Some(time)) => ago(time, overview.now),
        (None, None) => "never".to_owned(),
    };
    let told = screen
        .of(state)
        .apply_to(screen.cell(&told, 31))
        .to_string();
    let place = key.custody.as_ref().map_or("?".to_owned(), place);
    let label = screen.cell(&printable(&key.label), 17);
    Row {
        text: format!(
            "  {} {label} {told} {place}",
            screen.of(state).apply_to(mark(state))
        ),
        state,
        is_key: true,
    }
}

fn place(custody: &Custody) -> String {
    let container = custody.container.iter().map(|one| format!(", {one}"));
    printable(&format!(
        "{}{}",
        custody.location,
        container.collect::<String>()
    ))
}
