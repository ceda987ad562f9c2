//! Moments and durations as operators write them.

use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A moment, or how long ago it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    Ago(SignedDuration),
    Moment(Timestamp),
}

impl Since {
    pub(super) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(span) => now.saturating_sub(span).unwrap_or(Timestamp::MIN),
            Self::Moment(time) => time.min(now),
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Since, String> {
    if let Ok(time) = text.parse() {
        return Ok(Since::Moment(time));
    }
    let ago = span(text).filter(|span| span.is_positive());
    let why = || format!("{text:?} is neither RFC 3339 nor a time such as `7 days`");
    ago.map(Since::Ago).ok_or_else(why)
}

/// The shortest time between two looks: each costs a dozen requests, of which the service allows five in ten seconds.
const SHORTEST: Duration = Duration::from_secs(1);

/// The longest: the service forgets after seven days.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A time to wait.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = span(text).and_then(|span| Duration::try_from(span).ok());
    let fit = duration.filter(|one| (SHORTEST..=LONGEST).contains(one));
    fit.ok_or_else(|| format!("{text:?} is no duration from 1s to 24h"))
}

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
            assert_eq!(parse(text).unwrap().before(now), moment, "{text}");
        }
        for text in ["", "yesterday", "-7 days", "0s", "7"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        for text in ["500ms", "25h", "-5m", "soon"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
