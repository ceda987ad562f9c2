//! `halligan enroll --plan`, from outside: many keys from one plan, some of which fail, and then the rest.

use std::time::{Duration, Instant};

use halligan::emulator::Profile;
use halligan::emulator::touch::{Auto, Never};
use halligan::simulator::tenant::{EnforcementType, KeyRestrictions};
use serde_json::Value;

use crate::bench::{Bench, Command, Finished, Key, OneByOne, PIN, Person, WRONG_PIN};

/// A bench and this many keys that have never been used.
fn bench_with(keys: usize) -> (Bench, Vec<Key>) {
    let bench = Bench::new();
    let keys = (0..keys).map(|_| bench.key(Profile::default())).collect();
    (bench, keys)
}

/// A plan for these keys: the first half for the first account.
fn plan(bench: &Bench, keys: &[Key]) -> String {
    let half = keys.len().div_ceil(2);
    let lines = keys.iter().enumerate().map(|(index, key)| {
        let account = index / half;
        let (upn, address) = (bench.account(account), key.address());
        format!(
            "[[key]]\naccount = '{upn}'\nlabel = 'BG{}-{index}'\ndevice = '{address}'\n",
            account + 1
        )
    });
    lines.collect()
}

fn enroll(bench: &Bench, plan: &str) -> Command {
    std::fs::write(bench.path("plan.toml"), plan).unwrap();
    bench
        .halligan(["enroll", "--plan", "plan.toml", "--yes", "--json"])
        .pin(PIN)
}

fn statuses(finished: &Finished) -> Vec<String> {
    let document = finished.document();
    let keys = document["keys"].as_array().unwrap().iter();
    keys.map(|key| key["status"].as_str().unwrap().to_owned())
        .collect()
}

