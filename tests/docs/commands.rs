//! Commands and options: those that the documents name are there, and each has its completions and its manual page.

use std::collections::BTreeSet;
use std::fs;

use super::{documents, readme};
use crate::bench::{Bench, Command};

/// The subcommands that the help of a command lists.
fn subcommands(bench: &Bench, words: &[String]) -> Vec<String> {
    let help = bench
        .halligan(words.to_vec())
        .with(["--help"])
        .run()
        .exits(0)
        .stdout;
    let Some((_, commands)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let listed = commands.lines().take_while(|line| !line.is_empty());
    listed
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every command that can be typed, found by walking the help.
fn commands(bench: &Bench) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut to_visit = vec![Vec::new()];
    while let Some(words) = to_visit.pop() {
        let below = subcommands(bench, &words);
        if below.is_empty() {
            found.push(words);
            continue;
        }
        for name in below {
            let mut words = words.clone();
            words.push(name);
            to_visit.push(words);
        }
    }
    found.sort();
    found
}

#[test]
fn every_command_is_in_the_readme_and_no_other() {
    let bench = Bench::new();
    let commands: BTreeSet<String> = commands(&bench)
        .iter()
        .map(|words| format!("halligan {}", words.join(" ")))
        .collect();
    assert!(commands.contains("halligan key pin change"), "{commands:?}");
    let readme = readme();
    let (_, section) = readme.split_once("## Commands").unwrap();
    let listed: BTreeSet<String> = section
        .split("\n## ")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(command, _)| command.to_owned())
        .collect();
    assert_eq!(listed, commands);
}

#[test]
fn every_option_in_the_documents_exists() {
    let bench = Bench::new();
    let mut known = String::new();
    for words in commands(&bench) {
        known.push_str(&bench.halligan(words).with(["--help"]).run().exits(0).stdout);
    }
    let mut unknown = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        let commands = text.lines().filter(|line| {
            let line = line.trim_start();
            line.starts_with("halligan ")
                || line.starts_with("cargo run -- ")
                || line.starts_with("| `halligan ")
        });
        for word in commands.flat_map(|line| line.split([' ', '`', ';', ')', ','])) {
            let option = word.split('=').next().unwrap();
            let is_option = option
                .strip_prefix("--")
                .is_some_and(|name| !name.is_empty());
            if is_option
                && !known.contains(&format!("{option} "))
                && !known.contains(&format!("{option}\n"))
            {
                unknown.push(format!("{}: {option}", document.display()));
            }
        }
    }
    unknown.retain(|line| !line.ends_with(": --locked") && !line.ends_with(": --path"));
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}

#[test]
fn completions_and_manual_pages_are_made() {
    let bench = Bench::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        bench
            .halligan(["completions", shell])
            .run()
            .exits(0)
            .prints("require-attestation");
    }
    bench.halligan(["completions", "ksh"]).run().exits(2);
    bench
        .halligan(["man"])
        .run()
        .exits(0)
        .prints(".TH halligan")
        .prints("locked");
    bench
        .halligan(["man", "--directory", "pages"])
        .run()
        .exits(0);
    for words in commands(&bench) {
        let page = bench.path(&format!("pages/halligan-{}.1", words.join("-")));
        let text = fs::read_to_string(&page).unwrap_or_default();
        for section in [
            "NAME",
            "SYNOPSIS",
            "OPTIONS",
            "EXIT STATUS",
            "FILES",
            "SEE ALSO",
        ] {
            let heading = format!(".SH {section}\n").replace("EXIT STATUS", "\"EXIT STATUS\"");
            let heading = heading.replace("SEE ALSO", "\"SEE ALSO\"");
            assert!(text.contains(&heading), "{}: {section}", page.display());
        }
    }
    let enroll = fs::read_to_string(bench.path("pages/halligan-enroll.1")).unwrap();
    assert!(enroll.contains(".SH EXAMPLES"), "{enroll}");
    let help = bench.halligan(["enroll", "--help"]).run().exits(0);
    help.prints("Examples:").prints("--pin-generate");
}

#[test]
fn a_completion_script_is_understood_by_its_shell() {
    let bench = Bench::new();
    let script: Command = bench.halligan(["completions", "bash"]);
    fs::write(bench.path("completions.bash"), script.run().exits(0).stdout).unwrap();
    let check = std::process::Command::new("bash")
        .args(["-n"])
        .arg(bench.path("completions.bash"))
        .status();
    // A machine without bash needs no completions for it.
    assert!(check.map_or(true, |status| status.success()));
}
