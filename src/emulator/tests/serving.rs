use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketType, connect, recv, send, socket,
};

use super::host::{BROADCAST, cut};
use crate::emulator::serve::{BoundAddress, ListenAddress, POWER_CYCLE, ServeError, Server, serve};
use crate::emulator::touch::{Never, Touch, TouchState};
use crate::emulator::{Effect, Emulator, Faults, Profile};
use crate::env::Env;

type Shared = Arc<Mutex<Emulator>>;

fn started(addresses: &[&str]) -> (Server, Shared) {
    let emulator = Emulator::in_memory(Env::system(), Profile::default()).unwrap();
    let emulator = Arc::new(Mutex::new(emulator));
    let addresses: Vec<ListenAddress> = addresses.iter().map(|a| a.parse().unwrap()).collect();
    (serve(emulator.clone(), &addresses).unwrap(), emulator)
}

fn udp_client(server: &Server) -> UdpSocket {
    let BoundAddress::Udp(address) = server.addresses()[0] else {
        panic!("udp");
    };
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(address).unwrap();
    let timeout = Some(Duration::from_secs(5));
    socket.set_read_timeout(timeout).unwrap();
    socket
}

fn tcp_address(server: &Server) -> SocketAddr {
    let BoundAddress::Tcp(address) = server.addresses()[0] else {
        panic!("tcp");
    };
    address
}

fn receive(socket: &UdpSocket) -> [u8; 64] {
    let mut buffer = [0; 128];
    assert_eq!(socket.recv(&mut buffer).unwrap(), 64);
    buffer[..64].try_into().unwrap()
}

fn init_report() -> [u8; 64] {
    cut(BROADCAST, 0x06, b"nonce678")[0]
}

/// The channel in an answer to INIT.
fn channel(answer: &[u8]) -> [u8; 4] {
    assert_eq!(answer[..5], [0xff, 0xff, 0xff, 0xff, 0x86]);
    assert_eq!(answer[7..15], *b"nonce678");
    answer[15..19].try_into().unwrap()
}

#[test]
fn udp_answers_the_sender_and_drops_other_sizes() {
    let (server, _) = started(&["udp:127.0.0.1:0"]);
    let (first, second) = (udp_client(&server), udp_client(&server));
    for wrong in [&[0xff; 63][..], &[0xff; 65], &[]] {
        first.send(wrong).unwrap();
    }
    first.send(&init_report()).unwrap();
    second.send(&init_report()).unwrap();
    let (mine, other) = (channel(&receive(&first)), channel(&receive(&second)));
    assert_ne!(mine, other);
    second.send(&cut(other, 0x01, b"ping")[0]).unwrap();
    assert_eq!(receive(&second)[4], 0x81);
    server.stop();
}

#[test]
fn udp_sends_keepalives_until_power_is_cut() {
    let (server, emulator) = started(&["udp:localhost:0"]);
    emulator.lock().unwrap().set_touch(Box::new(Never));
    let client = udp_client(&server);
    client.send(&init_report()).unwrap();
    let cid = channel(&receive(&client));
    client.send(&cut(cid, 0x10, &[0x0b])[0]).unwrap();
    for _ in 0..3 {
        assert_eq!(receive(&client)[4..8], [0xbb, 0, 1, 2]);
    }
    client.send(&POWER_CYCLE).unwrap();
    // The channel survives; what follows the last keep-alive is the answer to the ping.
    client.send(&cut(cid, 0x01, b"ping")[0]).unwrap();
    let answer = std::iter::repeat_with(|| receive(&client))
        .find(|report| report[4] != 0xbb)
        .unwrap();
    assert_eq!(answer[4..11], *b"\x81\x00\x04ping");
}

#[test]
fn tcp_frames_reports_and_the_newest_connection_wins() {
    let (server, _) = started(&["tcp:127.0.0.1:0"]);
    let connect = || {
        let stream = TcpStream::connect(tcp_address(&server)).unwrap();
        let timeout = Some(Duration::from_secs(5));
        stream.set_read_timeout(timeout).unwrap();
        stream
    };
    let exchange = |stream: &mut TcpStream| {
        let frame = [&[0, 64], init_report().as_slice()].concat();
        // In two pieces, as a stream may deliver it.
        stream.write_all(&frame[..10]).unwrap();
        stream.write_all(&frame[10..]).unwrap();
        let mut answer = [0; 66];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer[..2], [0, 64]);
        channel(&answer[2..])
    };
    let mut first = connect();
    let one = exchange(&mut first);
    let mut second = connect();
    assert_ne!(exchange(&mut second), one);
    assert_eq!(first.read(&mut [0; 1]).unwrap(), 0);
}

fn seqpacket(path: &Path) -> OwnedFd {
    let client = socket(AddressFamily::UNIX, SocketType::SEQPACKET, None).unwrap();
    connect(&client, &SocketAddrUnix::new(path).unwrap()).unwrap();
    client
}

