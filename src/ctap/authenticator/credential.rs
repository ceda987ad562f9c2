//! Creating credentials and signing with them, with lists of credentials that are longer than a key takes at once.

use super::{Authenticator, PinUvAuth};
use crate::ctap::command::client_pin::Permissions;
use crate::ctap::command::{
    CredentialDescriptor, DecodeError, GET_NEXT_ASSERTION, MemberName, get_assertion,
    make_credential,
};
use crate::ctap::error::Error;
use crate::ctap::status::Status;
use crate::ctap::transport::Wait;
use crate::webauthn::RpId;

/// More assertions or list entries than this no key has; a count beyond it is not believed.
pub(super) const COUNT_LIMIT: u32 = 1024;
/// Bytes that a list itself adds to a request: its key and its array header.
const LIST_OVERHEAD: usize = 8;
/// What silent questions sign: nothing that any relying party would accept.
const NO_CLIENT_DATA: [u8; 32] = [0; 32];

impl Authenticator {
    /// Creates a credential. An exclude list longer than the key takes is asked for silently beforehand, in parts; with a
    /// proof that covers `ga` too, credentials that are hidden without user verification are then found as well.
    ///
    /// # Errors
    /// [`Error::CredentialExcluded`] when the key holds a credential of the exclude list, after a touch or without one.
    pub fn make_credential(
        &mut self,
        request: &make_credential::Request,
        auth: Option<&PinUvAuth>,
        wait: &mut Wait<'_>,
    ) -> Result<make_credential::Response, Error> {
        let mut request = request.clone();
        let param = auth.map(|auth| auth.authenticate(&request.client_data_hash));
        let list = self.possible(std::mem::take(&mut request.exclude_list));
        let batches = self.batches(&list, request.encode(param.as_ref()).len());
        if batches.len() > 1
            && let Some(Held { credential_id, .. }) =
                self.find_held(&request.rp.id, &list, auth, wait)?
        {
            return Err(Error::CredentialExcluded { credential_id });
        }
        request.exclude_list = batches.into_iter().next().unwrap_or_default();
        if let Some(auth) = auth {
            auth.touch();
        }
        let cbor = self
            .send(make_credential::NAME, &request.encode(param.as_ref()), wait)
            .map_err(|error| excluded(error, &request.exclude_list))?;
        Ok(make_credential::Response::decode(&cbor)?)
    }

    /// Signs with one credential of the allow list, or with every discoverable one of the RP ID. An allow list longer than
    /// the key takes is narrowed silently to a part of which the key holds one.
    ///
    /// # Errors
    /// [`Status::NoCredentials`] when the key holds none.
    pub fn get_assertion(
        &mut self,
        request: &get_assertion::Request,
        auth: Option<&PinUvAuth>,
        wait: &mut Wait<'_>,
    ) -> Result<Vec<get_assertion::Response>, Error> {
        let mut request = request.clone();
        let param = auth.map(|auth| auth.authenticate(&request.client_data_hash));
        let given = std::mem::take(&mut request.allow_list);
        let base = request.encode(param.as_ref()).len();
        request.allow_list = self.narrow(given, base, &request.rp_id, auth, wait)?;
        if let Some(auth) = auth
            && request.up != Some(false)
        {
            auth.touch();
        }
        let cbor = self.send(get_assertion::NAME, &request.encode(param.as_ref()), wait)?;
        let mut first = get_assertion::Response::decode(get_assertion::NAME, &cbor)?;
        if let (None, [only]) = (&first.credential, request.allow_list.as_slice()) {
            first.credential = Some(only.clone());
        }
        self.remaining_assertions(first, wait)
    }

    /// The part of an allow list that goes into a request of `base` bytes.
    fn narrow(
        &mut self,
        given: Vec<CredentialDescriptor>,
        base: usize,
        rp_id: &RpId,
        auth: Option<&PinUvAuth>,
        wait: &mut Wait<'_>,
    ) -> Result<Vec<CredentialDescriptor>, Error> {
        let possible = self.possible(given.clone());
        // An empty list would mean any credential, so impossible entries stay when there are no others.
        let list = if possible.is_empty() { given } else { possible };
        let batches = self.batches(&list, base);
        if batches.len() > 1
            && let Some(Held { batch, .. }) = self.find_held(rp_id, &list, auth, wait)?
        {
            return Ok(batch);
        }
        Ok(batches.into_iter().next().unwrap_or_default())
    }

