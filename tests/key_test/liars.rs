//! Keys that misbehave in ways for which the emulator has no fault: somebody on the wire changes what the key says. With the
//! faults, every check is seen to fail.

use std::collections::{BTreeSet, HashMap};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use halligan::ceremony::key_test::CHECKS;
use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, Report, command, split};
use halligan::emulator::Profile;
use halligan::emulator::touch::{After, Never};
use halligan::encoding::cbor::{self, Value};
use rustix::event::{PollFd, PollFlags, poll};

use super::{faults, misled, test_at, with_verdict};
use crate::bench::{Bench, Key};

/// What becomes of a message from the key: HID command, the CTAP2 request that it may answer, the message, and what the liar
/// remembers. None: it gets lost.
pub(super) type Lie = fn(u8, &[u8], Vec<u8>, &mut Vec<u8>) -> Option<Vec<u8>>;

/// A lie, and the checks that see through it.
const LIES: &[(Lie, &[&str])] = &[
    (of_an_old_protocol, &["hid-init"]),
    (
        about_every_reason,
        &[
            "hid-unknown-command",
            "hid-broken-sequence",
            "hid-second-beginning",
            "hid-wrong-channel",
            "hid-busy",
            "hid-message-timeout",
            "hid-too-long",
        ],
    ),
    (
        in_every_echo,
        &[
            "hid-resynchronization",
            "hid-ping",
            "hid-stray-continuation",
            "hid-idle-cancel",
        ],
    ),
    (about_small_messages, &["get-info-consistent"]),
    (about_storing_nothing, &["fit-for-entra"]),
    (about_a_forced_change, &["pin-policy"]),
    (about_being_full, &["credential-storage"]),
    (about_spent_tries, &["pin-retries", "pin-token"]),
    (about_leaving_the_key, &["make-credential"]),
    (
        by_accepting_everything,
        &["unknown-command", "malformed-requests", "large-request"],
    ),
    (by_forgetting_what_it_holds, &["exclude-list"]),
    (about_algorithms, &["unknown-algorithm"]),
    (about_protection, &["cred-protect"]),
    (in_secrets, &["hmac-secret"]),
    (
        by_signing_for_anybody,
        &["allow-list", "credential-bound-to-rp"],
    ),
];

fn of_an_old_protocol(
    command: u8,
    _: &[u8],
    mut said: Vec<u8>,
    _: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    if command == command::INIT {
        said[12] = 1;
    }
    Some(said)
}

fn about_every_reason(command: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(if command == command::ERROR {
        vec![0x7f]
    } else {
        said
    })
}

fn in_every_echo(command: u8, _: &[u8], mut said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    if command == command::PING {
        said[0] ^= 1;
    }
    Some(said)
}

fn about_small_messages(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(in_info(request, said, 0x05, Value::from(512)))
}

fn about_storing_nothing(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    let options = cbor::map([("rk", Value::from(false)), ("clientPin", Value::from(true))]);
    Some(in_info(request, said, 0x04, options))
}

fn about_a_forced_change(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(in_info(request, said, 0x0c, Value::from(true)))
}

/// getCredsMetadata: how many more credentials fit.
fn about_being_full(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match request {
        [0x0a, 0xa3, 0x01, 0x01, ..] => with_member(said, 0x02, Value::from(0)),
        _ => said,
    })
}

/// Each question for the tries costs one.
fn about_spent_tries(_: u8, request: &[u8], said: Vec<u8>, asked: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match request {
        [0x06, 0xa2, 0x01, _, 0x02, 0x01] => {
            asked.push(0);
            with_member(
                said,
                0x03,
                Value::from(9 - u8::try_from(asked.len()).unwrap()),
            )
        }
        _ => said,
    })
}

