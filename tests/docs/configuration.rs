//! What the documents say of the configuration: examples are accepted, members and permissions are all there.

use std::collections::BTreeSet;
use std::fs;

use super::{blocks, documents, root};
use crate::bench::Bench;

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
        "[drill]",
        "[attestation]",
        "[[attestation.advisory]]",
        "[mds]",
        "[key_policy]",
        "[emergency]",
        "[[emergency.account]]",
        "[emergency.group]",
        "[emergency.mfa_policy]",
        "[emergency.dedicated_policy]",
        "[emergency.exclude_also]",
        "[emergency.thresholds]",
        "[[emergency.accept]]",
        "[alerts]",
        "[schedule]",
        "[monitor]",
        "[custody]",
        "[[custody.custodian]]",
        "[review]",
    ] {
        let members = members(&bench, table);
        assert!(!members.is_empty(), "{table}");
        for member in members {
            let forms = [
                format!("`{member}`"),
                format!("[{member}]"),
                format!(".{member}]"),
            ];
            assert!(
                forms.iter().any(|form| text.contains(form)),
                "{table} {member} is not in docs/configuration.md"
            );
        }
    }
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
