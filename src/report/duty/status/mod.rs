//! The operator's screen: everything at a glance, in 80 columns and 24 lines for two accounts with two keys each.

mod sections;
mod table;

use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};
use serde_json::{Value, json};

use super::phrase::{phrase, title, word};
use super::{counts, member};
use crate::ceremony::duty::{Duty, DutyState, Overview};
use crate::encoding::printable;
use crate::report::Report;

/// What it is shown on.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Whether it has colours.
    pub color: bool,
    /// How wide it is; none if there is no end to a line.
    pub columns: Option<usize>,
    /// How many lines it has; none if there is no end to them.
    pub rows: Option<usize>,
}

impl Default for Screen {
    /// A file.
    fn default() -> Self {
        Self {
            color: false,
            columns: None,
            rows: None,
        }
    }
}

/// How wide it is made where there is room.
const WIDTH: usize = 80;
/// How many things to do are named.
const NEXT: usize = 3;

impl Screen {
    fn style(&self, style: Style) -> Style {
        style.force_styling(self.color)
    }

    fn of(&self, state: DutyState) -> Style {
        let style = Style::new();
        self.style(match state {
            DutyState::Failed | DutyState::Overdue | DutyState::Never => style.red(),
            DutyState::Unknown => style.magenta(),
            DutyState::DueSoon => style.yellow(),
            DutyState::Done => style.green(),
        })
    }

    fn dim(&self, text: &str) -> String {
        self.style(Style::new().dim()).apply_to(text).to_string()
    }

    /// A line that fits.
    fn line(&self, text: &str) -> String {
        let fits = match self.columns {
            Some(columns) => truncate_str(text, columns, "…"),
            None => text.into(),
        };
        fits.trim_end().to_owned()
    }

    /// A text in so many columns; cut if it must be, and a line has an end.
    fn cell(&self, text: &str, columns: usize) -> String {
        let cut = self.columns.map(|_| "…");
        pad_str(text, columns, Alignment::Left, cut).into_owned()
    }

    fn fits(&self, text: &str) -> bool {
        let width = measure_text_width(text);
        self.columns.is_none_or(|columns| width <= columns)
    }
}

/// Renders the screen.
#[must_use]
pub fn status(overview: &Overview, screen: &Screen) -> Report {
    let tail: Vec<String> = sections::sections(overview, screen)
        .into_iter()
        .chain(next(overview, screen))
        .collect();
    let mut lines = vec![headline(overview, screen), verdict(overview, screen)];
    // One line is the prompt's.
    let room = screen
        .rows
        .map(|rows| rows.saturating_sub(1 + lines.len() + tail.len()));
    lines.extend(table::table(overview, screen, room));
    lines.extend(tail);
    let lines: Vec<String> = lines.iter().map(|line| screen.line(line)).collect();
    let text = format!("{}\n", lines.join("\n"));
    Report::new(
        "halligan.status/1",
        overview.is_healthy(),
        body(overview),
        text,
    )
}

/// The tenant as people know it, and as the configuration names it.
fn headline(overview: &Overview, screen: &Screen) -> String {
    let (tenant, domain) = (overview.tenant.as_deref(), overview.domain.as_deref());
    let name = match (domain, tenant) {
        (Some(domain), Some(tenant)) if !domain.eq_ignore_ascii_case(tenant) => {
            format!("{domain} ({tenant})")
        }
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => "emergency access".to_owned(),
    };
    let now = overview.now.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let name = screen.cell(&printable(&name), WIDTH - now.len() - 1);
    format!("{name} {now}")
}

fn verdict(overview: &Overview, screen: &Screen) -> String {
    let counted = |state: DutyState, what: &str| match overview.count(state) {
        0 => None,
        count => Some(format!("{count} {what}")),
    };
    let soon = counted(DutyState::DueSoon, "due soon");
    let wrong: Vec<String> = [
        counted(DutyState::Failed, "failed"),
        counted(DutyState::Overdue, "overdue"),
        counted(DutyState::Never, "never done"),
        counted(DutyState::Unknown, "unknown"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (state, text) = match wrong.is_empty() {
        true => (DutyState::Done, "✓ HEALTHY: everything in time".to_owned()),
        false => {
            let text = format!("✗ NOT HEALTHY: {}", wrong.join(", "));
            (DutyState::Failed, text)
        }
    };
    let style = screen.of(state).bold();
    let soon = soon.map_or_else(String::new, |soon| format!("; {soon}"));
    format!("{}{soon}", style.apply_to(text))
}

/// What to do first, with the commands.
fn next(overview: &Overview, screen: &Screen) -> Vec<String> {
    let due = overview
        .duties
        .iter()
        .filter(|duty| duty.state != DutyState::Done);
    let first: Vec<&Duty> = due.clone().take(NEXT).collect();
    if first.is_empty() {
        let by_date = overview.duties.iter().filter(|duty| duty.due_at.is_some());
        let upcoming = by_date.min_by_key(|duty| duty.due_at);
        return upcoming
            .map(|duty| format!("Nothing is due. Next: {}", told(duty, overview)))
            .into_iter()
            .collect();
    }
    let more = due.count() - first.len();
    let head = match more {
        0 => "Next".to_owned(),
        more => format!("Next, and {more} more: `halligan due`"),
    };
    let lines = first.iter().map(|duty| {
        let line = |command: &str| {
            let why = format!("{} {}", title(duty.kind), word(duty.state));
            format!("  {command}  {}", screen.of(duty.state).apply_to(why))
        };
        // Half a command does something else, or nothing: the list has the whole one.
        let whole = line(&printable(&duty.command));
        match screen.fits(&whole) {
            true => whole,
            false => line(&format!("halligan due --kind {}", duty.kind.as_str())),
        }
    });
    std::iter::once(screen.dim(&head)).chain(lines).collect()
}

fn told(duty: &Duty, overview: &Overview) -> String {
    let subject = printable(&duty.subject);
    let phrase = phrase(duty, overview.now);
    format!("{} {subject}, {phrase}", title(duty.kind))
}

fn body(overview: &Overview) -> Value {
    let accounts = overview.accounts.iter().map(|account| {
        let keys = account.keys.iter().map(|key| {
            json!({
                "label": key.label,
                "last_proof": key.last_proof,
                "custody": key.custody,
            })
        });
        json!({
            "name": account.name,
            "id": account.id,
            "keys": keys.collect::<Vec<_>>(),
        })
    });
    let ledger = &overview.ledger;
    json!({
        "now": overview.now,
        "tenant": overview.tenant,
        "domain": overview.domain,
        "counts": counts(overview),
        "accounts": accounts.collect::<Vec<_>>(),
        "ledger": {
            "location": ledger.location,
            "entries": ledger.entries,
            "head": ledger.head,
            "written_at": ledger.written_at,
            "warnings": ledger.warnings,
        },
        "open_ceremonies": overview.open_ceremonies,
        "unexplained": overview.unexplained,
        "duties": overview.duties.iter().map(member).collect::<Vec<_>>(),
    })
}
