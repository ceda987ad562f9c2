use std::time::Duration;

use super::credentials::{assert_attested, authenticator_data, credential_id, verifies};
use super::host::{Answer, Host, MC, RP_ID};
use super::requests::{Assert, Create};
use crate::ctap::hid::packet::Report;
use crate::emulator::profile::DEFAULT_AAGUID;
use crate::emulator::{Effect, Fault, Faults, Profile};
use crate::encoding::cbor;

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

/// The reports that are due.
fn reports(host: &mut Host) -> Vec<Report> {
    std::iter::from_fn(|| host.emulator.poll()).collect()
}

#[test]
fn a_busy_key_refuses_below_ctap_and_does_nothing() {
    let mut host = host("busy@times:2");
    for _ in 0..2 {
        host.send(host.cid, 0x10, &[0x04]);
        assert_eq!(host.messages(), [(0x3f, vec![0x06])]);
    }
    assert_eq!(host.raw(&[0x04]).0, 0);
}

#[test]
fn a_status_takes_the_place_of_the_command() {
    let mut host = host("status=0x7f@reset,nth:2");
    Create::new().discoverable().send(&mut host).unwrap();
    assert_eq!(host.raw(&[0x07]), (0, vec![]));
    Create::new().discoverable().send(&mut host).unwrap();
    assert_eq!(host.raw(&[0x07]), (0x7f, vec![]));
    assert_eq!(host.emulator.snapshot().credentials.len(), 1);
}

#[test]
fn a_late_answer_comes_after_keepalives() {
    let mut host = host("delay=250ms@getInfo");
    host.send(host.cid, 0x10, &[0x04]);
    for _ in 0..3 {
        assert_eq!(host.messages(), [(0x3b, vec![1])]);
        host.send(host.cid, 0x11, b"");
        let next = host.emulator.time_until_next().unwrap();
        host.advance(next);
    }
    let answers = host.messages();
    assert_eq!((answers.len(), answers[0].0, answers[0].1[0]), (1, 0x10, 0));
}

#[test]
fn a_slow_touch_counts_when_its_time_has_come() {
    let mut host = host("slow-touch=1s@selection,times:1");
    host.send(host.cid, 0x10, &[0x0b]);
    assert_eq!(host.messages(), [(0x3b, vec![2])]);
    host.emulator.touch().unwrap();
    host.advance(Duration::from_millis(999));
    assert_eq!(host.messages(), [(0x3b, vec![2])]);
    host.advance(Duration::from_millis(1));
    assert_eq!(host.messages(), [(0x10, vec![0])]);
    assert_eq!(host.raw(&[0x0b]).0, 0);
}

#[test]
fn a_touch_that_came_too_late_does_not_count_for_the_next_request() {
    let mut host = Host::new(Profile::default());
    host.never_touch();
    host.send(host.cid, 0x10, &[0x0b]);
    host.emulator.touch().unwrap();
    host.send(host.cid, 0x11, b"");
    host.send(host.cid, 0x10, &[0x0b]);
    let awaited = (0x3b, vec![2]);
    let cancelled = (0x10, vec![0x2d]);
    assert_eq!(host.messages(), [awaited.clone(), cancelled, awaited]);
    assert!(host.emulator.touch().is_ok());
    assert_eq!(host.emulator.time_until_next(), Some(Duration::ZERO));
    assert_eq!(host.messages(), [(0x10, vec![0])]);
    assert!(host.emulator.touch().is_err());
}

#[test]
fn noise_is_on_a_channel_that_is_nobodys() {
    let mut host = host("noise@getInfo,nth:1");
    host.send(host.cid, 0x10, &[0x04]);
    let noisy = reports(&mut host);
    let answer: Vec<Report> = noisy
        .iter()
        .filter(|report| report[..4] == host.cid)
        .copied()
        .collect();
    host.send(host.cid, 0x10, &[0x04]);
    assert_eq!(answer, reports(&mut host));
    assert_eq!(noisy.len(), 3 * answer.len());
    assert_eq!(noisy[0][..4], [1, 0, 0, 0]);
    assert_eq!(noisy[0][4..], answer[0][4..]);
}

#[test]
fn a_wrong_sequence_number_is_in_the_second_report() {
    let mut host = host("wrong-sequence");
    host.send(host.cid, 0x10, &[0x04]);
    let numbers: Vec<u8> = reports(&mut host).iter().map(|report| report[4]).collect();
    assert_eq!(numbers[..2], [0x90, 1]);
    assert!(numbers.len() > 2 && numbers[2] == 1);
}

#[test]
fn cbor_can_be_cut_and_can_be_longer_than_it_needs() {
    let good = Host::new(Profile::default()).raw(&[0x04]);
    let (status, cut) = host("truncated").raw(&[0x04]);
    assert_eq!(status, 0);
    assert_eq!(cut, good.1[..good.1.len() / 2]);
    let (status, long) = host("non-canonical").raw(&[0x04]);
    assert_eq!(status, 0);
    assert!(!cbor::is_canonical(&long));
    assert_eq!(cbor::decode(&long).unwrap(), cbor::decode(&good.1).unwrap());
}

