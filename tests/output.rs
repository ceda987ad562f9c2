//! What programs read: exactly one JSON document on standard output, also on failure; one JSON object a line as events.

use std::collections::BTreeSet;

use halligan::emulator::Profile;
use halligan::emulator::touch::{After, Never};
use serde_json::Value;

use crate::bench::{Bench, Command, Key, PIN, WRONG_PIN};

/// The command's one document has the schema of the command.
#[track_caller]
fn is_of(command: Command, status: i32, name: &str) -> Value {
    let document = command.json().run().exits(status).document();
    assert_eq!(document["schema"], format!("halligan.{name}/1"));
    assert_eq!(document["ok"], status == 0, "{document}");
    if status > 1 {
        let error = &document["error"];
        for member in ["code", "message"] {
            assert!(!error[member].as_str().unwrap().is_empty(), "{document}");
        }
        assert_eq!(error["exit_status"], status);
        assert!(
            error["cause"].is_array() && error.get("hint").is_some(),
            "{document}"
        );
    }
    document
}

#[test]
fn every_command_prints_one_document_when_it_succeeds() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let on_key = |words: &str| {
        let command = bench.halligan(["key"]).with(words.split(' '));
        command.with(["--device", key.address()])
    };
    is_of(bench.halligan(["demo", "--directory", "stage"]), 0, "demo");
    is_of(bench.enroll(&key, "BG1-A").with(["--dry-run"]), 0, "enroll");
    is_of(bench.enroll(&key, "BG1-A"), 0, "enroll");
    is_of(bench.check(&key, "BG1-A"), 0, "check");
    is_of(bench.halligan(["key", "list"]), 0, "key.list");
    is_of(on_key("info"), 0, "key.info");
    is_of(on_key("identify"), 0, "key.identify");
    is_of(on_key("pin retries"), 0, "key.pin.retries");
    let changed = on_key("pin change").pin(&format!("{PIN}\n{PIN}"));
    is_of(changed, 0, "key.pin.change");
    let listed = is_of(
        on_key("credentials list").pin(PIN),
        0,
        "key.credentials.list",
    );
    let id = listed["credentials"][0]["credential_id"].as_str().unwrap();
    let delete = on_key("credentials delete --yes")
        .with(["--id", id])
        .pin(PIN);
    is_of(delete, 0, "key.credentials.delete");
    for words in ["list", "show bio", "check mine.toml"] {
        std::fs::write(bench.path("mine.toml"), "base = \"bio\"").unwrap();
        let profile = bench.halligan(["emulator", "profile"]);
        let name = words.split(' ').next().unwrap();
        let name = format!("emulator.profile.{name}");
        is_of(profile.with(words.split(' ')), 0, &name);
    }
    is_of(bench.halligan(["ledger", "show"]), 0, "ledger.show");
    is_of(bench.halligan(["ledger", "verify"]), 0, "ledger.verify");
    let fresh = bench.key(Profile::default());
    let set = ["key", "pin", "set", "--device", fresh.address()];
    is_of(bench.halligan(set).pin(PIN), 0, "key.pin.set");
}

