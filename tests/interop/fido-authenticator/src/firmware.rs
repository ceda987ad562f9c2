//! One power cycle: the application on its platform, CTAPHID on the bus, and datagrams at the bus's other end.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ctaphid_dispatch::{Channel, Dispatch};
use fido_authenticator::{Authenticator, Config, LargeBlobsConfig};
use littlefs2::path;
use rand_core::OsRng;
use ref_swap::OptionRefSwap;
use trussed::backend::BackendId;
use trussed::pipe::{ServiceEndpoint, TrussedChannel};
use trussed::types::CoreContext;
use trussed::virt::Store;
use trussed_core::InterruptFlag;
use trussed_core::types::Location;
use trussed_staging::virt::BackendIds;
use usb_device::bus::UsbBusAllocator;
use usb_device::device::{UsbDevice, UsbDeviceBuilder, UsbVidPid};
use usbd_ctaphid::CtapHid;

use crate::announce::{Kind, Lesser};
use crate::platform::{Button, Platform, Presence, Touch, Waiting};
use crate::system::{Client, SystemCall};
use crate::usb::{Bus, Report};

/// The longest message, as on the device.
const MESSAGE: usize = 3072;
/// Bytes of large blobs, as on the device.
const LARGE_BLOBS: usize = 4096;
const KEEP_ALIVE: Duration = Duration::from_millis(100);
/// How many programs hear the answers; a bus does not know to whom a report goes.
const LISTENERS: usize = 8;
/// The datagram that stands for pulling the key out and putting it back in.
const POWER_CYCLE: Report = [
    0xac, 0x10, 0x52, 0xca, 0x95, 0xe5, 0x69, 0xde, 0x69, 0xe0, 0x2e, 0xbf, 0xf3, 0x33, 0x48, 0x5f,
    0x13, 0xf9, 0xb2, 0xda, 0x34, 0xc5, 0xa8, 0xa3, 0x40, 0x52, 0x66, 0x97, 0xa9, 0xab, 0x2e, 0x0b,
    0x39, 0x4d, 0x8d, 0x04, 0x97, 0x3c, 0x13, 0x40, 0x05, 0xbe, 0x1a, 0x01, 0x40, 0xbf, 0xf6, 0x04,
    0x5b, 0xb2, 0x6e, 0xb7, 0x7a, 0x73, 0xea, 0xa4, 0x78, 0x13, 0xf6, 0xb4, 0x9a, 0x72, 0x50, 0xdc,
];

/// By which CTAPHID_CANCEL reaches the application while it waits for a touch.
static INTERRUPT: InterruptFlag = InterruptFlag::new();
static WORKING: OptionRefSwap<'static, InterruptFlag> = OptionRefSwap::new(None);

/// What does not change from one power cycle to the next.
pub struct Key {
    pub socket: UdpSocket,
    pub listeners: VecDeque<SocketAddr>,
    pub touch: Touch,
    pub touch_timeout: Duration,
    pub kind: Kind,
}

/// Runs from power-up until the key is pulled out.
pub fn power_up(key: &mut Key, store: Store<'_>) {
    let waiting = Waiting::default();
    let platform = Platform {
        random: OsRng,
        store,
        button: Button::new(key.touch, waiting.clone()),
    };
    let channel = TrussedChannel::new();
    let (requester, responder) = channel.split().expect("a new channel is whole");
    let endpoint = ServiceEndpoint::new(
        responder,
        CoreContext::with_interrupt(path!("fido").into(), Some(&INTERRUPT)),
        &[
            BackendId::Custom(BackendIds::StagingBackend),
            BackendId::Core,
        ],
    );
    let (system_call, calls) = SystemCall::new();
    thread::scope(|scope| {
        scope.spawn(|| calls.serve(platform, endpoint));
        let client = Client::new(requester, system_call, Some(&INTERRUPT));
        let application = Lesser {
            application: Authenticator::new(client, Presence(key.touch), configuration(key)),
            kind: key.kind,
        };
        serve(key, application, &waiting);
    });
}

