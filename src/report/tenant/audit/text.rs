//! For people who read it on a terminal: what fails first.

use std::fmt::Write;

use super::rank::{Rank, grouped};
use super::{Audited, counted};
use crate::report::printable;
use crate::tenant::audit::{Check, Line, Waiver};

pub(super) fn text(audited: &Audited<'_>, everything: bool) -> String {
    let mut text = String::new();
    for rank in Rank::ALL {
        let is_shown = everything || !matches!(rank, Rank::Passed | Rank::NotApplicable);
        let groups = grouped(audited.audit, rank);
        if !is_shown || groups.is_empty() {
            continue;
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", rank.heading());
        for (check, lines) in groups {
            group(&mut text, rank, check, &lines);
        }
        text.push('\n');
    }
    waivers(
        &mut text,
        "no longer accepted since",
        &audited.audit.expired,
    );
    waivers(
        &mut text,
        "accepted, and not needed, until",
        &audited.audit.unused,
    );
    let verdict = match audited.is_safe() {
        true => "safe",
        false => "NOT SAFE",
    };
    let _ = writeln!(
        text,
        "{}, as of {}: {verdict}\n{}",
        printable(audited.tenant),
        audited.taken_at,
        counted(audited.audit.counts())
    );
    text
}

fn group(text: &mut String, rank: Rank, check: &Check, lines: &[&Line]) {
    let _ = writeln!(text, "{} {}  {}", rank.mark(), check.id, check.title);
    for line in lines {
        let finding = &line.finding;
        let _ = writeln!(
            text,
            "    {}: {}",
            printable(&finding.subject.name),
            printable(finding.said())
        );
        if let Some(permission) = &finding.permission {
            let _ = writeln!(text, "      {permission} would tell");
        }
        if let Some(accepted) = &line.accepted {
            let reason = printable(&accepted.reason);
            let _ = writeln!(text, "      accepted until {}: {reason}", accepted.until);
        }
    }
    if matches!(rank, Rank::Error | Rank::Warning | Rank::Note) {
        let _ = writeln!(text, "    → {}", check.fix);
        let _ = writeln!(text, "      {}", check.page());
    }
}

fn waivers(text: &mut String, what: &str, waivers: &[Waiver]) {
    for waiver in waivers {
        let subject = waiver.subject.as_deref().unwrap_or("every line");
        let (id, until) = (&waiver.check, waiver.until);
        let _ = writeln!(
            text,
            "! {} of {}: {what} {until} ({})",
            printable(subject),
            printable(id),
            printable(&waiver.reason)
        );
    }
}
