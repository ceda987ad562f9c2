//! No room for the ledger, no ledger any more, a ledger that somebody has changed.

use halligan::ceremony;
use halligan::ceremony::interaction::Step;
use halligan::emulator::Profile;
use serde_json::json;

use super::{bench_and_key, newest, nothing_is_left, open_ceremonies};
use crate::bench::{Bench, Finished, Key, Person, Snapshot};

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
    assert_eq!(newest(&bench, "ceremony.failed")["body"]["code"], "ledger");
    nothing_is_left(&bench, &key);
    bench.enroll(&key, "BG1-A").run().exits(0);
}

/// Runs the command on a file system of its own with room for this many entries, and leaves a copy of the ledger.
/// Needs a kernel that lets anybody have a mount namespace.
fn on_a_small_disk(bench: &Bench, key: &Key, pages: u32) -> Option<Finished> {
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
    } = &*stopped
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

#[test]
fn a_ledger_that_can_only_be_read_is_named_before_the_key_is_touched() {
    let (bench, key) = bench_and_key();
    let other = bench.key(Profile::default());
    bench
        .enroll_for(&bench.account(1), &other, "BG2-A")
        .run()
        .exits(0);
    // Needs a kernel that lets anybody have a mount namespace.
    let read_only = "mount --bind ledger ledger && mount -o remount,bind,ro ledger";
    let possible = std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", read_only])
        .current_dir(bench.folder())
        .output()
        .is_ok_and(|output| output.status.success());
    if !possible {
        return;
    }
    let before = Snapshot::of(&bench.path("ledger"));
    let arguments = format!(
        "exec unshare --map-root-user --mount sh -c '{read_only} && exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    let refused = bench.enroll(&key, "BG1-A").after(&arguments).run();
    refused.exits(6).says("it can only be read").says("hint:");
    assert_eq!(Snapshot::of(&bench.path("ledger")), before);
    assert_eq!((key.credentials().len(), bench.registered()), (0, 1));
}
