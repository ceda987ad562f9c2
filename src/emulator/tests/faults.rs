use std::time::Duration;

use super::credentials::{assert_attested, authenticator_data, credential_id, verifies};
use super::host::Host;
use super::requests::{Assert, Create};
use crate::emulator::profile::DEFAULT_AAGUID;
use crate::emulator::{Effect, Fault, Faults, Profile};

fn host(fault: &str) -> Host {
    let mut host = Host::new(Profile::default());
    let fault: Fault = fault.parse().unwrap();
    host.emulator.set_faults(Faults::from_iter([fault]));
    host
}

#[test]
fn an_unplugged_key_is_silent_until_it_is_plugged_in_again() {
    for fault in ["unplug-on=getInfo", "unplug-after=2"] {
        let mut host = host(fault);
        host.send(host.cid, 0x01, b"ping");
        if fault == "unplug-after=2" {
            // INIT was before the fault was set, so the ping is the second report.
            assert!(host.emulator.is_gone());
        } else {
            assert_eq!(host.messages().len(), 1);
        }
        host.send(host.cid, 0x10, &[0x04]);
        assert!(host.emulator.is_gone());
        assert_eq!(host.messages(), []);
        assert_eq!(host.emulator.time_until_next(), None);
        host.emulator.power_cycle();
        assert!(!host.emulator.is_gone());
        assert_eq!(host.raw(&[0x04]).0, 0);
    }
}

#[test]
fn a_silent_command_is_never_answered_and_init_recovers() {
    let mut host = host("silent-on=selection");
    host.send(host.cid, 0x10, &[0x0b]);
    host.advance(Duration::from_secs(60));
    assert_eq!(host.messages(), []);
    assert_eq!(host.emulator.time_until_next(), None);
    host.init(host.cid);
    assert_eq!(host.raw(&[0x04]).0, 0);
}

#[test]
fn keepalives_without_end_ignore_cancel() {
    let mut host = host("keepalive-on=selection");
    host.send(host.cid, 0x10, &[0x0b]);
    for _ in 0..1000 {
        assert_eq!(host.messages(), [(0x3b, vec![1])]);
        host.send(host.cid, 0x11, b"");
        host.advance(Duration::from_millis(100));
    }
    host.init(host.cid);
    assert_eq!(host.raw(&[0x04]).0, 0);
}

#[test]
fn a_bad_signature_is_well_formed_and_wrong() {
    let mut host = Host::new(Profile::default());
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let public_key = authenticator_data(&made).attested.unwrap().public_key;
    let good = Assert::new().allow(&[&id]).send(&mut host).unwrap();
    assert!(verifies(&good, &public_key));
    host.emulator
        .set_faults(Faults::from_iter([Effect::BadSignature.into()]));
    let bad = Assert::new().allow(&[&id]).send(&mut host).unwrap();
    assert!(!verifies(&bad, &public_key));
}

#[test]
fn a_sign_count_can_go_back() {
    let mut host = host("sign-count-back");
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let asserted = Assert::new().allow(&[&id]).send(&mut host).unwrap();
    let count = |answer| authenticator_data(answer).sign_count;
    assert!(count(&asserted) < count(&made));
}

#[test]
fn the_wrong_aaguid_is_signed_all_the_same() {
    let mut host = host("wrong-aaguid");
    let made = Create::new().send(&mut host).unwrap();
    let shown = authenticator_data(&made).attested.unwrap().aaguid;
    assert_ne!(shown, DEFAULT_AAGUID);
    assert_attested(&host, &made);
}
