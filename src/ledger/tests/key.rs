//! A key in a few lines: one ES256 credential with self attestation, and a counter.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};

use crate::encoding::cbor::{self, Value};
use crate::ledger::{Proof, ProofRequest};
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{
    Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, ClientData, CoseKey,
    Flags, RpId,
};

pub(crate) const AAGUID: Aaguid = Aaguid::new(*b"halligan-test-ke");

#[derive(Clone)]
pub(crate) struct Key {
    private_key: SigningKey,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) sign_count: u32,
    pub(crate) flags: u8,
    pub(crate) rp_id: RpId,
}

impl Key {
    pub(crate) fn new(seed: [u8; 32], credential_id: [u8; 32]) -> Self {
        Self {
            private_key: SigningKey::from_slice(&seed).unwrap(),
            credential_id: credential_id.to_vec(),
            sign_count: 0,
            flags: Flags::UP | Flags::UV,
            rp_id: "login.microsoft.com".parse().unwrap(),
        }
    }

    pub(crate) fn public_key(&self) -> CoseKey {
        let point = self.private_key.verifying_key().to_sec1_point(false);
        CoseKey::from_p256(
            point.x().unwrap().as_slice().try_into().unwrap(),
            point.y().unwrap().as_slice().try_into().unwrap(),
        )
    }

    fn sign(&self, data: &[u8], client_data_json: &[u8]) -> Vec<u8> {
        let message = [data, &client_data::hash(client_data_json)].concat();
        let signature: DerSignature = self.private_key.sign(&message);
        signature.as_bytes().to_vec()
    }

    fn data(&mut self, attested: Option<AttestedCredentialData>) -> Vec<u8> {
        self.sign_count += 1;
        let data = AuthenticatorData {
            rp_id_hash: self.rp_id.hash(),
            flags: Flags(self.flags),
            sign_count: self.sign_count,
            attested,
            extensions: None,
        };
        data.to_bytes()
    }

    /// Attestation object and client data.
    pub(crate) fn register(&mut self, challenge: &str) -> (Vec<u8>, Vec<u8>) {
        let attested = AttestedCredentialData {
            aaguid: AAGUID,
            credential_id: self.credential_id.clone(),
            public_key: self.public_key(),
        };
        let auth_data = self.data(Some(attested));
        let client_data_json =
            ClientData::new(ClientDataType::Create, challenge, &self.rp_id.origin()).to_json();
        let signature = self.sign(&auth_data, &client_data_json);
        let object = AttestationObject {
            fmt: "packed".to_owned(),
            att_stmt: cbor::map([("alg", Value::from(-7)), ("sig", Value::Bytes(signature))]),
            auth_data,
        };
        (object.to_bytes(), client_data_json)
    }

    /// A proof by this key.
    pub(crate) fn prove(&mut self, request: ProofRequest) -> Proof {
        let data = self.data(None);
        let message = [data.as_slice(), &request.client_data_hash()].concat();
        let signature: DerSignature = self.private_key.sign(&message);
        request.complete(
            self.credential_id.clone(),
            data,
            signature.as_bytes().to_vec(),
        )
    }
}
