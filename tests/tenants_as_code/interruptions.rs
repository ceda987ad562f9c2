//! `tenant apply` broken off by hand, beside another one, and without room for its ledger.

use std::time::{Duration, Instant};

use super::kills::{APPLY, ENFORCE, Scene, judge};
use crate::bench::{Bench, Command, Finished, Snapshot, Started};

/// `tenant apply` of the scene, whose request has come to the tenant and is answered some seconds later.
pub(super) fn held(scene: &Scene, bench: &Bench, request: &str, moment: &str) -> Started {
    let before = bench.answers_held();
    bench.tenant_fault(&format!("{request}=slow,seconds={HELD}{moment}"));
    let started = command(scene, bench).start();
    let deadline = Instant::now() + Duration::from_secs(60);
    while bench.answers_held() == before {
        assert!(Instant::now() < deadline, "{request} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
    started
}

/// `tenant apply` of the scene by another station, with the same ledger.
fn elsewhere(scene: &Scene, bench: &Bench) -> Command {
    let text = std::fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let place = "station = \"vault\"\nstation_directory = \"station-vault\"";
    let text = text.replacen("station = \"workbench\"", place, 1);
    std::fs::write(bench.path("vault.toml"), text).unwrap();
    command(scene, bench).with(["--config", "vault.toml"])
}

fn command(scene: &Scene, bench: &Bench) -> Command {
    let command = bench.halligan(["tenant", "apply", "--yes", "--json"]);
    command.with(scene.options.iter().copied())
}

/// How many seconds an answer is held back.
const HELD: u64 = 4;
const PATCH_POLICY: &str = "PATCH /v1.0/identity/conditionalAccess/policies/*";

#[test]
fn ctrl_c_stops_before_the_next_change_and_knows_what_was_made() {
    for (request, moment) in [
        ("POST /v1.0/groups", ",after-commit"),
        (PATCH_POLICY, ""),
        (PATCH_POLICY, ",after-commit"),
    ] {
        let bench = APPLY.bench();
        let started = held(&APPLY, &bench, request, moment);
        let interrupted = started.interrupt().finish();
        interrupted.exits(7).fails_with("cancelled");
        let verified = bench.verified_ledger();
        assert_eq!(verified["open_ceremonies"], serde_json::json!([]));
        assert_eq!(bench.ledger().last().unwrap(), "tenant.changed");
        APPLY.apply(&bench).exits(0);
        judge(&APPLY, &bench);
    }
}

#[test]
fn after_ctrl_c_what_does_not_show_soon_is_left_to_the_next_run() {
    let bench = APPLY.bench();
    let started = held(&APPLY, &bench, "POST /v1.0/groups", ",after-commit");
    bench.tenant_fault("GET /v1.0/groups/*=404,times=always");
    let stopped = started.interrupt().finish();
    let stopped = stopped.exits(7).fails_with("stopped");
    let hint = stopped.document()["error"]["hint"].to_string();
    assert!(hint.contains("the next `halligan tenant apply` clears up"));
    bench.clear_tenant_faults();
    let kinds = bench.ledger();
    assert_eq!(kinds.last().unwrap(), "ceremony.failed", "{kinds:?}");
    APPLY.apply(&bench).exits(0);
    judge(&APPLY, &bench);
}

#[test]
fn a_second_run_of_a_station_is_turned_away_at_once() {
    let bench = APPLY.bench();
    let first = held(&APPLY, &bench, "POST /v1.0/groups", "");
    let open = bench.halligan(["resume", "--json"]).run().exits(0);
    let open = &open.document()["open"][0];
    assert_eq!(
        (&open["can_finish"], &open["can_undo"]),
        (&false.into(), &false.into())
    );
    let second = command(&APPLY, &bench).run();
    let second = second.exits(5).fails_with("tenant_change_under_way");
    assert!(second.stdout.contains("station workbench is at work"));
    first.finish().exits(0);
    judge(&APPLY, &bench);
}

/// Another station cannot know whether the run is alive: for minutes it neither takes its change for given up nor makes it anew.
#[test]
fn what_another_station_was_killed_at_is_waited_for_longer() {
    let bench = APPLY.bench();
    held(&APPLY, &bench, "POST /v1.0/groups", "").kill();
    bench.clear_tenant_faults();
    let waiting = elsewhere(&APPLY, &bench).with(["--events"]).start();
    let (waiting, event) = waiting.until_event("waiting");
    let seconds = event["seconds"].as_f64().unwrap();
    assert!((240.0..=300.0).contains(&seconds), "{event}");
    waiting.interrupt().finish().exits(7);
    assert_eq!(bench.in_tenant(|state| state.groups.iter().count()), 1);

    let own = command(&APPLY, &bench).with(["--events"]).start();
    let (own, event) = own.until_event("waiting");
    assert!(event["seconds"].as_f64().unwrap() <= 60.0, "{event}");
    own.interrupt().finish().exits(7);
}

#[test]
fn ctrl_c_before_the_first_change_changes_nothing() {
    let bench = APPLY.bench();
    let before = Snapshot::of(&bench.path("ledger"));
    let started = held(&APPLY, &bench, "GET /v1.0/users/*", "");
    started.interrupt().finish().exits(7);
    assert_eq!(Snapshot::of(&bench.path("ledger")), before);
}

#[test]
fn two_at_the_same_time_make_everything_once() {
    for scene in [&APPLY, &ENFORCE] {
        let bench = scene.bench();
        let both = [command(scene, &bench), elsewhere(scene, &bench)].map(Command::start);
        both.map(Started::finish).into_iter().for_each(made_way);
        scene.apply(&bench).exits(0);
        judge(scene, &bench);
    }
}

#[test]
fn two_that_begin_with_the_same_change_make_it_once() {
    let bench = APPLY.bench();
    // With the accounts there, the group is the first change, and nothing but the tool keeps its name from being there twice.
    bench.seed(
        "users = [{ userPrincipalName = \"ea-1\", passwordPolicies = \"DisablePasswordExpiration\" },\
                  { userPrincipalName = \"bg1\", passwordPolicies = \"DisablePasswordExpiration\" }]",
    );
    bench.tenant_fault("POST /v1.0/groups=slow,seconds=4,times=2");
    let both = [command(&APPLY, &bench), elsewhere(&APPLY, &bench)].map(Command::start);
    both.map(Started::finish).into_iter().for_each(made_way);
    APPLY.apply(&bench).exits(0);
    judge(&APPLY, &bench);
}

#[test]
fn one_that_begins_while_another_waits_for_the_tenant_leaves_its_change_alone() {
    for (request, moment) in [
        ("POST /v1.0/groups", ""),
        (PATCH_POLICY, ""),
        (PATCH_POLICY, ",after-commit"),
    ] {
        let bench = APPLY.bench();
        let first = held(&APPLY, &bench, request, moment);
        let second = elsewhere(&APPLY, &bench).run();
        made_way(first.finish());
        made_way(second);
        APPLY.apply(&bench).exits(0);
        judge(&APPLY, &bench);
    }
}

/// Whoever finds that somebody else is at work stops.
fn made_way(one: Finished) {
    let document = one.document();
    let code = document["error"]["code"].as_str().unwrap_or_default();
    let known = ["", "tenant_not_as_planned", "tenant_change_under_way"];
    assert!(known.contains(&code), "{}", one.shown());
}

#[test]
fn without_room_for_the_intent_nothing_is_changed() {
    let bench = APPLY.bench();
    let before = (Snapshot::of(&bench.path("ledger")), tenant(&bench));
    // No file may grow: the system's answer is "file too large" instead of a signal.
    let full = command(&APPLY, &bench)
        .after("trap '' XFSZ; ulimit -f 0")
        .run();
    full.exits(6).fails_with("ledger_full_disk");
    let after = (Snapshot::of(&bench.path("ledger")), tenant(&bench));
    assert_eq!(after, before);
    APPLY.apply(&bench).exits(0);
    judge(&APPLY, &bench);
}

/// All of the tenant but sessions.
fn tenant(bench: &Bench) -> serde_json::Value {
    bench.in_tenant(|state| {
        serde_json::json!([
            state.users.iter().collect::<Vec<_>>(),
            state.groups.iter().collect::<Vec<_>>(),
            state.role_assignments.iter().collect::<Vec<_>>(),
            state.conditional_access,
        ])
    })
}

#[test]
fn a_ledger_that_becomes_unwritable_in_the_middle_stops_the_run_and_is_gone_on_with() {
    for moment in ["", ",after-commit"] {
        let bench = APPLY.bench();
        let entries = bench.path("ledger/entries");
        let started = held(&APPLY, &bench, "POST /v1.0/groups", moment);
        // From now on no entry can be created: a file stands where the directory was.
        std::fs::rename(&entries, bench.path("kept")).unwrap();
        std::fs::write(&entries, "").unwrap();
        let stopped = started.finish().exits(7);
        assert!(
            stopped.stdout.contains("create-group"),
            "{}",
            stopped.shown()
        );
        assert_eq!(
            bench.in_tenant(|state| state.conditional_access.policies.len()),
            4
        );
        std::fs::remove_file(&entries).unwrap();
        std::fs::rename(bench.path("kept"), &entries).unwrap();
        APPLY.apply(&bench).exits(0);
        judge(&APPLY, &bench);
    }
}
