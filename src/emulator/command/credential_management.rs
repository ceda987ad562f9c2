//! authenticatorCredentialManagement (CTAP 2.1 §6.8) and the prototype 0x41 of FIDO_2_1_PRE (§6.13), which differs only in
//! its tokens: there any token will do, here it needs the `cm` permission.

use super::creation::hash;
use super::get_assertion::{descriptor, large_blob_key, user_entity};
use super::make_credential::user;
use super::sequence::Rest;
use super::{Command, Reply, Sequence};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::Credential;
use crate::emulator::profile::CredentialManagement;
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::encoding::cbor::{self, Value};

/// A relying party with at least one discoverable credential.
pub(in crate::emulator) struct RpEntry {
    id: String,
    name: Option<String>,
}

/// What the subcommands read from the request.
struct Request<'a> {
    subcommand: u8,
    parameters: Option<Map<'a>>,
    /// The parameters as they were signed. The request is canonical, so encoding them again gives the bytes that came.
    encoded_parameters: Vec<u8>,
    protocol: Option<u64>,
    pin_uv_auth_param: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn parse(parameters: Map<'a>) -> Result<Self, Status> {
        let encoded = parameters.optional::<&Value>(2)?;
        Ok(Self {
            subcommand: u8::try_from(parameters.required::<u64>(1)?)
                .map_err(|_| Status::InvalidSubcommand)?,
            parameters: parameters.optional(2)?,
            encoded_parameters: encoded.map(cbor::encode).unwrap_or_default(),
            protocol: parameters.optional(3)?,
            pin_uv_auth_param: parameters.optional(4)?,
        })
    }

    /// Parameters of a subcommand that needs authorization: without it, nothing is said of them.
    fn parameters(&self) -> Result<Map<'a>, Status> {
        self.pin_uv_auth_param.ok_or(Status::PuatRequired)?;
        self.parameters.ok_or(Status::MissingParameter)
    }
}

impl Authenticator {
    pub(in crate::emulator) fn credential_management(
        &mut self,
        command: Command,
        parameters: Map<'_>,
        previous: Option<Sequence>,
    ) -> Result<Reply, Status> {
        let request = Request::parse(parameters)?;
        match request.subcommand {
            0x01 => self.get_creds_metadata(&request),
            0x02 => self.enumerate_rps_begin(&request),
            0x03 => self.enumerate_rps_next(previous),
            0x04 => self.enumerate_credentials_begin(&request, previous),
            0x05 => self.enumerate_credentials_next(previous),
            0x06 => self.delete_credential(&request),
            0x07 if self.updates_by(command) => self.update_user_information(&request),
            _ => Err(Status::InvalidSubcommand),
        }
    }

    /// The prototype has no updateUserInformation; of keys that answer both commands, both do the same.
    fn updates_by(&self, command: Command) -> bool {
        command == Command::CredentialManagement
            || self.profile.credential_management == CredentialManagement::Both
    }

    /// The checks that all but the "next" subcommands begin with. `rp_id` is the RP that the subcommand is about.
    fn authorize(&mut self, request: &Request<'_>, rp_id: Option<&str>) -> Result<(), Status> {
        let param = request.pin_uv_auth_param.ok_or(Status::PuatRequired)?;
        let number = request.protocol.ok_or(Status::MissingParameter)?;
        let protocol = self.protocol(number)?.protocol;
        let mut message = vec![request.subcommand];
        if matches!(request.subcommand, 0x04 | 0x06 | 0x07) {
            message.extend_from_slice(&request.encoded_parameters);
        }
        self.verify_token(protocol, &message, param)?;
        let bound_elsewhere = self.token.rp_id().is_some_and(|bound| Some(bound) != rp_id);
        if !self.token.permits(permission::CM) || bound_elsewhere {
            return Err(Status::PinAuthInvalid);
        }
        Ok(())
    }

    fn get_creds_metadata(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        self.authorize(request, None)?;
        let existing = self.state().credentials.len();
        let remaining = self
            .profile
            .discoverable_credentials
            .saturating_sub(existing);
        Ok(Reply::members([
            (1, count(existing)),
            (2, count(remaining)),
        ]))
    }

    fn enumerate_rps_begin(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        self.authorize(request, None)?;
        let mut rps: Vec<RpEntry> = Vec::new();
        for stored in self
            .state()
            .credentials
            .iter()
            .filter_map(|c| c.discoverable.as_ref())
        {
            if rps.iter().all(|rp| rp.id != stored.rp_id) {
                rps.push(RpEntry {
                    id: stored.rp_id.clone(),
                    name: stored.rp_name.clone(),
                });
            }
        }
        let total = count(rps.len());
        // The next one is at the end; the RP whose credential is the oldest comes first.
        rps.reverse();
        self.next_rp(rps, total)
    }

    fn enumerate_rps_next(&mut self, previous: Option<Sequence>) -> Result<Reply, Status> {
        match previous.and_then(Sequence::into_rps) {
            Some(rps) => self.next_rp(rps, None),
            None => Err(Status::NotAllowed),
        }
    }

