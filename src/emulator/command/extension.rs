//! The extensions (CTAP 2.1 §12): credProtect, credBlob, hmac-secret, minPinLength. Inputs are checked before a touch is
//! asked for, outputs are made after it.

use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{CredProtect, Credential};
use crate::emulator::pin_protocol::{SharedSecret, hmac_sha_256};
use crate::emulator::profile::Extension;
use crate::emulator::request::Map;
use crate::encoding::cbor::{self, Value};
use zeroize::Zeroizing;

/// Extension inputs of makeCredential.
#[derive(Default)]
pub(super) struct CreationInputs {
    pub(super) cred_protect: Option<CredProtect>,
    pub(super) cred_blob: Option<Vec<u8>>,
    hmac_secret: bool,
    min_pin_length: bool,
}

impl CreationInputs {
    pub(super) fn parse(authenticator: &Authenticator, inputs: Map<'_>) -> Result<Self, Status> {
        let has = |extension| authenticator.profile.has_extension(extension);
        let mut parsed = Self::default();
        if has(Extension::CredProtect)
            && let Some(level) = inputs.optional::<u64>("credProtect")?
        {
            parsed.cred_protect =
                Some(CredProtect::from_level(level).ok_or(Status::InvalidOption)?);
        }
        if has(Extension::CredBlob) {
            parsed.cred_blob = inputs.optional::<&[u8]>("credBlob")?.map(<[u8]>::to_vec);
        }
        if has(Extension::HmacSecret) {
            parsed.hmac_secret = inputs.optional("hmac-secret")?.unwrap_or(false);
        }
        if has(Extension::MinPinLength) {
            parsed.min_pin_length = inputs.optional("minPinLength")?.unwrap_or(false);
        }
        Ok(parsed)
    }

    /// What is stored of a credBlob: nothing if it is too long, or if the credential is not discoverable, because then
    /// there is no place to keep it.
    pub(super) fn storable_cred_blob(
        &self,
        authenticator: &Authenticator,
        discoverable: bool,
    ) -> Option<&[u8]> {
        self.cred_blob
            .as_deref()
            .filter(|blob| discoverable && blob.len() <= authenticator.profile.max_cred_blob_length)
    }

    /// The outputs that go into authenticator data; `None` when there are none.
    pub(super) fn outputs(
        &self,
        authenticator: &Authenticator,
        rp_id: &str,
        discoverable: bool,
    ) -> Option<Value> {
        let state = authenticator.state();
        let may_see_min_pin_length =
            self.min_pin_length && state.min_pin_length_rp_ids.iter().any(|id| id == rp_id);
        let min_pin_length = u64::try_from(state.min_pin_length).ok().map(Value::from);
        outputs([
            (
                "credBlob",
                self.cred_blob.as_ref().map(|_| {
                    Value::Bool(
                        self.storable_cred_blob(authenticator, discoverable)
                            .is_some(),
                    )
                }),
            ),
            (
                "credProtect",
                self.cred_protect
                    .map(|protect| Value::from(protect.level())),
            ),
            ("hmac-secret", self.hmac_secret.then_some(Value::Bool(true))),
            (
                "minPinLength",
                min_pin_length.filter(|_| may_see_min_pin_length),
            ),
        ])
    }
}

/// Extension inputs of getAssertion.
#[derive(Default)]
pub(super) struct AssertionInputs {
    cred_blob: bool,
    hmac_secret: Option<HmacSecret>,
}

/// The hmac-secret input, decrypted: one salt or two of 32 bytes each.
struct HmacSecret {
    shared_secret: SharedSecret,
    salts: Zeroizing<Vec<u8>>,
}

impl AssertionInputs {
    pub(super) fn parse(
        authenticator: &mut Authenticator,
        inputs: Map<'_>,
        up: bool,
    ) -> Result<Self, Status> {
        let has = |extension| authenticator.profile.has_extension(extension);
        let cred_blob = has(Extension::CredBlob) && inputs.optional("credBlob")?.unwrap_or(false);
        let hmac_secret = match inputs.optional::<Map<'_>>("hmac-secret")? {
            Some(_) if !has(Extension::HmacSecret) => None,
            None => None,
            // §12.5: CredRandom is only used with the user present.
            Some(_) if !up => return Err(Status::UnsupportedOption),
            Some(input) => Some(HmacSecret::parse(authenticator, input)?),
        };
        Ok(Self {
            cred_blob,
            hmac_secret,
        })
    }

    /// The outputs for one credential; `None` when there are none.
    pub(super) fn outputs(
        &self,
        authenticator: &Authenticator,
        credential: &Credential,
        user_verified: bool,
    ) -> Option<Value> {
        let cred_blob = || {
            let stored = credential.discoverable.as_ref();
            Value::Bytes(stored.map_or_else(Vec::new, |stored| stored.cred_blob.clone()))
        };
        let hmac_secret = |input: &HmacSecret| {
            let cred_random = authenticator
                .wrapping()
                .cred_random(&credential.id, user_verified);
            Value::Bytes(input.output(authenticator, cred_random.as_slice()))
        };
        outputs([
            ("credBlob", self.cred_blob.then(cred_blob)),
            ("hmac-secret", self.hmac_secret.as_ref().map(hmac_secret)),
        ])
    }
}

impl HmacSecret {
    fn parse(authenticator: &mut Authenticator, input: Map<'_>) -> Result<Self, Status> {
        let key_agreement = input.required(1)?;
        let salt_enc: &[u8] = input.required(2)?;
        let salt_auth: &[u8] = input.required(3)?;
        let number = input.optional(4)?.unwrap_or(1);
        let shared_secret = authenticator.protocol(number)?.decapsulate(key_agreement)?;
        if !shared_secret.verify(salt_enc, salt_auth) {
            return Err(Status::PinAuthInvalid);
        }
        match shared_secret.decrypt(salt_enc) {
            Some(salts) if matches!(salts.len(), 32 | 64) => Ok(Self {
                shared_secret,
                salts,
            }),
            _ => Err(Status::InvalidParameter),
        }
    }

    fn output(&self, authenticator: &Authenticator, cred_random: &[u8]) -> Vec<u8> {
        let outputs: Zeroizing<Vec<u8>> = Zeroizing::new(
            self.salts
                .chunks(32)
                .flat_map(|salt| hmac_sha_256(cred_random, salt))
                .collect(),
        );
        self.shared_secret.encrypt(&outputs, &authenticator.env)
    }
}

fn outputs<const N: usize>(members: [(&str, Option<Value>); N]) -> Option<Value> {
    let members: Vec<(&str, Value)> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    (!members.is_empty()).then(|| cbor::map(members))
}
