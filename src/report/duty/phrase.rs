//! Duties in words.

use jiff::{SignedDuration, Timestamp};

use crate::ceremony::duty::{Duty, DutyKind, DutyState};
use crate::encoding::printable;

/// A sign for each state; the word beside it says the same to who does not see it.
pub(super) fn mark(state: DutyState) -> &'static str {
    match state {
        DutyState::Failed | DutyState::Overdue | DutyState::Never => "✗",
        DutyState::Unknown => "?",
        DutyState::DueSoon => "!",
        DutyState::Done => "✓",
    }
}

/// The word.
pub(super) fn word(state: DutyState) -> &'static str {
    match state {
        DutyState::Failed => "FAILED",
        DutyState::Overdue => "OVERDUE",
        DutyState::Never => "NEVER",
        DutyState::Unknown => "UNKNOWN",
        DutyState::DueSoon => "soon",
        DutyState::Done => "ok",
    }
}

/// What has to be done.
pub(super) fn title(kind: DutyKind) -> &'static str {
    match kind {
        DutyKind::Alerts => "alert",
        DutyKind::Audit => "audit",
        DutyKind::Ceremony => "open ceremony",
        DutyKind::Custody => "custody",
        DutyKind::Drill => "drill",
        DutyKind::KeyCheck => "check",
        DutyKind::Keys => "keys",
        DutyKind::Ledger => "ledger",
        DutyKind::Metadata => "metadata",
        DutyKind::Monitor => "monitor",
        DutyKind::PinRotation => "PIN rotation",
        DutyKind::Review => "review",
        DutyKind::Unexplained => "unexplained",
    }
}

/// When it was last done and when it is due, or why it is as it is.
pub(super) fn phrase(duty: &Duty, now: Timestamp) -> String {
    let why = duty.why.as_deref().map(printable);
    let last = duty.last.map(|last| ago(last, now));
    let due = duty.due_at.map(|due_at| match due_at <= now {
        true => format!("{} overdue", amount(now.duration_since(due_at))),
        false => format!("due in {}", amount(due_at.duration_since(now))),
    });
    let never = (duty.state == DutyState::Never).then(|| "never done".to_owned());
    let by_dates: Vec<String> = never.into_iter().chain(last).chain(due).collect();
    let by_dates = by_dates.join(", ");
    match (why, duty.state) {
        (Some(why), DutyState::Overdue) if !by_dates.is_empty() => format!("{by_dates}: {why}"),
        (Some(why), _) => why,
        (None, _) => by_dates,
    }
}

/// A number of things, by its word for one and for several.
pub(super) fn counted(number: usize, one: &str, several: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
}

/// The same with the word in front, where the reason alone would leave it open.
pub(super) fn sentence(duty: &Duty, now: Timestamp) -> String {
    let phrase = phrase(duty, now);
    match duty.state {
        DutyState::Failed | DutyState::Unknown => format!("{}: {phrase}", word(duty.state)),
        _ => phrase,
    }
}

/// How long ago that is.
pub(super) fn ago(time: Timestamp, now: Timestamp) -> String {
    match amount(now.duration_since(time)).as_str() {
        "no time" => "now".to_owned(),
        amount => format!("{amount} ago"),
    }
}

/// So much time, rounded, in the largest unit in which it is two or more.
pub(super) fn amount(time: SignedDuration) -> String {
    let minutes = time.abs().as_mins();
    let (hours, days) = ((minutes + 30) / 60, (minutes + 12 * 60) / (24 * 60));
    match (days, hours, minutes) {
        (2.., 48.., _) => format!("{days} days"),
        (_, 2.., 120..) => format!("{hours} hours"),
        (_, _, 2..) => format!("{minutes} minutes"),
        _ => "no time".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_in_the_unit_that_people_would_take() {
        for (minutes, said) in [
            (0, "no time"),
            (-1, "no time"),
            (2, "2 minutes"),
            (119, "119 minutes"),
            (-149, "2 hours"),
            (150, "3 hours"),
            (47 * 60 + 29, "47 hours"),
            (48 * 60, "2 days"),
            (30 * 24 * 60 - 1, "30 days"),
        ] {
            assert_eq!(amount(SignedDuration::from_mins(minutes)), said);
        }
    }
}
