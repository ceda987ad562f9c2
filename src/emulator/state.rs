//! What an emulated key remembers without power, as one JSON document.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::credential::{Credential, PrivateKey};
use super::profile::Profile;
use crate::encoding::{base64url, hex};
use crate::env::Env;
use crate::webauthn::Aaguid;

/// Layout of the document.
const STATE_VERSION: u32 = 1;
/// PIN tries after a correct PIN (CTAP 2.1 §6.5.2: at most 8).
pub(super) const MAX_PIN_RETRIES: u8 = 8;

/// The serialized large-blob array of a key as it leaves the factory: an empty array and its digest (CTAP 2.1 §6.10).
const INITIAL_LARGE_BLOBS: [u8; 17] = [
    0x80, 0x76, 0xbe, 0x8b, 0x52, 0x8d, 0x00, 0x75, 0xf7, 0xaa, 0xe9, 0x8d, 0x6f, 0xa5, 0x7a, 0x6d,
    0x3c,
];

fn initial_large_blobs() -> Vec<u8> {
    INITIAL_LARGE_BLOBS.to_vec()
}

/// 32 secret bytes: zeroized, without `Debug`, written only into the state file.
#[derive(Clone)]
pub(super) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        base64url_bytes::serialize(self.0.as_slice(), serializer)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Zeroizing::new(base64url_bytes::deserialize(deserializer)?);
        let array = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| serde::de::Error::invalid_length(bytes.len(), &"32 bytes"))?;
        Ok(Self::new(array))
    }
}

/// Bytes as base64url text.
pub(super) mod base64url_bytes {
    use super::{Deserialize, Deserializer, Serializer, base64url};

    pub(in crate::emulator) fn serialize<S: Serializer>(
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(bytes))
    }

    pub(in crate::emulator) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        base64url::decode(&text).map_err(serde::de::Error::custom)
    }
}

/// The stored PIN.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredPin {
    /// LEFT(SHA-256(PIN), 16).
    #[serde(with = "base64url_bytes")]
    pub(super) hash: Vec<u8>,
    /// PINCodePointLength.
    pub(super) code_points: usize,
}

/// A finger that is enrolled. There is no image of it: [`Finger`](super::touch::Finger) says which finger comes.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Template {
    #[serde(with = "base64url_bytes")]
    pub(super) id: Vec<u8>,
    /// Empty until it has one.
    pub(super) friendly_name: String,
}

/// What identifies this one key to an enterprise; survives a reset.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct EnterpriseIdentity {
    /// The model that the certificate names.
    pub(super) aaguid: Aaguid,
    pub(super) private_key: PrivateKey,
    /// The certificate in DER, with a serial number of its own.
    #[serde(with = "base64url_bytes")]
    pub(super) certificate: Vec<u8>,
}

/// Everything that survives power loss.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct State {
    version: u32,
    /// The serial number, in hex; survives a reset.
    #[serde(default)]
    pub(super) serial: String,
    /// Wraps non-discoverable credentials; replaced by a reset.
    pub(super) master: Secret,
    /// The signature counter of all credentials.
    pub(super) sign_count: u32,
    pub(super) pin: Option<StoredPin>,
    pub(super) pin_retries: u8,
    pub(super) min_pin_length: usize,
    pub(super) min_pin_length_rp_ids: Vec<String>,
    pub(super) force_pin_change: bool,
    pub(super) always_uv: bool,
    pub(super) enterprise_attestation: bool,
    pub(super) enterprise: Option<EnterpriseIdentity>,
    /// enableLongTouchForReset was called.
    #[serde(default)]
    pub(super) long_touch_for_reset: bool,
    /// The serialized large-blob array.
    #[serde(default = "initial_large_blobs", with = "base64url_bytes")]
    pub(super) large_blobs: Vec<u8>,
    /// Discoverable credentials, oldest first.
    pub(super) credentials: Vec<Credential>,
    /// Fingers that are enrolled, oldest first.
    #[serde(default)]
    pub(super) templates: Vec<Template>,
    /// Tries of built-in user verification that are spent since a finger, or the PIN, was the right one.
    #[serde(default)]
    pub(super) spent_uv_retries: u8,
}

/// A state file that is not one.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Not the JSON that the emulator writes.
    #[error("the key's state is damaged at line {line}, column {column}")]
    Damaged {
        /// Line of the first offence.
        line: usize,
        /// Column of the first offence.
        column: usize,
    },
    /// Written by another version.
    #[error("the key's state has layout {0}, this program knows {STATE_VERSION}")]
    Version(u32),
}

impl State {
    /// As it leaves the factory.
    pub(super) fn new(profile: &Profile, env: &Env) -> Self {
        Self {
            version: STATE_VERSION,
            serial: hex::encode(&env.random::<4>()),
            master: Secret::new(env.random()),
            sign_count: 0,
            pin: None,
            pin_retries: MAX_PIN_RETRIES,
            min_pin_length: profile.min_pin_length.into(),
            min_pin_length_rp_ids: Vec::new(),
            force_pin_change: false,
            always_uv: profile.always_uv.unwrap_or(false),
            enterprise_attestation: false,
            enterprise: None,
            long_touch_for_reset: false,
            large_blobs: initial_large_blobs(),
            credentials: Vec::new(),
            templates: Vec::new(),
            spent_uv_retries: 0,
        }
    }

    /// Reads what [`State::encode`] wrote.
    pub(super) fn decode(blob: &[u8]) -> Result<Self, StateError> {
        // The error's own text is dropped: it may quote the document, which is full of secrets.
        let state: Self = serde_json::from_slice(blob).map_err(|error| StateError::Damaged {
            line: error.line(),
            column: error.column(),
        })?;
        match state.version {
            STATE_VERSION => Ok(state),
            other => Err(StateError::Version(other)),
        }
    }

    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(
            serde_json::to_vec_pretty(self)
                .expect("the state has text keys and no value that JSON cannot write"),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn state_survives_the_round_trip_and_other_layouts_are_refused() {
        let state = State::new(&Profile::default(), &Env::system());
        let blob = state.encode();
        let again = State::decode(&blob).ok().map(|state| state.encode());
        assert_eq!(again, Some(blob.clone()));
        let text = String::from_utf8_lossy(&blob).replace("\"version\": 1", "\"version\": 2");
        let refusal = State::decode(text.as_bytes()).err();
        assert!(matches!(refusal, Some(StateError::Version(2))));
    }

    #[test]
    fn state_from_before_large_blobs_has_the_empty_array() {
        let blob = State::new(&Profile::default(), &Env::system()).encode();
        let mut document: serde_json::Value = serde_json::from_slice(&blob).expect("JSON");
        let members = document.as_object_mut().expect("an object");
        assert!(members.remove("large_blobs").is_some());
        assert!(members.remove("long_touch_for_reset").is_some());
        let older = State::decode(document.to_string().as_bytes()).expect("the same layout");
        assert_eq!(older.large_blobs, INITIAL_LARGE_BLOBS);
        assert!(!older.long_touch_for_reset);
    }

    proptest! {
        #[test]
        fn no_bytes_make_decoding_panic(blob in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(State::decode(&blob).is_err());
        }
    }
}
