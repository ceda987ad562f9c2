//! What the documents promise is so: the commands of the README run, every command and exit status is in it, links lead
//! somewhere, examples of the configuration are accepted.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::bench::{Bench, Command};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The README and what is in `docs/`.
fn documents() -> Vec<PathBuf> {
    let mut documents = vec![root().join("README.md")];
    for folder in ["docs", "docs/audit", "docs/checks"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                documents.push(path);
            }
        }
    }
    documents.sort();
    documents
}

/// The fenced blocks with this info string, without the indentation of their fence.
fn blocks(text: &str, info: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(opened) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let indentation = line.len() - line.trim_start().len();
        let block: Vec<&str> = lines
            .by_ref()
            .take_while(|line| line.trim() != "```")
            .map(|line| line.get(indentation..).unwrap_or_default())
            .collect();
        if opened == info {
            found.push(block.join("\n"));
        }
    }
    found
}

/// A shell script that runs a block as a reader would, with the executable that is under test.
fn script(block: &str) -> String {
    let executable = env!("CARGO_BIN_EXE_halligan");
    let lines = block
        .lines()
        .map(|line| match line.strip_prefix("cargo run -- ") {
            Some(arguments) => format!("{executable} {arguments}"),
            None => line.to_owned(),
        });
    format!("set -ex\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// The heading of the walk, whose blocks belong together.
const WALK: &str = "\n## From nothing to a green status\n";

/// The README without its walk, and the walk.
fn readme_and_walk() -> (String, String) {
    let readme = readme();
    let (before, rest) = readme.split_once(WALK).unwrap();
    let (walk, after) = rest.split_once("\n## ").unwrap();
    (format!("{before}\n## {after}"), walk.to_owned())
}

/// As a newcomer would after `cargo run`: in one shell, in a place where nothing is but the executable.
#[test]
fn the_walk_of_the_readme_ends_with_a_green_status() {
    let commands = blocks(&readme_and_walk().1, "sh").join("\n");
    assert_eq!(commands.lines().last(), Some("halligan status"));
    let place = tempfile::tempdir().unwrap();
    let debug = place.path().join("target/debug");
    fs::create_dir_all(&debug).unwrap();
    symlink(env!("CARGO_BIN_EXE_halligan"), debug.join("halligan")).unwrap();
    // The tenant is all that is in the background. It would be waited for without end if it did not start: `timeout` ends its group.
    let script = format!("set -ex\ntrap 'kill $!' EXIT\n{commands}");
    let ran = std::process::Command::new("timeout")
        .args(["600", "sh", "-c", &script])
        .current_dir(place.path())
        .env("HOME", place.path())
        .env_remove("HALLIGAN_CONFIG")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success() && printed.contains("HEALTHY: everything in time"),
        "{}\n--- stdout\n{printed}\n--- stderr\n{}",
        ran.status,
        String::from_utf8_lossy(&ran.stderr)
    );
}

#[test]
fn the_commands_of_the_readme_run() {
    let blocks = blocks(&readme_and_walk().0, "sh");
    assert!(!blocks.is_empty());
    let folder = tempfile::tempdir().unwrap();
    for block in blocks {
        let ran = std::process::Command::new("sh")
            .args(["-c", &script(&block)])
            .current_dir(root())
            // What the commands leave in the temporary directory goes with it.
            .env("TMPDIR", folder.path())
            .env_remove("HALLIGAN_CONFIG")
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{block}\n--- stdout\n{}\n--- stderr\n{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

#[test]
fn a_command_of_the_readme_that_fails_is_noticed() {
    let text = "x\n```sh\ntrue\ncargo run -- no-such-command\n```\n```text\nexit 3\n```\n  ```toml\n  a = 1\n  ```\n";
    let found = blocks(text, "sh");
    assert_eq!(found, ["true\ncargo run -- no-such-command"]);
    assert_eq!(blocks(text, "toml"), ["a = 1"]);
    let ran = std::process::Command::new("sh")
        .args(["-c", &script(&found[0])])
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2));
}

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
fn the_table_of_permissions_is_what_the_doctor_asks_for() {
    let text = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let coded = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        words.join(", ")
    };
    for need in halligan::ceremony::doctor::NEEDS {
        let asked = match need.asked == need.permissions {
            true => "the same".to_owned(),
            false => coded(need.asked),
        };
        let row = format!(
            "| {} | {} | {asked} | {} |",
            coded(need.commands),
            coded(need.permissions),
            need.roles_in_words()
        );
        assert!(text.contains(&row), "docs/configuration.md lacks\n{row}");
    }
}

#[test]
fn faults_and_control_requests_of_the_documents_are_understood() {
    use halligan::emulator::Fault;
    use halligan::emulator::control::Request;
    let text = fs::read_to_string(root().join("docs/emulator.md")).unwrap();
    let faults = blocks(&text, "text")
        .into_iter()
        .find(|block| block.starts_with("fault "))
        .unwrap();
    let (_, examples) = faults.split_once("\n\n").unwrap();
    for line in examples.lines() {
        let fault = line.split_whitespace().next().unwrap();
        assert_eq!(fault.parse::<Fault>().unwrap().to_string(), fault);
    }
    let mut tried = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let mut code = row.split('`').skip(1).step_by(2);
        let words = code.next().unwrap();
        if let Some(json) = code.find(|code| code.starts_with("{\"request\"")) {
            let request: Request = json
                .parse()
                .unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(words.split(' ').next(), Some(request.word()));
            tried.insert(request.word());
        }
    }
    assert_eq!(tried.len(), 16, "{tried:?}");
}

