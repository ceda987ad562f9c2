//! CBOR in the CTAP2 canonical form (CTAP 2.1 §8, "Message Encoding").
//!
//! Decoding accepts any well-formed item, because real authenticators are not always canonical, but refuses what no
//! honest peer sends: trailing bytes, duplicate map keys, deep nesting. Encoding is always canonical.

use std::cmp::Ordering;

pub use ciborium::Value;
use ciborium_io::Read as _;
use ciborium_ll::{Decoder, Header};

/// Nesting that decoding accepts. CTAP2 messages nest at most four levels.
const DEPTH_LIMIT: usize = 16;

/// Why bytes are not one CBOR item as CTAP2 uses them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A map has the same key twice.
    #[error("duplicate map key")]
    DuplicateKey,
    /// Not well-formed CBOR, or cut short.
    #[error("malformed CBOR near byte {offset} of {length}")]
    Malformed {
        /// Where decoding stopped.
        offset: usize,
        /// How many bytes there were.
        length: usize,
    },
    /// Nested more deeply than any CTAP2 message.
    #[error("CBOR nested more than {DEPTH_LIMIT} levels deep")]
    TooDeep,
    /// Bytes follow the item.
    #[error("{0} bytes after the CBOR item")]
    TrailingBytes(usize),
}

/// Decodes exactly one item.
///
/// # Errors
/// When the bytes are not one well-formed item, or something follows it.
pub fn decode(bytes: &[u8]) -> Result<Value, Error> {
    let (value, length) = decode_prefix(bytes)?;
    match bytes.len() - length {
        0 => Ok(value),
        trailing => Err(Error::TrailingBytes(trailing)),
    }
}

/// Decodes the item at the front and returns it with its encoded length in bytes.
///
/// # Errors
/// When the bytes do not begin with a well-formed item.
pub fn decode_prefix(bytes: &[u8]) -> Result<(Value, usize), Error> {
    let mut rest = bytes;
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH_LIMIT)
        .map_err(|error| match error {
            ciborium::de::Error::RecursionLimitExceeded => Error::TooDeep,
            _ => Error::Malformed {
                offset: bytes.len() - rest.len(),
                length: bytes.len(),
            },
        })?;
    refuse_duplicate_keys(&value)?;
    Ok((value, bytes.len() - rest.len()))
}

/// The same bytes with `?` in place of each byte that is not UTF-8 in a text, so that they can be decoded. Keys cut names in the
/// middle of a character (WebAuthn L3 §6.4.1).
#[must_use]
pub fn mend_texts(bytes: &[u8]) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    let mut decoder = Decoder::from(bytes);
    while let Ok(header) = decoder.pull() {
        let (Header::Text(Some(length)) | Header::Bytes(Some(length))) = header else {
            continue;
        };
        let start = decoder.offset();
        let Some(content) = start
            .checked_add(length)
            .and_then(|end| mended.get_mut(start..end))
        else {
            break;
        };
        if matches!(header, Header::Text(_)) {
            mend(content);
        }
        if decoder.read_exact(&mut vec![0; length]).is_err() {
            break;
        }
    }
    mended
}

fn mend(text: &mut [u8]) {
    let mut rest = text;
    while let Err(error) = str::from_utf8(rest) {
        let start = error.valid_up_to();
        let length = error.error_len().unwrap_or(rest.len() - start);
        rest = &mut rest[start..];
        rest[..length].fill(b'?');
    }
}

/// Encodes canonically: definite lengths, shortest integers, map keys sorted by major type, then length, then bytes.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    write(&sorted(value))
}

/// Whether the bytes are one item in canonical form.
#[must_use]
pub fn is_canonical(bytes: &[u8]) -> bool {
    decode(bytes).is_ok_and(|value| encode(&value) == bytes)
}

/// Builds a map; [`encode`] puts the members into canonical order.
pub fn map<K: Into<Value>>(members: impl IntoIterator<Item = (K, Value)>) -> Value {
    Value::Map(
        members
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect(),
    )
}

/// The member of a map with this key.
pub fn get<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    map.iter()
        .find(|(candidate, _)| candidate == key)
        .map(|(_, value)| value)
}

fn refuse_duplicate_keys(value: &Value) -> Result<(), Error> {
    match value {
        Value::Map(members) => {
            let mut keys: Vec<Vec<u8>> = members.iter().map(|(key, _)| encode(key)).collect();
            keys.sort_unstable();
            if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(Error::DuplicateKey);
            }
            members.iter().try_for_each(|(key, value)| {
                refuse_duplicate_keys(key).and(refuse_duplicate_keys(value))
            })
        }
        Value::Array(items) => items.iter().try_for_each(refuse_duplicate_keys),
        Value::Tag(_, inner) => refuse_duplicate_keys(inner),
        _ => Ok(()),
    }
}

