//! Everything that the commands of the tool say to a tenant, and what it answers. On the way the emergency accounts stay as
//! reachable as they were.

use halligan::emulator::Profile;

use super::traffic;
use crate::bench::{Bench, Key};
use crate::preflight::preflight;
use crate::tenants_as_code::{apply, empty, enrol_keys, plan};

/// A bench that hears everything, with a key enrolled for an account that no command may lock out.
fn heard() -> (Bench, Key) {
    let bench = Bench::new();
    bench.seed("emergencyAccounts = ['bg1', 'bg2']");
    bench.record();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    (bench, key)
}

/// Whether all that was heard is of its type, and nobody was locked out.
#[track_caller]
fn is_right(bench: &Bench) {
    let exchanges = bench.exchanges();
    assert!(!exchanges.is_empty());
    assert_eq!(traffic::problems(&exchanges), Vec::<String>::new());
    assert_eq!(bench.breaches(), []);
}

#[test]
fn of_enrolment_reconciling_and_preflight() {
    let (bench, key) = heard();
    let enrolled = bench.exchanges().len();
    bench.halligan(["reconcile"]).run().exits(0);
    preflight(&bench, &key, "verified").run();
    assert!(bench.exchanges().len() > enrolled + 1);
    is_right(&bench);
}

#[test]
fn of_taking_keys_out_of_service() {
    let (bench, _first) = heard();
    let second = bench.key(Profile::default());
    bench.enroll(&second, "BG1-B").run().exits(0);
    let account = bench.account(0);
    let retire = ["retire", "--key", "BG1-A", "--reason", "rotated"];
    let retire = bench.halligan(retire).with(["--confirm", &account]);
    retire.run().exits(0);
    is_right(&bench);
    bench.change_tenant(|state| state.fido2_methods.clear());
    let breaches = bench.breaches();
    assert_eq!(breaches.len(), 1, "the last key is gone: {breaches:?}");
    assert_eq!(breaches[0].account, bench.account(0));
}

/// The commands that only read, on a tenant that has something of everything they read.
#[test]
fn of_reading_a_tenant() {
    let bench = Bench::new();
    let _keys = bench.furnish_with_keys();
    bench.record();
    let account = bench.account(1);
    let operator = bench.operator();
    for (command, status) in [
        (&["tenant", "export", "--sign-ins"][..], 0),
        (&["tenant", "audit"], 1),
        (&["tenant", "what-if"], 0),
        (&["tenant", "what-if", "--service"], 0),
        (&["tenant", "explain", &account], 0),
        (&["tenant", "explain", &operator], 0),
        (&["tenant", "plan"], 1),
    ] {
        let before = bench.exchanges().len();
        let ran = bench.halligan(command.iter().copied()).json().run();
        let error = ran.exits(status).document()["error"].clone();
        assert!(error.is_null(), "{command:?}: {error}");
        assert!(bench.exchanges().len() > before, "{command:?} asks nothing");
    }
    is_right(&bench);
}

/// From nothing to a policy that counts.
#[test]
fn of_making_a_tenant() {
    let bench = empty();
    bench.record();
    plan(&bench, &[]).exits(1);
    let applied = apply(&bench, &[]).exits(0).document();
    enrol_keys(&bench, &applied);
    apply(&bench, &["--enforce"]).exits(0);
    plan(&bench, &[]).exits(0);
    is_right(&bench);
}
