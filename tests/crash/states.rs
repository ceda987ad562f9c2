//! The states that a crash can leave, one by one, as an operator meets them.

use halligan::emulator::Profile;
use halligan::emulator::profile::CredentialManagement;
use serde_json::Value;

use super::case::{Point, judge, stop};
use super::ceremonies::{CREATION, LABEL, REGISTRATION, Stage, enroll};
use crate::bench::{Bench, PIN, Snapshot, Wire};

fn stopped_at(point: &Point) -> Stage {
    let stage = Stage::new();
    assert!(stop(&stage, point, enroll(&stage)), "{point}");
    stage.wire.mend();
    stage.bench.clear_tenant_faults();
    stage
}

/// What `resume` lists.
fn listed(stage: &Stage) -> Value {
    let list = ["resume", "--json", "--device", stage.wire.address()];
    stage.bench.halligan(list).run().exits(0).document()
}

fn has_fact(listed: &Value, fact: &str) -> bool {
    let facts = listed["open"][0]["facts"].as_array().unwrap();
    facts
        .iter()
        .any(|found| found.as_str().unwrap().contains(fact))
}

#[test]
fn a_registration_that_was_taken_and_answered_with_an_error() {
    let stage = Stage::new();
    stage
        .bench
        .tenant_fault("createMethod=500,after-commit,times=1");
    enroll(&stage).run().exits(0);
    assert_eq!(judge(&stage), "enrolled");
}

#[test]
fn a_registration_that_was_taken_and_whose_answer_was_lost() {
    let stage = stopped_at(&Point::TenantAnswer(REGISTRATION));
    let listed = listed(&stage);
    assert_eq!(listed["open"][0]["reached"], "credential_created");
    assert!(has_fact(&listed, "shows it as method"), "{listed}");
    stage.resume().run().exits(0).prints("finished");
    assert_eq!(judge(&stage), "enrolled");
    assert_eq!(stage.bench.registered(), 1);
}

#[test]
fn a_credential_that_the_tool_never_heard_of() {
    let stage = stopped_at(&Point::KeyAnswer(CREATION));
    assert_eq!(stage.key.credentials().len(), 1);
    let undone = stage.resume().with(["--undo", "--json"]).run().exits(0);
    assert_eq!(undone.document()["direction"], "undo");
    assert_eq!(judge(&stage), "undone");
}

#[test]
fn another_key_is_refused_before_pin_and_touch() {
    let stage = stopped_at(&Point::TenantRequest(REGISTRATION));
    let fresh = stage.bench.key(Profile::default());
    let with_pin = stage.bench.key(Profile::default());
    with_pin.set_pin();
    for (other, what) in [
        (&fresh, "without a PIN"),
        (&with_pin, "without its credential"),
    ] {
        let before = Snapshot::of(&other.directory);
        let refused = stage.bench.resume(other, LABEL).run().exits(3);
        refused.says("the key in hand is").says(what);
        assert_eq!(Snapshot::of(&other.directory), before);
    }
    assert_eq!(with_pin.tries(), 8);
    stage.resume().run().exits(0);
    assert_eq!(judge(&stage), "enrolled");
}

#[test]
fn a_key_of_another_model_is_refused() {
    let stage = stopped_at(&Point::KeyRequest(CREATION));
    let other = stage.bench.key(Profile::strict());
    other.set_pin();
    if other.open().info().aaguid != stage.key.open().info().aaguid {
        stage
            .bench
            .resume(&other, LABEL)
            .run()
            .exits(3)
            .says("model");
    }
    stage.resume().with(["--undo"]).run().exits(0);
    assert_eq!(judge(&stage), "undone");
}

/// What the tenant took shows in its directory only after this many seconds.
fn hide_registration(bench: &Bench, seconds: i64) {
    bench.change_tenant(|state| {
        for method in &mut state.fido2_methods {
            let later = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
            method.visible_from = later;
        }
    });
}

#[test]
fn a_directory_that_lags_behind_its_own_write() {
    for end in ["--finish", "--undo"] {
        let stage = stopped_at(&Point::TenantAnswer(REGISTRATION));
        hide_registration(&stage.bench, 2);
        stage.resume().with([end]).run().exits(0);
        let expected = if end == "--undo" {
            "undone"
        } else {
            "enrolled"
        };
        assert_eq!(judge(&stage), expected);
    }
}

#[test]
fn a_challenge_that_has_expired_meanwhile() {
    let stage = Stage::new();
    let lifetime = "creationOptions=challenge-lifetime,seconds=2,times=always";
    stage.bench.tenant_fault(lifetime);
    stage.bench.tenant_fault("createMethod=slow,seconds=3600");
    let created = Point::Entry(3);
    assert!(stop(&stage, &created, enroll(&stage)));
    stage.bench.clear_tenant_faults();
    let before = stage.key.credentials();
    std::thread::sleep(std::time::Duration::from_secs(2));
    stage.resume().run().exits(0).says("made anew");
    assert_eq!(judge(&stage), "enrolled");
    assert_ne!(stage.key.credentials(), before);
}

#[test]
fn another_station_resumes() {
    let stage = stopped_at(&Point::TenantAnswer(REGISTRATION));
    let config = std::fs::read_to_string(stage.bench.path("halligan.toml")).unwrap();
    let other = config.replace(
        "station = \"workbench\"",
        "station = \"other\"\nstation_directory = \"other\"",
    );
    assert_ne!(other, config);
    std::fs::write(stage.bench.path("other.toml"), other).unwrap();
    stage
        .resume()
        .with(["--config", "other.toml"])
        .run()
        .exits(0);
    assert_eq!(judge(&stage), "enrolled");
    let stations = stage.kinds();
    let joined = stations.iter().filter(|kind| *kind == "station.joined");
    assert_eq!(joined.count(), 2);
}

