//! When to ask again, and how long to wait before.
//!
//! The service says `Retry-After`, or nothing, and then the waits grow and are jittered. A wait longer than the policy
//! allows is not shortened, because a request before its time counts against the quota: the error is returned instead,
//! with the service's wish in it.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::error::Call;
use super::http::Answer;
use crate::env::Env;

/// How patient a client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Repetitions after the first attempt.
    pub repetitions: usize,
    /// The first wait when the service names none; each further one is twice as long, and up to one wait longer by chance.
    pub first_wait: Duration,
    /// The longest single wait.
    pub longest_wait: Duration,
    /// The longest time from the first attempt to the beginning of the last.
    pub total: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            repetitions: 5,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(120),
            total: Duration::from_secs(300),
        }
    }
}

impl Retry {
    /// For callers who would rather hear at once.
    #[must_use]
    pub fn never() -> Self {
        Self {
            repetitions: 0,
            ..Self::default()
        }
    }

    /// The waits of one request. The jitter keeps several stations from asking in step.
    pub(in crate::graph) fn waits(&self, env: &Env) -> ExponentialBackoff {
        ExponentialBuilder::new()
            .with_jitter()
            .with_jitter_seed(u64::from_be_bytes(env.random()))
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(self.repetitions)
            .build()
    }
}

/// What an observer learns before each wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The exchange that will be repeated.
    pub call: Call,
    /// The status that the service answered; none when the connection broke.
    pub status: Option<u16>,
    /// How long the wait is.
    pub wait: Duration,
    /// Which repetition comes after the wait, from 1.
    pub repetition: usize,
}

/// `Retry-After` as seconds or as an HTTP date (RFC 9110 §10.2.3). A date in the past means now.
pub(in crate::graph) fn retry_after(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::DateTimeParser::new()
        .parse_timestamp(
            text.strip_suffix("GMT")
                .map_or_else(|| text.to_owned(), |date| format!("{date}+0000")),
        )
        .ok()?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;

    fn read(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(
            "retry-after",
            HeaderValue::from_str(text).expect("printable"),
        );
        let answer = Answer {
            status: 429,
            headers,
            body: bytes::Bytes::new(),
        };
        retry_after(&answer, "2026-03-01T09:00:00Z".parse().expect("a date"))
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        assert_eq!(read("17"), Some(Duration::from_secs(17)));
        assert_eq!(read(" 0 "), Some(Duration::ZERO));
        assert_eq!(
            read("Sun, 01 Mar 2026 09:01:30 GMT"),
            Some(Duration::from_secs(90))
        );
        assert_eq!(read("Sun, 01 Mar 2026 08:00:00 GMT"), Some(Duration::ZERO));
        for text in ["", "-1", "soon", "1.5", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn waits_grow_and_end() {
        let retry = Retry::default();
        let waits: Vec<Duration> = retry.waits(&Env::system()).collect();
        assert_eq!(waits.len(), retry.repetitions);
        assert!(waits.iter().zip(&waits[1..]).all(|(a, b)| *a < *b * 2));
        assert!(waits[0] >= retry.first_wait && waits[4] >= retry.first_wait * 16);
        assert!(Retry::never().waits(&Env::system()).next().is_none());
    }

    proptest! {
        #[test]
        fn any_text_is_a_wait_or_nothing(text in "[ -~]{0,40}", day in 0..40, year in 0..99_999) {
            let _ = read(&text);
            let _ = read(&format!("Sun, {day} Mar {year} 09:01:30 GMT"));
        }
    }
}