/// The flag BE in the authenticator data.
fn about_leaving_the_key(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    let is_creation = request.first() == Some(&0x01) && said.first() == Some(&0);
    let Some(Value::Bytes(mut data)) = member(&said, 0x02).filter(|_| is_creation) else {
        return Some(said);
    };
    data[32] |= 0x08;
    Some(with_member(said, 0x02, Value::Bytes(data)))
}

fn by_accepting_everything(
    command: u8,
    _: &[u8],
    said: Vec<u8>,
    _: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(match (command, said.as_slice()) {
        (command::CBOR, [_]) => vec![0],
        _ => said,
    })
}

fn by_forgetting_what_it_holds(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    earlier: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(instead_of(0x19, 0x01, request, said, earlier))
}

pub(super) fn by_signing_for_anybody(
    _: u8,
    request: &[u8],
    said: Vec<u8>,
    earlier: &mut Vec<u8>,
) -> Option<Vec<u8>> {
    Some(instead_of(0x2e, 0x02, request, said, earlier))
}

fn about_algorithms(_: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(if said == [0x26] { vec![0x7f] } else { said })
}

fn about_protection(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match request.first() {
        Some(0x01) => after(b"kcredProtect", 0, said),
        _ => said,
    })
}

/// Far enough behind the name to be in the ciphertext.
fn in_secrets(_: u8, request: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    Some(match request.first() {
        Some(0x02) => after(b"khmac-secret", 40, said),
        _ => said,
    })
}

fn about_cancelling(_: u8, _: &[u8], said: Vec<u8>, _: &mut Vec<u8>) -> Option<Vec<u8>> {
    (said != [0x2d]).then_some(said)
}

/// One keep-alive in six.
fn by_keeping_quiet(command: u8, _: &[u8], said: Vec<u8>, count: &mut Vec<u8>) -> Option<Vec<u8>> {
    if command != command::KEEPALIVE {
        return Some(said);
    }
    count.push(0);
    (count.len() % 6 == 1).then_some(said)
}

/// The last good answer to this CTAP2 command, instead of this refusal.
pub(super) fn instead_of(
    status: u8,
    of: u8,
    request: &[u8],
    said: Vec<u8>,
    earlier: &mut Vec<u8>,
) -> Vec<u8> {
    if request.first() != Some(&of) {
        return said;
    }
    if said == [status] {
        return earlier.clone();
    }
    if said.first() == Some(&0) {
        earlier.clone_from(&said);
    }
    said
}

/// Another bit in the byte so far behind a text.
fn after(text: &[u8], distance: usize, mut said: Vec<u8>) -> Vec<u8> {
    if let Some(at) = said.windows(text.len()).position(|window| window == text) {
        said[at + text.len() + distance] ^= 2;
    }
    said
}

fn member(said: &[u8], key: u8) -> Option<Value> {
    let map = cbor::decode(said.get(1..)?).ok()?.into_map().ok()?;
    cbor::get(&map, &Value::from(key)).cloned()
}

pub(super) fn with_member(said: Vec<u8>, key: u8, value: Value) -> Vec<u8> {
    let mut map = cbor::decode(&said[1..]).unwrap().into_map().unwrap();
    map.retain(|(other, _)| *other != Value::from(key));
    map.push((Value::from(key), value));
    [vec![0], cbor::encode(&Value::Map(map))].concat()
}

pub(super) fn in_info(request: &[u8], said: Vec<u8>, key: u8, value: Value) -> Vec<u8> {
    if request == [0x04] && said.first() == Some(&0) {
        with_member(said, key, value)
    } else {
        said
    }
}

/// Puts a liar in front of a key, for one host. The thread ends with the process.
pub(super) fn liar(key: &Key, lie: Lie) -> String {
    let key: SocketAddr = key.address().strip_prefix("udp:").unwrap().parse().unwrap();
    let near = UdpSocket::bind("127.0.0.1:0").unwrap();
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    far.connect(key).unwrap();
    let address = format!("udp:{}", near.local_addr().unwrap());
    near.set_nonblocking(true).unwrap();
    far.set_nonblocking(true).unwrap();
    std::thread::spawn(move || relay(&near, &far, lie));
    address
}

