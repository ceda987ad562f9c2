//! The one way to write a JSON value (RFC 8785), narrowed to what every implementation reads alike: whole numbers a double
//! holds exactly, and shallow nesting.

use serde::Serialize;
use serde_json::{Number, Value};

use super::chain::EntryHash;

/// Nesting of arrays and objects that an entry may have.
pub(super) const DEPTH_LIMIT: usize = 16;
/// The largest whole number up to which a double is exact, 2^53 − 1 (RFC 8785 appendix D).
pub(super) const NUMBER_LIMIT: u64 = (1 << 53) - 1;

/// Why a value has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Arrays and objects nested too deeply.
    #[error("nested more than {DEPTH_LIMIT} levels deep")]
    Depth,
    /// A fraction, an exponent, or a whole number beyond ±(2^53 − 1).
    #[error("the number {0} is not a whole number of at most 2^53 - 1")]
    Number(String),
    /// A Rust value that has no JSON form, such as a map with keys that are not text.
    #[error("no JSON form: {0}")]
    Serialization(String),
}

/// The canonical bytes of a value.
///
/// # Errors
/// When the value holds a number or a nesting that the ledger refuses.
pub(super) fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let value = serde_json::to_value(value).map_err(serialization)?;
    check(&value, 0)?;
    serde_json_canonicalizer::to_vec(&value).map_err(serialization)
}

/// The SHA-256 of the canonical form of something that is not an entry.
///
/// # Errors
/// When it has none.
pub fn hash<T: Serialize>(value: &T) -> Result<EntryHash, Error> {
    Ok(EntryHash::of(&to_bytes(value)?))
}

fn serialization(error: serde_json::Error) -> Error {
    Error::Serialization(error.to_string())
}

fn check(value: &Value, depth: usize) -> Result<(), Error> {
    if depth > DEPTH_LIMIT {
        return Err(Error::Depth);
    }
    match value {
        Value::Number(number) if !is_safe(number) => Err(Error::Number(number.to_string())),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(members) => members.values().try_for_each(|item| check(item, depth + 1)),
        _ => Ok(()),
    }
}

fn is_safe(number: &Number) -> bool {
    let magnitude = match number.as_i64() {
        Some(whole) => Some(whole.unsigned_abs()),
        None => number.as_u64(),
    };
    magnitude.is_some_and(|magnitude| magnitude <= NUMBER_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// RFC 8785 §3.2.3: members sorted by UTF-16 code units, and the escapes of §3.2.2.2.
    #[test]
    fn members_are_sorted_and_strings_escaped_as_the_rfc_shows() {
        let value = json!({
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = String::from_utf8(to_bytes(&value).expect("safe")).expect("UTF-8");
        let order: Vec<usize> = [
            "\\r",
            "\"1\"",
            "\u{80}",
            "\u{f6}",
            "\u{20ac}",
            "\u{1f600}",
            "\u{fb33}",
        ]
        .iter()
        .map(|name| text.find(name).expect("present"))
        .collect();
        assert!(order.is_sorted(), "{text}");
        assert_eq!(
            to_bytes(&json!("\u{20ac}$\u{f}\nA'B\"\\\\\"/")),
            Ok("\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"".as_bytes().to_vec())
        );
    }

    #[test]
    fn numbers_that_implementations_write_differently_are_refused() {
        let limit = json!(NUMBER_LIMIT);
        assert_eq!(to_bytes(&limit), Ok(b"9007199254740991".to_vec()));
        for text in [
            "9007199254740992",
            "-9007199254740992",
            "1.5",
            "1.0",
            "1e3",
            "-0",
        ] {
            let value: Value = serde_json::from_str(text).expect("JSON");
            assert!(matches!(to_bytes(&value), Err(Error::Number(_))), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| (0..depth).fold(json!(0), |inner, _| json!([inner]));
        assert!(to_bytes(&nested(DEPTH_LIMIT)).is_ok());
        assert_eq!(to_bytes(&nested(DEPTH_LIMIT + 1)), Err(Error::Depth));
    }
}
