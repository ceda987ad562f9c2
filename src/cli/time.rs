//! Moments and durations as operators write them.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A moment, or how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Ago(SignedDuration),
    Moment(Timestamp),
}

impl Since {
    /// Never later than now.
    pub(crate) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => now.saturating_sub(span).unwrap_or(Timestamp::MIN),
            Self::Moment(time) => time.min(now),
        }
    }
}

/// `2026-03-01T10:04:00+01:00`, or `7 days`: so long ago.
pub(crate) fn since(text: &str) -> Result<Since, String> {
    if let Ok(time) = text.parse() {
        return Ok(Since::Moment(time));
    }
    let ago = span(text).filter(SignedDuration::is_positive);
    ago.map(Since::Ago).ok_or_else(|| {
        "neither a moment such as 2026-03-01T10:04:00+01:00 nor a time such as \"7 days\""
            .to_owned()
    })
}

/// `2026-03-01T10:04:00+01:00`: RFC 3339. Without an offset it would be another moment on each machine.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "no moment such as 2026-03-01T10:04:00+01:00, with its offset or Z".to_owned())
}

/// `90s`, `15min`, `1h 30min`, `7 days`
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = span(text).and_then(|span| Duration::try_from(span).ok());
    duration
        .filter(|one| !one.is_zero())
        .ok_or_else(|| "no duration such as 90s, 15min or \"1h 30min\"".to_owned())
}

/// A duration of at least and at most so much.
pub(crate) fn duration_within(
    text: &str,
    bounds: &RangeInclusive<Duration>,
) -> Result<Duration, String> {
    let duration = duration(text)?;
    match bounds.contains(&duration) {
        true => Ok(duration),
        false => {
            let (shortest, longest) = (short(*bounds.start()), short(*bounds.end()));
            Err(format!("not from {shortest} to {longest}"))
        }
    }
}

fn short(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds > 0 && seconds % 3600 == 0 => format!("{}h", seconds / 3600),
        seconds if seconds > 0 && seconds % 60 == 0 => format!("{}min", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

/// A day is 24 hours.
fn span(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_times_ago_are_understood() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, moment) in [
            ("7 days", "2026-11-16T12:00:00Z"),
            ("90m", "2026-11-23T10:30:00Z"),
            ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
            ("2026-11-23T09:00:00+01:00", "2026-11-23T08:00:00Z"),
            ("2027-01-01T00:00:00Z", "2026-11-23T12:00:00Z"),
        ] {
            let moment: Timestamp = moment.parse().unwrap();
            assert_eq!(since(text).unwrap().before(now), moment, "{text}");
        }
        for text in ["", "yesterday", "-7 days", "0s", "7"] {
            assert!(since(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_needs_its_offset() {
        let at = moment("2026-03-01T10:04:00+01:00").unwrap();
        assert_eq!(at, "2026-03-01T09:04:00Z".parse().unwrap());
        for text in ["", "10:04", "2026-03-01", "2026-03-01T10:04:00", "now"] {
            assert!(moment(text).unwrap_err().contains("offset"), "{text}");
        }
    }

    #[test]
    fn durations_have_units_and_bounds() {
        for (text, seconds) in [
            ("5m", 300),
            ("15min", 900),
            ("1h 30min", 5400),
            ("2 days", 172_800),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "5", "0s", "-5m", "soon", "1 month"] {
            assert!(duration(text).is_err(), "{text}");
        }
        let bounds = Duration::from_secs(1)..=Duration::from_secs(86_400);
        let bounded = |text| duration_within(text, &bounds);
        assert_eq!(bounded("1s"), Ok(Duration::from_secs(1)));
        assert_eq!(bounded("24h"), Ok(Duration::from_secs(86_400)));
        for text in ["500ms", "25h"] {
            assert_eq!(bounded(text).unwrap_err(), "not from 1s to 24h", "{text}");
        }
    }
}
