use super::device::init_response;
use super::*;
use crate::ctap::transport::{Capabilities, Identity};

fn open(script: Script) -> Result<Channel, Error> {
    let (device, env) = script.device();
    Channel::open(device, env)
}

fn failure(script: Script) -> Error {
    open(script).err().unwrap()
}

#[test]
fn the_first_packet_is_an_init_on_the_broadcast_channel() {
    let script = cbor_key(|_| Vec::new());
    let received = script.received.clone();
    let channel = script.open();
    let received = received.lock().unwrap();
    let (cid, command, nonce) = &received[0];
    assert_eq!(
        (*cid, *command, nonce.len()),
        (ChannelId::BROADCAST, 0x06, 8)
    );
    let identity = Identity {
        protocol_version: 2,
        device_version: [1, 2, 3],
        capabilities: Capabilities(5),
    };
    assert_eq!(channel.identity(), identity);
    assert_eq!(channel.cid, OURS);
}

#[test]
fn answers_to_other_programs_are_skipped() {
    let channel = Script::new(|cid, message| {
        let mut reports = answer(cid, command::INIT, &init_response(&[9; 8], FOREIGN, 5));
        reports.extend(answer(FOREIGN, command::CBOR, &[0; 100]));
        reports.extend(answer(cid, command::ERROR, &[0x0b]));
        reports.extend(answer(
            cid,
            command::INIT,
            &init_response(&message.payload, OURS, 5),
        ));
        Some(reports)
    })
    .open();
    assert_eq!(channel.cid, OURS);
    assert_eq!(channel.counters().reports_written, 1);
    assert_eq!(channel.counters().reports_read, 5);
}

#[test]
fn only_answers_to_other_programs_are_silence() {
    let error = failure(Script::new(|cid, _| {
        let report = answer(cid, command::INIT, &init_response(&[9; 8], FOREIGN, 5))[0].1;
        Some(vec![(30, report); 1000])
    }));
    assert!(matches!(error, Error::Silent { command: 0x06, .. }));
}

#[test]
fn a_device_that_says_nothing_is_given_up_after_two_seconds() {
    let script = Script::new(|_, _| Some(Vec::new()));
    let clock = script.clock.clone();
    let error = failure(script);
    assert!(matches!(error, Error::Silent { command: 0x06, .. }));
    assert_eq!(
        crate::env::Clock::monotonic(&*clock),
        Duration::from_secs(2)
    );
}

#[test]
fn a_busy_device_is_asked_again() {
    let mut attempts = 0;
    let channel = Script::new(move |cid, _| {
        attempts += 1;
        (attempts <= 2).then(|| answer(cid, command::ERROR, &[0x06]))
    })
    .open();
    assert_eq!(channel.counters().reports_written, 3);
}

#[test]
fn malformed_answers_are_violations() {
    let violation = |error| match error {
        Error::Violation { violation, .. } => violation,
        other => panic!("{other}"),
    };
    let short = failure(Script::new(|cid, message| {
        Some(answer(cid, command::INIT, &message.payload))
    }));
    assert_eq!(violation(short), Violation::ShortInit(8));
    for reserved in [ChannelId::ZERO, ChannelId::BROADCAST] {
        let error = failure(Script::new(move |cid, message| {
            let response = init_response(&message.payload, reserved, 5);
            Some(answer(cid, command::INIT, &response))
        }));
        assert_eq!(violation(error), Violation::ReservedChannel(reserved.0));
    }
}

#[test]
fn a_longer_answer_of_a_later_protocol_is_accepted() {
    let channel = Script::new(|cid, message| {
        let mut response = init_response(&message.payload, OURS, 5);
        response.push(0xff);
        Some(answer(cid, command::INIT, &response))
    })
    .open();
    assert_eq!(channel.cid, OURS);
}

#[test]
fn what_the_capabilities_leave_out_is_not_sent() {
    let script = Script::new(|cid, message| {
        let response = init_response(&message.payload, OURS, 0);
        Some(answer(cid, command::INIT, &response))
    });
    let received = script.received.clone();
    let mut channel = script.open();
    assert!(matches!(
        channel.wink(),
        Err(Error::Unsupported { command: 0x08 })
    ));
    assert!(matches!(
        transact(&mut channel),
        Err(Error::Unsupported { command: 0x10 })
    ));
    assert_eq!(received.lock().unwrap().len(), 1);
}