#[test]
fn a_key_that_is_lost_leaves_no_method() {
    let stage = stopped_at(&Point::TenantAnswer(REGISTRATION));
    let gone = ["resume", LABEL, "--key-gone"];
    let finish = stage.bench.halligan(gone).with(["--finish", "--json"]);
    finish.run().exits(7).fails_with("not_finishable");
    stage.bench.halligan(gone).run().exits(0).prints("undone");
    assert_eq!(stage.bench.registered(), 0);
    let verified = stage.bench.verified_ledger();
    assert_eq!(verified["open_ceremonies"].as_array().unwrap().len(), 0);
    let failed = stage.bench.entries();
    let failed = failed
        .iter()
        .rfind(|entry| entry["kind"] == "ceremony.failed");
    let remains = failed.unwrap()["body"]["remains"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(remains.contains("may be on the key"), "{remains}");
}

/// A key that makes credentials and deletes none, but all of them.
fn without_credential_management() -> Stage {
    Stage::with_profile(Profile {
        credential_management: CredentialManagement::Absent,
        ..Profile::default()
    })
}

#[test]
fn of_a_key_that_cannot_delete_its_credential_nothing_is_taken_back() {
    let stage = without_credential_management();
    let registered = Point::TenantAnswer(REGISTRATION);
    assert!(stop(&stage, &registered, enroll(&stage)));
    stage.wire.mend();
    stage.bench.clear_tenant_faults();
    let before = stage.kinds();
    let undo = || stage.resume().with(["--undo", "--json"]);
    for undo in [undo(), undo().with(["--dry-run"])] {
        let refused = undo.run().exits(7);
        refused
            .prints("cannot delete single credentials")
            .fails_with("not_undoable");
    }
    // The method is still there: without it, the credential would be an orphan.
    assert_eq!((stage.bench.registered(), stage.kinds()), (1, before));
    stage.resume().run().exits(0);
    assert_eq!(stage.bench.registered(), 1);
    let check = ["check", "--key", LABEL, "--device", stage.wire.address()];
    stage.bench.halligan(check).run().exits(0);
    assert_eq!(stage.open_ceremonies(), 0);
}

#[test]
fn a_refused_registration_on_a_key_that_cannot_delete_stays_open_and_known() {
    for reset in [false, true] {
        let stage = without_credential_management();
        stage.bench.tenant_fault("createMethod=400,times=always");
        let refused = enroll(&stage).run().exits(7);
        refused.says("is on the key and not registered; removing it failed");
        stage.bench.clear_tenant_faults();
        let listed = listed(&stage);
        assert_eq!(listed["open"][0]["reached"], "credential_created");
        assert!(has_fact(&listed, "it holds credential"), "{listed}");
        if reset {
            stage.key.reset();
            let gone = ["resume", LABEL, "--key-gone"];
            stage.bench.halligan(gone).run().exits(0).prints("undone");
            assert_eq!(judge(&stage), "undone");
        } else {
            stage.resume().run().exits(0);
            assert_eq!(stage.bench.registered(), 1);
            assert_eq!(stage.open_ceremonies(), 0);
        }
    }
}

#[test]
fn a_label_with_an_open_ceremony_takes_no_other() {
    let stage = stopped_at(&Point::TenantAnswer(REGISTRATION));
    let another = stage.bench.key(Profile::default());
    let again = stage.bench.enroll(&another, LABEL).json().run().exits(7);
    again.fails_with("ceremony_open");
    // The same key under another label holds a credential that only the open ceremony explains.
    stage
        .bench
        .change_tenant(|state| state.fido2_methods.clear());
    let same = stage
        .bench
        .enroll(&stage.key, "BG1-B")
        .json()
        .run()
        .exits(7);
    same.fails_with("ceremony_open");
}

#[test]
fn a_dry_run_and_the_list_change_nothing() {
    let stage = stopped_at(&Point::TenantRequest(REGISTRATION));
    let state = || {
        let ledger = Snapshot::of(&stage.bench.path("ledger"));
        (ledger, stage.key.credentials(), stage.bench.registered())
    };
    let before = state();
    listed(&stage);
    for end in ["--finish", "--undo"] {
        let dry = stage
            .resume()
            .with([end, "--dry-run", "--json"])
            .run()
            .exits(0);
        assert_eq!(dry.document()["dry_run"], true);
    }
    assert_eq!(state(), before);
    stage
        .bench
        .halligan(["resume", "BG9-Z"])
        .run()
        .exits(2)
        .says("BG9-Z");
}

#[test]
fn nothing_open_is_said() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let wire = Wire::to(key.address());
    bench
        .enroll_over(wire.address(), LABEL)
        .pin(PIN)
        .run()
        .exits(0);
    let list = bench.halligan(["resume", "--device", wire.address()]);
    list.run().exits(0).prints("No ceremony is open");
}

#[test]
fn a_label_may_be_used_again_once_its_key_is_out_of_service() {
    let bench = Bench::new();
    let (key, next) = (bench.key(Profile::default()), bench.key(Profile::default()));
    bench.enroll(&key, LABEL).run().exits(0);
    let taken = bench.enroll(&next, LABEL).json().run().exits(2);
    taken.fails_with("label_taken");
    let account = bench.account(0);
    let retire = [
        "retire",
        "--key",
        LABEL,
        "--reason",
        "rotated",
        "--confirm",
        &account,
    ];
    bench.halligan(retire).run().exits(0);
    bench.enroll(&next, LABEL).run().exits(0);
    bench.check(&next, LABEL).run().exits(0);
}
