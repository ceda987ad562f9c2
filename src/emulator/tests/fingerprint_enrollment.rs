//! Enrolling a finger, sample by sample, with both PIN protocols.

use std::time::Duration;

use super::fingerprint::{
    GOOD, PIN, PROTOTYPE, STANDARD, begin, both, enroll, enrolled, manage, next, progress, request,
    template,
};
use super::host::{BE, CM, Host};
use crate::emulator::Profile;
use crate::emulator::profile::{BioEnrollment, Fingerprint};
use crate::emulator::touch::Finger;
use crate::encoding::cbor::{self, Value};

const POOR_QUALITY: u64 = 0x07;
const NO_USER_ACTIVITY: u64 = 0x0d;

#[test]
fn a_finger_is_enrolled_sample_by_sample() {
    for command in [STANDARD, PROTOTYPE] {
        both(|host, protocol| {
            let token = host.token(protocol, PIN, BE, None).unwrap();
            let empty = host.call(command, &request(Some(&token), 4, None));
            assert_eq!(empty, Err(0x2c));
            let begun = host.call(command, &request(Some(&token), 1, None));
            let id = begun.clone().unwrap().bytes(4);
            assert_eq!(progress(begun), Ok((GOOD, 1)));
            assert_eq!(host.option("uv"), Some(false));
            let sample = request(Some(&token), 2, Some(template(&id)));
            let last = host.call(command, &sample).unwrap();
            assert_eq!(last.find(4), None);
            assert_eq!(progress(Ok(last)), Ok((GOOD, 0)));
            // It is complete: no more samples of it.
            assert_eq!(host.call(command, &sample), Err(0x2c));
            assert_eq!(host.option("uv"), Some(true));
            assert_eq!(host.option("bioEnroll"), Some(true));
            assert_eq!(host.option("userVerificationMgmtPreview"), Some(true));
            assert_eq!(enrolled(host, &token), Ok(vec![(id, "".into())]));
        });
    }
}

#[test]
fn the_preview_key_enrolls_with_any_token() {
    let mut host = Host::new(Profile {
        fingerprint: Some(Fingerprint {
            enrollment: BioEnrollment::Preview,
            samples: 1,
            ..Fingerprint::default()
        }),
        ..Profile::preview()
    });
    host.set_pin(1, PIN).unwrap();
    let token = host.legacy_token(1, PIN).unwrap();
    let begun = host.call(PROTOTYPE, &request(Some(&token), 1, None));
    assert_eq!(progress(begun), Ok((GOOD, 0)));
    assert_eq!(host.option("uv"), Some(true));
    // Such keys have no permissions to give to a finger.
    assert_eq!(host.option("uvBioEnroll"), None);
    assert_eq!(host.token_by_finger(1, CM, None).err(), Some(0x3e));
}

#[test]
fn a_bad_sample_costs_nothing_but_time() {
    both(|host, protocol| {
        let token = &host.token(protocol, PIN, BE, None).unwrap();
        host.emulator.set_finger(Finger::Wrong);
        let begun = begin(host, token);
        let id = begun.clone().unwrap().bytes(4);
        assert_eq!(progress(begun), Ok((POOR_QUALITY, 2)));
        host.emulator.set_finger(Finger::Right);
        assert_eq!(progress(next(host, token, &id)), Ok((GOOD, 1)));
        host.emulator.set_finger(Finger::Wrong);
        let poor = Ok((POOR_QUALITY, 1));
        assert_eq!(progress(next(host, token, &id)), poor);
        host.emulator.set_finger(Finger::Right);
        assert_eq!(progress(next(host, token, &id)), Ok((GOOD, 0)));
    });
}

#[test]
fn the_platform_says_how_long_a_sample_is_waited_for() {
    both(|host, protocol| {
        host.emulator.set_finger(Finger::None);
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let limit = cbor::map([(3, Value::from(2000))]);
        host.begin_call(STANDARD, &request(Some(&token), 1, Some(limit)));
        host.advance(Duration::from_millis(1999));
        assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
        host.advance(Duration::from_millis(1));
        let answer = host.answer();
        let id = answer.clone().unwrap().bytes(4);
        assert_eq!(progress(answer), Ok((NO_USER_ACTIVITY, 2)));
        // Without a limit it is the time-out of a touch.
        host.begin_call(STANDARD, &request(Some(&token), 2, Some(template(&id))));
        host.advance(Duration::from_secs(29));
        assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
        host.advance(Duration::from_secs(1));
        assert_eq!(progress(host.answer()), Ok((NO_USER_ACTIVITY, 2)));
        let forever = cbor::map([(3, Value::from(u64::MAX))]);
        host.begin_call(STANDARD, &request(Some(&token), 1, Some(forever)));
        host.advance(Duration::from_secs(500));
        assert_eq!(host.messages().last(), Some(&(0x3b, vec![2])));
    });
}

#[test]
fn a_cancelled_sample_leaves_the_enrollment_where_it_was() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let id = begin(host, &token).unwrap().bytes(4);
        host.emulator.set_finger(Finger::None);
        host.begin_call(STANDARD, &request(Some(&token), 2, Some(template(&id))));
        assert_eq!(host.cancel(), Err(0x2d));
        host.emulator.set_finger(Finger::Right);
        assert_eq!(progress(next(host, &token, &id)), Ok((GOOD, 0)));
    });
}

#[test]
fn a_cancelled_beginning_begins_nothing() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let before = begin(host, &token).unwrap().bytes(4);
        host.emulator.set_finger(Finger::None);
        host.begin_call(STANDARD, &request(Some(&token), 1, None));
        assert_eq!(host.cancel(), Err(0x2d));
        host.emulator.set_finger(Finger::Right);
        // The new beginning has ended the one before.
        assert_eq!(next(host, &token, &before), Err(0x2c));
        assert_eq!(enrolled(host, &token), Err(0x2c));
    });
}

#[test]
fn an_enrollment_can_be_cancelled_without_a_token() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let id = begin(host, &token).unwrap().bytes(4);
        assert!(host.call(STANDARD, &request(None, 3, None)).is_ok());
        assert_eq!(next(host, &token, &id), Err(0x2c));
        assert!(host.call(STANDARD, &request(None, 3, None)).is_ok());
        assert_eq!(host.option("uv"), Some(false));
    });
}

#[test]
fn power_loss_ends_an_enrollment_and_keeps_what_is_enrolled() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let kept = enroll(host, &token);
        let lost = begin(host, &token).unwrap().bytes(4);
        host.begin_call(STANDARD, &request(Some(&token), 2, Some(template(&lost))));
        host.emulator.power_cycle();
        host.messages();
        let token = host.token(protocol, PIN, BE, None).unwrap();
        assert_eq!(next(host, &token, &lost), Err(0x2c));
        assert_eq!(enrolled(host, &token), Ok(vec![(kept, "".into())]));
    });
}

#[test]
fn a_full_data_base_takes_no_more_fingers() {
    both(|host, protocol| {
        let token = host.token(protocol, PIN, BE, None).unwrap();
        let first = enroll(host, &token);
        enroll(host, &token);
        assert_eq!(begin(host, &token), Err(0x17));
        assert!(manage(host, &token, 6, Some(template(&first))).is_ok());
        enroll(host, &token);
    });
}
