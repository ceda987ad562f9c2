//! Real sockets on this machine; the peer's side is in the same thread, since the kernel keeps what is sent.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketAddrUnix, SocketType, accept, bind, listen, recv,
    send, socket,
};

use super::super::Address;
use super::super::packet::{REPORT_LENGTH, Report};
use super::*;

const OUT: Report = [0xaa; REPORT_LENGTH];
const IN: Report = [0xbb; REPORT_LENGTH];
/// Longer than a loopback takes, so that a lost report fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(5);
const MOMENT: Duration = Duration::from_millis(1);

fn connect(text: &str) -> Result<Box<dyn HidDevice>, DeviceError> {
    match text.parse().unwrap() {
        Address::Socket(address) => open(&address),
        other => panic!("{other} is not a socket"),
    }
}

#[test]
fn one_datagram_is_one_report() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port();
    let mut device = connect(&format!("udp:localhost:{port}")).unwrap();
    device.write_report(&OUT).unwrap();
    let mut datagram = [0; 100];
    let (length, host) = peer.recv_from(&mut datagram).unwrap();
    assert_eq!(datagram[..length], OUT);
    for length in [0, 63, 65] {
        peer.send_to(&vec![1; length], host).unwrap();
    }
    peer.send_to(&IN, host).unwrap();
    for _ in 0..3 {
        assert_eq!(device.read_report(PATIENCE).unwrap(), None);
    }
    assert_eq!(device.read_report(PATIENCE).unwrap(), Some(IN));
    assert_eq!(device.read_report(MOMENT).unwrap(), None);
    drop(peer);
    device.write_report(&OUT).unwrap();
    let error = device.read_report(PATIENCE).unwrap_err();
    assert!(matches!(error, DeviceError::Gone(_)), "{error}");
}

#[test]
fn a_datagram_leaves_from_the_local_port_that_was_asked_for() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port();
    let free = UdpSocket::bind("127.0.0.1:0").unwrap();
    let local_port = free.local_addr().unwrap().port();
    drop(free);
    let mut device = connect(&format!("udp:127.0.0.1:{port}:{local_port}")).unwrap();
    device.write_report(&OUT).unwrap();
    let (_, host) = peer.recv_from(&mut [0; 64]).unwrap();
    assert_eq!(host.port(), local_port);
}

#[test]
fn a_udp_port_where_nobody_listens_is_not_found() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port();
    drop(peer);
    let mut device = connect(&format!("udp:127.0.0.1:{port}")).unwrap();
    device.write_report(&OUT).unwrap();
    let error = device.read_report(PATIENCE).unwrap_err();
    assert!(matches!(error, DeviceError::NotFound(_)), "{error}");
}

#[test]
fn a_report_on_tcp_is_preceded_by_its_length() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut device = connect(&format!("tcp:127.0.0.1:{port}")).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    device.write_report(&OUT).unwrap();
    let mut message = [0; 2 + REPORT_LENGTH];
    peer.read_exact(&mut message).unwrap();
    assert_eq!(message[..2], [0, 64]);
    assert_eq!(message[2..], OUT);
    // A message of another length, an empty one, then a report that comes in pieces.
    peer.write_all(&[0, 3, 1, 2, 3, 0, 0, 0, 64]).unwrap();
    assert_eq!(device.read_report(PATIENCE).unwrap(), None);
    assert_eq!(device.read_report(PATIENCE).unwrap(), None);
    peer.write_all(&IN[..10]).unwrap();
    assert_eq!(device.read_report(MOMENT).unwrap(), None);
    peer.write_all(&IN[10..]).unwrap();
    assert_eq!(device.read_report(PATIENCE).unwrap(), Some(IN));
    drop(peer);
    let error = device.read_report(PATIENCE).unwrap_err();
    assert!(matches!(error, DeviceError::Gone(_)), "{error}");
    drop(listener);
    let error = connect(&format!("tcp:127.0.0.1:{port}")).err().unwrap();
    assert!(matches!(error, DeviceError::NotFound(_)), "{error}");
}

#[test]
fn one_message_on_a_unix_socket_is_one_report() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    let text = format!("unix:{}", path.display());
    let error = connect(&text).err().unwrap();
    assert!(matches!(error, DeviceError::NotFound(_)), "{error}");
    let listener = socket(AddressFamily::UNIX, SocketType::SEQPACKET, None).unwrap();
    bind(&listener, &SocketAddrUnix::new(&path).unwrap()).unwrap();
    listen(&listener, 1).unwrap();
    let mut device = connect(&text).unwrap();
    let peer = accept(&listener).unwrap();
    device.write_report(&OUT).unwrap();
    let mut message = [0; 100];
    let (length, _) = recv(&peer, &mut message[..], RecvFlags::empty()).unwrap();
    assert_eq!(message[..length], OUT);
    for wrong in [1, 63, 65] {
        send(&peer, &vec![1; wrong], SendFlags::empty()).unwrap();
        assert_eq!(device.read_report(PATIENCE).unwrap(), None);
    }
    send(&peer, &IN, SendFlags::empty()).unwrap();
    assert_eq!(device.read_report(PATIENCE).unwrap(), Some(IN));
    assert_eq!(device.read_report(MOMENT).unwrap(), None);
    drop(peer);
    let error = device.read_report(PATIENCE).unwrap_err();
    assert!(matches!(error, DeviceError::Gone(_)), "{error}");
}
