//! What the targets share: a host that speaks to an emulated key in whole messages, and the shape of inputs that are several.

use std::sync::Arc;
use std::time::Duration;

use halligan::ctap::hid::packet::{Assembler, ChannelId, Packet, command, split};
use halligan::emulator::storage::Memory;
use halligan::emulator::touch::{Finger, TouchMode};
use halligan::emulator::{AttestationAuthority, Emulator, Faults, Profile};
use halligan::env::{Env, ManualClock, SeededRng};

/// Longer than any wait of a key: for a touch, or for a finger several times.
const PATIENCE: u32 = 1000;

/// Time that stands still and randomness that is the same in each run, so that a finding can be replayed.
#[must_use]
pub fn environment() -> Env {
    let clock = ManualClock::new(jiff::Timestamp::UNIX_EPOCH);
    Env::new(Arc::new(clock), Arc::new(SeededRng::new(1)))
}

thread_local! {
    // To make a root for each input would take longer than most inputs do.
    static AUTHORITY: AttestationAuthority =
        AttestationAuthority::generate(&environment()).expect("a root");
}

/// A key and a channel to it.
pub struct Host {
    /// The key, for what is not done by messages.
    pub key: Emulator,
    /// For what is agreed on with the key.
    pub env: Env,
    cid: ChannelId,
}

impl Host {
    /// A new key of this kind, which is touched at once.
    ///
    /// # Panics
    /// When there can be no such key.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let env = environment();
        let storage = Box::new(Memory);
        let key = AUTHORITY
            .with(|authority| Emulator::new(storage, authority, env.clone(), profile))
            .expect("a key");
        let mut host = Self {
            key,
            env,
            cid: ChannelId::BROADCAST,
        };
        let answer = host.call(command::INIT, &[0; 8]);
        host.cid = ChannelId(answer[8..12].try_into().expect("four bytes"));
        host
    }

    /// Makes the key as it left the factory, whatever the input before has done. A new key, with its certificates, would
    /// take longer than most inputs do.
    ///
    /// # Panics
    /// Never: its storage is never full.
    pub fn start_over(&mut self) {
        self.key.set_faults(Faults::default());
        self.key.set_touch_mode(TouchMode::Auto);
        self.key.set_finger(Finger::default());
        self.key.erase().expect("room");
    }

    /// A request on the host's channel; its answer is not waited for.
    ///
    /// # Panics
    /// When the payload is longer than a message.
    pub fn send(&mut self, command: u8, payload: &[u8]) {
        for report in split(self.cid, command, payload).expect("a short message") {
            self.key.handle_report(&report);
        }
    }

    /// The answer's payload to a request on the host's channel.
    ///
    /// # Panics
    /// When there is none, although time passes, or none that CTAPHID allows.
    pub fn call(&mut self, command: u8, payload: &[u8]) -> Vec<u8> {
        self.send(command, payload);
        let mut assembler = Assembler::default();
        for _ in 0..PATIENCE {
            while let Some(report) = self.key.poll() {
                let message = assembler.push(&Packet::parse(&report)).expect("in order");
                if let Some(message) = message.filter(|message| message.command == command) {
                    return message.payload;
                }
            }
            self.key.advance(Duration::from_secs(1));
        }
        panic!("no answer");
    }
}

/// Several messages in one input, each after its length (two bytes, big-endian). The last one is as long as what is left.
pub fn messages(mut input: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = input.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (message, rest) = rest.split_at(length.min(rest.len()).min(2048));
        input = rest;
        Some(message)
    })
}
