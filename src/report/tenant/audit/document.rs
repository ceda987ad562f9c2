//! An audit as files: JUnit's XML for build servers, HTML for people.

use minijinja::{Value, context};

use super::rank::{Rank, grouped};
use super::{Audited, counted};
use crate::report::document::{JUNIT, Template};
use crate::report::printable;
use crate::tenant::audit::{Line, Object};

const PAGE: Template = Template {
    name: "page.html",
    text: include_str!("page.html"),
};

/// JUnit's XML: a test case for each line. What is accepted is skipped; a note is a failure like any other.
#[must_use]
pub fn junit(audited: &Audited<'_>) -> String {
    let lines = &audited.audit.lines;
    let count = |wanted: fn(&Line) -> bool| lines.iter().filter(|line| wanted(line)).count();
    JUNIT.render(context! {
        suite => "halligan tenant audit",
        host => printable(audited.tenant),
        time => audited.taken_at,
        total => lines.len(),
        failed => count(Line::fails),
        unknown => count(Line::is_open),
        skipped => count(is_skipped),
        seconds => "0",
        checks => lines.iter().map(case).collect::<Vec<_>>(),
    })
}

fn is_skipped(line: &Line) -> bool {
    matches!(Rank::of(line), Rank::Accepted | Rank::NotApplicable)
}

fn case(line: &Line) -> Value {
    let finding = &line.finding;
    let why = match &line.accepted {
        Some(accepted) => format!(
            "accepted until {}: {}; {}",
            accepted.until,
            accepted.reason,
            finding.said()
        ),
        None => finding.said().to_owned(),
    };
    let objects: Vec<&str> = finding
        .objects
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let about = match objects.as_slice() {
        [] => String::new(),
        objects => format!(" ({})", objects.join(", ")),
    };
    let name = format!("{}: {}{about}", line.check.id, finding.subject.name);
    context! {
        group => line.check.name,
        id => printable(&name),
        why => printable(&why),
        failed => line.fails(),
        unknown => line.is_open(),
        skipped => is_skipped(line),
        seconds => "0",
    }
}

/// One HTML page, which needs nothing from elsewhere.
#[must_use]
pub fn html(audited: &Audited<'_>) -> String {
    let sections = Rank::ALL
        .into_iter()
        .map(|rank| section(audited, rank))
        .filter(|section| {
            section
                .get_attr("groups")
                .is_ok_and(|groups| groups.is_true())
        });
    PAGE.render(context! {
        tenant => printable(audited.tenant),
        time => audited.taken_at,
        safe => audited.is_safe(),
        summary => counted(audited.audit.counts()),
        sections => sections.collect::<Vec<_>>(),
    })
}

fn section(audited: &Audited<'_>, rank: Rank) -> Value {
    let groups = grouped(audited.audit, rank).into_iter();
    let groups = groups.map(|(check, lines)| {
        context! {
            id => check.id,
            title => check.title,
            severity => check.severity.as_str(),
            fix => check.fix,
            page => check.page(),
            source => check.source,
            lines => lines.into_iter().map(row).collect::<Vec<_>>(),
        }
    });
    context! {
        heading => rank.heading(),
        word => rank.word(),
        mark => rank.mark(),
        wants_fix => matches!(rank, Rank::Error | Rank::Warning | Rank::Note),
        groups => groups.collect::<Vec<_>>(),
    }
}

fn row(line: &Line) -> Value {
    let finding = &line.finding;
    let accepted = line.accepted.as_ref();
    context! {
        subject => printable(&finding.subject.name),
        said => printable(finding.said()),
        permission => finding.permission.as_deref().map(printable),
        objects => finding.objects.iter().map(object).collect::<Vec<_>>(),
        accepted => accepted.map(|one| printable(&one.reason)),
        until => accepted.map(|one| one.until.to_string()),
    }
}

fn object(object: &Object) -> Value {
    context! {
        kind => object.kind.as_str(),
        name => printable(&object.name),
        id => object.id.as_deref().map(printable),
    }
}
