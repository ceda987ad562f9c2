//! What a key that was seen several times is compared with.

use std::collections::BTreeMap;

use super::Sighting;
use crate::ledger::{Latency, Observation};

/// What a key was like that was seen several times: each member as it was first seen, but the most tries, which come and go, and
/// of the times the one in the middle, as any single one may be a busy computer's.
pub(super) fn reference(sightings: &[Sighting], since: u64) -> Observation {
    let seen = sightings.iter().filter(|seen| seen.index >= since);
    let seen: &[&Observation] = &seen.map(|seen| &seen.observed).collect::<Vec<_>>();
    let tries =
        |tries: fn(&Observation) -> Option<u8>| seen.iter().filter_map(|one| tries(one)).max();
    Observation {
        firmware: first(seen, |one| one.firmware.clone()),
        versions: first(seen, |one| one.versions.clone()),
        extensions: first(seen, |one| one.extensions.clone()),
        options: first(seen, |one| one.options.clone()),
        min_pin_length: first(seen, |one| one.min_pin_length),
        credentials_left: first(seen, |one| one.credentials_left),
        pin_retries: tries(|one| one.pin_retries),
        uv_retries: tries(|one| one.uv_retries),
        latency: Some(middle(seen)),
    }
}

fn first<T>(seen: &[&Observation], member: impl Fn(&Observation) -> Option<T>) -> Option<T> {
    seen.iter().find_map(|one| member(one))
}

fn middle(seen: &[&Observation]) -> BTreeMap<String, Latency> {
    let mut times: BTreeMap<String, Vec<Latency>> = BTreeMap::new();
    for (command, latency) in seen.iter().filter_map(|one| one.latency.as_ref()).flatten() {
        times.entry(command.clone()).or_default().push(*latency);
    }
    let median = |(command, mut times): (String, Vec<Latency>)| {
        times.sort_unstable_by_key(|latency| latency.median_us);
        let middle = times.len().checked_sub(1)? / 2;
        Some((command, *times.get(middle)?))
    };
    times.into_iter().filter_map(median).collect()
}
