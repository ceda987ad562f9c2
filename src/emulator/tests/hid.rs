use std::time::Duration;

use super::host::{BROADCAST, Host, cut};
use super::requests::Create;
use crate::emulator::Profile;
use crate::emulator::touch::{After, Deny};

const ERROR: u8 = 0x3f;
const KEEPALIVE: u8 = 0x3b;
const SELECTION: [u8; 1] = [0x0b];

fn host() -> Host {
    Host::new(Profile::default())
}

/// The answer to a message that is refused below CTAP.
fn error(code: u8) -> Vec<(u8, Vec<u8>)> {
    vec![(ERROR, vec![code])]
}

#[test]
fn init_answers_with_capabilities_and_a_new_channel_each_time() {
    let mut host = host();
    host.send(BROADCAST, 0x06, b"12345678");
    let (cid, command, payload) = host.message().unwrap();
    assert_eq!((cid, command), (BROADCAST, 0x06));
    assert_eq!(payload[13..16], [1, 0, 0], "device version");
    // WINK, CBOR, and not NMSG.
    assert_eq!(payload[16], 0x05);
    let first = host.init(BROADCAST);
    assert_ne!(first, host.init(BROADCAST));
    assert_ne!(first[0], 0);
}

#[test]
fn init_on_a_channel_that_was_never_allocated_is_answered_there() {
    let mut host = host();
    let made_up = [9, 9, 9, 9];
    host.send(made_up, 0x01, b"ping");
    assert_eq!(host.messages(), error(0x0b));
    assert_eq!(host.init(made_up), made_up);
    host.send(made_up, 0x01, b"ping");
    assert_eq!(host.messages(), [(0x01, b"ping".to_vec())]);
}

#[test]
fn the_reserved_channels_are_refused() {
    let mut host = host();
    host.send([0; 4], 0x06, b"12345678");
    assert_eq!(host.messages(), error(0x0b));
    host.send(BROADCAST, 0x01, b"ping");
    assert_eq!(host.messages(), error(0x0b));
}

#[test]
fn ping_echoes_messages_of_any_number_of_reports_to_their_last_byte() {
    let mut host = host();
    // What fills 1 + n reports, and one byte more or less.
    let full = (0..=128).map(|continuations| 57 + 59 * continuations);
    let lengths = full.flat_map(|full| [full - 1, full, full + 1]);
    for length in (0..57).chain(lengths).filter(|length| *length <= 7609) {
        let payload: Vec<u8> = (1..=251).cycle().take(length).collect();
        host.send(host.cid, 0x01, &payload);
        assert_eq!(host.messages(), [(0x01, payload)]);
    }
}

#[test]
fn what_a_report_holds_beyond_the_message_is_not_looked_at() {
    let mut host = host();
    let mut reports = cut(host.cid, 0x01, &[5; 60]);
    reports[1][8..].fill(0xff);
    for report in &reports {
        host.emulator.handle_report(report);
    }
    assert_eq!(host.messages(), [(0x01, vec![5; 60])]);
}

#[test]
fn the_device_version_is_the_profiles() {
    let mut profile = Profile::default();
    profile.usb.device_version = [5, 7, 4];
    let mut host = Host::new(profile);
    host.send(BROADCAST, 0x06, b"12345678");
    assert_eq!(host.message().unwrap().2[13..16], [5, 7, 4]);
}

#[test]
fn what_does_not_fit_is_refused_with_the_code_of_the_specification() {
    let mut host = host();
    let cid = host.cid;
    for (command, payload, code) in [
        (0x03, b"".as_slice(), 0x03),
        (0x02, b"no such command", 0x01),
        (0x3b, b"keep-alives come from the key", 0x01),
        (0x40, b"vendor", 0x01),
        (0x7f, b"vendor", 0x01),
        (0x06, b"short", 0x03),
        (0x08, b"wink with payload", 0x03),
        (0x10, b"", 0x03),
        (0x04, &[11], 0x02),
        (0x04, &[], 0x03),
    ] {
        host.send(cid, command, payload);
        assert_eq!(host.messages(), error(code), "command {command:02x}");
    }
    let mut too_long = cut(cid, 0x01, &[0; 57])[0];
    too_long[5..7].copy_from_slice(&7610u16.to_be_bytes());
    host.emulator.handle_report(&too_long);
    assert_eq!(host.messages(), error(0x03));
    host.send(cid, 0x08, b"");
    assert_eq!(host.messages(), [(0x08, vec![])]);
}

#[test]
fn a_message_out_of_order_is_refused_and_forgotten() {
    let mut host = host();
    let reports = cut(host.cid, 0x01, &[1; 200]);
    host.emulator.handle_report(&reports[0]);
    host.emulator.handle_report(&reports[2]);
    assert_eq!(host.messages(), error(0x04));
    // What is left of it are continuations of nothing, which are ignored.
    host.emulator.handle_report(&reports[1]);
    assert_eq!(host.messages(), []);
    host.emulator.handle_report(&reports[0]);
    host.emulator.handle_report(&reports[0]);
    assert_eq!(host.messages(), error(0x04));
    host.send(host.cid, 0x01, b"ping");
    assert_eq!(host.messages(), [(0x01, b"ping".to_vec())]);
}