fn message(finished: &Finished, index: usize) -> String {
    finished.document()["keys"][index]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn keys_with_addresses_are_enrolled_side_by_side_and_only_once() {
    let (bench, keys) = bench_with(4);
    let plan = format!(
        "[defaults]\nlocation = 'safe 1'\ncustodians = ['Ann', 'Ben']\n{}",
        plan(&bench, &keys)
    );
    let enrolled = enroll(&bench, &plan)
        .with(["--results", "results.json"])
        .run()
        .exits(0);
    assert_eq!(statuses(&enrolled), ["enrolled"; 4]);
    assert_eq!(bench.registered(), 4);
    bench.verified_ledger();
    let entries = bench.entries();
    let intended = entries
        .iter()
        .filter(|entry| entry["kind"] == "enroll.intended");
    let places: Vec<&Value> = intended
        .map(|entry| &entry["body"]["custody"]["location"])
        .collect();
    assert_eq!(places, ["safe 1"; 4]);
    let results = std::fs::read_to_string(bench.path("results.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&results).unwrap(),
        enrolled.document()
    );
    bench.halligan(["reconcile"]).run().exits(0);
    let before = bench.ledger();
    let again = enroll(&bench, &plan).run().exits(0);
    assert_eq!(statuses(&again), ["already_enrolled"; 4]);
    assert_eq!(bench.ledger(), before);
}

#[test]
fn one_failure_does_not_stop_the_rest_and_a_rerun_continues() {
    let (bench, keys) = bench_with(3);
    keys[1].fault("unplug-on=makeCredential");
    let plan = plan(&bench, &keys);
    let failed = enroll(&bench, &plan)
        .with(["--results", "results.csv", "--workers", "1"])
        .run();
    let first = statuses(&failed);
    assert_eq!(
        (first[0].as_str(), first[2].as_str()),
        ("enrolled", "enrolled")
    );
    assert!(
        ["failed", "open"].contains(&first[1].as_str()),
        "{}",
        failed.shown()
    );
    let csv = std::fs::read_to_string(bench.path("results.csv")).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(!csv.contains(PIN));
    assert_eq!(bench.registered(), 2);
}

#[test]
fn a_key_that_is_not_there_fails_alone() {
    let (bench, keys) = bench_with(2);
    let text = plan(&bench, &keys).replace(keys[0].address(), "unix:/nowhere/at/all");
    let failed = enroll(&bench, &text).run().exits(3);
    assert_eq!(statuses(&failed), ["failed", "enrolled"]);
    let again = enroll(&bench, &plan(&bench, &keys)).run().exits(0);
    assert_eq!(statuses(&again), ["enrolled", "already_enrolled"]);
    bench.verified_ledger();
}

#[test]
fn a_key_of_this_batch_that_is_put_in_again_is_refused() {
    let (bench, keys) = bench_with(1);
    let (first, second) = (bench.account(0), bench.account(1));
    let [udp, tcp, _] = keys[0].addresses();
    let text = format!(
        "[[key]]\naccount = '{first}'\nlabel = 'BG1-A'\ndevice = '{udp}'\n\
         [[key]]\naccount = '{second}'\nlabel = 'BG2-A'\ndevice = '{tcp}'\n"
    );
    let refused = enroll(&bench, &text)
        .with(["--workers", "1"])
        .run()
        .exits(3);
    assert_eq!(statuses(&refused), ["enrolled", "failed"]);
    refused.clone().fails_with("already_enrolled");
    assert!(
        message(&refused, 1).contains("enrolled as BG1-A"),
        "{}",
        refused.shown()
    );
    assert_eq!(bench.registered(), 1);
}

#[test]
fn addresses_of_the_command_line_go_to_keys_without_one() {
    let (bench, keys) = bench_with(2);
    let without: String = plan(&bench, &keys)
        .lines()
        .filter(|line| !line.starts_with("device"))
        .map(|line| format!("{line}\n"))
        .collect();
    let enrolled = enroll(&bench, &without)
        .with(["--device", keys[0].address(), "--device", keys[1].address()])
        .run()
        .exits(0);
    assert_eq!(enrolled.document()["keys"][1]["device"], keys[1].address());
    let again = enroll(&bench, &without).with(["--device", "usb"]).run();
    again.exits(2).fails_with("usage");
    let twice = enroll(&bench, &without)
        .with(["--device", "unix:a", "--device", "unix:a"])
        .run();
    twice.exits(2).fails_with("usage");
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_not_begun() {
    let (bench, keys) = bench_with(2);
    let (good, model) = (plan(&bench, &keys), "2fc0579f-8113-47ea-b116-555a8db9202a");
    bench.change_tenant(|state| {
        state.fido2_policy.key_restrictions = KeyRestrictions {
            is_enforced: true,
            enforcement_type: EnforcementType::Block,
            aa_guids: vec![model.parse().unwrap()],
        };
    });
    for (text, words) in [
        (
            good.replace(&bench.account(1), "nobody@contoso.example"),
            "not in the directory",
        ),
        (
            format!("[defaults]\nmodel = '{model}'\n{good}"),
            "keyRestrictions block",
        ),
    ] {
        let refused = enroll(&bench, &text)
            .with(["--results", "results.json"])
            .run()
            .exits(2);
        refused.clone().fails_with("plan_impossible");
        assert!(message(&refused, 1).contains(words), "{}", refused.shown());
        assert!(!bench.path("ledger").exists() && !bench.path("results.json").exists());
    }
    enroll(&bench, &good.replace("label", "lable"))
        .run()
        .exits(2)
        .fails_with("plan");
}

#[test]
fn a_label_of_another_accounts_key_is_taken() {
    let (bench, keys) = bench_with(1);
    let other = bench.key(Profile::default());
    bench
        .enroll_for(&bench.account(1), &other, "BG1-0")
        .run()
        .exits(0);
    let refused = enroll(&bench, &plan(&bench, &keys)).run().exits(2);
    assert!(
        message(&refused, 0).contains("taken by a key of"),
        "{}",
        refused.shown()
    );
}

#[test]
fn a_key_of_another_model_than_planned_is_left_alone() {
    let (bench, keys) = bench_with(1);
    let model = "2fc0579f-8113-47ea-b116-555a8db9202a";
    let text = format!("[defaults]\nmodel = ['{model}']\n{}", plan(&bench, &keys));
    let refused = enroll(&bench, &text).run().exits(3);
    refused.clone().fails_with("model_refused");
    assert!(keys[0].open().info().options.client_pin == Some(false));
}

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let (bench, keys) = bench_with(2);
    let shown = enroll(&bench, &plan(&bench, &keys))
        .with(["--dry-run"])
        .run()
        .exits(0);
    assert_eq!(statuses(&shown), ["planned", "planned"]);
    assert!(!bench.path("ledger").exists());
    let unasked = bench
        .halligan(["enroll", "--plan", "plan.toml"])
        .pin(PIN)
        .run();
    unasked.exits(2).says("needs --yes");
}

#[test]
fn a_mistyped_pin_costs_one_key_one_try() {
    let (bench, keys) = bench_with(3);
    keys.iter().for_each(Key::set_pin);
    let tries: Vec<u8> = keys.iter().map(Key::tries).collect();
    let failed = enroll(&bench, &plan(&bench, &keys))
        .with(["--workers", "1"])
        .pin(WRONG_PIN)
        .run();
    failed.exits(4).fails_with("pin_wrong");
    let left: u32 = keys.iter().map(|key| u32::from(key.tries())).sum();
    assert_eq!(
        left + 1,
        tries.iter().map(|&tries| u32::from(tries)).sum::<u32>()
    );
}

#[test]
fn an_open_ceremony_is_named_and_the_others_go_on() {
    let (bench, keys) = bench_with(2);
    keys[0].fault("unplug@getAssertion,times:1");
    let stopped = bench
        .in_process()
        .enroll(&keys[0], "BG1-0", &mut Person::new());
    assert!(stopped.is_err());
    keys[0].replug();
    let open = enroll(&bench, &plan(&bench, &keys)).run().exits(7);
    open.clone().fails_with("batch_open");
    assert_eq!(statuses(&open), ["open", "enrolled"]);
}

#[test]
fn prompts_and_events_name_the_key() {
    let (bench, keys) = bench_with(2);
    let finished = enroll(&bench, &plan(&bench, &keys))
        .with(["--events"])
        .run()
        .exits(0);
    for label in ["BG1-0", "BG2-1"] {
        let touched = finished
            .events()
            .iter()
            .any(|event| event["event"] == "touch_needed" && event["label"] == label);
        assert!(touched, "{}", finished.shown());
    }
}

/// Every key of the plan is enrolled exactly once, in the ledger, in the directory and on the keys.
#[track_caller]
fn all_enrolled(bench: &Bench, keys: &[Key]) {
    let verified = bench.verified_ledger();
    assert_eq!(verified["open_ceremonies"], serde_json::json!([]));
    let enrolled = bench.ledger().into_iter();
    let enrolled = enrolled.filter(|kind| kind == "key.enrolled").count();
    assert_eq!((enrolled, bench.registered()), (keys.len(), keys.len()));
    assert!(keys.iter().all(|key| key.credentials().len() == 1));
    bench.halligan(["reconcile"]).run().exits(0);
}

fn results(bench: &Bench) -> Value {
    let results = std::fs::read(bench.path("results.json")).unwrap();
    serde_json::from_slice(&results).unwrap()
}

#[test]
fn an_interrupt_in_the_middle_takes_back_what_is_under_way_and_begins_nothing_more() {
    let (bench, keys) = bench_with(4);
    let plan = plan(&bench, &keys);
    keys[1].touched_by(Never);
    keys[2].touched_by(Never);
    let batch = || enroll(&bench, &plan).with(["--results", "results.json", "--workers", "2"]);
    let waiting = batch().start();
    let waiting = waiting.until("BG1-1: touch this key now");
    let waiting = waiting.until("BG2-2: touch this key now");
    let stopped = waiting.interrupt().finish().exits(7);
    assert_eq!(
        statuses(&stopped),
        ["enrolled", "failed", "failed", "planned"]
    );
    assert_eq!(results(&bench)["keys"], stopped.document()["keys"]);
    stopped.fails_with("cancelled");
    assert_eq!(bench.registered(), 1);
    keys[1].touched_by(Auto);
    keys[2].touched_by(Auto);
    let again = batch().run().exits(0);
    let rest = ["enrolled"; 3];
    assert_eq!(statuses(&again)[0], "already_enrolled");
    assert_eq!(statuses(&again)[1..], rest);
    all_enrolled(&bench, &keys);
}

#[test]
fn an_interrupt_waits_for_registrations_and_leaves_them_open() {
    let (bench, keys) = bench_with(2);
    let plan = plan(&bench, &keys);
    bench.tenant_fault("createMethod=slow,seconds=2,after-commit,times=2");
    let batch = || enroll(&bench, &plan).with(["--results", "results.json"]);
    let waiting = batch().start();
    until(|| bench.answers_held() == 2);
    let stopped = waiting.interrupt().finish().exits(7);
    assert_eq!(statuses(&stopped), ["open", "open"]);
    stopped.fails_with("batch_open");
    assert_eq!(results(&bench)["keys"][1]["status"], "open");
    bench.clear_tenant_faults();
    bench.resume(&keys[0], "BG1-0").run().exits(0);
    let undo = bench.resume(&keys[1], "BG2-1").with(["--undo"]);
    undo.run().exits(0);
    assert_eq!(bench.registered(), 1);
    let again = batch().run().exits(0);
    assert_eq!(statuses(&again), ["already_enrolled", "enrolled"]);
    all_enrolled(&bench, &keys);
}

#[test]
fn a_batch_that_was_killed_is_resumed_key_by_key_and_continued() {
    let (bench, keys) = bench_with(4);
    let plan = plan(&bench, &keys);
    keys[3].touched_by(Never);
    // One key comes through, two are registered without hearing of it, one waits for its touch.
    bench.tenant_fault("createMethod=slow,seconds=3600,after-commit,skip=1,times=2");
    let batch = || enroll(&bench, &plan).with(["--results", "results.json"]);
    let running = batch().start().until("BG2-3: touch this key now");
    let enrolled = |results: &Value| {
        let keys = results["keys"].as_array().unwrap().iter();
        keys.filter(|key| key["status"] == "enrolled").count()
    };
    until(|| bench.answers_held() == 2 && enrolled(&results(&bench)) == 1);
    running.kill();
    bench.clear_tenant_faults();
    for key in &keys {
        key.replug();
        key.touched_by(Auto);
    }
    let refused = batch().run().exits(7);
    assert_eq!(
        statuses(&refused)
            .iter()
            .filter(|status| *status == "open")
            .count(),
        3
    );
    let labels = ["BG1-0", "BG1-1", "BG2-2", "BG2-3"];
    let open = (0..4).filter(|&index| statuses(&refused)[index] == "open");
    for (index, end) in open.zip(["--finish", "--undo", "--undo"]) {
        let resume = bench.resume(&keys[index], labels[index]);
        resume.with([end]).run().exits(0);
    }
    batch().run().exits(0);
    all_enrolled(&bench, &keys);
}

/// Waits until it is so.
#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < deadline, "it never came to that");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The plan without the addresses.
fn without_addresses(plan: &str) -> String {
    let lines = plan.lines().filter(|line| !line.starts_with("device"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Keys were asked for by these labels, and each now holds the one credential that it was to get.
#[track_caller]
fn asked_and_enrolled(went: &OneByOne, labels: [&str; 2], keys: &[Key]) {
    let all = went.ended.iter().all(|(_, result)| result.is_ok());
    assert!(all, "{:?}", went.ended);
    assert_eq!(went.asked_for, labels);
    assert!(keys.iter().all(|key| key.credentials().len() == 1));
}

#[test]
fn keys_without_addresses_are_asked_for_one_by_one() {
    let (bench, keys) = bench_with(2);
    let (first, second) = (&keys[0], &keys[1]);
    let looks = [vec![], vec![first], vec![first], vec![first, second]];
    let plan = without_addresses(&plan(&bench, &keys));
    let went = bench.in_process().one_by_one(&plan, looks.into());
    asked_and_enrolled(&went, ["BG1-0", "BG2-1"], &keys);
    bench.verified_ledger();
}

#[test]
fn a_key_that_is_put_in_again_is_sent_back() {
    let (bench, keys) = bench_with(2);
    let (first, second) = (&keys[0], &keys[1]);
    // Pulled out, and put in again for another account.
    let looks = [vec![first], vec![], vec![first], vec![first], vec![second]];
    let plan = without_addresses(&plan(&bench, &keys));
    let went = bench.in_process().one_by_one(&plan, looks.into());
    asked_and_enrolled(&went, ["BG2-1", "BG2-1"], &keys);
    assert_eq!(bench.registered(), 2);
}
