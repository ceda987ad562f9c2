//! How often something is to happen, as people write it.

use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

const SHORTEST: SignedDuration = SignedDuration::from_hours(1);
/// Ten years.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 3653);

/// A span of time of the calendar (UTC): `90 days`, `12 hours`, `3 months`. From an hour to ten years.
#[derive(Debug, Clone, Copy)]
pub struct Interval(Span);

/// A text that is no interval.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnInterval {
    /// More than ten years.
    #[error("{0:?} is longer than ten years")]
    TooLong(String),
    /// Less than an hour, nothing, or backwards.
    #[error("{0:?} is shorter than an hour")]
    TooShort(String),
    /// No span of time.
    #[error("{0:?} is no span of time; one is written \"90 days\" or \"12 hours\"")]
    Unreadable(String),
}

impl Interval {
    /// So many days.
    pub(super) fn days(days: i32) -> Self {
        Self(Span::new().days(days))
    }

    /// The moment that is this much later.
    #[must_use]
    pub fn after(&self, time: Timestamp) -> Timestamp {
        let later = time.to_zoned(TimeZone::UTC).checked_add(self.0);
        later.map_or(Timestamp::MAX, |later| later.timestamp())
    }

    /// The moment that is this much earlier.
    #[must_use]
    pub fn before(&self, time: Timestamp) -> Timestamp {
        let earlier = time.to_zoned(TimeZone::UTC).checked_sub(self.0);
        earlier.map_or(Timestamp::MIN, |earlier| earlier.timestamp())
    }

    /// How many days it is, the last one begun.
    #[must_use]
    pub fn whole_days(&self) -> u16 {
        let hours = self.length().as_hours();
        u16::try_from(hours.div_euclid(24) + i64::from(hours % 24 != 0)).unwrap_or(u16::MAX)
    }

    /// Counted from a fixed day: a month is as long as January.
    fn length(&self) -> SignedDuration {
        let from = Timestamp::UNIX_EPOCH;
        self.after(from).duration_since(from)
    }
}

impl FromStr for Interval {
    type Err = NotAnInterval;

    fn from_str(text: &str) -> Result<Self, NotAnInterval> {
        let said = || text.to_owned();
        let span: Span = text
            .trim()
            .parse()
            .map_err(|_| NotAnInterval::Unreadable(said()))?;
        let interval = Self(span);
        match interval.length() {
            length if length < SHORTEST => Err(NotAnInterval::TooShort(said())),
            length if length > LONGEST => Err(NotAnInterval::TooLong(said())),
            _ => Ok(interval),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn after(interval: &str, time: &str) -> String {
        let interval: Interval = interval.parse().unwrap();
        interval.after(time.parse().unwrap()).to_string()
    }

    #[test]
    fn what_people_write_is_understood() {
        let time = "2026-01-31T10:00:00Z";
        assert_eq!(after("90 days", time), "2026-05-01T10:00:00Z");
        assert_eq!(after("12 hours", time), "2026-01-31T22:00:00Z");
        assert_eq!(after(" 14d ", time), "2026-02-14T10:00:00Z");
        assert_eq!(after("1 month", time), "2026-02-28T10:00:00Z");
        assert_eq!(after("P2W", time), "2026-02-14T10:00:00Z");
        let year: Interval = "1 year".parse().unwrap();
        assert_eq!(year.whole_days(), 365);
        let hours: Interval = "25 hours".parse().unwrap();
        assert_eq!(hours.whole_days(), 2);
    }

    #[test]
    fn what_is_none_or_of_no_use_is_refused() {
        let refused = |text: &str| text.parse::<Interval>().unwrap_err();
        for text in ["", "90", "soon", "days", "90 dogs", "-"] {
            assert_eq!(refused(text), NotAnInterval::Unreadable(text.to_owned()));
        }
        for text in ["0 days", "59 minutes", "-90 days", "90 days ago"] {
            assert_eq!(refused(text), NotAnInterval::TooShort(text.to_owned()));
        }
        for text in ["11 years", "9998 years", "87673 hours"] {
            assert_eq!(refused(text), NotAnInterval::TooLong(text.to_owned()));
        }
    }

    #[test]
    fn the_end_of_time_is_no_reason_to_panic() {
        let interval = Interval::days(90);
        assert_eq!(interval.after(Timestamp::MAX), Timestamp::MAX);
        assert_eq!(interval.before(Timestamp::MIN), Timestamp::MIN);
    }
}