#[test]
fn each_report_gives_the_message_another_half_second() {
    let mut host = host();
    for report in cut(host.cid, 0x01, &[1; 200]) {
        assert_eq!(host.messages(), []);
        host.emulator.handle_report(&report);
        host.advance(Duration::from_millis(499));
    }
    assert_eq!(host.messages(), [(0x01, vec![1; 200])]);
}

#[test]
fn a_report_that_comes_too_late_finds_its_message_timed_out() {
    let mut host = host();
    let reports = cut(host.cid, 0x01, &[1; 100]);
    host.emulator.handle_report(&reports[0]);
    host.advance(Duration::from_millis(501));
    host.emulator.handle_report(&reports[1]);
    assert_eq!(host.messages(), error(0x05));
    // What begins a message begins one, after the news of the one before.
    host.emulator.handle_report(&reports[0]);
    host.advance(Duration::from_millis(501));
    host.send(host.cid, 0x01, b"ping");
    assert_eq!(
        host.messages(),
        [(ERROR, vec![0x05]), (0x01, b"ping".to_vec())]
    );
}

#[test]
fn a_stalled_message_times_out() {
    let mut host = host();
    let reports = cut(host.cid, 0x01, &[1; 100]);
    host.emulator.handle_report(&reports[0]);
    assert_eq!(
        host.emulator.time_until_next(),
        Some(Duration::from_millis(500))
    );
    host.advance(Duration::from_millis(499));
    assert_eq!(host.messages(), []);
    host.advance(Duration::from_millis(1));
    assert_eq!(host.messages(), error(0x05));
    host.emulator.handle_report(&reports[1]);
    assert_eq!(host.messages(), []);
    assert_eq!(host.emulator.time_until_next(), None);
}

#[test]
fn other_channels_find_the_key_busy_and_do_not_disturb() {
    let mut host = host();
    let mine = host.cid;
    let other = host.init(BROADCAST);
    let reports = cut(mine, 0x01, &[7; 100]);
    host.emulator.handle_report(&reports[0]);
    host.send(other, 0x01, b"ping");
    assert_eq!(host.message(), Some((other, ERROR, vec![0x06])));
    // A continuation on the other channel is not ours, and INIT is always answered.
    host.emulator.handle_report(&cut(other, 0x01, &[8; 100])[1]);
    host.init(BROADCAST);
    host.emulator.handle_report(&reports[1]);
    assert_eq!(host.message(), Some((mine, 0x01, vec![7; 100])));
}

#[test]
fn while_a_request_is_worked_on_every_channel_finds_the_key_busy() {
    let mut host = host();
    let mine = host.cid;
    let other = host.init(BROADCAST);
    host.emulator
        .set_touch(Box::new(After(Duration::from_millis(50))));
    host.send(mine, 0x10, &SELECTION);
    assert_eq!(host.message(), Some((mine, KEEPALIVE, vec![2])));
    for cid in [mine, other] {
        for command in [0x01, 0x03, 0x04, 0x08, 0x10] {
            host.send(cid, command, &[1]);
            assert_eq!(host.message(), Some((cid, ERROR, vec![0x06])));
        }
    }
    // Neither INIT of another channel nor a continuation of nothing disturbs.
    host.init(BROADCAST);
    host.init(other);
    host.emulator.handle_report(&cut(mine, 0x01, &[8; 100])[1]);
    host.advance(Duration::from_millis(50));
    assert_eq!(host.message(), Some((mine, 0x10, vec![0])));
    assert_eq!(host.messages(), []);
}

#[test]
fn init_on_the_busy_channel_abandons_the_transaction() {
    let mut host = host();
    host.never_touch();
    let reports = cut(host.cid, 0x01, &[7; 100]);
    host.emulator.handle_report(&reports[0]);
    assert_eq!(host.init(host.cid), host.cid);
    host.emulator.handle_report(&reports[1]);
    assert_eq!(host.messages(), []);

    host.send(host.cid, 0x10, &SELECTION);
    assert_eq!(host.messages(), [(KEEPALIVE, vec![2])]);
    assert_eq!(host.init(host.cid), host.cid);
    host.advance(Duration::from_secs(60));
    assert_eq!(host.messages(), []);
}

#[test]
fn keepalives_come_every_100_ms_until_the_touch() {
    let mut host = host();
    host.emulator
        .set_touch(Box::new(After(Duration::from_millis(250))));
    host.send(host.cid, 0x10, &SELECTION);
    let mut seen = Vec::new();
    for millisecond in 0..300 {
        for message in host.messages() {
            seen.push((millisecond, message));
        }
        host.advance(Duration::from_millis(1));
    }
    assert_eq!(
        seen,
        [
            (0, (KEEPALIVE, vec![2])),
            (100, (KEEPALIVE, vec![2])),
            (200, (KEEPALIVE, vec![2])),
            (250, (0x10, vec![0])),
        ]
    );
}

