//! The key is pulled out, falls silent, is never touched.

use std::time::Duration;

use halligan::ceremony;
use halligan::ceremony::interaction::Step;
use halligan::ctap::command::MAKE_CREDENTIAL;
use halligan::emulator::Profile;
use halligan::emulator::touch::Never;

use super::{bench_and_key, newest, nothing_is_left, open_ceremonies};
use crate::bench::{Bench, Person, Wire};

#[test]
fn unplugged_when_the_credential_is_to_be_made() {
    let (bench, key) = bench_and_key();
    key.fault("unplug-on=makeCredential");
    let enroll = bench.enroll_over(key.connection(), "BG1-A");
    let stopped = enroll.run().exits(7);
    let stopped = stopped.says("the key is gone");
    stopped.says("whether the key made a credential is not known");
    let failed = newest(&bench, "ceremony.failed");
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
    let ceremony::Error::Stopped { remains, .. } = &*stopped else {
        panic!("{stopped}");
    };
    let method = bench.in_tenant(|state| state.fido2_methods[0].clone());
    let credential = halligan::encoding::hex::encode(&method.credential_id.0);
    assert!(remains.contains(&credential), "{remains}");
    assert!(remains.contains("registered"), "{remains}");
    assert_eq!(
        newest(&bench, "ceremony.failed")["body"]["reached"],
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
        touch_timeout: Duration::from_millis(300),
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
