//! The tree's promises: imports run downwards only, files stay readable, time and randomness have one source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// For each top-level module, the modules it may import. `emulator` and `simulator` have their narrow doors below.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("encoding", &[]),
    ("env", &[]),
    ("secret", &[]),
    ("webauthn", &["encoding"]),
    ("ctap", &["webauthn", "encoding", "env", "secret"]),
    ("graph", &["webauthn", "encoding", "env", "secret"]),
    ("attestation", &["webauthn", "encoding", "env", "secret"]),
    ("ledger", &["webauthn", "encoding", "env", "secret"]),
    ("custody", &["ledger", "encoding", "env", "secret"]),
    (
        "tenant",
        &[
            "graph::model",
            "attestation::Verdict",
            "webauthn",
            "encoding",
        ],
    ),
    (
        "ceremony",
        &[
            "ctap",
            "graph",
            "attestation",
            "custody",
            "tenant",
            "ledger",
            "webauthn",
            "encoding",
            "env",
            "secret",
        ],
    ),
    (
        "report",
        &[
            "ceremony",
            "attestation",
            "custody",
            "tenant",
            "ledger",
            "ctap",
            "graph",
            "webauthn",
            "encoding",
        ],
    ),
    (
        "emulator",
        &[
            "ctap::hid::packet",
            "ctap::status",
            "webauthn",
            "encoding",
            "env",
            "secret",
        ],
    ),
    (
        "simulator",
        &["graph::model", "webauthn", "encoding", "env", "secret"],
    ),
    (
        "cli",
        &[
            "ceremony",
            "report",
            "ctap",
            "graph",
            "attestation",
            "custody",
            "tenant",
            "ledger",
            "emulator",
            "simulator",
            "webauthn",
            "encoding",
            "env",
            "secret",
        ],
    ),
];

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every `crate::…` path in code, with braces expanded one level: `crate::a::{b, c}` gives `a::b` and `a::c`.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let preceded_by_word = code[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        if preceded_by_word {
            continue;
        }
        let path = &code[at + "crate::".len()..];
        let end = path
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .unwrap_or(path.len());
        let (stem, rest) = path.split_at(end);
        match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((names, _)) if stem.is_empty() || stem.ends_with("::") => {
                for name in names.split(',') {
                    found.insert(format!("{stem}{}", name.trim().trim_start_matches('{')));
                }
            }
            _ => {
                found.insert(stem.trim_end_matches(':').to_owned());
            }
        }
    }
    found
}

/// The rule that `import` breaks when it stands in `module`, if any.
fn violation(module: &str, import: &str) -> Option<String> {
    let top = import.split("::").next().unwrap_or_default();
    let known = MAY_IMPORT.iter().any(|(name, _)| *name == top);
    if top == module || !known {
        return None;
    }
    let (_, allowed) = MAY_IMPORT.iter().find(|(name, _)| *name == module)?;
    let fits = |rule: &&str| *rule == import || import.starts_with(&format!("{rule}::"));
    (!allowed.iter().any(fits))
        .then(|| format!("`{module}` may import only {allowed:?}, but imports `{import}`"))
}

fn is_test(file: &Path) -> bool {
    file.components().any(|part| part.as_os_str() == "tests")
}

