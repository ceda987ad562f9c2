//! What goes wrong in the middle: the key pulled out, the tenant failing before and after its commit, no room for the
//! ledger, the operator's Ctrl-C. Each time: a clear message, the right exit status, a ledger that shows how far it came, and
//! nothing left behind that nobody speaks of.

use halligan::ceremony::interaction::Step;
use halligan::ceremony::{self, enroll};
use halligan::ctap::command::MAKE_CREDENTIAL;
use halligan::emulator::Profile;
use halligan::emulator::touch::Never;
use halligan::graph;
use serde_json::{Value, json};

use crate::bench::{Bench, Finger, Key, Person, Snapshot, Wire};

/// A bench and a key that has a PIN.
fn bench_and_key() -> (Bench, Key) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    (bench, key)
}

/// The newest entry of this kind.
fn newest(bench: &Bench, kind: &str) -> Value {
    let entries = bench.entries();
    let found = entries.into_iter().rfind(|entry| entry["kind"] == kind);
    found.unwrap_or_else(|| panic!("no {kind} in {:?}", bench.ledger()))
}

/// The ledger verifies, and this many ceremonies wait for somebody to look after them.
#[track_caller]
fn open_ceremonies(bench: &Bench, expected: usize) {
    let verified = bench.verified_ledger();
    let open = verified["open_ceremonies"].as_array().unwrap();
    assert_eq!(open.len(), expected, "{:?}", bench.ledger());
}

/// Nothing is left of the enrolment: not on the key, not in the tenant, no open ceremony.
#[track_caller]
fn nothing_is_left(bench: &Bench, key: &Key) {
    key.replug();
    assert_eq!(key.credentials(), Vec::<Vec<u8>>::new());
    assert_eq!(bench.registered(), 0);
    assert_eq!(bench.ledger().last().unwrap(), "enroll.undone");
    open_ceremonies(bench, 0);
}

mod of_the_key {
    use super::*;

    #[test]
    fn unplugged_when_the_credential_is_to_be_made() {
        let (bench, key) = bench_and_key();
        key.fault("unplug-on=makeCredential");
        let enroll = bench.enroll_over(key.connection(), "BG1-A");
        let stopped = enroll.run().exits(7);
        let stopped = stopped.says("the key is gone");
        stopped.says("whether the key made a credential is not known");
        let failed = newest(&bench, "enroll.failed");
        assert_eq!(failed["body"]["reached"], "intended");
        open_ceremonies(&bench, 1);
        // Such a key, once it is back, shows that it had made none.
        key.replug();
        assert_eq!((key.credentials().len(), bench.registered()), (0, 0));
    }

    #[test]
    fn silent_when_the_credential_is_to_be_made() {
        let (bench, key) = bench_and_key();
        key.fault("silent-on=makeCredential");
        bench
            .enroll(&key, "BG1-A")
            .run()
            .exits(7)
            .says("the key was silent");
        open_ceremonies(&bench, 1);
    }

    #[test]
    fn unplugged_before_anything_was_recorded() {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        // One report opens the channel, the second asks what the key can do.
        key.fault("unplug-after=2");
        bench
            .enroll_over(key.connection(), "BG1-A")
            .json()
            .run()
            .exits(3)
            .fails_with("key_removed");
        assert!(!bench.ledger().contains(&"enroll.intended".to_owned()));
    }

    #[test]
    fn unplugged_before_the_proof() {
        let (bench, key) = bench_and_key();
        let mut person = Person::who_at(Step::ProveKey, || key.fault("unplug-on=getAssertion"));
        let stopped = bench
            .in_process()
            .enroll(&key, "BG1-A", &mut person)
            .unwrap_err();
        let ceremony::Error::Stopped { remains, .. } = &stopped else {
            panic!("{stopped}");
        };
        let method = bench.in_tenant(|state| state.fido2_methods[0].clone());
        let credential = halligan::encoding::hex::encode(&method.credential_id.0);
        assert!(remains.contains(&credential), "{remains}");
        assert!(remains.contains("registered"), "{remains}");
        assert_eq!(
            newest(&bench, "enroll.failed")["body"]["reached"],
            "registered"
        );
        open_ceremonies(&bench, 1);
        key.replug();
        assert_eq!(key.credentials(), [method.credential_id.0]);
    }

    #[test]
    fn nobody_there() {
        let bench = Bench::new();
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = format!("udp:{}", silent.local_addr().unwrap());
        let info = |address: &str| {
            bench
                .halligan(["key", "info", "--device", address, "--json"])
                .run()
        };
        info(&address).exits(3).fails_with("key_silent");
        drop(silent);
        info(&address).exits(3);
        info("unix:nowhere").exits(3).fails_with("no_key");
    }