#[test]
fn the_next_deadline_is_the_next_keepalive_or_the_time_out() {
    let mut host = host();
    host.never_touch();
    assert_eq!(host.emulator.time_until_next(), None);
    host.send(host.cid, 0x10, &SELECTION);
    host.messages();
    assert_eq!(
        host.emulator.time_until_next(),
        Some(Duration::from_millis(100))
    );
    host.advance(Duration::from_millis(29_950));
    host.messages();
    assert_eq!(
        host.emulator.time_until_next(),
        Some(Duration::from_millis(50))
    );
}

#[test]
fn without_a_touch_a_request_times_out_and_a_refusal_is_told_apart() {
    let mut host = host();
    host.never_touch();
    host.send(host.cid, 0x10, &SELECTION);
    host.advance(Duration::from_secs(30));
    assert_eq!(host.messages(), [(KEEPALIVE, vec![2]), (0x10, vec![0x2f])]);
    host.emulator.set_touch(Box::new(Deny));
    assert_eq!(host.raw(&SELECTION), (0x27, vec![]));
    // For makeCredential the specification treats both alike.
    assert_eq!(Create::new().send(&mut host), Err(0x27));
}

#[test]
fn cancel_ends_the_wait_and_is_ignored_otherwise() {
    let mut host = host();
    let cid = host.cid;
    let other = host.init(BROADCAST);
    for unknown in [[0; 4], [9; 4], BROADCAST, cid] {
        host.send(unknown, 0x11, b"");
        assert_eq!(host.messages(), []);
    }
    host.never_touch();
    host.send(cid, 0x10, &SELECTION);
    host.send(other, 0x11, b"");
    host.send(BROADCAST, 0x11, b"");
    assert_eq!(host.messages(), [(KEEPALIVE, vec![2])]);
    host.send(cid, 0x11, b"");
    host.send(cid, 0x11, b"");
    assert_eq!(host.messages(), [(0x10, vec![0x2d])]);
    host.touch();
    assert_eq!(host.raw(&SELECTION), (0, vec![]));
}

#[test]
fn a_locked_key_serves_one_channel_until_the_lock_ends() {
    let mut host = host();
    let mine = host.cid;
    let other = host.init(BROADCAST);
    host.send(mine, 0x04, &[2]);
    assert_eq!(host.messages(), [(0x04, vec![])]);
    host.send(other, 0x01, b"ping");
    assert_eq!(host.messages(), error(0x06));
    host.send(mine, 0x01, b"ping");
    assert_eq!(host.messages(), [(0x01, b"ping".to_vec())]);
    host.advance(Duration::from_secs(2));
    host.send(other, 0x01, b"ping");
    assert_eq!(host.messages(), [(0x01, b"ping".to_vec())]);
}

#[test]
fn a_lock_is_renewed_released_and_kept_by_its_channel_alone() {
    let mut host = host();
    let mine = host.cid;
    let other = host.init(BROADCAST);
    let lock = |host: &mut Host, cid, seconds: u8| {
        host.send(cid, 0x04, &[seconds]);
        host.messages()
    };
    let done = vec![(0x04, vec![])];
    assert_eq!(lock(&mut host, mine, 10), done);
    assert_eq!(lock(&mut host, other, 0), error(0x06));
    host.init(other);
    host.advance(Duration::from_secs(9));
    assert_eq!(lock(&mut host, mine, 10), done);
    host.advance(Duration::from_secs(9));
    assert_eq!(lock(&mut host, other, 1), error(0x06));
    assert_eq!(lock(&mut host, mine, 0), done);
    assert_eq!(lock(&mut host, other, 1), done);
    host.emulator.power_cycle();
    assert_eq!(lock(&mut host, mine, 1), done);
}

#[test]
fn channels_survive_a_power_cycle_and_the_request_at_hand_does_not() {
    let mut host = host();
    host.never_touch();
    host.send(host.cid, 0x10, &SELECTION);
    host.emulator.power_cycle();
    assert_eq!(host.messages(), []);
    host.send(host.cid, 0x01, b"ping");
    assert_eq!(host.messages(), [(0x01, b"ping".to_vec())]);
}

#[test]
fn requests_are_refused_by_command_size_and_encoding() {
    let mut host = host();
    assert_eq!(host.raw(&[0x42]), (0x01, vec![]));
    assert_eq!(host.raw(&[0x0f]), (0x01, vec![]));
    assert_eq!(host.raw(&[0x04, 0xa0]), (0x03, vec![]));
    assert_eq!(host.raw(&[0x01]), (0x14, vec![]));
    assert_eq!(host.raw(&[0x01, 0x80]), (0x11, vec![]));
    assert_eq!(host.raw(&[0x01, 0xa1, 0x18, 0x01, 0x00]), (0x12, vec![]));
    assert_eq!(host.raw(&[0x06; 2049]), (0x39, vec![]));
}
