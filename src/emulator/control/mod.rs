//! The control protocol: one JSON object a line asks something of the key, one JSON object a line answers. It speaks of keys
//! and people, not of CTAP, so that other projects' tests can pull a key out, touch it, and wait for what happens to it.
//!
//! Pure: a line becomes a [`Request`], a request acts on an [`Emulator`](super::Emulator) and becomes an answer. Sockets are
//! in `serve`.

mod answer;
mod request;
mod words;

pub use answer::{Answer, Refusal, Waiting, answer};
pub use request::{ParseRequestError, Request};

/// The longest line that is read, in bytes: hundreds of faults fit.
pub const MAX_LINE: usize = 64 * 1024;

#[cfg(test)]
mod tests;