#[test]
fn every_command_prints_one_document_when_it_fails() {
    let bench = Bench::new();
    let nobody = |words: &str| {
        bench
            .halligan(words.split(' '))
            .with(["--device", "unix:nobody"])
    };
    let bg1 = bench.account(0);
    is_of(bench.halligan(["demo", "--directory", "."]), 2, "demo");
    is_of(
        nobody("enroll --label A")
            .with(["--account", &bg1])
            .pin(PIN),
        3,
        "enroll",
    );
    is_of(nobody("check"), 3, "check");
    is_of(nobody("key info"), 3, "key.info");
    is_of(nobody("key identify"), 3, "key.identify");
    is_of(nobody("key pin set").pin(PIN), 3, "key.pin.set");
    is_of(nobody("key pin change").pin(PIN), 3, "key.pin.change");
    is_of(nobody("key pin retries"), 3, "key.pin.retries");
    is_of(
        nobody("key credentials list").pin(PIN),
        3,
        "key.credentials.list",
    );
    is_of(
        nobody("key credentials delete --yes --id 00").pin(PIN),
        3,
        "key.credentials.delete",
    );
    is_of(
        bench.halligan(["ledger", "show", "--ledger", "nowhere"]),
        6,
        "ledger.show",
    );
    is_of(
        bench.halligan(["ledger", "verify", "--ledger", "nowhere"]),
        6,
        "ledger.verify",
    );
    for name in ["due", "status"] {
        is_of(bench.halligan([name, "--ledger", "nowhere"]), 6, name);
    }
    is_of(
        bench.halligan(["emulator", "control", "unix:nobody", "state"]),
        3,
        "emulator.control",
    );
    for name in ["show", "check"] {
        let profile = bench.halligan(["emulator", "profile", name, "./nowhere.toml"]);
        is_of(profile, 2, &format!("emulator.profile.{name}"));
    }
    let public = ["--listen", "udp:0.0.0.0:0"];
    is_of(
        bench
            .halligan(["emulator", "serve", "--state", "k"])
            .with(public),
        2,
        "emulator.serve",
    );
    let public = ["--listen", "0.0.0.0:0"];
    is_of(
        bench
            .halligan(["simulator", "serve", "--state", "t"])
            .with(public),
        2,
        "simulator.serve",
    );
}

#[test]
fn wrong_usage_is_one_document_that_says_what_is_wrong() {
    let bench = Bench::new();
    for (typed, wrong) in [
        ("", "subcommand"),
        ("enrol", "enrol"),
        ("key", "subcommand"),
        ("enroll --label BG1-A", "--account"),
        ("enroll --account x --label y --device serial:1", "serial:1"),
        ("check --no-such-option", "--no-such-option"),
        ("key info --pin 1234", "--pin"),
        ("simulator serve --state t --fault nonsense", "nonsense"),
        ("emulator serve --state k --profile yubikey", "yubikey"),
    ] {
        let words = typed.split(' ').filter(|word| !word.is_empty());
        let refused = bench.halligan(words).json().run().exits(2).document();
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(wrong),
            "{typed:?}: {message:?} does not say {wrong:?}"
        );
        assert_eq!(refused["ok"], false);
    }
}

/// The kinds of events.
fn kinds(events: &[Value]) -> BTreeSet<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

/// A key that has to be waited for, so that every event has a reason.
fn slow_key(bench: &Bench) -> Key {
    let key = bench.key(Profile::default());
    key.touched_by(After(std::time::Duration::from_millis(20)));
    key
}

#[test]
fn events_are_one_object_a_line_from_the_first_step_to_the_last() {
    let bench = Bench::new();
    let key = slow_key(&bench);
    let enrolled = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .run()
        .exits(0);
    let events = enrolled.events();
    assert_eq!(
        kinds(&events),
        BTreeSet::from(["pin_needed", "step", "touch_needed"])
    );
    let steps: Vec<(&str, &str)> = events
        .iter()
        .filter(|event| event["event"] == "step")
        .map(|event| {
            (
                event["step"].as_str().unwrap(),
                event["state"].as_str().unwrap(),
            )
        })
        .collect();
    let begun = steps.iter().filter(|(_, state)| *state == "begun");
    for (step, _) in begun.clone() {
        let ends = steps
            .iter()
            .filter(|step_and_state| **step_and_state == (*step, "done"));
        let begins = begun.clone().filter(|(begun, _)| begun == step);
        assert_eq!(
            ends.count(),
            begins.count(),
            "{step} ends as often as it begins: {steps:?}"
        );
    }
    assert_eq!(steps.last(), Some(&("record_outcome", "done")));
    enrolled.document();
}

