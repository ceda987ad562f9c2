//! Retirements and changes of settings that stopped in the middle, brought to an end.

use halligan::emulator::Profile;
use halligan::emulator::touch::Never;

use crate::bench::{Bench, Key, PIN};

use super::{enrolled, open_ceremonies, resume, settings_stopped, with_key};

/// A retirement that the tenant did not answer, before or after it deleted the method.
fn unanswered(fault: &str) -> (Bench, Vec<Key>) {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.tenant_fault(fault);
    let retire = ["retire", "--key", "BG1-A", "--reason", "lost"];
    bench.halligan(retire).run().exits(7).says("is not known");
    bench.clear_tenant_faults();
    open_ceremonies(&bench, 1);
    (bench, keys)
}

#[test]
fn a_retirement_is_finished_or_taken_back_while_the_method_is_there() {
    let (bench, _keys) = unanswered("deleteMethod=500,times=always");
    let shown = bench.halligan(["resume", "--key-gone"]).run().exits(0);
    shown.prints("the directory has method");
    let undo = ["resume", "BG1-A", "--undo", "--key-gone"];
    bench.halligan(undo).run().exits(0);
    assert_eq!(
        (bench.registered(), bench.ledger().last().unwrap().as_str()),
        (3, "ceremony.undone")
    );
    let (bench, _keys) = unanswered("deleteMethod=500,times=always");
    let finish = ["resume", "BG1-A", "--key-gone"];
    bench.halligan(finish).run().exits(0);
    assert_eq!(
        (bench.registered(), bench.ledger().last().unwrap().as_str()),
        (2, "key.retired")
    );
    open_ceremonies(&bench, 0);
}

#[test]
fn an_interrupted_resume_says_what_remains() {
    let (bench, _keys) = unanswered("deleteMethod=500,times=always");
    // Looked for twice before it is deleted, and then not answered.
    bench.tenant_fault("listMethods=429,retry-after=30,times=always,skip=2");
    let finish = bench.halligan(["resume", "BG1-A", "--key-gone", "--json", "--events"]);
    let (waiting, _) = finish.start().until_event("waiting");
    let stopped = waiting.interrupt().finish().exits(7).fails_with("stopped");
    let remains = stopped.document()["error"]["remains"].clone();
    assert!(
        remains.as_str().unwrap().contains("is not known"),
        "{remains}"
    );
    open_ceremonies(&bench, 1);

    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.fault("unplug-on=makeCredential");
    let enroll = bench.enroll_over(key.connection(), "BG1-A");
    enroll.run().exits(7);
    key.replug();
    key.touched_by(Never);
    let finish = resume(&bench, &key, &["--json", "--events"]).pin(PIN);
    let (waiting, _) = finish.start().until_event("touch_needed");
    let stopped = waiting.interrupt().finish().exits(7).fails_with("stopped");
    let error = &stopped.document()["error"];
    let expected =
        "enroll of BG1-A is open: the key has its PIN, and what comes next may have begun";
    assert_eq!(error["remains"], expected);
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("halligan resume"), "{hint}");
    open_ceremonies(&bench, 1);
}

#[test]
fn a_retirement_whose_method_is_gone_is_finished_only() {
    let (bench, _keys) = unanswered("deleteMethod=500,after-commit,times=always");
    let undo = bench.halligan(["resume", "BG1-A", "--undo", "--key-gone", "--json"]);
    undo.run().exits(7).fails_with("not_undoable");
    bench
        .halligan(["resume", "BG1-A", "--key-gone"])
        .run()
        .exits(0);
    assert_eq!(
        (bench.registered(), bench.ledger().last().unwrap().as_str()),
        (2, "key.retired")
    );
    open_ceremonies(&bench, 0);
}

/// A retirement during which the key was pulled out before it forgot its credential.
fn pulled_out() -> (Bench, Vec<Key>) {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    keys[0].fault("unplug-on=credentialManagement");
    let retire = [
        "retire",
        "--key",
        "BG1-A",
        "--reason",
        "rotated",
        "--delete-credential",
    ];
    let retire = bench
        .halligan(retire)
        .with(["--device", keys[0].connection()]);
    retire.pin(PIN).run().exits(7);
    keys[0].replug();
    open_ceremonies(&bench, 1);
    (bench, keys)
}

#[test]
fn the_credential_is_deleted_when_the_key_is_back() {
    let (bench, keys) = pulled_out();
    let wrong = resume(&bench, &keys[1], &["--json"]).pin(PIN).run();
    wrong.exits(3).fails_with("wrong_key");
    resume(&bench, &keys[0], &[]).pin(PIN).run().exits(0);
    assert_eq!(keys[0].credentials(), Vec::<Vec<u8>>::new());
    assert!(
        bench
            .ledger()
            .contains(&"retire.credential_deleted".to_owned())
    );
    open_ceremonies(&bench, 0);
}

#[test]
fn a_key_that_never_comes_back_is_retired_with_its_credential() {
    let (bench, keys) = pulled_out();
    let gone = ["resume", "BG1-A", "--key-gone"];
    bench.halligan(gone).run().exits(2).says("was not typed");
    bench
        .halligan(gone)
        .with(["--confirm", "BG1-A"])
        .run()
        .exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "key.retired");
    assert_eq!(keys[0].credentials().len(), 1);
    open_ceremonies(&bench, 0);
}

#[test]
fn settings_are_finished_or_taken_back() {
    for (fault, undone) in [("unplug-on=config", true), ("unplug=answer@config", false)] {
        let (bench, keys, _) = settings_stopped(fault);
        let undo = resume(&bench, &keys[0], &["--undo"]).run();
        assert_eq!(undo.succeeded(), undone, "{}", undo.shown());
        if undone {
            assert_eq!(bench.ledger().last().unwrap(), "ceremony.undone");
            continue;
        }
        resume(&bench, &keys[0], &["--finish"]).run().exits(0);
        assert_eq!(bench.ledger().last().unwrap(), "config.applied");
        let shown = with_key(&bench, &keys[0], &["key", "config", "show", "--json"]);
        assert_eq!(shown.run().exits(0).document()["settings"][0]["value"], 8);
        open_ceremonies(&bench, 0);
    }
}

#[test]
fn rp_ids_that_came_with_the_demand_for_a_new_pin_are_not_sent_again() {
    let (bench, keys) = enrolled(&["BG1-A"]);
    let set = |device: &str| {
        let set = bench.halligan(["key", "config", "set", "--key", "BG1-A", "--yes"]);
        let rp_id = ["--min-pin-length-rp-id", "login.microsoft.com"];
        let set = set.with(rp_id).with(["--force-pin-change"]);
        set.with(["--device", device]).pin(PIN)
    };
    keys[0].fault("unplug=answer@config");
    let pulled = set(keys[0].connection()).run();
    pulled.exits(7).says("is not known");
    keys[0].replug();
    // A key that demands a new PIN takes none for settings, so nothing may be left to send.
    resume(&bench, &keys[0], &["--finish"]).run().exits(0);
    assert_eq!(bench.ledger().last().unwrap(), "config.applied");
    open_ceremonies(&bench, 0);
    let before = bench.ledger();
    let refused = set(keys[0].address()).json().run().exits(2);
    refused
        .prints("its PIN be changed first")
        .fails_with("setting_impossible");
    assert_eq!((bench.ledger(), keys[0].tries()), (before, 8));
}
