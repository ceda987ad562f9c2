//! The operator's Ctrl-C, once and twice, and a process that is killed.

use halligan::emulator::Profile;
use halligan::emulator::touch::{Auto, Never};

use super::{bench_and_key, newest, nothing_is_left, open_ceremonies};
use crate::bench::{Bench, Finger};

#[test]
fn ctrl_c_at_the_touch_leaves_nothing() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(Never);
    let waiting = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("Touch the key now");
    waiting
        .interrupt()
        .finish()
        .exits(7)
        .says("interrupted by the operator");
    let failed = newest(&bench, "ceremony.failed");
    assert_eq!(failed["body"]["code"], "cancelled");
    assert_eq!(failed["body"]["reached"], "pin_set");
    key.touched_by(Auto);
    nothing_is_left(&bench, &key);
    // The key keeps the PIN that it was given, and serves.
    bench.enroll(&key, "BG1-A").run().exits(0);
}

#[test]
fn ctrl_c_at_the_touch_in_json_is_one_document() {
    let (bench, key) = bench_and_key();
    key.touched_by(Never);
    let waiting = bench
        .enroll(&key, "BG1-A")
        .with(["--json", "--events"])
        .start();
    let stopped = waiting.until("touch_needed").interrupt().finish().exits(7);
    stopped.fails_with("cancelled");
    assert_eq!(
        newest(&bench, "ceremony.failed")["body"]["reached"],
        "intended"
    );
}

#[test]
fn ctrl_c_at_the_proof_says_that_a_registered_key_remains() {
    let (bench, key) = bench_and_key();
    let finger = Finger::default();
    bench.tenant_fault("getMethod=slow,seconds=1");
    finger.touch();
    key.touched_by(finger.clone());
    let waiting = bench.enroll(&key, "BG1-A").with(["--events"]).start();
    let waiting = waiting.until("\"step\":\"read_back\",\"state\":\"begun\"");
    finger.lift();
    let waiting = waiting.until("\"step\":\"prove_key\",\"state\":\"begun\"");
    let stopped = waiting.interrupt().finish().exits(7);
    assert!(
        stopped.stderr.contains("registered as method"),
        "{}",
        stopped.shown()
    );
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    assert_eq!(
        newest(&bench, "ceremony.failed")["body"]["reached"],
        "registered"
    );
    open_ceremonies(&bench, 1);
}

#[test]
fn ctrl_c_ends_the_wait_for_a_slow_answer() {
    for fault in ["creationOptions=slow,seconds=45", "token=slow,seconds=45"] {
        let (bench, key) = bench_and_key();
        bench.tenant_fault(fault);
        let waiting = bench.enroll(&key, "BG1-A").start();
        bench.until_tenant_faults_are_met();
        let stopped = waiting.interrupt().finish().exits(7);
        stopped.says("interrupted by the operator");
        assert_eq!(bench.ledger(), Vec::<String>::new());
    }
}

#[test]
fn ctrl_c_while_the_tenant_registers_waits_for_the_outcome() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=slow,seconds=1");
    let waiting = bench.enroll(&key, "BG1-A").start();
    bench.until_tenant_faults_are_met();
    let stopped = waiting.interrupt().finish().exits(7);
    stopped.says("registered as method");
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    open_ceremonies(&bench, 1);
}

#[test]
fn ctrl_c_ends_the_wait_for_a_busy_tenant() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("creationOptions=429,retry-after=60,times=always");
    let waiting = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("asking again in 60 s");
    waiting.interrupt().finish().exits(7);
    assert!(!bench.ledger().contains(&"enroll.intended".to_owned()));
}

#[test]
fn ctrl_c_ends_the_wait_for_a_busy_tenant_after_the_credential_was_made() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=429,retry-after=60,times=always");
    let waiting = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("asking again in 60 s");
    waiting
        .interrupt()
        .finish()
        .exits(7)
        .says("interrupted by the operator");
    nothing_is_left(&bench, &key);
}

#[test]
fn a_second_ctrl_c_leaves_at_once_and_the_ledger_is_whole() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=slow,seconds=30");
    let waiting = bench.enroll(&key, "BG1-A").start();
    bench.until_tenant_faults_are_met();
    let waiting = waiting.interrupt().until("interrupt once more");
    waiting.interrupt().finish().exits(7);
    assert_eq!(bench.ledger().last().unwrap(), "enroll.credential_created");
    open_ceremonies(&bench, 1);
}

#[test]
fn a_ceremony_that_was_killed_shows_how_far_it_came() {
    let (bench, key) = bench_and_key();
    key.touched_by(Never);
    drop(
        bench
            .enroll(&key, "BG1-A")
            .start()
            .until("Touch the key now"),
    );
    assert_eq!(bench.ledger(), ["station.joined", "enroll.intended"]);
    open_ceremonies(&bench, 1);
    key.replug();
    key.touched_by(Auto);
    bench.enroll(&key, "BG1-B").run().exits(0);
}
