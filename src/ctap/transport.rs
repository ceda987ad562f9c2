//! A way to move whole CTAP messages to a key and back, whatever carries them, and how the caller waits meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::ctap::hid;

/// Moves CTAP2 messages. Implemented by [`hid::Channel`]; tests script their own.
pub trait Transport: Send {
    /// Sends one CTAP2 request (command byte and CBOR) and waits for its response (status byte and CBOR).
    ///
    /// # Errors
    /// When the key is gone, silent, busy, breaks the protocol, or the operator cancels.
    fn transact(&mut self, request: &[u8], wait: &mut Wait<'_>) -> Result<Vec<u8>, hid::Error>;

    /// Lets the key be seen.
    ///
    /// # Errors
    /// When the key cannot wink, and as for [`Transport::transact`].
    fn wink(&mut self) -> Result<(), hid::Error>;

    /// Has the key echo some bytes.
    ///
    /// # Errors
    /// When the echo differs, and as for [`Transport::transact`].
    fn ping(&mut self, data: &[u8]) -> Result<(), hid::Error>;

    /// What the key says of itself below CTAP2.
    fn identity(&self) -> Identity;

    /// What has been moved so far.
    fn counters(&self) -> Counters;
}

/// What a key says of itself when a channel is opened (CTAP 2.1 §11.2.9.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// CTAPHID protocol version; 2 for every known key.
    pub protocol_version: u8,
    /// Device version: major, minor, build; the vendor's own numbering.
    pub device_version: [u8; 3],
    /// The capabilities byte.
    pub capabilities: Capabilities,
}

/// The capabilities byte of CTAPHID_INIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities(pub u8);

impl Capabilities {
    const WINK: u8 = 0x01;
    const CBOR: u8 = 0x04;
    const NMSG: u8 = 0x08;

    /// Whether the key can wink.
    #[must_use]
    pub fn wink(self) -> bool {
        self.0 & Self::WINK != 0
    }

    /// Whether the key speaks CTAP2.
    #[must_use]
    pub fn cbor(self) -> bool {
        self.0 & Self::CBOR != 0
    }

    /// Whether the key speaks CTAP1/U2F.
    #[must_use]
    pub fn msg(self) -> bool {
        self.0 & Self::NMSG == 0
    }
}

/// What an exchange has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Reports written, retries included.
    pub reports_written: u64,
    /// Reports read, foreign channels' included.
    pub reports_read: u64,
    /// CTAP2 requests sent, retries not included.
    pub messages: u64,
}

/// Why a key has not answered yet (CTAP 2.1 §11.2.9.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepAlive {
    /// The key is working.
    Processing,
    /// The key waits for a touch.
    TouchNeeded,
    /// A status that CTAP 2.1 does not name.
    Other(u8),
}

impl From<u8> for KeepAlive {
    fn from(status: u8) -> Self {
        match status {
            1 => Self::Processing,
            2 => Self::TouchNeeded,
            other => Self::Other(other),
        }
    }
}

/// A flag that the operator's Ctrl-C raises; clones share it. It stays raised.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Raises the flag: whoever waits for the key stops waiting within 50 ms and tells the key so.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the flag is up.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How to wait for a key that may want a touch.
pub struct Wait<'a> {
    pub(crate) on_keepalive: Box<dyn FnMut(KeepAlive) + Send + 'a>,
    pub(crate) cancel: Cancel,
    pub(crate) limit: Duration,
    pub(crate) unprompted: Duration,
}

impl<'a> Wait<'a> {
    /// How long a key may go on asking for patience. Keys give up on a touch by themselves after 10 to 30 s.
    pub const LIMIT: Duration = Duration::from_secs(60);

    /// Waits at most [`Wait::LIMIT`]; each keep-alive goes to the callback, which must not block.
    #[must_use]
    pub fn new(cancel: &Cancel, on_keepalive: impl FnMut(KeepAlive) + Send + 'a) -> Self {
        Self {
            on_keepalive: Box::new(on_keepalive),
            cancel: cancel.clone(),
            limit: Self::LIMIT,
            unprompted: Self::LIMIT,
        }
    }

    /// For commands that need nobody: keep-alives are ignored, nothing cancels.
    #[must_use]
    pub fn unattended() -> Self {
        Self::new(&Cancel::default(), |_| ())
    }

    /// Another overall limit.
    #[must_use]
    pub fn limited(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Another limit for a key that asks for patience and never for a touch.
    #[must_use]
    pub fn unprompted(self, unprompted: Duration) -> Self {
        Self { unprompted, ..self }
    }
}
