use std::sync::{Arc, Mutex};

use super::super::super::packet::AssemblyError;
use super::*;
use crate::ctap::status::Status;
use crate::env::Clock;

fn keepalive(status: u8) -> (u64, Report) {
    (100, split(OURS, command::KEEPALIVE, &[status]).unwrap()[0])
}

fn violation(error: Error) -> Violation {
    match error {
        Error::Violation { violation, .. } => violation,
        other => panic!("{other}"),
    }
}

#[test]
fn a_long_message_goes_and_comes() {
    let response = vec![0xcc; 1000];
    let expected = response.clone();
    let script = cbor_key(move |_| answer(OURS, command::CBOR, &response));
    let received = script.received.clone();
    let mut channel = script.open();
    let request = vec![1; 300];
    let response = channel.transact(&request, &mut Wait::unattended()).unwrap();
    assert_eq!(response, expected);
    assert_eq!(received.lock().unwrap()[1], (OURS, 0x10, request));
    let counters = channel.counters();
    // INIT and 57 + 5 * 59 bytes; INIT and 57 + 16 * 59 bytes.
    assert_eq!(
        (counters.reports_written, counters.reports_read),
        (1 + 6, 1 + 17)
    );
    assert_eq!(counters.messages, 1);
}

#[test]
fn a_message_longer_than_the_protocol_carries_is_refused() {
    let mut channel = cbor_key(|_| Vec::new()).open();
    let error = channel.transact(&[0; 7610], &mut Wait::unattended());
    assert!(matches!(
        error,
        Err(Error::MessageTooLong {
            length: 7610,
            maximum: 7609,
            ..
        })
    ));
}

#[test]
fn reports_of_other_channels_are_dropped() {
    let mut channel = cbor_key(|_| {
        let mut reports = answer(FOREIGN, command::CBOR, &[0xbb; 100]);
        let ours = answer(OURS, command::CBOR, &[0xaa; 100]);
        reports.push(ours[0]);
        reports.extend(answer(FOREIGN, command::ERROR, &[1]));
        reports.push(ours[1]);
        reports
    })
    .open();
    assert_eq!(transact(&mut channel).unwrap(), [0xaa; 100]);
}

#[test]
fn the_talk_of_other_channels_does_not_hide_silence() {
    let foreign = answer(FOREIGN, command::CBOR, &[0])[0].1;
    let mut channel = cbor_key(move |_| vec![(20, foreign); 10_000]).open();
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Silent { command: 0x10, .. })
    ));
}

#[test]
fn a_busy_device_is_asked_again_with_growing_pauses() {
    let mut attempts = 0;
    let script = cbor_key(move |_| {
        attempts += 1;
        match attempts {
            1 => answer(OURS, command::ERROR, &[0x06]),
            // As Nitrokey's firmware says it.
            2 => answer(OURS, command::ERROR, &[0x00]),
            _ => answer(OURS, command::CBOR, &[0]),
        }
    });
    let (clock, received) = (script.clock.clone(), script.received.clone());
    let mut channel = script.open();
    let start = clock.monotonic();
    assert_eq!(transact(&mut channel).unwrap(), [0]);
    assert_eq!(received.lock().unwrap().len(), 1 + 3);
    assert_eq!(
        clock.monotonic() - start,
        Duration::from_millis(100 + 200 + 3)
    );
    assert_eq!(channel.counters().messages, 1);
}

#[test]
fn a_device_that_stays_busy_is_given_up() {
    let mut channel = cbor_key(|_| answer(OURS, command::ERROR, &[0x06])).open();
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Busy {
            command: 0x10,
            attempts: 5
        })
    ));
}

#[test]
fn an_error_of_the_hid_layer_is_reported_as_such() {
    let mut channel = cbor_key(|_| answer(OURS, command::ERROR, &[0x03])).open();
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Refused {
            command: 0x10,
            status: Status::InvalidLength
        })
    ));
}

