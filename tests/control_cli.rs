//! `emulator control` against `emulator serve`, both as real processes: what a shell script of another project does.

use std::fs;
use std::net::UdpSocket;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::bench::{Bench, Command, Started};

/// A key that is served with a control socket, and its address.
fn served(bench: &Bench, options: &[&str]) -> (Started, String) {
    let serve = ["emulator", "serve", "--state", "key", "--json"];
    let doors = ["--listen", "udp:127.0.0.1:0", "--control", "unix:control"];
    let serve = bench.halligan(serve).with(doors).with(options.to_vec());
    let (serving, ready) = serve.start().ready();
    assert_eq!(ready["control"], "unix:control");
    let address = ready["listening"][0].as_str().unwrap().to_owned();
    (serving, address)
}

fn control<'a>(bench: &Bench, requests: impl IntoIterator<Item = &'a str>) -> Command {
    bench
        .halligan(["emulator", "control", "unix:control"])
        .with(requests)
}

/// The lines of standard output.
fn lines(command: Command) -> Vec<Value> {
    let printed = command.run().exits(0).stdout;
    let lines = printed.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn a_script_touches_the_key_when_it_is_asked_to() {
    let bench = Bench::new();
    let (_serving, address) = served(&bench, &["--touch", "ask"]);
    let make = bench.enroll_over(&address, "BG1-A").start();
    let answers = lines(control(
        &bench,
        ["wait touch-awaited makeCredential", "touch"],
    ));
    assert!(
        answers.iter().all(|answer| answer["ok"] == true),
        "{answers:?}"
    );
    control(&bench, ["wait touch-awaited getAssertion", "deny"])
        .run()
        .exits(0);
    make.finish().exits(7);
    let state = lines(control(&bench, ["state"]))[0]["state"].clone();
    assert_eq!(state["credentials"][0]["rp_id"], "login.microsoft.com");
    assert_eq!(state["commands"]["makeCredential"], 1);
    assert_eq!(state["pin_set"], true);
}

#[test]
fn faults_come_from_a_file_options_and_requests() {
    let bench = Bench::new();
    fs::write(bench.path("bad-day"), "# twice\nbusy@getInfo,times:2\n").unwrap();
    let options = ["--faults", "bad-day", "--fault", "noise"];
    let (_serving, address) = served(&bench, &options);
    bench
        .halligan(["key", "info", "--device", &address])
        .run()
        .exits(0);
    let fault = "fault unplug-on=makeCredential@nth:2";
    let all = lines(control(&bench, [fault]))[0]["faults"].clone();
    let texts: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["fault"].as_str().unwrap())
        .collect();
    let expected = [
        "busy@getInfo,times:2",
        "noise",
        "unplug@makeCredential,nth:2",
    ];
    assert_eq!(texts, expected);
    assert_eq!(all[0]["happened"], 2);
    let none = lines(control(&bench, ["clear-faults", "faults"]));
    assert_eq!(none[1]["faults"], serde_json::json!([]));
}

#[test]
fn an_unplugged_key_is_silent_until_it_is_back() {
    let bench = Bench::new();
    let (_serving, address) = served(&bench, &[]);
    let info = bench.halligan(["key", "info", "--device", &address]);
    control(&bench, ["unplug", "wait unplugged"]).run().exits(0);
    info.clone().json().run().exits(3).fails_with("key_silent");
    control(&bench, ["plug"]).run().exits(0);
    info.run().exits(0);
    control(&bench, ["unplug 100ms", "wait powered-up"])
        .run()
        .exits(0);
}

#[test]
fn events_are_printed_as_they_come_until_the_key_is_served_no_more() {
    let bench = Bench::new();
    let (serving, address) = served(&bench, &[]);
    let watching = control(&bench, ["subscribe since:0"]).start();
    bench
        .halligan(["key", "info", "--device", &address])
        .run()
        .exits(0);
    let watching = watching
        .until_printed("\"event\":\"request\",\"command\":\"getInfo\"")
        .until_printed("\"status\":\"CTAP2_OK\"");
    serving.interrupt().finish().exits(0);
    assert!(!bench.path("control").exists());
    watching.finish().exits(0);
}

