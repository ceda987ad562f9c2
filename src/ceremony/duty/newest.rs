//! The newest of several things. A clock that is wrong must neither make something look done nor hide what was done.

use jiff::Timestamp;

use super::calendar::{Last, is_ahead};

/// The newest of things of one kind, by their dates and not by their places in the ledger: what was merged from a branch comes late.
#[derive(Debug)]
pub(super) struct Newest<T> {
    counted: Option<(Timestamp, T)>,
    /// The date of one that is in the future.
    ahead: Option<Timestamp>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self {
            counted: None,
            ahead: None,
        }
    }
}

impl<T> Newest<T> {
    /// Of two of the same date the one that is told later.
    pub(super) fn take(&mut self, time: Timestamp, what: T, now: Timestamp) {
        if is_ahead(time, now) {
            self.ahead = Some(time);
        } else if self.time().is_none_or(|known| known <= time) {
            self.counted = Some((time, what));
        }
    }

    /// All of them at once.
    pub(super) fn of(all: impl IntoIterator<Item = (Timestamp, T)>, now: Timestamp) -> Self {
        let mut newest = Self::default();
        for (time, what) in all {
            newest.take(time, what, now);
        }
        newest
    }

    /// The newest that is not in the future.
    pub(super) fn what(&self) -> Option<&T> {
        self.counted.as_ref().map(|(_, what)| what)
    }

    pub(super) fn time(&self) -> Option<Timestamp> {
        self.counted.as_ref().map(|(time, _)| *time)
    }

    /// When it was last done. One in the future tells only where there is no other.
    pub(super) fn last(&self) -> Last {
        self.time().or(self.ahead).into()
    }
}
