//! The tenant is busy, fails before or after its commit, or talks nonsense.

use halligan::ceremony::enroll;
use halligan::{ceremony, graph};

use super::{bench_and_key, newest, nothing_is_left, open_ceremonies};
use crate::bench::Person;

fn enrols_in_spite_of(fault: &str) {
    let (bench, key) = bench_and_key();
    bench.tenant_fault(fault);
    let enrolled = bench.in_process().enroll(&key, "BG1-A", &mut Person::new());
    assert!(enrolled.is_ok(), "{fault}: {enrolled:?}");
    let left = bench.clear_tenant_faults();
    assert_eq!(left, Vec::<String>::new(), "never met");
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    assert_eq!(bench.ledger().last().unwrap(), "key.enrolled");
    open_ceremonies(&bench, 0);
}

#[test]
fn throttling_is_waited_out() {
    for fault in [
        "createMethod=429,retry-after=0,times=3",
        "createMethod=429",
        "listMethods=503",
        "getMethod=504,retry-after=0,times=2",
        "creationOptions=drop",
    ] {
        enrols_in_spite_of(fault);
    }
}

#[test]
fn an_authority_that_is_busy_is_asked_again() {
    enrols_in_spite_of("token=503,retry-after=0");
}

#[test]
fn throttling_is_told_to_the_operator() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=429,retry-after=1");
    bench
        .enroll(&key, "BG1-A")
        .run()
        .exits(0)
        .says("asking again in 1 s");
    bench.verified_ledger();
}

#[test]
fn a_registration_whose_answer_is_lost_is_found_in_the_directory() {
    for fault in [
        "createMethod=500,after-commit",
        "createMethod=503,after-commit",
        "createMethod=drop,after-commit",
    ] {
        enrols_in_spite_of(fault);
    }
}

#[test]
fn the_tool_itself_finds_a_registration_whose_answer_was_lost() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=500,after-commit");
    let enrolled = bench.enroll(&key, "BG1-A").run().exits(0);
    enrolled.says("looking in the directory");
    open_ceremonies(&bench, 0);
}

#[test]
fn an_answer_that_cannot_be_read_is_not_taken_for_a_registration() {
    enrols_in_spite_of("createMethod=junk,bytes=200");
}

#[test]
fn a_registration_that_did_not_arrive_is_sent_again() {
    for fault in [
        "createMethod=500",
        "createMethod=drop",
        "createMethod=500,times=2",
    ] {
        enrols_in_spite_of(fault);
    }
}

#[test]
fn a_registration_that_shows_up_late_is_waited_for() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=hidden,seconds=1");
    let mut person = Person::new();
    let enrolled = bench.in_process().enroll(&key, "BG1-A", &mut person);
    assert!(
        matches!(enrolled, Ok(enroll::Outcome::Enrolled(_))),
        "{enrolled:?}"
    );
    assert!(person.heard("does not show the registration yet"));
    open_ceremonies(&bench, 0);
}

#[test]
fn a_registration_that_failed_for_all_we_know_is_not_forgotten() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=500,times=always");
    let mut person = Person::new();
    let stopped = bench
        .in_process()
        .enroll(&key, "BG1-A", &mut person)
        .unwrap_err();
    let ceremony::Error::Stopped {
        remains, source, ..
    } = &*stopped
    else {
        panic!("{stopped}");
    };
    assert!(matches!(
        **source,
        ceremony::Error::Tenant(graph::Error::OutcomeUnknown { .. })
    ));
    assert!(remains.contains("not known"), "{remains}");
    assert!(person.heard("looking in the directory"));
    // It may yet show up, so the credential stays; and nobody is left in the dark about it.
    assert_eq!((key.credentials().len(), bench.registered()), (1, 0));
    let failed = newest(&bench, "ceremony.failed");
    assert_eq!(failed["body"]["reached"], "credential_created");
    open_ceremonies(&bench, 1);

    bench.clear_tenant_faults();
    bench.resume(&key, "BG1-A").run().exits(0);
    assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
    open_ceremonies(&bench, 0);
}

#[test]
fn an_error_without_end_ends_before_anything_is_spent() {
    for fault in [
        "getUser=500,times=always",
        "creationOptions=500,times=always",
        "token=400,times=always",
    ] {
        let (bench, key) = bench_and_key();
        bench.tenant_fault(fault);
        bench.enroll(&key, "BG1-A").run().exits(5);
        assert_eq!((key.tries(), key.credentials().len()), (8, 0), "{fault}");
        assert!(
            !bench.ledger().contains(&"enroll.intended".to_owned()),
            "{fault}"
        );
    }
}

#[test]
fn patience_with_a_busy_tenant_ends() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("creationOptions=503,times=always");
    let ended = bench.in_process().enroll(&key, "BG1-A", &mut Person::new());
    let refused = ended.unwrap_err();
    let ceremony::Error::Tenant(graph::Error::Unavailable(_)) = *refused else {
        panic!("{refused}");
    };
    assert_eq!(key.credentials().len(), 0);
}

#[test]
fn throttling_for_longer_than_anybody_waits_takes_the_credential_back() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("createMethod=429,retry-after=3600,times=always");
    bench
        .enroll(&key, "BG1-A")
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_busy");
    bench.clear_tenant_faults();
    assert_eq!(
        newest(&bench, "ceremony.undone")["body"]["credential_deleted"],
        true
    );
    nothing_is_left(&bench, &key);
}

#[test]
fn a_challenge_that_has_expired_is_refused_and_taken_back() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("creationOptions=challenge-lifetime,seconds=0,times=always");
    bench
        .enroll(&key, "BG1-A")
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_refused");
    bench.clear_tenant_faults();
    nothing_is_left(&bench, &key);
    // And the next attempt, with a challenge that lives, works.
    bench.enroll(&key, "BG1-A").run().exits(0);
}

#[test]
fn a_megabyte_of_rubbish_is_an_error_that_names_the_peer() {
    let (bench, key) = bench_and_key();
    bench.tenant_fault("creationOptions=junk,bytes=1048576");
    let refused = bench.enroll(&key, "BG1-A").json().run().exits(5);
    let refused = refused.fails_with("tenant_misbehaves").document();
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("creationOptions"), "{message}");
    assert!(message.len() < 1000, "{message}");
}
