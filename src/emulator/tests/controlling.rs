//! The control socket, by a client of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::host::{BROADCAST, cut};
use crate::emulator::serve::{BoundAddress, ServeError, Server, serve_with_control};
use crate::emulator::{Emulator, Profile};
use crate::env::Env;

struct Served {
    server: Server,
    path: PathBuf,
    _directory: TempDir,
}

fn serve(path: &Path) -> Result<Server, ServeError> {
    let emulator = Emulator::in_memory(Env::system(), Profile::default()).unwrap();
    let udp = "udp:127.0.0.1:0".parse().unwrap();
    serve_with_control(Arc::new(Mutex::new(emulator)), &[udp], path)
}

fn served() -> Served {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control");
    Served {
        server: serve(&path).unwrap(),
        path,
        _directory: directory,
    }
}

struct Client(BufReader<UnixStream>);

impl Client {
    fn of(served: &Served) -> Self {
        let stream = UnixStream::connect(&served.path).unwrap();
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).unwrap();
        Self(BufReader::new(stream))
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ask(&mut self, request: &Value) -> Value {
        self.write(format!("{request}\n").as_bytes());
        self.line()
    }

    fn is_hung_up_on(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 1]), Ok(0) | Err(_))
    }
}

/// A host with a channel.
struct Usb(UdpSocket, [u8; 4]);

impl Usb {
    fn of(served: &Served) -> Self {
        let BoundAddress::Udp(address) = served.server.addresses()[0] else {
            panic!("udp");
        };
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(address).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let mut usb = Self(socket, BROADCAST);
        usb.0.send(&cut(BROADCAST, 0x06, b"nonce678")[0]).unwrap();
        usb.1 = usb.receive()[15..19].try_into().unwrap();
        usb
    }

    fn select(&self) {
        self.0.send(&cut(self.1, 0x10, &[0x0b])[0]).unwrap();
    }

    fn receive(&self) -> [u8; 64] {
        let mut report = [0; 64];
        self.0.recv(&mut report).unwrap();
        report
    }

    /// The status of the answer.
    fn status(&self) -> u8 {
        let mut reports = std::iter::repeat_with(|| self.receive());
        reports.find(|report| report[4] == 0x90).unwrap()[7]
    }
}

const ASK: &str = r#"{"request":"touch-mode","mode":"ask"}"#;

#[test]
fn a_touch_is_awaited_given_and_declined() {
    let served = served();
    let (mut client, usb) = (Client::of(&served), Usb::of(&served));
    client.write(format!("{ASK}\n").as_bytes());
    assert_eq!(client.line(), json!({"ok": true}));
    for (request, status) in [("touch", 0), ("deny", 0x27)] {
        let early = client.ask(&json!({"request": request}));
        assert_eq!(early["error"]["code"], "no_touch_awaited");
        usb.select();
        let wait = json!({"request": "wait", "for": "touch-awaited", "command": "selection"});
        assert_eq!(client.ask(&wait)["ok"], true);
        let state = client.ask(&json!({"request": "state"}));
        assert_eq!(state["state"]["touch"]["command"], "selection");
        assert_eq!(
            client.ask(&json!({"request": request})),
            json!({"ok": true})
        );
        assert_eq!(usb.status(), status);
    }
}

#[test]
fn events_are_told_to_whoever_subscribed() {
    let served = served();
    let (mut one, mut other) = (Client::of(&served), Client::of(&served));
    let usb = Usb::of(&served);
    assert_eq!(
        one.ask(&json!({"request": "subscribe"})),
        json!({"ok": true, "event": 0})
    );
    usb.select();
    assert_eq!(usb.status(), 0);
    let told: Vec<Value> = (0..3).map(|_| one.line()["event"].clone()).collect();
    assert_eq!(told, ["request", "touch-awaited", "answered"]);
    // Who comes later can have what has been.
    other.ask(&json!({"request": "subscribe", "since": 2}));
    let answered = other.line();
    assert_eq!(
        (&answered["number"], &answered["status"]),
        (&json!(3), &json!("CTAP2_OK"))
    );
    other.ask(&json!({"request": "unplug"}));
    assert_eq!(one.line()["event"], "unplugged");
}

