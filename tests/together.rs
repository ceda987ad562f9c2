//! Two processes at once: on one ledger, and on one key.

use halligan::emulator::Profile;

use crate::bench::{Bench, Finger};

#[test]
fn processes_that_start_together_share_their_stations_key() {
    let bench = Bench::new();
    // Each opens the ledger, for which the station needs its key, and then misses the security key.
    let check = || bench.halligan(["check", "--device", "unix:nobody"]).start();
    let running: Vec<_> = (0..8).map(|_| check()).collect();
    for check in running {
        check.finish().exits(3).says("no device");
    }
}

#[test]
fn two_processes_enrol_two_keys_at_once() {
    let bench = Bench::new();
    let keys = [bench.key(Profile::default()), bench.key(Profile::default())];
    let labels = ["BG1-A", "BG1-B"];
    // Both wait at the touch, so that both are in the middle at the same time.
    let fingers = [Finger::default(), Finger::default()];
    let mut running = Vec::new();
    for ((key, label), finger) in keys.iter().zip(labels).zip(&fingers) {
        key.touched_by(finger.clone());
        running.push(bench.enroll(key, label).start());
    }
    let running: Vec<_> = running
        .into_iter()
        .map(|enroll| enroll.until("Touch the key now"))
        .collect();
    fingers.iter().for_each(Finger::touch);
    for enroll in running {
        enroll.finish().exits(0);
    }
    let verified = bench.verified_ledger();
    assert_eq!(verified["open_ceremonies"], serde_json::json!([]));
    let enrolled = bench
        .ledger()
        .iter()
        .filter(|kind| *kind == "key.enrolled")
        .count();
    assert_eq!((enrolled, bench.registered()), (2, 2));
    for (key, label) in keys.iter().zip(labels) {
        bench.check(key, label).run().exits(0);
    }
}

#[test]
fn many_checks_at_once_lose_no_entry() {
    let bench = Bench::new();
    let keys: Vec<_> = (0..4).map(|_| bench.key(Profile::default())).collect();
    let labels = ["A", "B", "C", "D"];
    for (key, label) in keys.iter().zip(labels) {
        bench.enroll(key, label).run().exits(0);
    }
    let before = bench.ledger().len();
    let running: Vec<_> = keys
        .iter()
        .zip(labels)
        .map(|(key, label)| bench.check(key, label).start())
        .collect();
    for check in running {
        check.finish().exits(0);
    }
    assert_eq!(bench.ledger().len(), before + 4);
    bench.verified_ledger();
}

#[test]
fn a_key_that_is_busy_with_another_process_says_so() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    let finger = Finger::default();
    key.touched_by(finger.clone());
    let first = bench
        .enroll(&key, "BG1-A")
        .start()
        .until("Touch the key now");
    let second = bench
        .enroll_for(&bench.account(1), &key, "BG2-A")
        .json()
        .run();
    second.exits(3).fails_with("key_busy");
    finger.touch();
    first.finish().exits(0);
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    bench.verified_ledger();
    // And once the key is free, it serves.
    bench
        .enroll_for(&bench.account(1), &key, "BG2-A")
        .run()
        .exits(0);
}
