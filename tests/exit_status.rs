//! Each exit status by a real command, and the places that promise what they mean.

use std::collections::BTreeSet;

use halligan::emulator::Profile;
use halligan::emulator::touch::Never;

use crate::bench::{Bench, WRONG_PIN};

/// Every status that the tool may end with.
const STATUSES: [u8; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

#[test]
fn status_0_done() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    bench.check(&key, "BG1-A").run().exits(0);
    for asked in [["--help"], ["--version"]] {
        bench.halligan(asked).run().exits(0).prints("halligan");
    }
}

#[test]
fn status_1_not_safe() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    key.reset();
    bench.check(&key, "BG1-A").run().exits(1);
    std::fs::write(bench.path("ledger/entries/00000001.json"), "{}").unwrap();
    bench.halligan(["ledger", "verify"]).run().exits(1);
}

#[test]
fn status_2_wrong_usage_or_configuration() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.halligan(["enrol"]).run().exits(2);
    bench.configure_further("no_such_member = 1");
    bench
        .enroll(&key, "BG1-A")
        .run()
        .exits(2)
        .says("no_such_member");
    std::fs::remove_file(bench.path("halligan.toml")).unwrap();
    bench
        .enroll(&key, "BG1-A")
        .run()
        .exits(2)
        .says("halligan.toml");
    let elsewhere = ["--config", "nowhere.toml", "ledger", "verify"];
    bench
        .halligan(elsewhere)
        .run()
        .exits(2)
        .says("nowhere.toml");
}

#[test]
fn status_3_key() {
    let bench = Bench::new();
    let nobody = ["key", "info", "--device", "unix:nobody"];
    bench.halligan(nobody).run().exits(3).says("no device");
}

#[test]
fn status_4_pin() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    bench.enroll(&key, "BG1-A").pin(WRONG_PIN).run().exits(4);
}

#[test]
fn status_5_tenant() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.cut_the_network();
    let enroll = bench.enroll(&key, "BG1-A").json().run().exits(5);
    let error = enroll.document()["error"].to_string();
    // Whoever reads it must learn more than that something failed.
    assert!(error.contains("localhost"), "{error}");
}

#[test]
fn status_6_ledger() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.halligan(["ledger", "verify"]).run().exits(6);
    std::fs::write(bench.path("ledger"), "a file where the directory should be").unwrap();
    bench.enroll(&key, "BG1-A").run().exits(6);
}

#[test]
fn status_7_stopped_in_the_middle() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(Never);
    let waiting = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("Touch the key now");
    waiting.interrupt().finish().exits(7);
}

/// The statuses that a text lists, a line each: `  3  key: …` or `| 3 | key: … |`.
fn listed(text: &str, before: &str) -> Vec<u8> {
    text.lines()
        .filter_map(|line| line.strip_prefix(before))
        .filter_map(|rest| rest.trim_start().split([' ', '|']).next()?.parse().ok())
        .collect()
}

#[test]
fn help_and_readme_list_every_status_and_no_other() {
    let bench = Bench::new();
    let help = bench.halligan(["--help"]).run().exits(0).stdout;
    let (_, in_help) = help.split_once("Exit status:").unwrap();
    assert_eq!(listed(in_help, "  "), STATUSES);
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, in_readme) = readme.split_once("## Exit status").unwrap();
    let in_readme = in_readme.split("\n## ").next().unwrap();
    assert_eq!(listed(in_readme, "|"), STATUSES);
}

#[test]
fn no_status_can_be_added_without_a_test_of_its_own() {
    let tested: BTreeSet<u8> = include_str!("exit_status.rs")
        .lines()
        .filter_map(|line| {
            line.strip_prefix("fn status_")?
                .split('_')
                .next()?
                .parse()
                .ok()
        })
        .collect();
    assert_eq!(tested, BTreeSet::from(STATUSES));
    let source = include_str!("../src/cli/failure.rs");
    let codes = source
        .split("fn code(self)")
        .nth(1)
        .unwrap()
        .split("\n    }")
        .next()
        .unwrap();
    let in_source: Vec<u8> = codes
        .lines()
        .filter_map(|line| line.split("=> ").nth(1)?.trim_end_matches(',').parse().ok())
        .collect();
    assert_eq!(in_source, STATUSES);
}
