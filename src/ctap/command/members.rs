//! Reads the members of a response map one by one, with errors that name command and member.

use std::fmt;

use crate::encoding::cbor::{self, Value};

/// The name of a response's member, with its key where that is an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberName {
    /// The specification's name.
    pub name: &'static str,
    /// The integer key; `None` for a member with a text key.
    pub key: Option<u8>,
}

impl fmt::Display for MemberName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key {
            Some(key) => write!(formatter, "{} (0x{key:02X})", self.name),
            None => formatter.write_str(self.name),
        }
    }
}

/// Why a response is not what its command answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not one well-formed CBOR item.
    #[error("{command} response: {source}")]
    Cbor {
        /// The command.
        command: &'static str,
        /// What is wrong.
        source: cbor::Error,
    },
    /// Not even a status byte.
    #[error("{command} response: empty")]
    Empty {
        /// The command.
        command: &'static str,
    },
    /// A member has the wrong type or an impossible value.
    #[error("{command} response: member {member} malformed")]
    Malformed {
        /// The command.
        command: &'static str,
        /// The member.
        member: MemberName,
    },
    /// A member that the command always answers is not there.
    #[error("{command} response: member {member} missing")]
    Missing {
        /// The command.
        command: &'static str,
        /// The member.
        member: MemberName,
    },
    /// Not a map.
    #[error("{command} response: not a CBOR map")]
    NotAMap {
        /// The command.
        command: &'static str,
    },
}

/// What is left of a response map.
pub(super) struct Members {
    command: &'static str,
    map: Vec<(Value, Value)>,
}

impl Members {
    /// Parses the CBOR of a response; nothing at all counts as an empty map, and names that the key has cut in the middle of a
    /// character are taken as they are.
    pub(super) fn parse(command: &'static str, bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Ok(Self {
                command,
                map: Vec::new(),
            });
        }
        let value = cbor::decode(bytes)
            .or_else(|error| cbor::decode(&cbor::mend_texts(bytes)).map_err(|_| error))
            .map_err(|source| DecodeError::Cbor { command, source })?;
        let map = value
            .into_map()
            .map_err(|_| DecodeError::NotAMap { command })?;
        Ok(Self { command, map })
    }

    /// The members of a map that is itself a member.
    pub(super) fn nested(command: &'static str, map: Vec<(Value, Value)>) -> Self {
        Self { command, map }
    }

    /// Takes a member with an integer key.
    pub(super) fn optional<T>(
        &mut self,
        key: u8,
        name: &'static str,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        let key_value = Value::from(key);
        let key = Some(key);
        self.take(&key_value, MemberName { name, key }, convert)
    }

    /// Takes a member with an integer key that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: u8,
        name: &'static str,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, DecodeError> {
        let member = MemberName {
            name,
            key: Some(key),
        };
        let command = self.command;
        self.optional(key, name, convert)?
            .ok_or(DecodeError::Missing { command, member })
    }

    /// Takes a member with a text key; `name` is how errors call it.
    pub(super) fn optional_text<T>(
        &mut self,
        key: &str,
        name: &'static str,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        self.take(&Value::from(key), MemberName { name, key: None }, convert)
    }

    /// Takes a member with a text key that must be there.
    pub(super) fn required_text<T>(
        &mut self,
        key: &str,
        name: &'static str,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<T, DecodeError> {
        let member = MemberName { name, key: None };
        let command = self.command;
        self.optional_text(key, name, convert)?
            .ok_or(DecodeError::Missing { command, member })
    }

    /// The members that nobody took.
    pub(super) fn rest(self) -> Vec<(Value, Value)> {
        self.map
    }

    fn take<T>(
        &mut self,
        key: &Value,
        member: MemberName,
        convert: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, DecodeError> {
        let Some(index) = self.map.iter().position(|(candidate, _)| candidate == key) else {
            return Ok(None);
        };
        let (_, value) = self.map.swap_remove(index);
        match convert(value) {
            Some(converted) => Ok(Some(converted)),
            None => Err(DecodeError::Malformed {
                command: self.command,
                member,
            }),
        }
    }
}

/// Anything, undecoded.
pub(super) fn any(value: Value) -> Option<Value> {
    Some(value)
}

pub(super) fn boolean(value: Value) -> Option<bool> {
    value.into_bool().ok()
}

pub(super) fn bytes(value: Value) -> Option<Vec<u8>> {
    value.into_bytes().ok()
}

pub(super) fn fixed<const N: usize>(value: Value) -> Option<[u8; N]> {
    bytes(value)?.try_into().ok()
}

pub(super) fn map(value: Value) -> Option<Vec<(Value, Value)>> {
    value.into_map().ok()
}

pub(super) fn text(value: Value) -> Option<String> {
    value.into_text().ok()
}

/// An integer that fits into the wanted type.
pub(super) fn integer<T: TryFrom<i128>>(value: Value) -> Option<T> {
    T::try_from(i128::from(value.into_integer().ok()?)).ok()
}

/// An array whose items all convert.
pub(super) fn array<T>(item: impl Fn(Value) -> Option<T>) -> impl FnOnce(Value) -> Option<Vec<T>> {
    move |value| value.into_array().ok()?.into_iter().map(item).collect()
}