fn relay(near: &UdpSocket, far: &UdpSocket, lie: Lie) {
    let mut report: Report = [0; 64];
    let mut host = None;
    let (mut asking, mut answering) = (Messages::default(), Messages::default());
    let mut requests: HashMap<ChannelId, Vec<u8>> = HashMap::new();
    let mut memory = Vec::new();
    loop {
        let sockets = [near, far].map(|socket| PollFd::new(socket, PollFlags::IN));
        poll(&mut { sockets }, None).unwrap();
        while let Ok((_, from)) = near.recv_from(&mut report) {
            host = Some(from);
            if let Some((cid, _, request)) = asking.take(&report) {
                requests.insert(cid, request);
            }
            let _ = far.send(&report);
        }
        while far.recv(&mut report).is_ok() {
            let Some((cid, command, said)) = answering.take(&report) else {
                continue;
            };
            let request = requests.get(&cid).cloned().unwrap_or_default();
            let told = lie(command, &request, said, &mut memory);
            for report in told
                .iter()
                .flat_map(|told| split(cid, command, told).unwrap())
            {
                let _ = near.send_to(&report, host.unwrap());
            }
        }
    }
}

/// Puts the messages of all channels together.
#[derive(Default)]
struct Messages(HashMap<ChannelId, Assembler>);

impl Messages {
    fn take(&mut self, report: &Report) -> Option<(ChannelId, u8, Vec<u8>)> {
        let packet = Packet::parse(report);
        let cid = packet.cid();
        // What the bench breaks on purpose makes no message.
        let message = self.0.entry(cid).or_default().push(&packet).ok()??;
        Some((cid, message.command, message.payload))
    }
}

#[test]
fn lies_are_seen_through() {
    let bench = Bench::new();
    for (lie, checks) in LIES {
        let key = bench.key(Profile::default());
        key.set_pin();
        sees_through(&bench, &key, *lie, checks);
    }
}

#[track_caller]
fn sees_through(bench: &Bench, key: &Key, lie: Lie, checks: &[&str]) {
    let only = checks.iter().flat_map(|check| ["--only", check]);
    let tested = test_at(bench, &liar(key, lie), key).with(only).run();
    assert_eq!(with_verdict(&tested, "fail"), checks, "{}", tested.shown());
    tested.exits(1);
}

#[test]
fn a_key_that_does_not_stop_waiting_is_seen() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(Never);
    sees_through(&bench, &key, about_cancelling, &["touch-cancelled"]);
}

#[test]
fn a_key_that_gives_up_too_soon_is_seen() {
    let bench = Bench::new();
    let key = bench.key(Profile {
        touch_timeout: Duration::from_secs(2),
        ..Profile::default()
    });
    key.touched_by(Never);
    let honest: Lie = |_, _, said, _| Some(said);
    sees_through(&bench, &key, honest, &["touch-timeout"]);
}

#[test]
fn a_key_that_hardly_says_that_it_waits_is_seen() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.touched_by(After(Duration::from_millis(2700)));
    let only = ["--only", "selection", "--only", "keep-alives"];
    let quiet = liar(&key, by_keeping_quiet);
    let tested = test_at(&bench, &quiet, &key).with(only).run().exits(1);
    assert_eq!(with_verdict(&tested, "fail"), ["keep-alives"]);
}

/// A check that cannot fail is none.
#[test]
fn every_check_is_seen_to_fail() {
    let mut seen: BTreeSet<&str> = faults::failing_checks().collect();
    seen.extend(LIES.iter().flat_map(|(_, checks)| checks.iter()));
    seen.extend(["touch-cancelled", "touch-timeout", "keep-alives"]);
    seen.extend(misled::failing_checks());
    let all: BTreeSet<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(seen, all);
}