/// Writes the members of maps in the order in which they are.
fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes)
        .expect("writing CBOR to a vector fails only for values that cannot be built from `Value`");
    bytes
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Map(members) => {
            // Each key is sorted once: twice, by `encode`, would double the time with every map that is a map's key.
            let encoded = |(key, value): &(Value, Value)| {
                let key = sorted(key);
                (write(&key), key, sorted(value))
            };
            let mut members: Vec<(Vec<u8>, Value, Value)> = members.iter().map(encoded).collect();
            members.sort_by(|(a, ..), (b, ..)| canonical_order(a, b));
            Value::Map(
                members
                    .into_iter()
                    .map(|(_, key, value)| (key, value))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Tag(tag, inner) => Value::Tag(*tag, Box::new(sorted(inner))),
        other => other.clone(),
    }
}

/// CTAP 2.1 §8: lower major type first, then the shorter key, then the lower value in bytewise order.
fn canonical_order(a: &[u8], b: &[u8]) -> Ordering {
    let major = |key: &[u8]| key.first().map(|byte| byte >> 5);
    major(a)
        .cmp(&major(b))
        .then(a.len().cmp(&b.len()))
        .then(a.cmp(b))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::encoding::hex;

    /// RFC 8949 appendix A and the key order example of CTAP 2.1 §8.
    #[test]
    fn map_keys_are_sorted_by_type_then_length_then_bytes() {
        let value = map([
            (Value::from("aa"), Value::from(1)),
            (Value::from("b"), Value::from(2)),
            (Value::from(-1), Value::from(3)),
            (Value::from(100), Value::from(4)),
            (Value::from(10), Value::from(5)),
        ]);
        assert_eq!(
            hex::encode(&encode(&value)),
            "a50a051864042003616202626161".to_owned() + "01"
        );
    }

    #[test]
    fn a_map_as_key_of_a_map_does_not_double_the_time() {
        // Deeper than what is decoded: what takes twice the time for each level does not end here.
        let mut value = Value::from(0);
        for _ in 0..50 {
            value = Value::Map(vec![(value, Value::from(0))]);
        }
        assert_eq!(encode(&value), [[0xa1; 50].as_slice(), &[0; 51]].concat());
    }

    #[test]
    fn non_canonical_items_are_read_and_recognised() {
        let indefinite = [0x9f, 0x01, 0xff];
        assert_eq!(decode(&indefinite), Ok(Value::Array(vec![Value::from(1)])));
        assert!(!is_canonical(&indefinite));
        assert!(!is_canonical(&[0x18, 0x01]));
        assert!(is_canonical(&[0x01]));
    }

    #[test]
    fn hostile_items_are_refused() {
        assert_eq!(decode(&[0x01, 0x02]), Err(Error::TrailingBytes(1)));
        assert_eq!(
            decode(&[0xa2, 0x01, 0x02, 0x01, 0x03]),
            Err(Error::DuplicateKey)
        );
        assert_eq!(decode(&[0x81; 1000]), Err(Error::TooDeep));
        assert!(matches!(
            decode(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(Error::Malformed { .. })
        ));
        assert!(matches!(
            decode(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(Error::Malformed { .. })
        ));
        assert!(decode(&[]).is_err());
    }

    #[test]
    fn the_length_of_a_prefix_is_exact() {
        assert_eq!(
            decode_prefix(&[0xa1, 0x01, 0x02, 0xff]),
            Ok((map([(1, Value::from(2))]), 3))
        );
    }

    #[test]
    fn texts_cut_in_the_middle_of_a_character_are_mended() {
        // {1: "zü", 2: h'c3', 3: ["ü€"]} with the last byte of each text missing.
        let cut = hex::decode(
            "a3 01 62 7ac3 02 41 c3 03 81 64 c3bce282"
                .replace(' ', "")
                .as_str(),
        );
        let cut = cut.unwrap();
        assert!(decode(&cut).is_err());
        let mended = decode(&mend_texts(&cut)).unwrap();
        let expected = map([
            (1, Value::from("z?")),
            (2, Value::Bytes(vec![0xc3])),
            (3, Value::Array(vec![Value::from("ü??")])),
        ]);
        assert_eq!(mended, expected);
    }

    proptest::proptest! {
        #[test]
        fn mending_changes_nothing_that_can_be_read(bytes: Vec<u8>) {
            let mended = mend_texts(&bytes);
            proptest::prop_assert_eq!(mended.len(), bytes.len());
            if decode(&bytes).is_ok() {
                proptest::prop_assert_eq!(mended, bytes);
            }
        }
    }
}
