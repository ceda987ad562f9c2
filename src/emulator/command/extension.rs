//! The extensions (CTAP 2.1 §12): credProtect, credBlob, hmac-secret, hmac-secret-mc, largeBlobKey, minPinLength. Inputs are
//! checked before a touch is asked for, outputs are made after it.

use super::hmac_secret::HmacSecret;
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{CredProtect, Credential};
use crate::emulator::profile::Extension;
use crate::emulator::request::Map;
use crate::encoding::cbor::{self, Value};

/// Extension inputs of makeCredential.
#[derive(Default)]
pub(super) struct CreationInputs {
    pub(super) cred_protect: Option<CredProtect>,
    pub(super) cred_blob: Option<Vec<u8>>,
    pub(super) large_blob_key: bool,
    hmac_secret: bool,
    hmac_secret_mc: Option<HmacSecret>,
    min_pin_length: bool,
}

impl CreationInputs {
    pub(super) fn parse(
        authenticator: &mut Authenticator,
        inputs: Map<'_>,
        discoverable: bool,
    ) -> Result<Self, Status> {
        let mut parsed = Self::default();
        let has = |extension| authenticator.profile.has_extension(extension);
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
        parsed.large_blob_key = large_blob_key(authenticator, inputs)?;
        if parsed.large_blob_key && !discoverable {
            return Err(Status::InvalidOption);
        }
        if has(Extension::HmacSecretMc)
            && let Some(input) = inputs.optional("hmac-secret-mc")?
        {
            // It only ever comes beside a true hmac-secret.
            if !parsed.hmac_secret {
                return Err(Status::MissingParameter);
            }
            parsed.hmac_secret_mc = Some(HmacSecret::parse(authenticator, input)?);
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
        credential: &Credential,
        user_verified: bool,
    ) -> Option<Value> {
        let state = authenticator.state();
        let cred_blob = || {
            let discoverable = credential.discoverable.is_some();
            let stored = self.storable_cred_blob(authenticator, discoverable);
            Value::Bool(stored.is_some())
        };
        let may_see_min_pin_length =
            self.min_pin_length && state.min_pin_length_rp_ids.iter().any(|id| id == rp_id);
        let min_pin_length = u64::try_from(state.min_pin_length).ok().map(Value::from);
        let level = |protect: CredProtect| Value::from(protect.level());
        let hmac_secret_mc =
            |input: &HmacSecret| input.output(authenticator, &credential.id, user_verified);
        outputs([
            ("credBlob", self.cred_blob.as_ref().map(|_| cred_blob())),
            ("credProtect", self.cred_protect.map(level)),
            ("hmac-secret", self.hmac_secret.then_some(Value::Bool(true))),
            (
                "hmac-secret-mc",
                self.hmac_secret_mc.as_ref().map(hmac_secret_mc),
            ),
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
    pub(super) large_blob_key: bool,
}

impl AssertionInputs {
    pub(super) fn parse(
        authenticator: &mut Authenticator,
        inputs: Map<'_>,
        up: bool,
    ) -> Result<Self, Status> {
        let has = |extension| authenticator.profile.has_extension(extension);
        let cred_blob = has(Extension::CredBlob) && inputs.optional("credBlob")?.unwrap_or(false);
        let large_blob_key = large_blob_key(authenticator, inputs)?;
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
            large_blob_key,
        })
    }

    /// The outputs for one credential that go into authenticator data; `None` when there are none.
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
        let hmac_secret =
            |input: &HmacSecret| input.output(authenticator, &credential.id, user_verified);
        outputs([
            ("credBlob", self.cred_blob.then(cred_blob)),
            ("hmac-secret", self.hmac_secret.as_ref().map(hmac_secret)),
        ])
    }
}

/// §12.3: who does not want a largeBlobKey leaves the extension out, there is no false.
fn large_blob_key(authenticator: &Authenticator, inputs: Map<'_>) -> Result<bool, Status> {
    if !authenticator.profile.has_extension(Extension::LargeBlobKey) {
        return Ok(false);
    }
    match inputs.optional("largeBlobKey")? {
        Some(false) => Err(Status::InvalidOption),
        wanted => Ok(wanted.is_some()),
    }
}

fn outputs<const N: usize>(members: [(&str, Option<Value>); N]) -> Option<Value> {
    let members: Vec<(&str, Value)> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    (!members.is_empty()).then(|| cbor::map(members))
}