/// The targets of the links in a Markdown text, code left out.
fn links(text: &str) -> Vec<String> {
    let mut outside_code = String::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let pieces = line.split('`').step_by(2);
            outside_code.push_str(&pieces.collect::<Vec<_>>().join(""));
            outside_code.push('\n');
        }
    }
    outside_code
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target.to_owned())
        .collect()
}

/// The anchors of a Markdown text's headings, as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            let kept = heading
                .chars()
                .filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_');
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// What is wrong with a link of a document, if anything.
fn broken(document: &Path, text: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, anchor) = link
        .split_once('#')
        .map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let target = document.parent().unwrap().join(path);
    let complaint = || Some(format!("{}: {link}", document.display()));
    let target_text = if path.is_empty() {
        text.to_owned()
    } else if target.is_dir() {
        return None;
    } else {
        match fs::read_to_string(&target) {
            Ok(text) => text,
            Err(_) => return complaint(),
        }
    };
    match anchor {
        Some(anchor) if !anchors(&target_text).contains(anchor) => complaint(),
        _ => None,
    }
}

#[test]
fn links_lead_somewhere() {
    let mut bad = Vec::new();
    let mut checked = 0;
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            checked += 1;
            bad.extend(broken(&document, &text, &link));
        }
    }
    assert!(checked > 10, "only {checked} links found");
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let text = "# A heading, `code` and more\n[a](nowhere.md) [b](#a-heading-code-and-more) [c](#missing) `[d](x.md)`\n```\n[e](y.md)\n```\n";
    assert_eq!(
        links(text),
        ["nowhere.md", "#a-heading-code-and-more", "#missing"]
    );
    let document = root().join("README.md");
    let bad: Vec<String> = links(text)
        .iter()
        .filter_map(|link| broken(&document, text, link))
        .collect();
    assert_eq!(bad.len(), 2, "{bad:?}");
}

#[test]
fn examples_of_the_configuration_are_accepted() {
    let bench = Bench::new();
    let mut tried = 0;
    for document in documents() {
        for block in blocks(&fs::read_to_string(&document).unwrap(), "toml") {
            fs::write(bench.path("example.toml"), &block).unwrap();
            let verify = [
                "--config",
                "example.toml",
                "ledger",
                "verify",
                "--ledger",
                "memory:",
            ];
            let ran = bench.halligan(verify).run();
            assert!(
                ran.succeeded(),
                "{}: {block}\n{}",
                document.display(),
                ran.shown()
            );
            tried += 1;
        }
    }
    assert!(tried > 0);
}

#[test]
fn examples_of_seeds_are_accepted() {
    let text = fs::read_to_string(root().join("docs/simulator.md")).unwrap();
    let seeds = blocks(&text, "toml seed");
    assert_eq!(seeds.len(), 1);
    let bench = Bench::new();
    bench.seed(&seeds[0]);
    assert!(bench.in_tenant(|state| {
        state
            .role_assignments
            .iter()
            .any(|row| row.unit().is_some())
    }));
}

/// The members of the configuration, as the tool names them when it meets one that it does not know.
fn members(bench: &Bench, table: &str) -> BTreeSet<String> {
    fs::write(
        bench.path("wrong.toml"),
        format!("{table}\nno_such_member = 1\n"),
    )
    .unwrap();
    let wrong = ["--config", "wrong.toml", "ledger", "verify"];
    let said = bench.halligan(wrong).run().exits(2).stderr;
    let (_, expected) = said.split_once("expected").unwrap();
    expected
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_member_of_the_configuration_is_documented() {
    let bench = Bench::new();
    let text = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    for table in [
        "",
        "[object_store]",
        "[tenant]",
        "[sign_in]",
        "[attestation]",
        "[mds]",
        "[[emergency.accept]]",
    ] {
        let members = members(&bench, table);
        assert!(members.len() >= 2, "{table}: {members:?}");
        for member in members {
            assert!(
                text.contains(&format!("`{member}`")) || text.contains(&format!("[{member}]")),
                "{table} {member} is not in docs/configuration.md"
            );
        }
    }
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