#[test]
fn packets_that_do_not_fit_together_are_violations() {
    let mut channel = cbor_key(|_| {
        let mut reports = answer(OURS, command::CBOR, &[0; 200]);
        reports.remove(1);
        reports
    })
    .open();
    let wrong = AssemblyError::WrongSequence {
        expected: 0,
        found: 1,
    };
    let error = transact(&mut channel).unwrap_err();
    assert_eq!(violation(error), Violation::Assembly(wrong));
    let mut channel = cbor_key(|_| answer(OURS, command::PING, &[0])).open();
    let error = transact(&mut channel).unwrap_err();
    assert_eq!(violation(error), Violation::WrongCommand(0x01));
    let mut channel = cbor_key(|_| answer(OURS, command::KEEPALIVE, &[])).open();
    let error = transact(&mut channel).unwrap_err();
    assert_eq!(violation(error), Violation::Empty(0x3b));
}

#[test]
fn silence_ends_after_two_seconds() {
    let script = cbor_key(|_| vec![keepalive(1), keepalive(1)]);
    let clock = script.clock.clone();
    let mut channel = script.open();
    let start = clock.monotonic();
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Silent { command: 0x10, .. })
    ));
    assert_eq!(clock.monotonic() - start, Duration::from_millis(2200));
}

#[test]
fn keepalives_reach_the_caller_and_cost_no_time() {
    let script = cbor_key(|_| {
        let mut reports = vec![keepalive(1), keepalive(2), keepalive(9)];
        reports.extend(answer(OURS, command::CBOR, &[0]));
        reports
    });
    let clock = script.clock.clone();
    let mut channel = script.open();
    let start = clock.monotonic();
    let mut seen = Vec::new();
    let mut wait = Wait::new(&Cancel::default(), |status| seen.push(status));
    channel.transact(&[4], &mut wait).unwrap();
    drop(wait);
    assert_eq!(
        seen,
        [
            KeepAlive::Processing,
            KeepAlive::TouchNeeded,
            KeepAlive::Other(9)
        ]
    );
    assert_eq!(clock.monotonic() - start, Duration::from_millis(301));
}

#[test]
fn endless_keepalives_end_and_the_key_is_told() {
    let script = cbor_key(|_| vec![keepalive(2); 10_000]);
    let (clock, received) = (script.clock.clone(), script.received.clone());
    let mut channel = script.open();
    let start = clock.monotonic();
    let mut wait = Wait::unattended().limited(Duration::from_secs(5));
    assert!(matches!(
        channel.transact(&[4], &mut wait),
        Err(Error::KeepAliveTooLong { command: 0x10, .. })
    ));
    assert_eq!(clock.monotonic() - start, Duration::from_secs(5));
    assert_eq!(received.lock().unwrap()[2], (OURS, 0x11, Vec::new()));
}

/// A key that waits for a touch, and does `then` when it is told to cancel.
fn touch_key(then: &'static [u8]) -> Script {
    Script::new(move |_, message| match message.command {
        command::CBOR => Some(vec![keepalive(2); 3]),
        command::CANCEL if then.is_empty() => Some(Vec::new()),
        command::CANCEL => Some(answer(OURS, command::CBOR, then)),
        _ => None,
    })
}

/// Raises the flag at the first keep-alive.
fn cancel_at_touch(channel: &mut Channel) -> Result<Vec<u8>, Error> {
    let cancel = Cancel::default();
    let flag = cancel.clone();
    channel.transact(&[1], &mut Wait::new(&cancel, move |_| flag.raise()))
}

#[test]
fn cancelling_tells_the_key_and_waits_for_its_word() {
    let script = touch_key(&[0x2d]);
    let received = script.received.clone();
    let mut channel = script.open();
    assert!(matches!(
        cancel_at_touch(&mut channel),
        Err(Error::Cancelled)
    ));
    let commands: Vec<u8> = received
        .lock()
        .unwrap()
        .iter()
        .map(|(_, c, _)| *c)
        .collect();
    assert_eq!(commands, [command::INIT, command::CBOR, command::CANCEL]);
}

