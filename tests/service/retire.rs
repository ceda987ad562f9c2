//! `halligan retire`, from outside.

use crate::bench::{Bench, Command, PIN, Snapshot, WRONG_PIN};

use super::{enrolled, open_ceremonies, since, with_key};

/// What a retirement without the key leaves in the ledger.
const WITHOUT_KEY: [&str; 3] = ["retire.intended", "retire.method_removed", "key.retired"];

fn retire(bench: &Bench, label: &str, reason: &str) -> Command {
    bench.halligan(["retire", "--key", label, "--reason", reason])
}

#[test]
fn a_lost_key_is_retired_without_it() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let before = bench.ledger().len();
    let retired = retire(&bench, "BG1-A", "lost").json().run().exits(0);
    let retired = retired.document();
    assert_eq!(retired["schema"], "halligan.retire/1");
    assert_eq!(retired["working_keys_left"], 2);
    assert_eq!(retired["forced"], false);
    assert_eq!(since(&bench, before), WITHOUT_KEY);
    assert_eq!(bench.registered(), 2);
    // The credential is wherever the key is.
    assert_eq!(keys[0].credentials().len(), 1);
    let again = retire(&bench, "BG1-A", "lost").json().run().exits(2);
    again.fails_with("out_of_service");
    open_ceremonies(&bench, 0);
}

#[test]
fn the_credential_is_deleted_from_the_key_in_hand() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let before = bench.ledger().len();
    let words = ["retire", "--key", "BG1-A", "--reason", "rotated"];
    let delete = with_key(&bench, &keys[0], &words).with(["--delete-credential"]);
    delete.pin(PIN).run().exits(0).prints("Retired BG1-A");
    assert_eq!(keys[0].credentials(), Vec::<Vec<u8>>::new());
    let kinds = since(&bench, before);
    assert_eq!(
        kinds,
        [
            "retire.intended",
            "retire.method_removed",
            "retire.credential_deleted",
            "key.retired"
        ]
    );
    open_ceremonies(&bench, 0);
}

#[test]
fn the_wrong_key_or_pin_changes_nothing() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let before = bench.ledger();
    let words = ["retire", "--key", "BG1-A", "--reason", "rotated"];
    let delete = |key: usize| {
        let command = with_key(&bench, &keys[key], &words).with(["--delete-credential", "--json"]);
        command.pin(PIN)
    };
    delete(1).run().exits(3).fails_with("wrong_key");
    assert_eq!(keys[1].tries(), 8);
    delete(0)
        .pin(WRONG_PIN)
        .run()
        .exits(4)
        .fails_with("pin_wrong");
    assert_eq!((bench.ledger(), bench.registered()), (before, 3));
}

#[test]
fn below_two_working_keys_the_accounts_name_is_typed() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B"]);
    let before = bench.ledger();
    let refused = retire(&bench, "BG1-A", "damaged").json().run().exits(2);
    refused.fails_with("declined");
    let wrong = retire(&bench, "BG1-A", "damaged").with(["--confirm", "yes"]);
    wrong.run().exits(2).says("was not typed");
    assert_eq!((bench.ledger(), bench.registered()), (before, 2));
    let account = bench.account(0);
    let forced = retire(&bench, "BG1-A", "damaged").with(["--confirm", &account]);
    let forced = forced.json().run().exits(0).document();
    assert_eq!((&forced["forced"], bench.registered()), (&true.into(), 1));
    let entries = bench.entries();
    let intent = entries
        .iter()
        .find(|entry| entry["kind"] == "retire.intended");
    let intent = &intent.unwrap()["body"];
    assert_eq!(
        (&intent["forced"], &intent["keys_left"]),
        (&true.into(), &1.into())
    );
}

#[test]
fn only_keys_that_work_are_counted() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    // Registered and in service, but whoever checked it found it empty.
    keys[2].reset();
    bench.check(&keys[2], "BG1-C").run().exits(1);
    let plan = retire(&bench, "BG1-A", "lost").with(["--dry-run", "--json"]);
    let plan = plan.run().exits(0).document();
    assert_eq!(
        (&plan["working_keys_left"], &plan["forced"]),
        (&1.into(), &true.into())
    );
    retire(&bench, "BG1-A", "lost").run().exits(2);
    // In the ledger, but no longer in the directory.
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.change_tenant(|state| drop(state.fido2_methods.pop()));
    retire(&bench, "BG1-A", "lost")
        .run()
        .exits(2)
        .says("not registered");
}

#[test]
fn a_dry_run_changes_nothing() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let before = (Snapshot::of(&bench.path("ledger")), bench.registered());
    let plan = retire(&bench, "BG1-A", "lost").with(["--dry-run"]).run();
    plan.exits(0).prints("nothing was changed").prints("BG1-B");
    assert_eq!(
        (Snapshot::of(&bench.path("ledger")), bench.registered()),
        before
    );
}

