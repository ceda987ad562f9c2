//! Clock and randomness. Nothing else in the crate reads the time or makes randomness, so that a test, the emulator and
//! the demo can decide both.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// What a clock answers: the time of day for records, and a monotonic reading for deadlines.
pub trait Clock: Send + Sync {
    /// The time of day, UTC.
    fn now(&self) -> Timestamp;
    /// Time since an arbitrary fixed moment; never goes back.
    fn monotonic(&self) -> Duration;
    /// Waits until this much time has passed.
    fn sleep(&self, time: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Ready when the time has passed.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// A source of random bytes fit for keys and nonces.
pub trait Rng: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// A clock and a source of randomness, cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

impl Env {
    /// The operating system's clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock {
                start: Instant::now(),
            }),
            rng: Arc::new(SystemRng),
        }
    }

    /// Other sources, for tests and stand-ins.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self { clock, rng }
    }

    /// The same sources behind a clock that can be put forward.
    #[must_use]
    pub fn with_offset(&self) -> (Self, Arc<OffsetClock>) {
        let clock = Arc::new(OffsetClock {
            source: Arc::clone(&self.clock),
            offset: Mutex::default(),
        });
        let env = Self::new(clock.clone(), Arc::clone(&self.rng));
        (env, clock)
    }

    /// The time of day, UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Time since an arbitrary fixed moment; never goes back.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    /// Waits until this much time has passed.
    pub async fn sleep(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    /// Fills the whole buffer with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.rng.fill(bytes);
    }

    /// `N` random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random (version 4) UUID.
    #[must_use]
    pub fn uuid(&self) -> uuid::Uuid {
        uuid::Builder::from_random_bytes(self.random()).into_uuid()
    }
}

struct SystemClock {
    start: Instant,
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }
}

struct SystemRng;

impl Rng for SystemRng {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes)
            .expect("a process cannot go on safely without the operating system's randomness");
    }
}

/// A clock that stands still until it is told to advance, or somebody sleeps by it.
pub struct ManualClock {
    state: Mutex<(Timestamp, Duration)>,
}

impl ManualClock {
    /// Starts at this time of day, monotonic reading zero.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self {
            state: Mutex::new((start, Duration::ZERO)),
        }
    }

    /// Moves both readings forward.
    pub fn advance(&self, by: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.saturating_add(by).unwrap_or(Timestamp::MAX);
        state.1 = state.1.saturating_add(by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn monotonic(&self) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn sleep(&self, time: Duration) -> Sleep<'_> {
        Box::pin(async move {
            self.advance(time);
            // Others go on meanwhile, as they would in a real sleep.
            tokio::task::yield_now().await;
        })
    }
}

/// Another clock, put forward: what would happen in half a minute happens at once.
pub struct OffsetClock {
    source: Arc<dyn Clock>,
    offset: Mutex<Duration>,
}

/// Beyond it there is room for every sum of times that anybody makes.
const FURTHEST: Duration = Duration::from_secs(u64::MAX / 4);

impl OffsetClock {
    /// Moves both readings forward.
    pub fn advance(&self, by: Duration) {
        let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        *offset = offset.saturating_add(by).min(FURTHEST);
    }

    /// How far it has been put forward.
    #[must_use]
    pub fn offset(&self) -> Duration {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let now = self.source.now();
        now.saturating_add(self.offset()).unwrap_or(Timestamp::MAX)
    }

    fn monotonic(&self) -> Duration {
        self.source.monotonic().saturating_add(self.offset())
    }

    fn sleep(&self, time: Duration) -> Sleep<'_> {
        self.source.sleep(time)
    }
}

/// Reproducible bytes from a seed, SHA-256 in counter mode. For tests only: whoever knows the seed knows every key.
pub struct SeededRng {
    state: Mutex<(u64, u64)>,
}

impl SeededRng {
    /// The same seed gives the same bytes.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new((seed, 0)),
        }
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(state.0.to_be_bytes())
                .chain_update(state.1.to_be_bytes())
                .finalize();
            state.1 += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
