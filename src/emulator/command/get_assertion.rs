//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.1 §6.2, §6.3).

use super::authorization::{PinUvAuthParam, credential_ids};
use super::creation::{flags, hash};
use super::extension::AssertionInputs;
use super::sequence::Rest;
use super::user_verification::Purpose;
use super::{AfterTouch, Reply, Sequence};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{CredProtect, Credential, PrivateKey, User};
use crate::emulator::fault::Effect;
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::AuthenticatorData;

/// What is left to do once the user has touched the key.
pub(in crate::emulator) struct Assertion {
    client_data_hash: Vec<u8>,
    rp_id: String,
    allow_list: Option<Vec<Vec<u8>>>,
    up: bool,
    uv: bool,
    extensions: AssertionInputs,
    /// Credentials that apply; the next one to assert is at the end. Not empty before the first assertion.
    credentials: Vec<Credential>,
    /// Whether the user chooses among several accounts.
    several: bool,
    /// Whether a token authorized it.
    pub(super) with_token: bool,
}

impl Assertion {
    /// Steps 6.2.4 and 8: built-in user verification is evidence of user presence as well, wanted or not.
    pub(super) fn verified_by_touch(&mut self) {
        self.up = true;
        self.uv = true;
    }
}

struct Request<'a> {
    rp_id: &'a str,
    client_data_hash: &'a [u8],
    allow_list: Option<Vec<Vec<u8>>>,
    up: bool,
    extensions: Option<Map<'a>>,
    pin_uv_auth: PinUvAuthParam,
    rk_present: bool,
    uv: Option<bool>,
}

impl<'a> Request<'a> {
    fn parse(authenticator: &Authenticator, parameters: Map<'a>) -> Result<Self, Status> {
        let rp_id = parameters.required(1)?;
        let client_data_hash: &[u8] = parameters.required(2)?;
        if client_data_hash.len() != 32 {
            return Err(Status::InvalidLength);
        }
        let limit = authenticator.profile.max_credential_count_in_list;
        let allow_list = parameters
            .optional::<&[Value]>(3)?
            // Step 7 asks for a list that is "present and non-empty": an empty one names no credential, and there are
            // platforms that mean none by it.
            .filter(|list| !list.is_empty())
            .map(|list| credential_ids(list, limit))
            .transpose()?;
        let options = parameters.optional::<Map<'_>>(5)?;
        let option = |name: &str| -> Result<Option<bool>, Status> {
            options.map_or(Ok(None), |options| options.optional(name))
        };
        Ok(Self {
            rp_id,
            client_data_hash,
            allow_list,
            up: option("up")?.unwrap_or(true),
            extensions: parameters.optional(4)?,
            pin_uv_auth: PinUvAuthParam {
                param: parameters.optional::<&[u8]>(6)?.map(<[u8]>::to_vec),
                protocol: parameters.optional(7)?,
            },
            rk_present: option("rk")?.is_some(),
            uv: option("uv")?,
        })
    }
}

impl Authenticator {
    /// Steps 1 to 6 of §6.2.2.
    pub(in crate::emulator) fn get_assertion(
        &mut self,
        parameters: Map<'_>,
    ) -> Result<Reply, Status> {
        let request = Request::parse(self, parameters)?;
        if let Some(refusal) = self.check_pin_uv_auth_param(&request.pin_uv_auth)? {
            return Ok(Reply::Touch(refusal));
        }
        // Step 4.
        let mut built_in_uv = self.wants_built_in_uv(&request.pin_uv_auth, request.uv)?;
        if request.rk_present || (!request.up && !self.profile.silent_assertions) {
            return Err(Status::UnsupportedOption);
        }
        // Step 5.
        if self.always_uv() && request.up {
            built_in_uv = self.always_built_in_uv(&request.pin_uv_auth, built_in_uv)?;
        }
        let uv = self.user_verified(
            &request.pin_uv_auth,
            request.client_data_hash,
            permission::GA,
            request.rp_id,
        )?;
        let user_present = self.user_present(&request.pin_uv_auth);
        let extensions = match request.extensions {
            None => AssertionInputs::default(),
            Some(inputs) => AssertionInputs::parse(self, inputs, request.up)?,
        };
        let assertion = Assertion {
            client_data_hash: request.client_data_hash.to_vec(),
            rp_id: request.rp_id.to_owned(),
            allow_list: request.allow_list,
            up: request.up,
            uv,
            extensions,
            credentials: Vec::new(),
            several: false,
            with_token: uv && request.pin_uv_auth.param.is_some(),
        };
        if built_in_uv {
            return self.perform_built_in_uv(Purpose::GetAssertion(Box::new(assertion)));
        }
        self.locate_and_assert(assertion, user_present)
    }

    /// Steps 7 to 9, once the user is verified if need be. A user who was verified by touching the key is present.
    pub(super) fn locate_and_assert(
        &mut self,
        mut assertion: Assertion,
        user_present: bool,
    ) -> Result<Reply, Status> {
        assertion.credentials = self.locate(&assertion);
        assertion.several = assertion.credentials.len() > 1;
        if assertion.credentials.is_empty() {
            return Err(Status::NoCredentials);
        }
        if assertion.up && !user_present {
            return Ok(Reply::Touch(AfterTouch::GetAssertion(Box::new(assertion))));
        }
        self.assert(assertion)
    }

