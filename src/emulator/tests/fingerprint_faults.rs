//! Fingers under faults, and fingers that are laid on by hand.

use std::time::Duration;

use super::fingerprint::{PIN, STANDARD, enroll, profile, request};
use super::host::{BE, CM, Host};
use super::requests::Create;
use crate::emulator::touch::{Finger, TouchMode};
use crate::emulator::{Command, EventKind, Faults};
use crate::encoding::cbor::{self, Value};

/// A key with a PIN and one enrolled finger.
fn host() -> Host {
    let mut host = Host::new(profile());
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, BE, None).unwrap();
    enroll(&mut host, &token);
    host
}

fn begin_create(host: &mut Host) {
    let uv = cbor::map([("uv", Value::Bool(true))]);
    host.begin_call(0x01, &cbor::map(Create::new().with(7, uv).members));
}

#[test]
fn a_pin_that_seems_blocked_blocks_fingers_and_costs_no_try() {
    let mut host = host();
    host.emulator.add_fault("pin-blocked".parse().unwrap());
    assert_eq!(host.uv_retries(), 0);
    assert_eq!(host.token_by_finger(2, CM, None).err(), Some(0x3c));
    host.emulator.set_faults(Faults::default());
    assert_eq!(host.uv_retries(), 3);
    assert!(host.token_by_finger(2, CM, None).is_ok());
}

#[test]
fn faults_know_the_commands_of_the_sensor() {
    let mut host = host();
    let sensor_info = request(None, 7, None);
    let fault = "status=0x7f@bioEnrollment,times:1".parse().unwrap();
    host.emulator.add_fault(fault);
    assert_eq!(host.call(STANDARD, &sensor_info), Err(0x7f));
    assert!(host.call(STANDARD, &sensor_info).is_ok());
    let token = host.token(2, PIN, BE, None).unwrap();
    let fault = "unplug=touch@bioEnrollment".parse().unwrap();
    host.emulator.add_fault(fault);
    host.begin_call(STANDARD, &request(Some(&token), 1, None));
    assert!(host.emulator.is_gone());
}

#[test]
fn an_answer_after_fingers_can_be_late() {
    let mut host = host();
    let fault = "delay=1s@makeCredential".parse().unwrap();
    host.emulator.add_fault(fault);
    begin_create(&mut host);
    assert_eq!(host.messages(), [(0x3b, vec![2]), (0x3b, vec![1])]);
    host.advance(Duration::from_secs(1));
    assert!(host.answer().is_ok());
}

#[test]
fn each_finger_is_asked_for_and_laid_on_by_hand() {
    let mut host = host();
    host.emulator.set_touch_mode(TouchMode::Ask);
    host.emulator.set_finger(Finger::Wrong);
    let before = host.emulator.newest_event();
    begin_create(&mut host);
    host.emulator.touch().unwrap();
    assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
    assert_eq!(host.emulator.snapshot().uv_retries, Some(2));
    host.emulator.set_finger(Finger::Right);
    assert_eq!(host.messages(), []);
    host.emulator.touch().unwrap();
    assert!(host.answer().is_ok());
    let seen = host.emulator.snapshot();
    assert_eq!((seen.uv_retries, seen.fingerprints), (Some(3), 1));
    let events = host.emulator.events_since(before);
    let asked = events.filter(|event| {
        event.event == EventKind::TouchAwaited && event.command == Some(Command::MakeCredential)
    });
    assert_eq!(asked.count(), 2);
}