#[test]
fn whoever_waits_is_answered_in_time_and_in_order() {
    let served = served();
    let mut client = Client::of(&served);
    let wait = json!({"request": "wait", "for": "powered-up", "timeout": "50ms"});
    assert_eq!(client.ask(&wait)["error"]["code"], "timed_out");
    // What is asked behind a wait is answered behind it.
    let wait = json!({"request": "wait", "for": "powered-up"});
    client.write(format!("{wait}\n{ASK}\n").as_bytes());
    let mut other = Client::of(&served);
    other.ask(&json!({"request": "advance", "by": "1h"}));
    other.ask(&json!({"request": "power-cycle"}));
    assert_eq!(client.line()["event"]["event"], "powered-up");
    assert_eq!(client.line(), json!({"ok": true}));
}

#[test]
fn what_is_wrong_is_said_and_the_connection_goes_on() {
    let served = served();
    let mut client = Client::of(&served);
    client.write(b"nonsense\n\n{\"request\":\"faults\"}\n");
    for _ in 0..2 {
        assert_eq!(client.line()["error"]["code"], "request");
    }
    assert_eq!(client.line(), json!({"ok": true, "faults": []}));
}

#[test]
fn a_flood_is_refused() {
    let served = served();
    let mut endless = Client::of(&served);
    endless.write(&[b' '; 80 * 1024]);
    assert_eq!(endless.line()["error"]["code"], "too_long");
    assert!(endless.is_hung_up_on());
    let mut greedy = Client::of(&served);
    let states = format!("{}\n", json!({"request": "state"})).repeat(100_000);
    // Who never reads is hung up on, and others are served all the while.
    let _ = greedy.0.get_mut().write_all(states.as_bytes());
    assert_eq!(
        Client::of(&served).ask(&json!({"request": "plug"})),
        json!({"ok": true})
    );
}

#[test]
fn the_socket_is_its_owners_alone_and_goes_with_the_server() {
    let served = served();
    let mode = std::fs::metadata(&served.path)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = serve(&served.path);
    assert!(matches!(second.err(), Some(ServeError::SocketInUse(path)) if path == served.path));
    assert!(UnixStream::connect(&served.path).is_ok());
    served.server.stop();
    assert!(!served.path.exists());
    // One that a crash has left behind is no obstacle, a file is.
    drop(std::os::unix::net::UnixListener::bind(&served.path).unwrap());
    serve(&served.path).unwrap().stop();
    std::fs::write(&served.path, "precious").unwrap();
    assert!(matches!(
        serve(&served.path).err(),
        Some(ServeError::Io { .. })
    ));
    assert!(served.path.exists());
}

#[test]
fn a_client_that_has_said_all_it_will_say_is_answered() {
    let served = served();
    let mut client = Client::of(&served);
    client.write(b"{\"request\":\"wait\",\"for\":\"request\"}\n{\"request\":\"faults\"}");
    client.0.get_ref().shutdown(Shutdown::Write).unwrap();
    Usb::of(&served).select();
    assert_eq!(client.line()["event"]["command"], "selection");
    assert_eq!(client.line(), json!({"ok": true, "faults": []}));
    assert!(client.is_hung_up_on());
}

#[test]
fn no_time_is_too_long() {
    let served = served();
    let mut client = Client::of(&served);
    let long = "2000000000000000h";
    for _ in 0..4 {
        client.ask(&json!({"request": "advance", "by": long}));
    }
    client.ask(&json!({"request": "fault", "fault": format!("delay={long}")}));
    client.ask(&json!({"request": "unplug", "for": long}));
    assert_eq!(client.ask(&json!({"request": "plug"})), json!({"ok": true}));
    let mut emulator = Emulator::in_memory(Env::system(), Profile::default()).unwrap();
    emulator.advance(Duration::MAX);
    emulator.unplug(Some(Duration::MAX));
    assert!(emulator.time_until_next().is_some());
    emulator.power_cycle();
    assert!(emulator.poll().is_none());
}
