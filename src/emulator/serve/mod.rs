//! The engine of `halligan emulator serve`: one emulated key behind several doors at once, on one thread. It moves reports
//! and knows nothing of CTAP beyond the channel id by which an answer finds its asker. Loopback and local files only: an
//! emulated key has no secrets worth having, but whoever reaches it can erase it.

mod address;
mod control;
mod door;
mod engine;
mod pty;
pub mod uhid;

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

pub use address::{BoundAddress, ListenAddress, ParseAddressError};

use tokio::sync::watch;

use super::Emulator;
use control::Control;
use door::Door;
use engine::Engine;
use uhid::Identity;

/// The datagram that means "unplug and plug in again" to solo-style test harnesses. It has no answer.
pub const POWER_CYCLE: [u8; 64] = [
    0xac, 0x10, 0x52, 0xca, 0x95, 0xe5, 0x69, 0xde, 0x69, 0xe0, 0x2e, 0xbf, 0xf3, 0x33, 0x48, 0x5f,
    0x13, 0xf9, 0xb2, 0xda, 0x34, 0xc5, 0xa8, 0xa3, 0x40, 0x52, 0x66, 0x97, 0xa9, 0xab, 0x2e, 0x0b,
    0x39, 0x4d, 0x8d, 0x04, 0x97, 0x3c, 0x13, 0x40, 0x05, 0xbe, 0x1a, 0x01, 0x40, 0xbf, 0xf6, 0x04,
    0x5b, 0xb2, 0x6e, 0xb7, 0x7a, 0x73, 0xea, 0xa4, 0x78, 0x13, 0xf6, 0xb4, 0x9a, 0x72, 0x50, 0xdc,
];

/// Why an emulated key cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The operating system refused.
    #[error("{attempted} {address}: {source}")]
    Io {
        /// What was being done.
        attempted: &'static str,
        /// For which address.
        address: ListenAddress,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// Not a loopback address.
    #[error(
        "{0} can be reached from other machines; an emulated key is served on loopback addresses only"
    )]
    NotLoopback(ListenAddress),
    /// What served the key is gone although nobody stopped it.
    #[error("the emulated key has stopped by itself")]
    Ended,
    /// The kernel has no `uhid` driver, or has not loaded it.
    #[error("there is no /dev/uhid: the kernel's uhid module is absent or not loaded")]
    NoUhid,
    /// Another program listens on the socket.
    #[error("another program listens on {}", .0.display())]
    SocketInUse(PathBuf),
    /// The engine's thread could not be started.
    #[error("start the thread of the emulated key: {0}")]
    Thread(#[source] std::io::Error),
    /// This user may not make HID devices.
    #[error("no permission to open /dev/uhid")]
    UhidPermission,
}

/// A served key; stops when dropped.
pub struct Server {
    addresses: Vec<BoundAddress>,
    /// Closing it tells the engine to stop.
    stop: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
    /// Closed when the thread is gone.
    running: watch::Receiver<()>,
}

/// Opens all doors and serves the key behind them until the server is stopped. Nobody else should poll the emulator
/// meanwhile; changing its touch or faults, or power-cycling it, is fine. A HID device follows when the engine has something to do next.
///
/// # Errors
/// When one of the doors cannot be opened; then none is.
pub fn serve(
    emulator: Arc<Mutex<Emulator>>,
    addresses: &[ListenAddress],
) -> Result<Server, ServeError> {
    start(emulator, addresses, None)
}

/// As [`serve`], with a control socket at this path, which only its owner can use.
///
/// # Errors
/// As [`serve`], and when somebody listens at that path already.
pub fn serve_with_control(
    emulator: Arc<Mutex<Emulator>>,
    addresses: &[ListenAddress],
    control: &Path,
) -> Result<Server, ServeError> {
    let control = Control::open(control)?;
    start(emulator, addresses, Some(control))
}

fn start(
    emulator: Arc<Mutex<Emulator>>,
    addresses: &[ListenAddress],
    control: Option<Control>,
) -> Result<Server, ServeError> {
    let identity = Identity::of(&engine::lock(&emulator));
    let doors: Vec<Door> = addresses
        .iter()
        .map(|address| Door::open(address, &identity))
        .collect::<Result<_, _>>()?;
    let bound = doors.iter().filter_map(Door::address).collect();
    let (stop, stopped) = UnixStream::pair().map_err(ServeError::Thread)?;
    let engine = Engine::new(emulator, doors, control, stopped);
    let (runs, running) = watch::channel(());
    let thread = std::thread::Builder::new()
        .name("emulated key".to_owned())
        .spawn(move || {
            let _runs = runs;
            engine.run();
        })
        .map_err(ServeError::Thread)?;
    Ok(Server {
        addresses: bound,
        stop: Some(stop),
        thread: Some(thread),
        running,
    })
}

impl Server {
    /// Where the key can be reached, in the order asked for; ports are real, the PTY and the HID device have their paths.
    #[must_use]
    pub fn addresses(&self) -> &[BoundAddress] {
        &self.addresses
    }

    /// Completes when the key is served no more although nobody stopped it: a defect of ours, or of a
    /// [`Touch`](super::touch::Touch) of somebody else's.
    pub async fn ended(&self) {
        let mut running = self.running.clone();
        // Nothing is ever sent: an error is the end.
        while running.changed().await.is_ok() {}
    }

    /// Stops and waits until all doors are closed.
    pub fn stop(mut self) {
        self.shut();
    }

    fn shut(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the emulated key panicked");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut();
    }
}