    fn next_rp(&mut self, mut rps: Vec<RpEntry>, total: Option<Value>) -> Result<Reply, Status> {
        let rp = rps.pop().ok_or(Status::NoCredentials)?;
        let members = [
            ("id", Some(Value::from(rp.id.as_str()))),
            ("name", rp.name.as_deref().map(Value::from)),
        ];
        let entity = cbor::map(
            members
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        if !rps.is_empty() {
            self.remember(Rest::Rps(rps));
        }
        Ok(Reply::members([
            (3, Some(entity)),
            (4, Some(Value::Bytes(hash(&rp.id).to_vec()))),
            (5, total),
        ]))
    }

    fn enumerate_credentials_begin(
        &mut self,
        request: &Request<'_>,
        previous: Option<Sequence>,
    ) -> Result<Reply, Status> {
        let rp_id_hash: &[u8] = request.parameters()?.required(1)?;
        let credentials: Vec<Credential> = self
            .state()
            .credentials
            .iter()
            .filter(|credential| rp_id(credential).is_some_and(|id| hash(id) == rp_id_hash))
            .cloned()
            .collect();
        let rp = credentials.first().and_then(rp_id).map(str::to_owned);
        self.authorize(request, rp.as_deref())?;
        let total = count(credentials.len());
        let outer = previous.and_then(Sequence::into_outer);
        self.next_credential(credentials, outer, total)
    }

    fn enumerate_credentials_next(&mut self, previous: Option<Sequence>) -> Result<Reply, Status> {
        match previous.map(|sequence| sequence.rest) {
            Some(Rest::Credentials { credentials, outer }) => {
                self.next_credential(credentials, outer, None)
            }
            _ => Err(Status::NotAllowed),
        }
    }

    fn next_credential(
        &mut self,
        mut credentials: Vec<Credential>,
        outer: Option<Box<Sequence>>,
        total: Option<Value>,
    ) -> Result<Reply, Status> {
        let credential = credentials.pop().ok_or(Status::NoCredentials)?;
        match outer {
            Some(outer) if credentials.is_empty() => self.begin_sequence(*outer),
            None if credentials.is_empty() => {}
            outer => self.remember(Rest::Credentials { credentials, outer }),
        }
        let public_key = credential.private_key.public_key();
        let public_key = cbor::decode(public_key.as_bytes()).map_err(|_| Status::Other)?;
        let stored = credential.discoverable.as_ref();
        Ok(Reply::members([
            (6, stored.map(|stored| user_entity(&stored.user))),
            (7, Some(descriptor(&credential.id))),
            (8, Some(public_key)),
            (9, total),
            (0x0a, Some(Value::from(credential.cred_protect.level()))),
            (0x0b, large_blob_key(&credential)),
        ]))
    }

    fn delete_credential(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        let id = self.authorize_for_credential(request)?;
        self.update(|state| state.credentials.retain(|credential| credential.id != id))?;
        Ok(Reply::Empty)
    }

    /// Replaces the names; those that are absent or empty are removed.
    fn update_user_information(&mut self, request: &Request<'_>) -> Result<Reply, Status> {
        let mut user = user(request.parameters()?.required(3)?)?;
        user.name = user.name.filter(|name| !name.is_empty());
        user.display_name = user.display_name.filter(|name| !name.is_empty());
        let id = self.authorize_for_credential(request)?;
        let stored = self
            .stored(&id)
            .and_then(|found| found.discoverable.as_ref());
        if stored.is_none_or(|stored| stored.user.id != user.id) {
            return Err(Status::InvalidParameter);
        }
        self.update(|state| {
            let found = state.credentials.iter_mut().find(|found| found.id == id);
            if let Some(stored) = found.and_then(|found| found.discoverable.as_mut()) {
                stored.user = user;
            }
        })?;
        Ok(Reply::Empty)
    }

    /// The id of the stored credential that the request is about. Authorization comes before the answer whether it exists.
    fn authorize_for_credential(&mut self, request: &Request<'_>) -> Result<Vec<u8>, Status> {
        let credential: Map<'_> = request.parameters()?.required(2)?;
        let id: &[u8] = credential.required("id")?;
        let found = self.stored(id).and_then(rp_id).map(str::to_owned);
        self.authorize(request, found.as_deref())?;
        found.ok_or(Status::NoCredentials)?;
        Ok(id.to_vec())
    }

    fn stored(&self, id: &[u8]) -> Option<&Credential> {
        self.state()
            .credentials
            .iter()
            .find(|credential| credential.id == id)
    }
}

fn rp_id(credential: &Credential) -> Option<&str> {
    credential
        .discoverable
        .as_ref()
        .map(|stored| stored.rp_id.as_str())
}

fn count(number: usize) -> Option<Value> {
    u64::try_from(number).ok().map(Value::from)
}