fn configuration(key: &Key) -> Config {
    let mut config = Config::new(MESSAGE);
    config.large_blobs = Some(LargeBlobsConfig {
        location: Location::Internal,
        max_size: LARGE_BLOBS,
    });
    config.firmware_version = Some(1.into());
    config.fido2_up_timeout = u32::try_from(key.touch_timeout.as_millis()).ok();
    config
}

/// The application works in a thread of its own, so that CTAPHID can say meanwhile that it does.
fn serve(
    key: &mut Key,
    mut application: Lesser<Authenticator<Presence, Client<'_>>>,
    waiting: &Waiting,
) {
    let messages = Channel::<MESSAGE>::new();
    let (requester, responder) = messages.split().expect("a new channel is whole");
    let bus = Bus::default();
    let allocator = UsbBusAllocator::new(bus.clone());
    let class = CtapHid::with_interrupt(&allocator, requester, Some(&WORKING), 0)
        .implements_ctap1()
        .implements_ctap2()
        // Announced on every device, answered by an application that is not here.
        .implements_wink();
    let wire = Wire {
        device: UsbDeviceBuilder::new(&allocator, UsbVidPid(0x20a0, 0x42b2)).build(),
        bus,
        class,
        powered_up: Instant::now(),
        keep_alive: None,
    };
    let unplugged = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut dispatch = Dispatch::with_interrupt(responder, Some(&WORKING));
            while !unplugged.load(Ordering::Relaxed) {
                dispatch.poll(&mut [&mut application]);
                thread::sleep(Duration::from_millis(1));
            }
        });
        wire.carry(key, waiting);
        unplugged.store(true, Ordering::Relaxed);
        INTERRUPT.interrupt();
    });
}

/// The bus with a device on it.
struct Wire<'a> {
    device: UsbDevice<'a, Bus>,
    bus: Bus,
    class: CtapHid<'a, 'a, 'static, Bus, MESSAGE>,
    powered_up: Instant,
    /// When the next one is due, while the application works.
    keep_alive: Option<Instant>,
}

impl Wire<'_> {
    /// Carries reports until the key is pulled out.
    fn carry(mut self, key: &mut Key, waiting: &Waiting) {
        loop {
            match key.receive() {
                Some(POWER_CYCLE) => return,
                Some(report) => self.bus.send(report),
                None => {}
            }
            self.turn(key, waiting);
        }
    }

    fn turn(&mut self, key: &Key, waiting: &Waiting) {
        let uptime = self.powered_up.elapsed().as_millis();
        self.class
            .check_timeout(u32::try_from(uptime).unwrap_or(u32::MAX));
        self.device.poll(&mut [&mut self.class]);
        self.class.check_for_app_response();
        self.keep_alive(waiting);
        while let Some(report) = self.bus.take() {
            key.send(&report);
            self.device.poll(&mut [&mut self.class]);
        }
    }

    fn keep_alive(&mut self, waiting: &Waiting) {
        let now = Instant::now();
        if matches!(
            self.class.did_start_processing(),
            usbd_ctaphid::types::Status::ReceivedData(_)
        ) {
            self.keep_alive = Some(now + KEEP_ALIVE);
        } else if self.keep_alive.is_some_and(|due| due <= now) {
            self.class.send_keepalive(waiting.load(Ordering::Relaxed));
            self.keep_alive = Some(now + KEEP_ALIVE);
        }
    }
}

impl Key {
    /// The next report, if one comes soon.
    fn receive(&mut self) -> Option<Report> {
        let mut datagram = [0; 65];
        match self.socket.recv_from(&mut datagram) {
            Ok((64, peer)) => {
                self.listeners.retain(|listener| *listener != peer);
                self.listeners.push_front(peer);
                self.listeners.truncate(LISTENERS);
                datagram.first_chunk().copied()
            }
            Ok(_) => None,
            // A program that has ended is told of by ECONNREFUSED.
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::ConnectionRefused => None,
                _ => panic!("receiving: {error}"),
            },
        }
    }

    /// Gives a report to everybody who listens, as a hidraw node does: whose it is, its channel says.
    fn send(&self, report: &Report) {
        for listener in &self.listeners {
            // Who has gone does not listen.
            let _ = self.socket.send_to(report, listener);
        }
    }
}
