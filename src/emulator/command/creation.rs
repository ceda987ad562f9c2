//! The second half of authenticatorMakeCredential: what happens once the user has touched the key (CTAP 2.1 §6.1.2, steps
//! 14.3 to 19).

use sha2::{Digest, Sha256};

use super::Reply;
use super::extension::CreationInputs;
use super::get_assertion::large_blob_key;
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{
    Algorithm, CredProtect, Credential, Discoverable, PrivateKey, STORED_ID_LENGTH, User,
};
use crate::emulator::fault::Effect;
use crate::emulator::profile::Attestation;
use crate::emulator::state::Secret;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::{Aaguid, AttestedCredentialData, AuthenticatorData, Flags};

/// What is known when the touch comes.
pub(in crate::emulator) struct Creation {
    pub(super) client_data_hash: Vec<u8>,
    pub(super) rp_id: String,
    pub(super) rp_name: Option<String>,
    pub(super) user: User,
    pub(super) exclude_list: Vec<Vec<u8>>,
    pub(super) algorithm: Algorithm,
    pub(super) rk: bool,
    pub(super) uv: bool,
    pub(super) enterprise: bool,
    pub(super) attestation_wanted: bool,
    pub(super) extensions: CreationInputs,
}

impl Authenticator {
    pub(in crate::emulator) fn create(&mut self, creation: Creation) -> Result<Reply, Status> {
        self.token.clear_after_touch();
        let credential = self.new_credential(&creation);
        let extensions =
            creation
                .extensions
                .outputs(self, &creation.rp_id, &credential, creation.uv);
        let stored = creation.rk.then(|| credential.clone());
        if let Some(credential) = &stored {
            self.require_room(credential)?;
        }
        self.update(|state| {
            state.sign_count = state.sign_count.saturating_add(1);
            if let Some(credential) = stored {
                state
                    .credentials
                    .retain(|old| !is_same_account(old, &credential));
                state.credentials.push(credential);
            }
        })?;
        let authenticator_data = AuthenticatorData {
            rp_id_hash: hash(&creation.rp_id),
            flags: flags(true, creation.uv),
            sign_count: self.shown_sign_count(true),
            attested: Some(AttestedCredentialData {
                aaguid: self.shown_aaguid(),
                credential_id: credential.id.clone(),
                public_key: credential.private_key.public_key(),
            }),
            extensions,
        }
        .to_bytes();
        Ok(self.attested(&creation, &credential, authenticator_data))
    }

    fn new_credential(&self, creation: &Creation) -> Credential {
        let private_key = PrivateKey::generate(creation.algorithm, &self.env);
        let cred_protect = creation
            .extensions
            .cred_protect
            .unwrap_or(CredProtect::Optional);
        let blob = creation.extensions.storable_cred_blob(self, creation.rk);
        let discoverable = creation.rk.then(|| Discoverable {
            rp_id: creation.rp_id.clone(),
            rp_name: creation.rp_name.clone(),
            user: creation.user.clone(),
            cred_blob: blob.unwrap_or_default().to_vec(),
            large_blob_key: creation
                .extensions
                .large_blob_key
                .then(|| Secret::new(self.env.random())),
        });
        let length = self.profile.credential_id_length;
        let id = if creation.rk {
            let mut id = vec![0; length.unwrap_or(STORED_ID_LENGTH)];
            self.env.fill(&mut id);
            id
        } else {
            let rp_id_hash = hash(&creation.rp_id);
            let length = length.unwrap_or_default();
            self.wrapping()
                .wrap(&private_key, cred_protect, &rp_id_hash, length, &self.env)
        };
        Credential {
            id,
            private_key,
            cred_protect,
            discoverable,
        }
    }

    /// Step 17: a credential that replaces another needs no new place.
    fn require_room(&self, credential: &Credential) -> Result<(), Status> {
        let stored = &self.state().credentials;
        let kept = stored
            .iter()
            .filter(|old| !is_same_account(old, credential))
            .count();
        let is_full = kept >= self.profile.discoverable_credentials;
        if is_full || self.faults.has(Effect::StorageFull) {
            return Err(Status::KeyStoreFull);
        }
        Ok(())
    }

    /// Step 19: the attestation statement.
    fn attested(
        &self,
        creation: &Creation,
        credential: &Credential,
        authenticator_data: Vec<u8>,
    ) -> Reply {
        let signed = [authenticator_data.as_slice(), &creation.client_data_hash].concat();
        let enterprise = self.state().enterprise.as_ref();
        let enterprise = enterprise.filter(|_| creation.enterprise && creation.attestation_wanted);
        let packed = |key: &PrivateKey, certificate: Option<&[u8]>| {
            let x5c = certificate.map(|der| Value::Array(vec![Value::Bytes(der.to_vec())]));
            let members = [
                ("alg", Some(Value::from(key.algorithm().cose()))),
                (
                    "sig",
                    Some(Value::Bytes(self.shown_signature(key, &signed))),
                ),
                ("x5c", x5c),
            ];
            let present = members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            ("packed", cbor::map(present))
        };
        let (format, statement) = match (enterprise, self.profile.attestation) {
            _ if !creation.attestation_wanted => ("none", Value::Map(Vec::new())),
            (Some(identity), _) => packed(&identity.private_key, Some(&identity.certificate)),
            (None, Attestation::Packed) => {
                packed(&self.batch.private_key, Some(&self.batch.certificate))
            }
            (None, Attestation::Own) => packed(&credential.private_key, None),
            (None, Attestation::None) => ("none", Value::Map(Vec::new())),
        };
        Reply::members([
            (1, Some(Value::from(format))),
            (2, Some(Value::Bytes(authenticator_data))),
            (3, Some(statement)),
            (4, enterprise.map(|_| Value::Bool(true))),
            (5, large_blob_key(credential)),
        ])
    }

    fn shown_aaguid(&self) -> Aaguid {
        let aaguid = self.profile.aaguid;
        if self.faults.has(Effect::WrongAaguid) {
            return Aaguid::new(aaguid.as_bytes().map(|byte| !byte));
        }
        aaguid
    }

    /// The signature counter as it goes out: lower than the one before when that fault is set. For that, a new credential
    /// begins at the upper end.
    pub(in crate::emulator) fn shown_sign_count(&mut self, is_new: bool) -> u32 {
        let count = self.state().sign_count;
        let shown = match (self.faults.has(Effect::SignCountBack), self.last_sign_count) {
            (false, _) => count,
            (true, _) if is_new => u32::MAX - count,
            // The state has counted this signature already.
            (true, last) => last.unwrap_or(count.saturating_sub(1)).saturating_sub(1),
        };
        self.last_sign_count = Some(shown);
        shown
    }

    /// The signature as it goes out: well-formed but wrong when that fault is set.
    pub(in crate::emulator) fn shown_signature(&self, key: &PrivateKey, message: &[u8]) -> Vec<u8> {
        if self.faults.has(Effect::BadSignature) {
            return key.sign(&[message, b"not this"].concat());
        }
        key.sign(message)
    }
}

fn is_same_account(a: &Credential, b: &Credential) -> bool {
    match (&a.discoverable, &b.discoverable) {
        (Some(a), Some(b)) => a.rp_id == b.rp_id && a.user.id == b.user.id,
        _ => false,
    }
}

/// SHA-256 of the RP ID. Any text can be one here: SSH uses `ssh:`.
pub(super) fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id.as_bytes()).into()
}

pub(super) fn flags(up: bool, uv: bool) -> Flags {
    let up = if up { Flags::UP } else { 0 };
    let uv = if uv { Flags::UV } else { 0 };
    Flags(up | uv)
}
