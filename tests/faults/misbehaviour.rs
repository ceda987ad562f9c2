//! The key answers, and wrongly: busy, noisy, cut short, late, by another credential. What can be borne is borne; of the rest
//! the operator hears, and nothing is left behind that the ledger does not know.

use super::{bench_and_key, newest, nothing_is_left, open_ceremonies};
use crate::bench::{Bench, Finished};

#[test]
fn what_does_no_harm_is_borne() {
    for fault in [
        "busy@times:3",
        "noise",
        // CTAP obliges keys to canonical CBOR, and hosts to nothing; what it says is not in doubt.
        "non-canonical",
        "delay=300ms@makeCredential",
        "slow-touch=300ms",
    ] {
        let (bench, key) = bench_and_key();
        key.fault(fault);
        let enrolled = bench.enroll(&key, "BG1-A").run();
        assert!(enrolled.succeeded(), "{fault}: {}", enrolled.shown());
        open_ceremonies(&bench, 0);
        key.replug();
        assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    }
}

#[test]
fn a_slow_touch_is_asked_for() {
    let (bench, key) = bench_and_key();
    key.fault("slow-touch=300ms@makeCredential");
    let enrolled = bench.enroll(&key, "BG1-A").run().exits(0);
    enrolled.says("Touch the key now");
}

#[test]
fn a_credential_that_the_key_refuses_to_make_leaves_nothing() {
    for (fault, code) in [
        ("busy@makeCredential", "key_busy"),
        ("status=0x7f@makeCredential", "key_refused"),
        ("storage-full", "key_full"),
    ] {
        let (bench, key) = bench_and_key();
        key.fault(fault);
        let refused = bench.enroll(&key, "BG1-A").json().run();
        refused.exits(3).fails_with(code);
        nothing_is_left(&bench, &key);
        bench.enroll(&key, "BG1-A").run().exits(0);
    }
}

#[test]
fn a_blocked_pin_stops_before_anything_is_recorded() {
    let (bench, key) = bench_and_key();
    key.fault("pin-blocked");
    let blocked = bench.enroll(&key, "BG1-A").json().run().exits(4);
    blocked.fails_with("pin_blocked");
    assert_eq!(bench.ledger(), Vec::<String>::new());
    key.replug();
    assert_eq!(key.tries(), 8);
}

#[test]
fn an_answer_that_cannot_be_read_stops_before_anything_is_recorded() {
    for fault in ["truncated@getInfo", "wrong-sequence@getInfo"] {
        let (bench, key) = bench_and_key();
        key.fault(fault);
        let refused = bench.enroll(&key, "BG1-A").json().run();
        refused.exits(3).fails_with("key_misbehaves");
        assert_eq!(bench.ledger(), Vec::<String>::new());
    }
}

#[test]
fn a_credential_that_may_have_been_made_stays_an_open_question() {
    for (fault, said, made) in [
        ("truncated@makeCredential", "malformed CBOR", 1),
        ("wrong-sequence@makeCredential", "do not fit together", 1),
        ("unplug=answer@makeCredential", "the key is gone", 1),
        ("unplug=touch@makeCredential", "the key is gone", 0),
    ] {
        let (bench, key) = bench_and_key();
        key.fault(fault);
        let enroll = bench.enroll_over(key.connection(), "BG1-A");
        let stopped = enroll.run().exits(7).says(said);
        stopped.says("whether the key made a credential is not known");
        assert_eq!(
            newest(&bench, "ceremony.failed")["body"]["reached"],
            "intended"
        );
        open_ceremonies(&bench, 1);
        key.replug();
        assert_eq!((key.credentials().len(), bench.registered()), (made, 0));
    }
}

#[test]
fn a_proof_that_proves_nothing_is_not_recorded() {
    for (fault, said) in [
        (
            "bad-signature@getAssertion",
            "the signature does not verify",
        ),
        ("wrong-key", "the signature does not verify"),
        ("sign-count-back@getAssertion", "the signature counter went"),
    ] {
        let (bench, key) = bench_and_key();
        key.fault(fault);
        let stopped = bench.enroll(&key, "BG1-A").run().exits(7);
        stopped.says(said).says("but not proven");
        assert!(!bench.ledger().contains(&"key.enrolled".to_owned()));
        open_ceremonies(&bench, 1);
    }
}

/// A check of a key that misbehaves after it was enrolled.
fn checked(fault: &str) -> (Bench, Finished) {
    let (bench, key) = bench_and_key();
    bench.enroll(&key, "BG1-A").run().exits(0);
    key.fault(fault);
    let checked = bench.check(&key, "BG1-A").json().run();
    (bench, checked)
}

#[test]
fn a_check_tells_a_key_that_is_not_the_one_from_one_that_does_not_answer() {
    for (fault, status) in [
        ("busy@times:2", 0),
        ("noise", 0),
        ("bad-signature", 1),
        ("wrong-key", 1),
        ("sign-count-back", 1),
        ("status=0x7f@getAssertion", 3),
        ("truncated@getAssertion", 3),
    ] {
        let (bench, checked) = checked(fault);
        checked.exits(status);
        bench.verified_ledger();
    }
}
