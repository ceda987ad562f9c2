//! What the key answers to makeCredential, taken apart once.

use crate::ceremony::Error;
use crate::ctap::command::make_credential;
use crate::ledger::EnrollCredentialCreated;
use crate::webauthn::{Aaguid, AttestationObject, ClientData};

/// A credential that a ceremony made.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) aaguid: Aaguid,
    pub(crate) sign_count: u32,
    pub(crate) attestation_object: Vec<u8>,
    pub(crate) client_data_json: Vec<u8>,
    /// The challenge that the key was given.
    pub(crate) challenge: String,
    /// Whether it was read from the ledger: made before this process began, and perhaps sent to the tenant.
    pub(crate) recorded: bool,
}

impl Credential {
    /// As the key made it just now.
    pub(crate) fn made(
        response: &make_credential::Response,
        client_data_json: Vec<u8>,
        challenge: &str,
    ) -> Result<Self, Error> {
        let object = response.attestation_object();
        Self::read(&object, client_data_json, challenge.to_owned(), false)
    }

    /// As the ledger has it.
    pub(crate) fn recorded(created: &EnrollCredentialCreated) -> Result<Self, Error> {
        let object = AttestationObject::parse(&created.attestation_object)
            .map_err(|error| Error::KeyProof(error.to_string()))?;
        let client_data: ClientData = serde_json::from_slice(&created.client_data_json)
            .map_err(|error| Error::KeyProof(error.to_string()))?;
        let json = created.client_data_json.clone();
        Self::read(&object, json, client_data.challenge, true)
    }

    fn read(
        object: &AttestationObject,
        client_data_json: Vec<u8>,
        challenge: String,
        recorded: bool,
    ) -> Result<Self, Error> {
        let data = object
            .authenticator_data()
            .map_err(|error| Error::KeyProof(error.to_string()))?;
        let attested = data.attested.ok_or_else(|| {
            Error::KeyProof("the response holds no attested credential data".to_owned())
        })?;
        Ok(Self {
            id: attested.credential_id,
            public_key: attested.public_key.as_bytes().to_vec(),
            aaguid: attested.aaguid,
            sign_count: data.sign_count,
            attestation_object: object.to_bytes(),
            client_data_json,
            challenge,
            recorded,
        })
    }
}