    fn remaining_assertions(
        &mut self,
        first: get_assertion::Response,
        wait: &mut Wait<'_>,
    ) -> Result<Vec<get_assertion::Response>, Error> {
        let total = first.number_of_credentials.unwrap_or(1);
        require_plausible(total, get_assertion::NAME, "numberOfCredentials", 0x05)?;
        let mut assertions = vec![first];
        for _ in 1..total {
            let command = get_assertion::NEXT_NAME;
            let cbor = self.send(command, &[GET_NEXT_ASSERTION], wait)?;
            assertions.push(get_assertion::Response::decode(command, &cbor)?);
        }
        Ok(assertions)
    }

    /// Without ids that are too long to be this key's own, which some keys refuse to read.
    fn possible(&self, mut list: Vec<CredentialDescriptor>) -> Vec<CredentialDescriptor> {
        if let Some(longest) = self.info.max_credential_id_length {
            list.retain(|credential| credential.id.len() <= longest);
        }
        list
    }

    /// Splits a list into parts that fit into one request of `base` bytes each. A key that does not say how many
    /// credentials it takes is given one at a time.
    fn batches(
        &self,
        list: &[CredentialDescriptor],
        base: usize,
    ) -> Vec<Vec<CredentialDescriptor>> {
        let count = self.info.max_credential_count_in_list.unwrap_or(1).max(1);
        let room = self
            .info
            .message_limit()
            .saturating_sub(base + LIST_OVERHEAD);
        let mut batches: Vec<Vec<CredentialDescriptor>> = Vec::new();
        let mut left = 0;
        for credential in list {
            let length = credential.encoded_length();
            match batches.last_mut() {
                Some(batch) if batch.len() < count && length <= left => {
                    left -= length;
                    batch.push(credential.clone());
                }
                _ => {
                    left = room.saturating_sub(length);
                    batches.push(vec![credential.clone()]);
                }
            }
        }
        batches
    }

    /// Asks silently, part by part, for the first part of which the key holds a credential, and for which one.
    fn find_held(
        &mut self,
        rp_id: &RpId,
        list: &[CredentialDescriptor],
        auth: Option<&PinUvAuth>,
        wait: &mut Wait<'_>,
    ) -> Result<Option<Held>, Error> {
        let mut question = get_assertion::Request::new(rp_id.clone(), NO_CLIENT_DATA);
        question.up = Some(false);
        let param = auth
            .filter(|auth| auth.covers(Permissions::GA, Some(rp_id)))
            .map(|auth| auth.authenticate(&NO_CLIENT_DATA));
        let base = question.encode(param.as_ref()).len();
        for batch in self.batches(list, base) {
            question.allow_list.clone_from(&batch);
            match self.send(get_assertion::NAME, &question.encode(param.as_ref()), wait) {
                Ok(cbor) => {
                    let response = get_assertion::Response::decode(get_assertion::NAME, &cbor)?;
                    let only = || match batch.as_slice() {
                        [only] => Some(only.clone()),
                        _ => None,
                    };
                    let credential = response.credential.or_else(only);
                    let credential_id = credential.map(|credential| credential.id);
                    return Ok(Some(Held {
                        batch,
                        credential_id,
                    }));
                }
                Err(Error::Status { status, .. }) if means_not_held(status) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// A part of a list of which the key holds a credential.
struct Held {
    batch: Vec<CredentialDescriptor>,
    /// Which one, if the key said.
    credential_id: Option<Vec<u8>>,
}

/// What keys answer to a silent question about credentials that are not theirs, or if they cannot be asked silently.
fn means_not_held(status: Status) -> bool {
    matches!(
        status,
        Status::NoCredentials
            | Status::InvalidCredential
            | Status::UnsupportedOption
            | Status::InvalidOption
    )
}

fn excluded(error: Error, list: &[CredentialDescriptor]) -> Error {
    match error {
        Error::Status {
            status: Status::CredentialExcluded,
            ..
        } => Error::CredentialExcluded {
            credential_id: match list {
                [only] => Some(only.id.clone()),
                _ => None,
            },
        },
        other => other,
    }
}

/// Refuses a count that would keep us asking for hours.
pub(super) fn require_plausible(
    count: u32,
    command: &'static str,
    name: &'static str,
    key: u8,
) -> Result<(), DecodeError> {
    if count <= COUNT_LIMIT {
        return Ok(());
    }
    let key = Some(key);
    let member = MemberName { name, key };
    Err(DecodeError::Malformed { command, member })
}
