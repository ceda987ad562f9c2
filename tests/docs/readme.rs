//! The commands of the README run, as a reader would type them.

use std::fs;
use std::os::unix::fs::symlink;

use super::{blocks, readme, root};

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