    /// Step 7, in reverse order of preference. Of an allow list one credential is enough, the first that applies;
    /// discoverable ones are offered from the newest to the oldest.
    fn locate(&self, assertion: &Assertion) -> Vec<Credential> {
        let uv = assertion.uv;
        let has_list = assertion.allow_list.is_some();
        let applies = |credential: &Credential| match credential.cred_protect {
            CredProtect::Optional => true,
            CredProtect::OptionalWithCredentialIdList => uv || has_list,
            CredProtect::Required => uv,
        };
        match &assertion.allow_list {
            Some(list) => list
                .iter()
                .filter_map(|id| self.find_credential(id, &assertion.rp_id))
                .find(applies)
                .into_iter()
                .collect(),
            None => self
                .state()
                .credentials
                .iter()
                .filter(|credential| {
                    let discoverable = credential.discoverable.as_ref();
                    discoverable.is_some_and(|stored| stored.rp_id == assertion.rp_id)
                })
                .filter(|credential| applies(credential))
                .cloned()
                .collect(),
        }
    }

    /// Steps 9.3 to 13, after the touch if there was to be one.
    pub(in crate::emulator) fn assert(
        &mut self,
        mut assertion: Assertion,
    ) -> Result<Reply, Status> {
        if assertion.up {
            self.token.clear_after_touch();
        }
        let total = assertion.credentials.len();
        let credential = assertion.credentials.pop().ok_or(Status::NoCredentials)?;
        let total = (total > 1)
            .then(|| u64::try_from(total).ok().map(Value::from))
            .flatten();
        let reply = self.sign(&assertion, &credential, total)?;
        self.remember_assertions(assertion);
        Ok(reply)
    }

    pub(in crate::emulator) fn get_next_assertion(
        &mut self,
        previous: Option<Sequence>,
    ) -> Result<Reply, Status> {
        let Some(Rest::Assertions(mut assertion)) = previous.map(|sequence| sequence.rest) else {
            return Err(Status::NotAllowed);
        };
        let credential = assertion.credentials.pop().ok_or(Status::NotAllowed)?;
        let reply = self.sign(&assertion, &credential, None)?;
        self.remember_assertions(*assertion);
        Ok(reply)
    }

    fn remember_assertions(&mut self, assertion: Assertion) {
        if !assertion.credentials.is_empty() {
            self.remember(Rest::Assertions(Box::new(assertion)));
        }
    }

    fn sign(
        &mut self,
        assertion: &Assertion,
        credential: &Credential,
        number_of_credentials: Option<Value>,
    ) -> Result<Reply, Status> {
        self.update(|state| state.sign_count = state.sign_count.saturating_add(1))?;
        let authenticator_data = AuthenticatorData {
            rp_id_hash: hash(&assertion.rp_id),
            flags: flags(assertion.up, assertion.uv),
            sign_count: self.shown_sign_count(false),
            attested: None,
            extensions: assertion.extensions.outputs(self, credential, assertion.uv),
        }
        .to_bytes();
        let other = self.wrong_credential(credential);
        let credential = other.as_ref().unwrap_or(credential);
        let signed = [authenticator_data.as_slice(), &assertion.client_data_hash].concat();
        let signature = self.shown_signature(&credential.private_key, &signed);
        // Names could identify the user: only after user verification, and only if there is a choice to make.
        let with_names = assertion.uv && assertion.several;
        let user = credential.discoverable.as_ref().map(|stored| {
            if with_names {
                user_entity(&stored.user)
            } else {
                cbor::map([("id", Value::Bytes(stored.user.id.clone()))])
            }
        });
        Ok(Reply::members([
            (1, Some(descriptor(&credential.id))),
            (2, Some(Value::Bytes(authenticator_data))),
            (3, Some(Value::Bytes(signature))),
            (4, user),
            (5, number_of_credentials),
            (
                7,
                large_blob_key(credential).filter(|_| assertion.extensions.large_blob_key),
            ),
        ]))
    }

    /// Another credential of the same account, when that fault is set.
    fn wrong_credential(&self, right: &Credential) -> Option<Credential> {
        self.faults.has(Effect::WrongKey).then(|| {
            let mut id = vec![0; right.id.len()];
            self.env.fill(&mut id);
            let private_key = PrivateKey::generate(right.private_key.algorithm(), &self.env);
            Credential {
                id,
                private_key,
                ..right.clone()
            }
        })
    }
}

/// A PublicKeyCredentialDescriptor.
pub(super) fn descriptor(id: &[u8]) -> Value {
    cbor::map([
        ("id", Value::Bytes(id.to_vec())),
        ("type", Value::from("public-key")),
    ])
}

/// The largeBlobKey of a credential that has one.
pub(super) fn large_blob_key(credential: &Credential) -> Option<Value> {
    let key = credential.discoverable.as_ref()?.large_blob_key.as_ref()?;
    Some(Value::Bytes(key.expose().to_vec()))
}

/// A PublicKeyCredentialUserEntity with all that is known.
pub(super) fn user_entity(user: &User) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let members = [
        ("id", Some(Value::Bytes(user.id.clone()))),
        ("name", text(&user.name)),
        ("displayName", text(&user.display_name)),
    ];
    cbor::map(
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    )
}
