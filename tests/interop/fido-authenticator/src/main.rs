//! Nitrokey's FIDO firmware behind the UDP protocol of solo's simulator: one datagram of 64 bytes for each report.
//!
//! usage: foreign-authenticator [--listen ADDRESS] [--state FILE] [--touch MILLISECONDS|deny|never]
//!     [--touch-timeout MILLISECONDS] [--kind whole|one-first|one-only|pre-2.1]
//!     [--attestation KEY CERTIFICATE]

mod announce;
mod firmware;
mod platform;
mod system;
mod usb;

use std::collections::VecDeque;
use std::fs;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::time::Duration;

use littlefs2::path;
use trussed::store::Store as _;
use trussed::virt::{StorageConfig, Store, StoreConfig};

use announce::Kind;
use firmware::Key;
use platform::Touch;

/// In front of a private key in trussed's key store: not sensitive to export, P-256.
const KEY_HEADER: [u8; 4] = [0x00, 0x02, 0x00, 0x05];

struct Arguments {
    listen: String,
    /// The file that is the flash memory; without it memory is.
    state: Option<PathBuf>,
    touch: Touch,
    touch_timeout: Duration,
    kind: Kind,
    attestation: Option<Attestation>,
}

/// What the vendor puts into the key at the factory.
struct Attestation {
    /// The scalar, big-endian.
    private_key: Vec<u8>,
    /// X.509, DER.
    certificate: Vec<u8>,
}

fn main() {
    let arguments = Arguments::parse();
    let socket = UdpSocket::bind(&arguments.listen).expect("--listen is free");
    socket
        .set_read_timeout(Some(Duration::from_millis(1)))
        .expect("a socket takes a time limit");
    let address = socket.local_addr().expect("a bound socket has an address");
    let mut key = Key {
        socket,
        listeners: VecDeque::new(),
        touch: arguments.touch,
        touch_timeout: arguments.touch_timeout,
        kind: arguments.kind,
    };
    let mut storage = StoreConfig {
        internal: arguments
            .state
            .map_or_else(StorageConfig::ram, StorageConfig::filesystem),
        ..StoreConfig::ram()
    };
    println!("udp:{address}");
    loop {
        storage.with_store(|store| {
            if let Some(attestation) = &arguments.attestation {
                attestation.install(store);
            }
            firmware::power_up(&mut key, store);
        });
        // Only the first power cycle finds the memory empty.
        storage.internal.format = false;
        eprintln!("power cycle");
    }
}

impl Arguments {
    fn parse() -> Self {
        let mut parsed = Self {
            listen: "127.0.0.1:8111".to_owned(),
            state: None,
            touch: Touch::After(Duration::ZERO),
            touch_timeout: Duration::from_secs(30),
            kind: Kind::Whole,
            attestation: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(option) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .unwrap_or_else(|| panic!("{option} wants a value"))
            };
            match option.as_str() {
                "--listen" => parsed.listen = value(),
                "--state" => parsed.state = Some(value().into()),
                "--touch" => parsed.touch = touch(&value()),
                "--touch-timeout" => parsed.touch_timeout = milliseconds(&value()),
                "--kind" => parsed.kind = kind(&value()),
                "--attestation" => {
                    let read = |path: String| {
                        fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
                    };
                    parsed.attestation = Some(Attestation {
                        private_key: read(value()),
                        certificate: read(value()),
                    });
                }
                _ => panic!("no option {option}"),
            }
        }
        parsed
    }
}

fn touch(value: &str) -> Touch {
    match value {
        "deny" => Touch::Denied,
        "never" => Touch::Never,
        time => Touch::After(milliseconds(time)),
    }
}

fn milliseconds(value: &str) -> Duration {
    Duration::from_millis(value.parse().unwrap_or_else(|_| panic!("no time: {value}")))
}

fn kind(value: &str) -> Kind {
    match value {
        "whole" => Kind::Whole,
        "one-first" => Kind::OneFirst,
        "one-only" => Kind::OneOnly,
        "pre-2.1" => Kind::Pre21,
        _ => panic!("no kind {value}"),
    }
}

impl Attestation {
    /// Writes it where the firmware looks for it (as Nitrokey's provisioner does).
    fn install(&self, store: Store<'_>) {
        let files = store.ifs();
        let key = [&KEY_HEADER, self.private_key.as_slice()].concat();
        for (directory, file, content) in [
            (path!("fido/sec"), path!("fido/sec/00"), &key),
            (path!("fido/x5c"), path!("fido/x5c/00"), &self.certificate),
        ] {
            files
                .create_dir_all(directory)
                .expect("an empty memory has room");
            files
                .write(file, content)
                .expect("an empty memory has room");
        }
    }
}
