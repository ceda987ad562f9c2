#![allow(clippy::unwrap_used)]

mod generating;
mod sealing;
mod sharing;

use std::sync::Arc;

use crate::env::{Env, ManualClock, SeededRng};

/// Randomness that is the same in every run.
fn seeded(seed: u64) -> Env {
    let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
    Env::new(clock, Arc::new(SeededRng::new(seed)))
}
