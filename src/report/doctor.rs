//! Whether the set-up is healthy: a line for each subject, with what would mend it.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::attestation::Verdict;
use crate::ceremony::doctor::{Finding, Subject, Weight};
use crate::report::check::mark;
use crate::report::{Report, printable};

/// Renders what was found, each with what would mend it.
#[must_use]
pub fn doctor(lines: &[(&Finding, Option<String>)]) -> Report {
    let mut text = String::new();
    for (finding, help) in lines {
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(text, "{}", line(finding));
        if let Some(help) = help {
            let _ = writeln!(text, "{:>22}→ {}", "", printable(help));
        }
    }
    let count = |is_one: fn(&Finding) -> bool| lines.iter().filter(|(one, _)| is_one(one)).count();
    let wrong = count(Finding::is_wrong);
    let open = count(Finding::is_open);
    let advised = count(|one| one.verdict.is_fail() && one.weight == Weight::Advice);
    let signed_in = !lines.iter().any(|(one, _)| is_sign_in_left_out(one));
    let _ = writeln!(text, "\n{}", conclusion(wrong, open, advised, signed_in));
    let healthy = wrong == 0 && open == 0;
    let body = json!({
        "healthy": healthy,
        "signed_in": signed_in,
        "wrong": wrong,
        "open": open,
        "advised": advised,
        "findings": lines.iter().map(|(finding, help)| document(finding, help.as_deref())).collect::<Vec<_>>(),
    });
    Report::new("halligan.doctor/1", healthy, body, text)
}

fn line(finding: &Finding) -> String {
    let (mark, why) = match (mark(&finding.verdict), finding.weight) {
        (("✗", why), Weight::Advice) => ("!", why),
        (shown, _) => shown,
    };
    let said = finding.found.as_deref().unwrap_or(why);
    let said = match &finding.about {
        Some(about) => format!("{about}: {said}"),
        None => said.to_owned(),
    };
    let subject = finding.subject.as_str().replace('_', " ");
    format!("  {mark} {subject:<18}{}", printable(&said))
}

fn is_sign_in_left_out(finding: &Finding) -> bool {
    finding.subject == Subject::SignIn && matches!(finding.verdict, Verdict::NotApplicable { .. })
}

fn conclusion(wrong: usize, open: usize, advised: usize, signed_in: bool) -> String {
    let advice = match advised {
        0 => String::new(),
        advised => format!("; {advised} marked ! would better be otherwise"),
    };
    match (wrong, open) {
        (0, 0) if !signed_in => format!(
            "Healthy as far as was looked: without a sign-in nothing is known of permissions, roles and accounts{advice}"
        ),
        (0, 0) => format!("Healthy{advice}"),
        (0, open) => format!("Nothing wrong was found, and {open} could not be determined{advice}"),
        (wrong, 0) => format!("{wrong} to mend{advice}"),
        (wrong, open) => format!("{wrong} to mend, {open} not determined{advice}"),
    }
}

fn document(finding: &Finding, help: Option<&str>) -> Value {
    json!({
        "subject": finding.subject.as_str(),
        "about": finding.about,
        "verdict": finding.verdict.as_str(),
        "why": finding.verdict.why().or(finding.found.as_deref()),
        "needed": finding.weight == Weight::Needed,
        "help": help,
    })
}
