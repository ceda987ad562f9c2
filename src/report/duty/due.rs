//! The list of what is due.

use std::fmt::Write;

use serde_json::json;

use super::phrase::{mark, phrase, title, word};
use super::{counts, member};
use crate::ceremony::duty::{Duty, DutyKind, DutyState, Overview};
use crate::encoding::printable;
use crate::report::Report;

/// What of it is wanted.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Also what is not due.
    pub all: bool,
    /// These kinds; all if there are none.
    pub kinds: Vec<DutyKind>,
}

impl Shown {
    /// Whether it is of a kind that is wanted.
    pub(super) fn is_wanted(&self, duty: &Duty) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&duty.kind)
    }

    fn has(&self, duty: &Duty) -> bool {
        self.is_wanted(duty) && (self.all || duty.state != DutyState::Done)
    }
}

/// Renders what is due, and what will be soon: a line each, with the command that does it.
#[must_use]
pub fn due(overview: &Overview, shown: &Shown) -> Report {
    let those: Vec<&Duty> = overview
        .duties
        .iter()
        .filter(|duty| shown.has(duty))
        .collect();
    let ok = those.iter().all(|duty| duty.state.is_satisfied());
    let body = json!({
        "now": overview.now,
        "tenant": overview.tenant,
        "counts": counts(overview),
        "duties": those.iter().map(|duty| member(duty)).collect::<Vec<_>>(),
    });
    let mut text = String::new();
    for duty in &those {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", line(duty, overview));
    }
    if those.is_empty() {
        text.push_str("Nothing is due.\n");
    }
    Report::new("halligan.due/1", ok, body, text)
}

fn line(duty: &Duty, overview: &Overview) -> String {
    let place = duty.place.as_deref().map(printable);
    format!(
        "{} {:<8} {} {}: {}{}  `{}`",
        mark(duty.state),
        word(duty.state),
        title(duty.kind),
        printable(&duty.subject),
        phrase(duty, overview.now),
        place.map_or_else(String::new, |place| format!(" ({place})")),
        printable(&duty.command),
    )
}