#[test]
fn another_credential_answers_and_signs() {
    let mut host = host("wrong-key@nth:2");
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let public_key = authenticator_data(&made).attested.unwrap().public_key;
    let mut assert = || Assert::new().allow(&[&id]).send(&mut host).unwrap();
    let (right, wrong) = (assert(), assert());
    assert!(verifies(&right, &public_key));
    assert!(!verifies(&wrong, &public_key));
    let named = |answer: &Answer| answer.map(1).find("id").unwrap().into_bytes().unwrap();
    assert_eq!(named(&right), id);
    assert_ne!(named(&wrong), id);
}

#[test]
fn a_blocked_pin_shows_no_tries_and_comes_back() {
    for protocol in [1, 2] {
        let mut host = Host::new(Profile::default());
        host.set_pin(protocol, "1234").unwrap();
        let fault = "pin-blocked@times:3".parse().unwrap();
        host.emulator.set_faults(Faults::from_iter([fault]));
        assert_eq!(host.retries().0, 0);
        // The second occurrence is the key agreement.
        assert_eq!(host.token(protocol, "1234", 4, None).unwrap_err(), 0x32);
        assert_eq!(host.retries().0, 8);
        host.token(protocol, "1234", 4, None).unwrap();
    }
}

#[test]
fn a_full_key_still_makes_credentials_that_need_no_room() {
    let mut host = host("storage-full");
    assert_eq!(
        Create::new().discoverable().send(&mut host).unwrap_err(),
        0x28
    );
    Create::new().send(&mut host).unwrap();
}

#[test]
fn a_single_sign_count_goes_back() {
    let mut host = host("sign-count-back@getAssertion,nth:2");
    let made = Create::new().send(&mut host).unwrap();
    let id = credential_id(&made);
    let mut count = || {
        let answer = Assert::new().allow(&[&id]).send(&mut host).unwrap();
        authenticator_data(&answer).sign_count
    };
    let (first, second, third) = (count(), count(), count());
    assert!(second < first && third > first);
}

/// A makeCredential request of a discoverable credential.
fn creation() -> Vec<u8> {
    let parameters = cbor::map(Create::new().discoverable().members);
    [&[0x01], cbor::encode(&parameters).as_slice()].concat()
}

#[test]
fn a_key_can_go_while_it_waits_and_while_it_answers() {
    let mut waiting = host("unplug=touch@makeCredential");
    waiting.never_touch();
    waiting.send(waiting.cid, 0x10, &creation());
    assert!(waiting.emulator.is_gone());
    waiting.emulator.power_cycle();
    assert_eq!(waiting.emulator.snapshot().credentials.len(), 0);

    let mut answering = host("unplug=answer@makeCredential");
    answering.send(answering.cid, 0x10, &creation());
    let out = reports(&mut answering);
    assert!(!out.is_empty() && answering.emulator.is_gone());
    answering.emulator.power_cycle();
    assert_eq!(answering.emulator.snapshot().credentials.len(), 1);
    // It happens once.
    Create::new().discoverable().send(&mut answering).unwrap();
}

#[test]
fn a_key_that_stays_away_for_a_time_comes_back() {
    let mut host = Host::new(Profile::default());
    host.emulator.unplug(Some(Duration::from_secs(2)));
    assert_eq!(
        host.emulator.time_until_next(),
        Some(Duration::from_secs(2))
    );
    host.advance(Duration::from_secs(2));
    assert_eq!(host.emulator.poll(), None);
    assert_eq!(host.raw(&[0x04]).0, 0);
}

#[test]
fn the_clock_can_be_put_forward() {
    let mut host = Host::new(Profile::strict());
    host.emulator.advance(Duration::from_secs(11));
    assert_eq!(host.raw(&[0x07]).0, 0x30);
    host.emulator.power_cycle();
    assert_eq!(host.raw(&[0x07]).0, 0);
    host.set_pin(2, "1234").unwrap();
    let token = host.token(2, "1234", MC, Some(RP_ID)).unwrap();
    host.emulator.advance(Duration::from_secs(31));
    let refused = Create::new().authorized(&token).send(&mut host);
    assert_eq!(refused.unwrap_err(), 0x33);
}

#[test]
fn erasing_needs_neither_touch_nor_window() {
    let mut host = Host::new(Profile::strict());
    Create::new().discoverable().send(&mut host).unwrap();
    host.set_pin(2, "1234").unwrap();
    host.never_touch();
    host.emulator.advance(Duration::from_secs(60));
    host.emulator.erase().unwrap();
    let state = host.emulator.snapshot();
    assert_eq!((state.pin_set, state.credentials.len()), (false, 0));
}
