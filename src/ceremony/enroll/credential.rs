//! What the key answers to makeCredential, taken apart once.

use crate::ceremony::Error;
use crate::ctap::command::make_credential;
use crate::webauthn::Aaguid;

/// A credential that this ceremony made.
#[derive(Debug, Clone)]
pub(super) struct Credential {
    pub(super) id: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) aaguid: Aaguid,
    pub(super) sign_count: u32,
    pub(super) attestation_object: Vec<u8>,
    pub(super) client_data_json: Vec<u8>,
}

impl Credential {
    pub(super) fn new(
        response: &make_credential::Response,
        client_data_json: Vec<u8>,
    ) -> Result<Self, Error> {
        let object = response.attestation_object();
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
        })
    }
}