#[test]
fn a_key_that_finished_before_it_was_cancelled_is_heard() {
    let mut channel = touch_key(&[0x00, 0xa0]).open();
    assert_eq!(cancel_at_touch(&mut channel).unwrap(), [0x00, 0xa0]);
}

#[test]
fn a_key_that_ignores_cancelling_is_left_after_a_second() {
    let script = touch_key(&[]);
    let clock = script.clock.clone();
    let mut channel = script.open();
    let start = clock.monotonic();
    assert!(matches!(
        cancel_at_touch(&mut channel),
        Err(Error::CancelUnconfirmed { .. })
    ));
    let waited = clock.monotonic() - start;
    assert!(waited <= Duration::from_millis(1200), "{waited:?}");
}

#[test]
fn nothing_is_sent_when_the_operator_has_cancelled_before() {
    let script = touch_key(&[]);
    let received = script.received.clone();
    let mut channel = script.open();
    let cancel = Cancel::default();
    cancel.raise();
    let result = channel.transact(&[1], &mut Wait::new(&cancel, |_| ()));
    assert!(matches!(result, Err(Error::Cancelled)));
    assert_eq!(received.lock().unwrap().len(), 1);
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_one() {
    let mut asked = 0;
    let script = cbor_key(move |_| {
        asked += 1;
        let mut reports = answer(OURS, command::CBOR, &[asked]);
        if asked == 1 {
            reports[0].0 = 2500;
        }
        reports
    });
    let received = script.received.clone();
    let mut channel = script.open();
    assert!(matches!(transact(&mut channel), Err(Error::Silent { .. })));
    assert_eq!(transact(&mut channel).unwrap(), [2]);
    let received = received.lock().unwrap();
    let (cid, command, _) = received[2];
    assert_eq!((cid, command), (OURS, command::INIT));
}

#[test]
fn a_key_that_forgot_the_channel_may_be_another_one() {
    let mut channel = Script::new(|cid, message| match message.command {
        command::INIT if cid != ChannelId::BROADCAST => Some(answer(cid, command::ERROR, &[0x0b])),
        _ => None,
    })
    .open();
    assert!(matches!(transact(&mut channel), Err(Error::Silent { .. })));
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Refused {
            command: command::INIT,
            status: Status::InvalidChannel
        })
    ));
}

#[test]
fn an_echo_must_be_the_same() {
    let honest = Arc::new(Mutex::new(true));
    let switch = honest.clone();
    let mut channel = Script::new(move |cid, message| {
        let payload = match *honest.lock().unwrap() {
            true => message.payload.clone(),
            false => vec![0; message.payload.len()],
        };
        (message.command == command::PING).then(|| answer(cid, command::PING, &payload))
    })
    .open();
    channel.ping(&[1; 100]).unwrap();
    *switch.lock().unwrap() = false;
    let error = channel.ping(&[1; 100]).unwrap_err();
    assert_eq!(violation(error), Violation::Echo(100));
}

#[test]
fn a_key_winks() {
    let script = Script::new(|cid, message| {
        (message.command == command::WINK).then(|| answer(cid, command::WINK, &[]))
    });
    script.open().wink().unwrap();
}

#[test]
fn patience_without_a_request_for_a_touch_can_be_shorter() {
    let limits = |status| {
        let mut channel = cbor_key(move |_| vec![keepalive(status); 1000]).open();
        let wait = Wait::unattended().limited(Duration::from_secs(30));
        let outcome = channel.transact(&[4], &mut wait.unprompted(Duration::from_secs(3)));
        match outcome {
            Err(Error::KeepAliveTooLong { limit, .. }) => limit.as_secs(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!((limits(1), limits(2)), (3, 30));
}
