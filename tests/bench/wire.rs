//! A listener on the wire between the executable and a key: forwards every message, writes down what was said, and can cut the
//! wire at any message.

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

/// On which side of the key a message is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// The request never reaches the key.
    Request,
    /// The key has acted, and its answer never reaches the host.
    Answer,
}

/// Where the wire is to be cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    /// CTAP2 requests that pass before.
    requests_left: usize,
    held: Held,
    /// The request has passed, its answer is to be held back.
    armed: bool,
    /// Nothing passes any more.
    done: bool,
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
    cut: Mutex<Option<Cut>>,
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
            waiting: HashMap::new(),
        };
        spawn(near, far, listener);
        Self { address, overheard }
    }

    /// Where the executable finds the key.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Cuts the wire at the CTAP2 request with this number, counted from 0 and from now.
    pub(crate) fn cut_at(&self, request: usize, held: Held) {
        *self.overheard.cut.lock().unwrap() = Some(Cut {
            requests_left: request,
            held,
            armed: false,
            done: false,
        });
    }

    /// Whether it is cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.overheard
            .cut
            .lock()
            .unwrap()
            .is_some_and(|cut| cut.done)
    }

    /// Joins it again; whether it had been cut.
    pub(crate) fn mend(&self) -> bool {
        let cut = self.overheard.cut.lock().unwrap().take();
        cut.is_some_and(|cut| cut.done)
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
            for report in listener.lock().unwrap().host_says(&report) {
                // A key that is gone hears nothing; the host will notice.
                let _ = far.send(&report);
            }
        }
    });
    std::thread::spawn(move || {
        let mut report: Report = [0; 64];
        loop {
            match far_back.recv(&mut report) {
                Ok(_) => {
                    let host = host_back.lock().unwrap().unwrap();
                    for report in listener_back.lock().unwrap().key_says(&report) {
                        let _ = near_back.send_to(&report, host);
                    }
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
    /// Reports of messages that are not complete.
    waiting: HashMap<(ChannelId, bool), Vec<Report>>,
}

impl Listener {
    /// The reports that may go on to the key.
    fn host_says(&mut self, report: &Report) -> Vec<Report> {
        self.overheard.so_far.lock().unwrap().to_key += 1;
        let (message, reports) = self.message(report, true);
        if let Some(request) = message {
            if self.cut(|cut| cut.reaches_request()) {
                return Vec::new();
            }
            let response = Vec::new();
            let exchange = Exchange { request, response };
            let mut so_far = self.overheard.so_far.lock().unwrap();
            so_far.exchanges.push(exchange);
            self.overheard.more.notify_all();
        }
        if self.cut(|cut| cut.done) {
            return Vec::new();
        }
        reports
    }

    /// The reports that may go on to the host.
    fn key_says(&mut self, report: &Report) -> Vec<Report> {
        self.overheard.so_far.lock().unwrap().to_host += 1;
        let (message, reports) = self.message(report, false);
        if let Some(response) = message {
            if self.cut(|cut| cut.reaches_answer()) {
                return Vec::new();
            }
            let mut so_far = self.overheard.so_far.lock().unwrap();
            if let Some(exchange) = so_far.exchanges.last_mut() {
                exchange.response = response;
            }
        }
        if self.cut(|cut| cut.done) {
            return Vec::new();
        }
        reports
    }

    fn cut(&self, ask: impl FnOnce(&mut Cut) -> bool) -> bool {
        self.overheard.cut.lock().unwrap().as_mut().is_some_and(ask)
    }

    /// The CTAP2 message that the report completes, and the reports that need wait no longer: those of a whole message.
    fn message(&mut self, report: &Report, from_host: bool) -> (Option<Vec<u8>>, Vec<Report>) {
        let packet = Packet::parse(report);
        let side = (packet.cid(), from_host);
        self.waiting.entry(side).or_default().push(*report);
        let assembler = self.messages.entry(side).or_default();
        let message = match assembler.push(&packet) {
            Ok(None) => return (None, Vec::new()),
            Ok(Some(message)) => Some(message),
            Err(_) => None,
        };
        let message = message.filter(|message| message.command == command::CBOR);
        let reports = self.waiting.remove(&side).unwrap_or_default();
        (message.map(|message| message.payload), reports)
    }
}

impl Cut {
    /// Whether this request is held back.
    fn reaches_request(&mut self) -> bool {
        if self.done || self.requests_left > 0 {
            self.requests_left = self.requests_left.saturating_sub(1);
            return self.done;
        }
        self.done = self.held == Held::Request;
        self.armed = true;
        self.done
    }

    /// Whether this answer is held back.
    fn reaches_answer(&mut self) -> bool {
        self.done |= self.armed;
        self.done
    }
}
