//! How long commands take, touches left out.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::observed::Exchange;

/// No command of a key takes nearly as long; nobody wants to wait longer in an emergency.
const LIMIT: Duration = Duration::from_secs(2);
/// getInfo computes nothing.
const GET_INFO_LIMIT: Duration = Duration::from_millis(500);
/// How much longer than its limit a single time may be: hosts are late now and then.
const OUTLIER: u32 = 2;

/// The times of one command.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Latency {
    pub(super) command: &'static str,
    pub(super) times: Distribution,
}

/// A distribution of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Distribution {
    pub(super) n: usize,
    pub(super) min: Duration,
    pub(super) median: Duration,
    pub(super) p95: Duration,
    pub(super) max: Duration,
}

impl Distribution {
    /// Milliseconds, to the hundredth.
    pub(super) fn to_json(self) -> Json {
        let ms = |time: Duration| (time.as_secs_f64() * 100_000.0).round() / 100.0;
        json!({
            "n": self.n,
            "min_ms": ms(self.min),
            "median_ms": ms(self.median),
            "p95_ms": ms(self.p95),
            "max_ms": ms(self.max),
        })
    }
}

impl Latency {
    /// What is too slow, if anything.
    pub(super) fn complaint(&self) -> Option<String> {
        let limit = match self.command {
            "getInfo" => GET_INFO_LIMIT,
            _ => LIMIT,
        };
        let Distribution { median, max, .. } = self.times;
        let (found, what) = match (median > limit, max > limit * OUTLIER) {
            (true, _) => (median, "in the median"),
            (_, true) => (max, "once"),
            _ => return None,
        };
        let (command, found) = (self.command, found.as_millis());
        Some(format!("{command} took {found} ms {what}"))
    }
}

/// The times of every command that was answered, by name.
pub(super) fn of(exchanges: &[Exchange]) -> Vec<Latency> {
    let mut by_command: BTreeMap<&'static str, Vec<Duration>> = BTreeMap::new();
    for exchange in exchanges
        .iter()
        .filter(|exchange| exchange.status.is_some())
    {
        by_command
            .entry(exchange.command)
            .or_default()
            .push(exchange.took);
    }
    let latency = |(command, times)| {
        Some(Latency {
            command,
            times: distribution(times)?,
        })
    };
    by_command.into_iter().filter_map(latency).collect()
}

/// None where there is nothing.
pub(super) fn distribution(mut times: Vec<Duration>) -> Option<Distribution> {
    times.sort_unstable();
    // The nearest rank: the smallest value that so many percent do not exceed.
    let rank = |percent: usize| {
        let index = (times.len() * percent).div_ceil(100).max(1) - 1;
        times.get(index).copied()
    };
    Some(Distribution {
        n: times.len(),
        min: *times.first()?,
        median: rank(50)?,
        p95: rank(95)?,
        max: *times.last()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(times: &[u64]) -> Vec<Duration> {
        times.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn ranks_are_the_nearest() {
        let hundred: Vec<u64> = (1..=100).rev().collect();
        let found = distribution(milliseconds(&hundred)).map(|found| {
            [found.min, found.median, found.p95, found.max].map(|time| time.as_millis())
        });
        assert_eq!(found, Some([1, 50, 95, 100]));
        let one = distribution(milliseconds(&[7])).map(|found| (found.n, found.p95.as_millis()));
        assert_eq!(one, Some((1, 7)));
        assert_eq!(distribution(Vec::new()), None);
    }

    #[test]
    fn one_late_answer_is_borne_and_a_very_late_one_is_not() {
        let latency = |times: &[u64]| {
            let times = distribution(milliseconds(times));
            times.and_then(|times| {
                Latency {
                    command: "getInfo",
                    times,
                }
                .complaint()
            })
        };
        assert_eq!(latency(&[10, 20, 900]), None);
        assert_eq!(
            latency(&[10, 20, 1001]),
            Some("getInfo took 1001 ms once".to_owned())
        );
        assert_eq!(
            latency(&[600, 600, 20]),
            Some("getInfo took 600 ms in the median".to_owned())
        );
    }
}
