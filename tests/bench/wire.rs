//! A listener on the wire between the executable and a key: forwards every report and writes down what was said.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, Report, command};

/// Whole CTAP2 messages: a request and its response, as they went over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Command byte and CBOR.
    pub(crate) request: Vec<u8>,
    /// Status byte and CBOR.
    pub(crate) response: Vec<u8>,
}

/// What was overheard so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overheard {
    pub(crate) exchanges: Vec<Exchange>,
    /// Reports from the host to the key.
    pub(crate) to_key: u64,
    /// Reports from the key to the host.
    pub(crate) to_host: u64,
}

/// A key's address with somebody listening in. For one host at a time.
pub(crate) struct Wire {
    address: String,
    overheard: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    so_far: Mutex<Overheard>,
    more: Condvar,
}

impl Wire {
    /// `key` is `udp:HOST:PORT`.
    pub(crate) fn to(key: &str) -> Self {
        let key: SocketAddr = key.strip_prefix("udp:").unwrap().parse().unwrap();
        let near = UdpSocket::bind("127.0.0.1:0").unwrap();
        let far = UdpSocket::bind("127.0.0.1:0").unwrap();
        far.connect(key).unwrap();
        let address = format!("udp:{}", near.local_addr().unwrap());
        let overheard = Arc::new(Shared::default());
        let listener = Listener {
            overheard: Arc::clone(&overheard),
            messages: HashMap::new(),
        };
        spawn(near, far, listener);
        Self { address, overheard }
    }

    /// Where the executable finds the key.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn overheard(&self) -> Overheard {
        self.overheard.so_far.lock().unwrap().clone()
    }

    /// Waits until the key has been asked this CTAP2 command.
    #[track_caller]
    pub(crate) fn until(&self, command: u8) {
        let not_asked = |overheard: &mut Overheard| {
            let mut exchanges = overheard.exchanges.iter();
            !exchanges.any(|exchange| exchange.request.first() == Some(&command))
        };
        let so_far = self.overheard.so_far.lock().unwrap();
        let limit = Duration::from_secs(30);
        let more = &self.overheard.more;
        let waited = more.wait_timeout_while(so_far, limit, not_asked).unwrap().1;
        assert!(!waited.timed_out(), "command 0x{command:02x} never came");
    }
}

/// Both threads end with the process; a test binary needs no more.
fn spawn(near: UdpSocket, far: UdpSocket, listener: Listener) {
    let listener = Arc::new(Mutex::new(listener));
    let host = Arc::new(Mutex::new(None));
    let (near_back, far_back) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    let (listener_back, host_back) = (Arc::clone(&listener), Arc::clone(&host));
    std::thread::spawn(move || {
        let mut report: Report = [0; 64];
        while let Ok((_, from)) = near.recv_from(&mut report) {
            *host.lock().unwrap() = Some(from);
            listener.lock().unwrap().host_says(&report);
            // A key that is gone hears nothing; the host will notice.
            let _ = far.send(&report);
        }
    });
    std::thread::spawn(move || {
        let mut report: Report = [0; 64];
        loop {
            match far_back.recv(&mut report) {
                Ok(_) => {
                    let host = host_back.lock().unwrap().unwrap();
                    listener_back.lock().unwrap().key_says(&report);
                    let _ = near_back.send_to(&report, host);
                }
                // Refused: an earlier report met nobody.
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {}
                Err(_) => return,
            }
        }
    });
}

struct Listener {
    overheard: Arc<Shared>,
    messages: HashMap<(ChannelId, bool), Assembler>,
}

impl Listener {
    fn host_says(&mut self, report: &Report) {
        self.overheard.so_far.lock().unwrap().to_key += 1;
        if let Some(request) = self.message(report, true) {
            let response = Vec::new();
            let exchange = Exchange { request, response };
            self.overheard
                .so_far
                .lock()
                .unwrap()
                .exchanges
                .push(exchange);
            self.overheard.more.notify_all();
        }
    }

    fn key_says(&mut self, report: &Report) {
        self.overheard.so_far.lock().unwrap().to_host += 1;
        if let Some(response) = self.message(report, false)
            && let Some(exchange) = self.overheard.so_far.lock().unwrap().exchanges.last_mut()
        {
            exchange.response = response;
        }
    }

    /// The CTAP2 message that the report completes.
    fn message(&mut self, report: &Report, from_host: bool) -> Option<Vec<u8>> {
        let packet = Packet::parse(report);
        let assembler = self.messages.entry((packet.cid(), from_host)).or_default();
        let message = assembler.push(&packet).ok()??;
        (message.command == command::CBOR).then_some(message.payload)
    }
}