#[test]
fn a_window_for_reset_passes_without_waiting() {
    let bench = Bench::new();
    let (_serving, _) = served(&bench, &["--strict-reset"]);
    let answers = control(&bench, ["advance 11s", "state"])
        .json()
        .run()
        .exits(0);
    let document = answers.document();
    assert_eq!(document["schema"], "halligan.emulator.control/1");
    let uptime = document["answers"][1]["state"]["uptime_ms"]
        .as_u64()
        .unwrap();
    assert!(uptime >= 11_000, "{uptime}");
}

#[test]
fn what_goes_wrong_has_its_status() {
    let bench = Bench::new();
    let failing = |requests: &[&str]| control(&bench, requests.to_vec()).json().run();
    failing(&["state"]).exits(3).fails_with("no_key");
    let (_serving, _) = served(&bench, &[]);
    failing(&["touch"]).exits(3).fails_with("no_touch_awaited");
    failing(&["wait unplugged 10ms"])
        .exits(3)
        .fails_with("timed_out");
    failing(&["fault busier"]).exits(2).fails_with("usage");
    failing(&["dance"]).exits(2).fails_with("usage");
    failing(&["subscribe"]).exits(2).fails_with("usage");
    let second = [
        "emulator",
        "serve",
        "--state",
        "other",
        "--control",
        "unix:control",
    ];
    let free = ["--listen", "udp:127.0.0.1:0"];
    bench
        .halligan(second)
        .with(free)
        .run()
        .exits(2)
        .says("another program listens");
    let ask = ["emulator", "serve", "--state", "other", "--touch", "ask"];
    bench.halligan(ask).run().exits(2).says("--control");
    fs::write(bench.path("bad-day"), "busy\nbusier\n").unwrap();
    let file = [
        "emulator", "serve", "--state", "other", "--faults", "bad-day",
    ];
    bench.halligan(file).run().exits(2).says("line 2");
}

/// Runs the lines for other projects' CI that are in docs/emulator.md, as a shell script. Whoever is not touched in time, as
/// `your-tests`, fails.
fn run_the_lines_for_ci(bench: &Bench, your_tests: &str) -> std::process::Output {
    let text = include_str!("../docs/emulator.md");
    let lines = text
        .split("```text\n")
        .find(|block| block.starts_with("mkfifo"));
    let lines = lines.and_then(|block| block.split("```").next()).unwrap();
    let port = UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let lines = lines
        .replace("8111", &port.to_string())
        .replace("30s", "3s");
    fs::create_dir(bench.path("bin")).unwrap();
    symlink(env!("CARGO_BIN_EXE_halligan"), bench.path("bin/halligan")).unwrap();
    let tests = bench.path("bin/your-tests");
    fs::write(&tests, format!("#!/bin/sh\n{your_tests}\n")).unwrap();
    fs::set_permissions(&tests, fs::Permissions::from_mode(0o755)).unwrap();
    // A key that cannot blink asks for a touch when it is to show which one it is.
    fs::create_dir(bench.path("key")).unwrap();
    fs::write(bench.path("key/profile.toml"), "wink = false\n").unwrap();
    let path = format!(
        "{}:{}",
        bench.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    std::process::Command::new("sh")
        .args(["-c", &format!("set -e\n{lines}")])
        .current_dir(bench.path("."))
        .env("PATH", path)
        .env_remove("HALLIGAN_CONFIG")
        .output()
        .unwrap()
}

#[test]
fn the_lines_for_ci_touch_the_key_and_give_the_status_of_the_tests() {
    let ran = run_the_lines_for_ci(&Bench::new(), "exec halligan key identify --device \"$2\"");
    assert!(ran.status.success(), "{ran:?}");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        said.contains("\"touch-awaited\"") || said.contains("\"event\":null"),
        "{said}"
    );
    let failing = "halligan key identify --device \"$2\"; exit 9";
    let ran = run_the_lines_for_ci(&Bench::new(), failing);
    assert_eq!(ran.status.code(), Some(9), "{ran:?}");
}

#[test]
fn the_lines_for_ci_fail_where_the_key_is_never_asked() {
    let ran = run_the_lines_for_ci(&Bench::new(), "exit 0");
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
}
