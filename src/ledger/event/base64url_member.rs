//! Binary members of a JSON object: base64url without padding, for `#[serde(with = …)]`.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::encoding::base64url;

pub(crate) fn serialize<T: AsRef<[u8]>, S: Serializer>(
    bytes: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&base64url::encode(bytes.as_ref()))
}

pub(crate) fn deserialize<'de, T: TryFrom<Vec<u8>>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = base64url::decode(&text).map_err(de::Error::custom)?;
    let length = bytes.len();
    T::try_from(bytes)
        .map_err(|_| de::Error::custom(format_args!("{length} bytes is the wrong length")))
}
