//! How TOML writes what it has no type for.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The word for a member that a key does not have, in files that otherwise mean "as the base" by leaving it out.
const ABSENT: &str = "absent";

/// A value, or the word `absent`.
pub(super) mod or_absent {
    use std::fmt;
    use std::marker::PhantomData;

    use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
    use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor};

    use super::{ABSENT, Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::emulator::profile) fn serialize<T: Serialize, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(serializer),
            None => serializer.serialize_str(ABSENT),
        }
    }

    pub(in crate::emulator::profile) fn deserialize<'de, T, D>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error>
    where
        T: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        deserializer.deserialize_any(OrAbsent(PhantomData))
    }

    /// Hands on what it meets, so that an error inside still knows its place.
    struct OrAbsent<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OrAbsent<T> {
        type Value = Option<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(formatter, "a value or {ABSENT:?}")
        }

        fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Self::Value, E> {
            T::deserialize(value.into_deserializer()).map(Some)
        }

        fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Self::Value, E> {
            T::deserialize(value.into_deserializer()).map(Some)
        }

        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
            if value == ABSENT {
                return Ok(None);
            }
            T::deserialize(value.into_deserializer()).map(Some)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
            T::deserialize(SeqAccessDeserializer::new(items)).map(Some)
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members)).map(Some)
        }
    }
}

/// COSE algorithms by their IANA names.
pub(super) mod algorithms {
    use super::{Deserialize, Deserializer, Serialize, Serializer};
    use crate::webauthn::cose_key;

    #[derive(Serialize, Deserialize)]
    enum Name {
        #[serde(rename = "ES256")]
        Es256,
        #[serde(rename = "EdDSA")]
        EdDsa,
    }

    pub(in crate::emulator::profile) fn serialize<S: Serializer>(
        algorithms: &[i64],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(algorithms.iter().filter_map(|&algorithm| match algorithm {
            cose_key::ES256 => Some(Name::Es256),
            cose_key::EDDSA => Some(Name::EdDsa),
            _ => None,
        }))
    }

    pub(in crate::emulator::profile) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<i64>, D::Error> {
        let names = Vec::<Name>::deserialize(deserializer)?;
        let number = |name: &Name| match name {
            Name::Es256 => cose_key::ES256,
            Name::EdDsa => cose_key::EDDSA,
        };
        Ok(names.iter().map(number).collect())
    }
}

/// Four hexadecimal digits, as USB ids are written everywhere.
pub(super) mod hex_u16 {
    use super::{Deserialize, Deserializer, Serializer};

    pub(in crate::emulator::profile) fn serialize<S: Serializer>(
        id: &u16,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{id:04x}"))
    }

    pub(in crate::emulator::profile) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<u16, D::Error> {
        let text = String::deserialize(deserializer)?;
        Some(text.as_str())
            .filter(|text| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|text| u16::from_str_radix(text, 16).ok())
            .ok_or_else(|| {
                serde::de::Error::custom(format_args!(
                    "{text:?} is not four hexadecimal digits such as \"1209\""
                ))
            })
    }
}

/// `"always"`, `"first_command"`, or how long after power-up.
pub(super) mod reset_window {
    use super::{Deserialize, Deserializer, Serializer};
    use crate::emulator::duration;
    use crate::emulator::profile::ResetWindow;

    pub(in crate::emulator::profile) fn serialize<S: Serializer>(
        window: &ResetWindow,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match window {
            ResetWindow::Always => serializer.serialize_str("always"),
            ResetWindow::FirstCommand => serializer.serialize_str("first_command"),
            ResetWindow::AfterPowerUp(time) => serializer.collect_str(&duration::show(*time)),
        }
    }

    pub(in crate::emulator::profile) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<ResetWindow, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "always" => Ok(ResetWindow::Always),
            "first_command" => Ok(ResetWindow::FirstCommand),
            _ => duration::parse(&text)
                .map(ResetWindow::AfterPowerUp)
                .map_err(|_| {
                    serde::de::Error::custom(format_args!(
                        "{text:?} is neither \"always\", \"first_command\" nor a duration such as \"10s\""
                    ))
                }),
        }
    }
}