    #[test]
    fn patient_without_end() {
        let (bench, key) = bench_and_key();
        key.fault("keepalive-on=makeCredential");
        let wire = Wire::to(key.address());
        let waiting = bench.enroll_over(wire.address(), "BG1-A").start();
        wire.until(MAKE_CREDENTIAL);
        // It does not listen to CANCEL either, so nobody knows what it will do.
        let stopped = waiting.interrupt().finish().exits(7);
        stopped
            .says("interrupted by the operator")
            .says("whether the key made a credential is not known");
        open_ceremonies(&bench, 1);
    }

    #[test]
    fn nobody_touches_it() {
        let bench = Bench::new();
        let key = bench.key(Profile {
            touch_timeout: std::time::Duration::from_millis(300),
            ..Profile::default()
        });
        key.touched_by(Never);
        bench
            .enroll(&key, "BG1-A")
            .run()
            .exits(3)
            .says("Touch the key now")
            .says("OPERATION_DENIED")
            .says("hint: touch the key when it blinks");
        nothing_is_left(&bench, &key);
    }
}

mod of_the_tenant {
    use super::*;

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
        let (bench, key) = bench_and_key();
        bench.tenant_fault("createMethod=junk,bytes=200");
        let ended = bench.in_process().enroll(&key, "BG1-A", &mut Person::new());
        let stopped = matches!(ended, Err(ceremony::Error::Stopped { .. }));
        assert!(stopped, "{ended:?}");
        open_ceremonies(&bench, 1);
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
    fn a_registration_that_failed_for_all_we_know_is_neither_repeated_nor_forgotten() {
        let (bench, key) = bench_and_key();
        bench.tenant_fault("createMethod=500");
        let mut person = Person::new();
        let stopped = bench
            .in_process()
            .enroll(&key, "BG1-A", &mut person)
            .unwrap_err();
        let ceremony::Error::Stopped {
            remains, source, ..
        } = &stopped
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
        let failed = newest(&bench, "enroll.failed");
        assert_eq!(failed["body"]["reached"], "credential_created");
        open_ceremonies(&bench, 1);
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
        let refused = bench.in_process().enroll(&key, "BG1-A", &mut Person::new());
        let Err(ceremony::Error::Tenant(graph::Error::Unavailable(_))) = refused else {
            panic!("{refused:?}");
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
            newest(&bench, "enroll.undone")["body"]["credential_deleted"],
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
}

mod of_the_storage {
    use super::*;

    /// No file may grow beyond this many blocks of 512 bytes. The system's answer is "file too large" instead of a signal.
    fn no_file_beyond(blocks: u32) -> String {
        format!("trap '' XFSZ; ulimit -f {blocks}")
    }

    #[test]
    fn no_room_for_the_intent_stops_before_the_key_is_touched() {
        let (bench, key) = bench_and_key();
        // An enrolled key leaves a station, so that only the ledger is in need of room.
        let other = bench.key(Profile::default());
        bench
            .enroll_for(&bench.account(1), &other, "BG2-A")
            .run()
            .exits(0);
        let before = Snapshot::of(&bench.path("ledger"));
        let full = bench
            .enroll(&key, "BG1-A")
            .after(&no_file_beyond(0))
            .json()
            .run();
        full.exits(6).fails_with("ledger_full_disk");
        assert_eq!(Snapshot::of(&bench.path("ledger")), before);
        assert_eq!(
            (key.tries(), key.credentials().len(), bench.registered()),
            (8, 0, 1)
        );
        bench.verified_ledger();
    }

    #[test]
    fn no_room_for_the_credential_takes_it_back() {
        let (bench, key) = bench_and_key();
        // The intent and the failure fit into two blocks; an attestation object does not.
        let full = bench.enroll(&key, "BG1-A").after(&no_file_beyond(2)).run();
        full.exits(6).says("no space left").says("free some space");
        assert_eq!(newest(&bench, "enroll.failed")["body"]["code"], "ledger");
        nothing_is_left(&bench, &key);
        bench.enroll(&key, "BG1-A").run().exits(0);
    }

    /// Runs the command on a file system of its own with room for this many entries, and leaves a copy of the ledger.
    /// Needs a kernel that lets anybody have a mount namespace.
    fn on_a_small_disk(bench: &Bench, key: &Key, pages: u32) -> Option<crate::bench::Finished> {
        let try_it = "mkdir -p ledger && mount -t tmpfs -o size=64k none ledger";
        let possible = std::process::Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c", try_it])
            .current_dir(bench.folder())
            .output()
            .is_ok_and(|output| output.status.success());
        possible.then(|| {
            let arguments = format!(
                "exec unshare --map-root-user --mount sh -c '\n\
                 room=$(({pages} * $(getconf PAGESIZE)))\n\
                 mount -t tmpfs -o size=$room none ledger || exit 99\n\
                 \"$0\" \"$@\"; status=$?\n\
                 mkdir after && cp -R ledger/. after && exit $status' \"$0\" \"$@\""
            );
            bench.enroll(key, "BG1-A").after(&arguments).run()
        })
    }

    #[test]
    fn a_disk_that_is_really_full_leaves_whole_entries_and_says_what_is_missing() {
        let (bench, key) = bench_and_key();
        // Room for the station and the intent, not for the credential's entry nor for that of the failure.
        let Some(full) = on_a_small_disk(&bench, &key, 2) else {
            return;
        };
        full.exits(7)
            .says("no space left")
            .says("the ledger could not record");
        let after = ["ledger", "verify", "--ledger", "after", "--json"];
        let verified = bench.halligan(after).run().exits(0).document();
        assert_eq!(verified["entries"], 2);
        assert_eq!(verified["open_ceremonies"].as_array().unwrap().len(), 1);
        assert_eq!((key.credentials().len(), bench.registered()), (0, 0));
    }

    #[test]
    fn a_ledger_that_vanishes_after_the_registration_is_reported_with_what_remains() {
        let (bench, key) = bench_and_key();
        let entries = bench.path("ledger/entries");
        let mut person = Person::who_at(Step::Register, || {
            // From now on no entry can be created: a file stands where the directory was.
            std::fs::rename(&entries, bench.path("kept-entries")).unwrap();
            std::fs::write(&entries, "").unwrap();
        });
        let stopped = bench
            .in_process()
            .enroll(&key, "BG1-A", &mut person)
            .unwrap_err();
        let ceremony::Error::Stopped {
            remains, source, ..
        } = &stopped
        else {
            panic!("{stopped}");
        };
        assert!(matches!(**source, ceremony::Error::Ledger(_)), "{source}");
        assert!(remains.contains("registered as method"), "{remains}");
        assert_eq!((key.credentials().len(), bench.registered()), (1, 1));
        std::fs::remove_file(&entries).unwrap();
        std::fs::rename(bench.path("kept-entries"), &entries).unwrap();
        open_ceremonies(&bench, 1);
        assert_eq!(bench.ledger().last().unwrap(), "enroll.credential_created");
    }
}

mod by_the_operator {
    use super::*;

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
        let failed = newest(&bench, "enroll.failed");
        assert_eq!(failed["body"]["code"], "cancelled");
        assert_eq!(failed["body"]["reached"], "pin_set");
        key.touched_by(halligan::emulator::touch::Auto);
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
            newest(&bench, "enroll.failed")["body"]["reached"],
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
            newest(&bench, "enroll.failed")["body"]["reached"],
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
        key.touched_by(halligan::emulator::touch::Auto);
        bench.enroll(&key, "BG1-B").run().exits(0);
    }
}

#[test]
fn a_ledger_that_was_tampered_with_is_neither_used_nor_added_to() {
    let (bench, key) = bench_and_key();
    bench.enroll(&key, "BG1-A").run().exits(0);
    let entry = bench.path("ledger/entries/00000002.json");
    let mut bytes = std::fs::read(&entry).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&entry, bytes).unwrap();
    let before = Snapshot::of(&bench.path("ledger"));

    let other = bench.key(Profile::default());
    bench
        .enroll(&other, "BG1-B")
        .json()
        .run()
        .exits(6)
        .fails_with("ledger_inconsistent");
    bench
        .check(&key, "BG1-A")
        .json()
        .run()
        .exits(6)
        .fails_with("ledger_inconsistent");
    let show = bench.halligan(["ledger", "show", "--json"]).run();
    show.exits(6).fails_with("ledger_inconsistent");
    let verified = bench
        .halligan(["ledger", "verify", "--json"])
        .run()
        .exits(1)
        .document();
    assert_eq!(
        (&verified["ok"], &verified["failure"]["index"]),
        (&json!(false), &json!(2))
    );
    bench
        .halligan(["ledger", "verify"])
        .run()
        .exits(1)
        .prints("NOT CONSISTENT: entry 2");

    assert_eq!(Snapshot::of(&bench.path("ledger")), before);
    assert_eq!(other.open().info().options.client_pin, Some(false));
}
