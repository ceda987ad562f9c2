//! What a destructive run has put on the key and not yet erased. The PIN is noted before the key is told, so that it is known
//! whatever comes between.

use std::fmt;

use zeroize::Zeroizing;

/// What is on the key because of the run.
#[derive(Default)]
pub(super) struct Traces {
    /// What the PIN is; where several stand here, it is one of them, because a change was not answered.
    pins: Vec<Zeroizing<String>>,
    /// Settings or credentials.
    pub(super) changed: bool,
    /// No PIN tries are left.
    pub(super) blocked: bool,
}

impl Traces {
    pub(super) fn any(&self) -> bool {
        self.changed || !self.pins.is_empty()
    }

    /// The PIN, as far as it is certain.
    pub(super) fn pin(&self) -> Option<&str> {
        match self.pins.as_slice() {
            [pin] => Some(pin),
            _ => None,
        }
    }

    /// The key is about to be told this PIN.
    pub(super) fn pin_may_be(&mut self, pin: &str) {
        self.pins.push(Zeroizing::new(pin.to_owned()));
    }

    /// The key has taken the newest PIN, or not.
    pub(super) fn pin_was_taken(&mut self, taken: bool) {
        let newest = self.pins.pop();
        if taken {
            self.pins.clear();
            self.pins.extend(newest);
        }
    }

    pub(super) fn left_behind(self) -> Option<LeftBehind> {
        self.any().then_some(LeftBehind {
            pins: self.pins,
            blocked: self.blocked,
            changed: self.changed,
        })
    }
}

/// What a run that broke off has left on the key. A reset takes it away.
pub struct LeftBehind {
    /// The PIN that the run has set; none if it has set none. Of several the key has one.
    pub pins: Vec<Zeroizing<String>>,
    /// Whether no PIN tries are left, so that the PIN is of no use.
    pub blocked: bool,
    /// Whether there may be credentials or settings, too.
    pub changed: bool,
}

impl fmt::Debug for LeftBehind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LeftBehind")
            .field("blocked", &self.blocked)
            .field("changed", &self.changed)
            .finish_non_exhaustive()
    }
}
