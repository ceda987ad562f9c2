//! What a key is like now, as far as it says so without touch and PIN.

use std::collections::BTreeMap;

use crate::ctap::command::get_info;
use crate::ctap::{self, Authenticator, Times};
use crate::ledger::{Latency, Observation};

/// Names of one kind that are kept of what a key lists. Real keys list some twenty.
const NAMES: usize = 64;
/// Characters that are kept of a name.
const NAME_LENGTH: usize = 64;

/// Observes a key: what it said of itself when it was last asked, and one question for the PIN tries left, where it has a PIN. A
/// key with fingerprints is asked for their tries too. Costs no touch and no try.
///
/// # Errors
/// When the key does not answer how many PIN tries are left.
pub(crate) fn observe(key: &mut Authenticator) -> Result<Observation, ctap::Error> {
    let options = &key.info().options;
    let (has_pin, has_uv) = (options.client_pin == Some(true), options.uv == Some(true));
    let pin_retries = match has_pin {
        true => Some(key.pin_retries()?.retries),
        false => None,
    };
    // Of no use for an emergency, so a key that does not say ends nothing.
    let uv_retries = has_uv.then(|| key.uv_retries().ok()).flatten();
    Ok(Observation {
        pin_retries,
        uv_retries,
        latency: Some(latency(key.times())),
        ..said(key.info())
    })
}

/// What getInfo says, bounded: the key may be hostile, and the ledger is for good.
fn said(info: &get_info::Response) -> Observation {
    Observation {
        firmware: info.firmware_version.map(|version| version.to_string()),
        versions: Some(names(&info.versions)),
        extensions: Some(names(info.extensions.as_deref().unwrap_or_default())),
        options: Some(options(info)),
        min_pin_length: u32::try_from(info.pin_minimum()).ok(),
        credentials_left: info
            .remaining_discoverable_credentials
            .and_then(|left| u32::try_from(left).ok()),
        ..Observation::default()
    }
}

fn options(info: &get_info::Response) -> BTreeMap<String, bool> {
    let named = info.options.named();
    named
        .take(NAMES)
        .map(|(name, value)| (bounded(name, NAME_LENGTH), value))
        .collect()
}

fn names(listed: &[String]) -> Vec<String> {
    listed
        .iter()
        .take(NAMES)
        .map(|name| bounded(name, NAME_LENGTH))
        .collect()
}

/// A text that moves no reader's cursor and fills no ledger: at most so many characters, none of them a control character.
pub(crate) fn bounded(text: &str, length: usize) -> String {
    let shown = |character: char| match character.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => character,
    };
    text.chars().take(length).map(shown).collect()
}

/// Times in whole microseconds.
pub(crate) fn latency(times: &Times) -> BTreeMap<String, Latency> {
    let whole = |(command, n, median): (&str, usize, std::time::Duration)| {
        let latency = Latency {
            n: u32::try_from(n).ok()?,
            median_us: u32::try_from(median.as_micros()).ok()?,
        };
        Some((command.to_owned(), latency))
    };
    times.medians().filter_map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_says_is_bounded_and_moves_no_cursor() {
        let hostile = vec!["\u{1b}[2J".repeat(1000); 1000];
        let kept = names(&hostile);
        assert_eq!(kept.len(), NAMES);
        for name in kept {
            assert_eq!(name.chars().count(), NAME_LENGTH);
            assert!(!name.chars().any(char::is_control), "{name:?}");
        }
    }
}