fn module_of(file: &Path) -> String {
    let relative = file.strip_prefix(src()).unwrap();
    let first = relative
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_run_downwards_only() {
    let mut broken = Vec::new();
    for file in sources(&src()) {
        let module = module_of(&file);
        if module == "main" || module == "lib" {
            continue;
        }
        assert!(
            MAY_IMPORT.iter().any(|(name, _)| *name == module),
            "module `{module}` has no place in the architecture: add it to MAY_IMPORT"
        );
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            broken.extend(
                violation(&module, &import).map(|rule| format!("{}: {rule}", file.display())),
            );
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_import_rule_can_fail() {
    let text = "use crate::{env::Env, graph::Client};\n// use crate::cli::x;\nfn f() { crate::ctap::open(); }";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["ctap::open", "env::Env", "graph::Client"]);
    assert!(violation("ctap", "graph::Client").is_some());
    assert!(violation("emulator", "ctap::hid::packet::Report").is_none());
    assert!(violation("emulator", "ctap::command::get_info").is_some());
    assert!(violation("simulator", "graph::model::User").is_none());
    assert!(violation("simulator", "graph::client::Client").is_some());
    assert!(violation("webauthn", "env::Env").is_some());
}

#[test]
fn time_and_randomness_come_from_env_alone() {
    let forbidden = [
        "SystemTime::now",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "getrandom::",
        "SystemRandom",
    ];
    for file in sources(&src()) {
        if file.ends_with("src/env.rs") || is_test(&file) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        for word in forbidden {
            // RSA in ring asks for ring's own source and accepts no other: PSS takes its salt from it, PKCS #1 v1.5 nothing.
            let rsa = [
                "graph/credential/assertion.rs",
                "simulator/oauth/id_token/mod.rs",
                "simulator/tests/applications.rs",
            ];
            if word == "SystemRandom" && rsa.iter().any(|path| file.ends_with(path)) {
                continue;
            }
            assert!(
                !text.contains(word),
                "{} uses {word}; ask env::Env instead",
                file.display()
            );
        }
    }
}

#[test]
fn only_the_command_line_reads_the_environment() {
    for file in sources(&src()) {
        let module = module_of(&file);
        if module == "cli" || module == "main" {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            !text.contains("std::env"),
            "{} reads the environment",
            file.display()
        );
    }
}

/// Lines of code: neither blank, nor a comment, nor of what only tests have.
fn code_lines(text: &str) -> usize {
    let mut lines = text.lines();
    let mut counted = 0;
    while let Some(line) = lines.next() {
        if line.starts_with("#[cfg(test)]") {
            // As rustfmt writes it, an item ends with the first unindented brace or semicolon. Code may follow.
            let ends_item =
                |line: &str| !line.starts_with(char::is_whitespace) && line.ends_with(['}', ';']);
            lines.by_ref().find(|line| ends_item(line));
        } else if !line.trim().is_empty() && !line.trim().starts_with("//") {
            counted += 1;
        }
    }
    counted
}

#[test]
fn what_only_tests_have_is_no_code_and_what_follows_it_is() {
    let text = "//! x\nmod a;\n#[cfg(test)]\nmod tests;\n\nfn b() {\n    // y\n    c();\n}\n#[cfg(test)]\nmod more {\n    use d;\n}\nfn e() {}\n";
    assert_eq!(code_lines(text), 5);
}

#[test]
fn files_stay_within_the_size_that_a_reader_can_hold() {
    for file in sources(&src()) {
        let lines = code_lines(&fs::read_to_string(&file).unwrap());
        let entrance = file.ends_with("mod.rs") && !is_test(&file);
        let limit = if entrance { 200 } else { 450 };
        let name = file.display();
        assert!(
            lines <= limit,
            "{name} has {lines} lines of code, the limit is {limit}"
        );
    }
}

/// What a document names in backticks and is a path: of a source, without `src/`, or of anything below `src` and `tests`.
fn paths_named_in(document: &str) -> Vec<&str> {
    let spans = document.split('`').skip(1).step_by(2);
    let paths = spans.filter_map(|span| span.split("::").next());
    let is_path = |path: &&str| {
        let is_ours = path.starts_with("src/") || path.starts_with("tests/");
        let is_one = !path.contains(|one: char| one.is_whitespace() || "*…".contains(one));
        path.contains('/') && is_one && (is_ours || path.ends_with(".rs"))
    };
    paths.filter(is_path).collect()
}

#[test]
fn what_the_documents_say_where_something_happens_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["docs/architecture.md", "docs/threat-model.md"] {
        let document = fs::read_to_string(root.join(name)).unwrap();
        let named = paths_named_in(&document);
        assert!(named.len() > 50, "{name}: {named:?}");
        for path in named {
            let is_there = root.join(path).exists() || src().join(path).exists();
            assert!(is_there, "{name} names {path}");
        }
    }
}

#[test]
fn a_path_is_told_from_other_words() {
    let text = "`cli/mod.rs::main` in `src/env`\n```text\na/b.rs c\n```\n`mod.rs`, `/auditLogs/signIns`, `tests/x`";
    assert_eq!(paths_named_in(text), ["cli/mod.rs", "src/env", "tests/x"]);
}
