//! Durations as operators write them: `1500ms`, `2s`, `1m 30s`.

use std::time::Duration;

/// Longer than anybody waits, and so short that moments of a key's life can be added up: 100 years of 365 days.
const MAXIMUM: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no duration such as 1500ms or 2s, up to 100 years")]
pub(super) struct NotADuration(pub String);

/// Reads a duration that is not negative and not longer than [`MAXIMUM`].
pub(super) fn parse(text: &str) -> Result<Duration, NotADuration> {
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|duration| Duration::try_from(duration).ok())
        .filter(|&duration| duration <= MAXIMUM)
        .ok_or_else(|| NotADuration(text.to_owned()))
}

/// Writes a duration in the largest single unit that loses nothing, so that [`parse`] gives it back.
pub(super) fn show(duration: Duration) -> String {
    let nanoseconds = duration.subsec_nanos();
    if nanoseconds == 0 {
        format!("{}s", duration.as_secs())
    } else if nanoseconds.is_multiple_of(1_000_000) {
        format!("{}ms", duration.as_millis())
    } else {
        format!("{}s {nanoseconds}ns", duration.as_secs())
    }
}

/// For members of JSON documents.
pub(super) mod text {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::emulator) fn serialize<S: Serializer>(
        duration: &Duration,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::show(*duration))
    }

    pub(in crate::emulator) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// As [`text`], for members that may be absent.
pub(super) mod optional_text {
    use std::time::Duration;

    use serde::{Deserializer, Serializer};

    pub(in crate::emulator) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            None => serializer.serialize_none(),
            Some(duration) => super::text::serialize(duration, serializer),
        }
    }

    pub(in crate::emulator) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        super::text::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "2", "-2s", "soon", "2 weeks of waiting"] {
            assert_eq!(parse(text), Err(NotADuration(text.to_owned())));
        }
        assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1500)));
    }

    #[test]
    fn a_hundred_years_are_the_longest() {
        assert_eq!(parse("876000h"), Ok(MAXIMUM));
        for text in ["876000h 1ns", "9223372036854775807s 1ms"] {
            assert_eq!(parse(text), Err(NotADuration(text.to_owned())));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read_again(seconds in 0..MAXIMUM.as_secs(), nanoseconds in 0..1_000_000_000u32) {
            for nanoseconds in [0, nanoseconds, nanoseconds / 1_000_000 * 1_000_000] {
                let duration = Duration::new(seconds, nanoseconds);
                prop_assert_eq!(parse(&show(duration)), Ok(duration));
            }
        }
    }
}