#[test]
fn what_interrupts_the_steps_is_an_event_too() {
    let bench = Bench::new();
    let key = slow_key(&bench);
    bench.tenant_fault("createMethod=429,retry-after=1");
    bench.tenant_fault("getMethod=404");
    let enrolled = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .run()
        .exits(0);
    let events = enrolled.events();
    let waits = events.iter().filter(|event| event["event"] == "waiting");
    assert_eq!(waits.clone().count(), 2, "{}", enrolled.shown());
    assert!(
        waits.clone().any(|wait| wait["seconds"] == 1.0),
        "{}",
        enrolled.shown()
    );

    bench.cut_the_network();
    let checked = bench
        .check(&key, "BG1-A")
        .with(["--json", "--events"])
        .run();
    assert!(
        kinds(&checked.events()).contains("warning"),
        "{}",
        checked.shown()
    );
}

#[test]
fn a_sign_in_that_needs_the_operator_is_an_event_too() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    for (method, told) in [("device-code", "code"), ("browser", "url")] {
        bench.sign_in_by(method);
        let enroll = bench.enroll(&key, "BG1-A").with(["--json", "--events"]);
        let waiting = enroll.start().until("sign_in");
        let stopped = waiting.interrupt().finish().exits(7);
        let events = stopped.events();
        let sign_in = events
            .iter()
            .find(|event| event["event"] == "sign_in")
            .unwrap();
        assert!(
            sign_in["url"].as_str().unwrap().starts_with("https://"),
            "{sign_in}"
        );
        assert!(sign_in[told].is_string(), "{sign_in}");
    }
}

#[test]
fn an_interrupt_is_an_event_too() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(Never);
    let waiting = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .start();
    let stopped = waiting.until("touch_needed").interrupt().finish().exits(7);
    assert!(
        kinds(&stopped.events()).contains("stopping"),
        "{}",
        stopped.shown()
    );
    stopped.fails_with("cancelled");
}

#[test]
fn a_failure_tells_its_causes_once() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.cut_the_network();
    let failed = bench.enroll(&key, "BG1-A").run().exits(5);
    let lines: Vec<&str> = failed
        .stderr
        .lines()
        .filter(|line| line.contains("because"))
        .collect();
    let distinct: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(distinct.len(), lines.len(), "{}", failed.shown());
}

#[test]
fn quiet_says_nothing_but_results_prompts_and_errors() {
    let bench = Bench::new();
    let key = slow_key(&bench);
    let enrolled = bench.enroll(&key, "BG1-A").with(["--quiet"]).run().exits(0);
    assert_eq!(enrolled.stderr, "Touch the key now\nTouch the key now\n");
    let wrong = bench
        .check(&key, "BG1-A")
        .with(["--quiet", "--full"])
        .pin(WRONG_PIN)
        .run();
    assert!(wrong.exits(4).stderr.starts_with("error: "));
}

#[test]
fn colour_is_for_terminals_and_on_demand() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let escape = "\u{1b}[";
    bench
        .enroll(&key, "BG1-A")
        .run()
        .exits(0)
        .says_nothing_of(escape);
    let check = || bench.check(&key, "BG1-A");
    check()
        .with(["--color", "always"])
        .run()
        .exits(0)
        .says(escape);
    check()
        .with(["--color", "never", "-vv"])
        .run()
        .exits(0)
        .says_nothing_of(escape);
    let json = check().with(["--color", "always", "--json"]).run().exits(0);
    assert!(!json.stdout.contains(escape));
}

#[test]
fn what_is_meant_for_a_shell_is_a_document_too() {
    let bench = Bench::new();
    for (command, member) in [("completions bash", "script"), ("man", "page")] {
        let text = bench.halligan(command.split(' ')).run().exits(0).stdout;
        let json = bench.halligan(command.split(' ')).json().run().exits(0);
        assert_eq!(json.document()["ok"], true);
        assert_eq!(json.document()[member], text, "{command}");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let bench = Bench::new();
    for command in ["key list", "key list --json", "completions bash", "man"] {
        let ended = bench.halligan(command.split(' ')).unread().run().exits(0);
        assert_eq!(ended.stderr, "", "{command}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_said() {
    let bench = Bench::new();
    let full = bench.halligan(["key", "list"]).after("exec >/dev/full");
    full.run().exits(2).says("writing the result");
}