#[test]
fn a_seqpacket_socket_carries_reports_and_is_removed_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let address = format!("unix:{}", path.display());
    let (server, emulator) = started(&[&address]);
    let client = seqpacket(&path);
    let exchange = |message: &[u8]| {
        send(&client, message, SendFlags::empty()).unwrap();
        let mut answer = [0; 128];
        let (length, _) = recv(&client, answer.as_mut_slice(), RecvFlags::empty()).unwrap();
        assert_eq!(length, 64);
        channel(&answer)
    };
    exchange(&init_report());
    let with_report_number = [&[0], init_report().as_slice()].concat();
    exchange(&with_report_number);
    let second = serve(emulator, &[address.parse().unwrap()]);
    assert!(matches!(second.err(), Some(ServeError::SocketInUse(used)) if used == path));
    server.stop();
    assert!(!path.exists());
}

#[test]
fn a_socket_left_behind_by_a_crash_is_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let stale = socket(AddressFamily::UNIX, SocketType::SEQPACKET, None).unwrap();
    rustix::net::bind(&stale, &SocketAddrUnix::new(&path).unwrap()).unwrap();
    drop(stale);
    let (server, _) = started(&[&format!("unix:{}", path.display())]);
    seqpacket(&path);
    server.stop();
}

#[test]
fn a_file_in_the_way_is_not_taken_for_a_socket() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    std::fs::write(&path, "precious").unwrap();
    let emulator = Emulator::in_memory(Env::system(), Profile::default()).unwrap();
    let refused = serve(
        Arc::new(Mutex::new(emulator)),
        &[ListenAddress::Unix(path.clone())],
    );
    assert!(matches!(refused.err(), Some(ServeError::Io { .. })));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "precious");
}

#[test]
fn a_terminal_takes_both_lengths_and_survives_its_clients() {
    let (server, _) = started(&["pty"]);
    let BoundAddress::Pty(path) = &server.addresses()[0] else {
        panic!("pty");
    };
    for with_report_number in [true, false, true] {
        let mut client = File::options().read(true).write(true).open(path).unwrap();
        let mut message = init_report().to_vec();
        if with_report_number {
            message.insert(0, 0);
        }
        client.write_all(&message).unwrap();
        let mut answer = [0; 64];
        client.read_exact(&mut answer).unwrap();
        channel(&answer);
    }
}

#[test]
fn one_key_is_behind_all_doors() {
    let (server, _) = started(&["udp:127.0.0.1:0", "udp:127.0.0.1:0", "pty"]);
    assert_eq!(server.addresses().len(), 3);
    let client = udp_client(&server);
    client.send(&init_report()).unwrap();
    let udp = channel(&receive(&client));
    let BoundAddress::Pty(path) = &server.addresses()[2] else {
        panic!("pty");
    };
    let mut terminal = File::options().read(true).write(true).open(path).unwrap();
    terminal.write_all(&init_report()).unwrap();
    let mut answer = [0; 64];
    terminal.read_exact(&mut answer).unwrap();
    assert_ne!(channel(&answer), udp);
}

#[test]
fn an_unplugged_key_hangs_up() {
    let (server, emulator) = started(&["tcp:127.0.0.1:0"]);
    let faults = Faults::from_iter([Effect::UnplugAfter(1).into()]);
    emulator.lock().unwrap().set_faults(faults);
    let mut stream = TcpStream::connect(tcp_address(&server)).unwrap();
    let frame = [&[0, 64], init_report().as_slice()].concat();
    stream.write_all(&frame).unwrap();
    assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
}

#[test]
fn other_machines_are_kept_out() {
    let emulator = Emulator::in_memory(Env::system(), Profile::default()).unwrap();
    let emulator = Arc::new(Mutex::new(emulator));
    for address in ["udp:0.0.0.0:0", "tcp:[::]:0", "udp:192.0.2.1:0"] {
        let address: ListenAddress = address.parse().unwrap();
        let refused = serve(emulator.clone(), std::slice::from_ref(&address)).err();
        assert!(matches!(refused, Some(ServeError::NotLoopback(found)) if found == address));
    }
}

struct Panics;

impl Touch for Panics {
    fn state(&mut self, _waited: Duration) -> TouchState {
        panic!("a touch of somebody else's");
    }
}

#[test]
fn the_end_of_a_key_that_stops_by_itself_is_told() {
    let (server, emulator) = started(&["udp:127.0.0.1:0"]);
    emulator.lock().unwrap().set_touch(Box::new(Panics));
    let client = udp_client(&server);
    client.send(&init_report()).unwrap();
    let cid = channel(&receive(&client));
    let selection = cut(cid, 0x10, &[0x0b])[0];
    client.send(&selection).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    let ended = async { tokio::time::timeout(Duration::from_secs(10), server.ended()).await };
    assert_eq!(runtime.block_on(ended), Ok(()));
}
