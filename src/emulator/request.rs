//! Reading requests as strictly as a conformant authenticator may (CTAP 2.1 §8, "Message Encoding"): what is not canonical
//! is CTAP2_ERR_INVALID_CBOR, a member of the wrong type CTAP2_ERR_CBOR_UNEXPECTED_TYPE, an absent one
//! CTAP2_ERR_MISSING_PARAMETER.

use crate::ctap::status::Status;
use crate::encoding::cbor::{self, Value};

/// Maps and arrays nest at most this deep in a CTAP2 message.
const NESTING_LIMIT: usize = 4;

/// Decodes the parameters that follow the command byte.
pub(super) fn decode(bytes: &[u8]) -> Result<Value, Status> {
    if bytes.is_empty() {
        return Err(Status::MissingParameter);
    }
    let value = cbor::decode(bytes).map_err(|_| Status::InvalidCbor)?;
    if !is_plain(&value, NESTING_LIMIT) || cbor::encode(&value) != bytes {
        return Err(Status::InvalidCbor);
    }
    Ok(value)
}

/// Neither tags nor floating point numbers, nor too many levels.
fn is_plain(value: &Value, levels: usize) -> bool {
    match value {
        Value::Map(members) => {
            levels > 0
                && members
                    .iter()
                    .all(|(key, value)| is_plain(key, levels - 1) && is_plain(value, levels - 1))
        }
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_plain(item, levels - 1)),
        Value::Tag(..) | Value::Float(_) => false,
        _ => true,
    }
}

/// The members of a CBOR map.
#[derive(Clone, Copy)]
pub(super) struct Map<'a>(&'a [(Value, Value)]);

/// A type that a member can be required to have.
pub(super) trait Member<'a>: Sized {
    /// `None` when the value is of another type.
    fn from_value(value: &'a Value) -> Option<Self>;
}

impl<'a> Map<'a> {
    /// The top level of a request.
    pub(super) fn top(value: &'a Value) -> Result<Self, Status> {
        Self::from_value(value).ok_or(Status::CborUnexpectedType)
    }

    /// A member that may be absent.
    pub(super) fn optional<T: Member<'a>>(
        self,
        key: impl Into<Value>,
    ) -> Result<Option<T>, Status> {
        cbor::get(self.0, &key.into())
            .map(|value| T::from_value(value).ok_or(Status::CborUnexpectedType))
            .transpose()
    }

    /// A member that must be there.
    pub(super) fn required<T: Member<'a>>(self, key: impl Into<Value>) -> Result<T, Status> {
        self.optional(key)?.ok_or(Status::MissingParameter)
    }
}

impl<'a> Member<'a> for Map<'a> {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_map().map(|members| Map(members))
    }
}

impl<'a> Member<'a> for &'a Value {
    fn from_value(value: &'a Value) -> Option<Self> {
        Some(value)
    }
}

impl<'a> Member<'a> for &'a [u8] {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_bytes().map(Vec::as_slice)
    }
}

impl<'a> Member<'a> for &'a [Value] {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_array().map(Vec::as_slice)
    }
}

impl<'a> Member<'a> for &'a str {
    fn from_value(value: &'a Value) -> Option<Self> {
        value.as_text()
    }
}

impl Member<'_> for bool {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Member<'_> for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_integer()?.try_into().ok()
    }
}

impl Member<'_> for u64 {
    fn from_value(value: &Value) -> Option<Self> {
        value.as_integer()?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_conformant_authenticator_refuses_is_refused() {
        let refusals: [(&[u8], Status); 7] = [
            (&[], Status::MissingParameter),
            (&[0xa1], Status::InvalidCbor),
            (&[0xa1, 0x18, 0x01, 0x02], Status::InvalidCbor),
            (&[0xa2, 0x02, 0x00, 0x01, 0x00], Status::InvalidCbor),
            (&[0xa1, 0x01, 0xc0, 0x60], Status::InvalidCbor),
            (&[0x81, 0x81, 0x81, 0x81, 0x80], Status::InvalidCbor),
            (&[0xa1, 0x01, 0xf9, 0x3c, 0x00], Status::InvalidCbor),
        ];
        for (bytes, status) in refusals {
            assert_eq!(decode(bytes), Err(status), "{bytes:02x?}");
        }
        assert!(decode(&[0x81, 0x81, 0x81, 0x80]).is_ok());
    }

    #[test]
    fn members_have_the_type_that_is_asked_for() {
        let value = cbor::map([(1, Value::from("text")), (2, Value::from(-1))]);
        let Ok(map) = Map::top(&value) else {
            panic!("a map");
        };
        assert_eq!(map.required::<&str>(1), Ok("text"));
        assert_eq!(map.required::<&[u8]>(1), Err(Status::CborUnexpectedType));
        assert_eq!(map.required::<u64>(2), Err(Status::CborUnexpectedType));
        assert_eq!(map.required::<i64>(2), Ok(-1));
        assert_eq!(map.required::<bool>(3), Err(Status::MissingParameter));
        assert_eq!(map.optional::<bool>(3), Ok(None));
    }
}