#[test]
fn a_method_that_is_gone_already_is_no_obstacle() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.change_tenant(|state| drop(state.fido2_methods.remove(0)));
    let before = bench.ledger().len();
    retire(&bench, "BG1-A", "lost")
        .run()
        .exits(0)
        .says("does not have its method");
    assert_eq!(since(&bench, before), WITHOUT_KEY);
    assert_eq!(bench.registered(), 2);
}

#[test]
fn a_method_of_another_model_is_not_touched() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.change_tenant(|state| {
        state.fido2_methods[0].aaguid = halligan::webauthn::Aaguid::new([7; 16])
    });
    let refused = retire(&bench, "BG1-A", "lost").json().run().exits(5);
    refused.fails_with("directory_mismatch");
    assert_eq!(bench.registered(), 3);
    open_ceremonies(&bench, 0);
}

#[test]
fn a_tenant_that_refuses_leaves_the_key_in_service() {
    for (fault, code) in [
        ("deleteMethod=403", "tenant_forbidden"),
        (
            "deleteMethod=429,retry-after=3600,times=always",
            "tenant_busy",
        ),
    ] {
        let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
        bench.tenant_fault(fault);
        let refused = retire(&bench, "BG1-A", "lost").json().run().exits(5);
        refused.fails_with(code);
        assert_eq!(
            (bench.registered(), bench.ledger().last().unwrap().as_str()),
            (3, "ceremony.undone")
        );
        open_ceremonies(&bench, 0);
        bench.clear_tenant_faults();
        retire(&bench, "BG1-A", "lost").run().exits(0);
    }
}

#[test]
fn a_deletion_whose_answer_is_lost_is_found_done() {
    for fault in [
        "deleteMethod=503,after-commit",
        "deleteMethod=drop,after-commit",
    ] {
        let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
        bench.tenant_fault(fault);
        retire(&bench, "BG1-A", "lost").run().exits(0);
        assert_eq!(bench.registered(), 2);
        open_ceremonies(&bench, 0);
    }
}

#[test]
fn a_tenant_that_fails_without_end_leaves_an_open_ceremony() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.tenant_fault("deleteMethod=500,times=always");
    let stopped = retire(&bench, "BG1-A", "lost").json().run().exits(7);
    stopped.fails_with("stopped");
    open_ceremonies(&bench, 1);
    let again = retire(&bench, "BG1-A", "lost").json().run().exits(7);
    again.fails_with("ceremony_open");
    // Where it lies can be said all the same.
    let handover = [
        "handover",
        "--key",
        "BG1-A",
        "--location",
        "x",
        "--custodian",
        "y",
    ];
    bench.halligan(handover).run().exits(0);
}

#[test]
fn no_room_for_the_intent_leaves_the_method() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    let full = retire(&bench, "BG1-A", "lost").after("trap '' XFSZ; ulimit -f 0");
    full.json().run().exits(6).fails_with("ledger_full_disk");
    assert_eq!(bench.registered(), 3);
    open_ceremonies(&bench, 0);
}

#[test]
fn ctrl_c_while_the_tenant_deletes_waits_for_the_outcome() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.tenant_fault("deleteMethod=slow,seconds=1");
    let running = retire(&bench, "BG1-A", "lost").start();
    bench.until_tenant_faults_are_met();
    running
        .interrupt()
        .finish()
        .exits(7)
        .says("stopped in the middle");
    assert_eq!(bench.registered(), 2);
    open_ceremonies(&bench, 1);
}

#[test]
fn a_key_pulled_out_before_its_credential_is_deleted_leaves_an_open_ceremony() {
    let (bench, keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    keys[0].fault("unplug-on=credentialManagement");
    let words = ["retire", "--key", "BG1-A", "--reason", "rotated"];
    let delete =
        bench
            .halligan(words)
            .with(["--device", keys[0].connection(), "--delete-credential"]);
    delete
        .pin(PIN)
        .run()
        .exits(7)
        .says("may still be on the key");
    assert_eq!(bench.registered(), 2);
    open_ceremonies(&bench, 1);
}

#[test]
fn two_that_retire_at_once_leave_two_working_keys() {
    let (bench, _keys) = enrolled(&["BG1-A", "BG1-B", "BG1-C"]);
    bench.tenant_fault("deleteMethod=slow,seconds=1,times=2");
    let first = retire(&bench, "BG1-A", "lost").start();
    let second = retire(&bench, "BG1-B", "lost").start();
    let ended = [first.finish(), second.finish()];
    assert!(ended.iter().filter(|ended| ended.succeeded()).count() <= 1);
    assert!(bench.registered() >= 2);
    open_ceremonies(&bench, 0);
}
