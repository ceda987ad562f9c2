//! Listing, deleting and relabelling the discoverable credentials of a key.

use super::credential::require_plausible;
use super::{Authenticator, PinUvAuth};
use crate::ctap::command::credential_management::{
    EnumeratedCredential, EnumeratedRp, Metadata, Request,
};
use crate::ctap::command::{
    CREDENTIAL_MANAGEMENT, CREDENTIAL_MANAGEMENT_PREVIEW, CredentialDescriptor, User,
};
use crate::ctap::error::Error;
use crate::ctap::status::Status;
use crate::ctap::transport::Wait;

impl Authenticator {
    /// How many discoverable credentials there are, and how many more fit at most. Needs the permission `cm`, for no RP ID.
    ///
    /// # Errors
    /// When the key has no credential management.
    pub fn credentials_metadata(&mut self, auth: &PinUvAuth) -> Result<Metadata, Error> {
        let request = Request::GetCredsMetadata;
        let cbor = self.manage(&request, auth)?;
        Ok(Metadata::decode(request.name(), &cbor)?)
    }

    /// The relying parties of which the key holds discoverable credentials. Needs the permission `cm`, for no RP ID.
    ///
    /// # Errors
    /// When the key has no credential management.
    pub fn relying_parties(&mut self, auth: &PinUvAuth) -> Result<Vec<EnumeratedRp>, Error> {
        let request = Request::EnumerateRpsBegin;
        let Some(cbor) = none_is_empty(self.manage(&request, auth))? else {
            return Ok(Vec::new());
        };
        let (first, total) = EnumeratedRp::decode(request.name(), &cbor)?;
        let mut rps: Vec<EnumeratedRp> = first.into_iter().collect();
        let total = total.unwrap_or(1);
        require_plausible(total, request.name(), "totalRPs", 0x05)?;
        for _ in 1..total {
            let request = Request::EnumerateRpsGetNextRp;
            let cbor = self.manage(&request, auth)?;
            rps.extend(EnumeratedRp::decode(request.name(), &cbor)?.0);
        }
        Ok(rps)
    }

    /// The discoverable credentials of one relying party. Needs the permission `cm`.
    ///
    /// # Errors
    /// When the key has no credential management.
    pub fn credentials(
        &mut self,
        rp_id_hash: [u8; 32],
        auth: &PinUvAuth,
    ) -> Result<Vec<EnumeratedCredential>, Error> {
        let request = Request::EnumerateCredentialsBegin { rp_id_hash };
        let Some(cbor) = none_is_empty(self.manage(&request, auth))? else {
            return Ok(Vec::new());
        };
        let (first, total) = EnumeratedCredential::decode(request.name(), &cbor)?;
        let mut credentials = vec![first];
        let total = total.unwrap_or(1);
        require_plausible(total, request.name(), "totalCredentials", 0x09)?;
        for _ in 1..total {
            let request = Request::EnumerateCredentialsGetNextCredential;
            let cbor = self.manage(&request, auth)?;
            credentials.push(EnumeratedCredential::decode(request.name(), &cbor)?.0);
        }
        Ok(credentials)
    }

    /// Deletes a discoverable credential for good. Needs the permission `cm`.
    ///
    /// # Errors
    /// [`Status::NoCredentials`] when the key does not hold it.
    pub fn delete_credential(
        &mut self,
        credential_id: &[u8],
        auth: &PinUvAuth,
    ) -> Result<(), Error> {
        let credential = CredentialDescriptor {
            id: credential_id.to_vec(),
        };
        self.manage(&Request::DeleteCredential { credential }, auth)?;
        self.info_is_stale = true;
        Ok(())
    }

    /// Replaces the names of a discoverable credential's account. Needs the permission `cm`.
    ///
    /// # Errors
    /// When the key does not hold the credential, or the user handle is another one.
    pub fn update_user_information(
        &mut self,
        credential_id: &[u8],
        user: User,
        auth: &PinUvAuth,
    ) -> Result<(), Error> {
        let credential = CredentialDescriptor {
            id: credential_id.to_vec(),
        };
        self.manage(&Request::UpdateUserInformation { credential, user }, auth)
            .map(drop)
    }

    fn manage(&mut self, request: &Request, auth: &PinUvAuth) -> Result<Vec<u8>, Error> {
        let command = self.credential_management_command()?;
        match self.manage_by(command, request, auth) {
            // Some keys announce the final command and answer only the preview one.
            Err(Error::Status {
                status: Status::InvalidCommand,
                ..
            }) if command == CREDENTIAL_MANAGEMENT => {
                let cbor = self.manage_by(CREDENTIAL_MANAGEMENT_PREVIEW, request, auth)?;
                self.credential_management = Some(CREDENTIAL_MANAGEMENT_PREVIEW);
                Ok(cbor)
            }
            result => result,
        }
    }

    fn manage_by(
        &mut self,
        command: u8,
        request: &Request,
        auth: &PinUvAuth,
    ) -> Result<Vec<u8>, Error> {
        let param = request
            .authenticated_message()
            .map(|message| auth.authenticate(&message));
        let message = request.encode(command, param.as_ref());
        self.send(request.name(), &message, &mut Wait::unattended())
    }

    fn credential_management_command(&mut self) -> Result<u8, Error> {
        if let Some(command) = self.credential_management {
            return Ok(command);
        }
        let options = &self.info.options;
        match (options.cred_mgmt, options.credential_mgmt_preview) {
            (Some(true), _) => Ok(CREDENTIAL_MANAGEMENT),
            (_, Some(true)) => Ok(CREDENTIAL_MANAGEMENT_PREVIEW),
            _ => Err(Error::Unsupported("credential management")),
        }
    }
}

/// A key without credentials answers by a status.
fn none_is_empty(result: Result<Vec<u8>, Error>) -> Result<Option<Vec<u8>>, Error> {
    match result {
        Err(Error::Status {
            status: Status::NoCredentials,
            ..
        }) => Ok(None),
        result => result.map(Some),
    }
}
