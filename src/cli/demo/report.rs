//! What the demo has shown, and what to try next.

use std::fmt::Write;
use std::path::Path;

use serde_json::json;

use crate::cli::demo::Story;
use crate::cli::program;
use crate::report::Report;

pub(super) fn report(story: &Story, directory: &Path) -> Report {
    let why: Vec<&str> = story
        .dead
        .findings
        .iter()
        .filter_map(|finding| finding.why.as_deref())
        .collect();
    let tampered = story
        .tampered
        .failure
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut text = String::new();
    let mut line = |mark: &str, what: &str, fact: &str| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{mark} {what:<16}{fact}");
    };
    for enrolled in &story.enrolled {
        line("✓", "enrolled", enrolled);
    }
    line(
        "✓",
        "checked",
        &format!("{} keys signed the ledger's head silently", story.passed),
    );
    line("✓", "dead key found", &format!("BG2-B: {}", why.join("; ")));
    line("✓", "wrong key", &story.wrong_key);
    line(
        "✓",
        "ledger intact",
        &format!("{} entries", story.intact.entries()),
    );
    line("✓", "tampering found", &tampered);
    text.push_str(&next_steps(directory));
    let body = json!({
        "directory": directory,
        "enrolled": story.enrolled,
        "checks_passed": story.passed,
        "dead_key": {"label": story.dead.key.label, "findings": story.dead.findings},
        "wrong_key": story.wrong_key,
        "ledger": {"entries": story.intact.entries(), "head": story.intact.head()},
        "tampered_ledger": {
            "index": story.tampered.failure.as_ref().map(|failure| failure.index),
            "why": tampered,
        },
    });
    Report::new("halligan.demo/1", true, body, text)
}

fn next_steps(directory: &Path) -> String {
    let here = directory.display();
    let halligan = program();
    format!(
        "\nAll of it is in {here}. What to try next:\n\
         \x20 {halligan} --config {here}/tenant/halligan.toml ledger show\n\
         \x20 {halligan} --config {here}/tenant/halligan.toml ledger verify\n\
         \x20 {halligan} --config {here}/tenant/halligan.toml check --no-tenant --device emulator:{here}/keys/BG1-A\n\
         \x20 {halligan} key info --device emulator:{here}/keys/BG2-B\n\
         \x20 {halligan} emulator serve --state {here}/keys/BG1-B\n\
         \x20 {halligan} simulator serve --state {here}/tenant\n"
    )
}
