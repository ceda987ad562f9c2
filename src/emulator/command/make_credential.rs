//! The first half of authenticatorMakeCredential: everything up to the touch (CTAP 2.1 §6.1.2, steps 1 to 14).

use super::authorization::{PinUvAuthParam, credential_ids};
use super::creation::{Creation, hash};
use super::extension::CreationInputs;
use super::user_verification::Purpose;
use super::{AfterTouch, Reply};
use crate::ctap::status::Status;
use crate::emulator::authenticator::Authenticator;
use crate::emulator::credential::{Algorithm, CredProtect, Credential, User};
use crate::emulator::request::Map;
use crate::emulator::token::permission;
use crate::encoding::cbor::Value;

/// WebAuthn L3 §5.4.3.
const MAX_USER_ID_LENGTH: usize = 64;
/// In bytes of UTF-8.
const MAX_NAME_LENGTH: usize = 64;

/// The request's parameters, of the right types.
struct Request<'a> {
    client_data_hash: &'a [u8],
    rp_id: &'a str,
    rp_name: Option<&'a str>,
    user: User,
    /// Type and COSE algorithm, most preferred first.
    pub_key_cred_params: Vec<(&'a str, i64)>,
    exclude_list: Vec<Vec<u8>>,
    extensions: CreationInputs,
    options: Options,
    pin_uv_auth: PinUvAuthParam,
    enterprise_attestation: Option<u64>,
    attestation_formats: &'a [Value],
}

#[derive(Default)]
struct Options {
    rk: Option<bool>,
    up: Option<bool>,
    uv: Option<bool>,
}

impl<'a> Request<'a> {
    fn parse(authenticator: &mut Authenticator, parameters: Map<'a>) -> Result<Self, Status> {
        let client_data_hash: &[u8] = parameters.required(1)?;
        let rp: Map<'_> = parameters.required(2)?;
        check_icon(rp)?;
        let user = user(parameters.required(3)?)?;
        let pub_key_cred_params = pub_key_cred_params(parameters.required(4)?)?;
        if client_data_hash.len() != 32 {
            return Err(Status::InvalidLength);
        }
        let exclude_list = match parameters.optional::<&[Value]>(5)? {
            None => Vec::new(),
            Some(list) => credential_ids(list, authenticator.profile.max_credential_count_in_list)?,
        };
        let options = match parameters.optional::<Map<'_>>(7)? {
            None => Options::default(),
            Some(options) => Options {
                rk: options.optional("rk")?,
                up: options.optional("up")?,
                uv: options.optional("uv")?,
            },
        };
        let extensions = match parameters.optional(6)? {
            None => CreationInputs::default(),
            Some(inputs) => CreationInputs::parse(authenticator, inputs, options.rk == Some(true))?,
        };
        Ok(Self {
            client_data_hash,
            rp_id: rp.required("id")?,
            rp_name: rp.optional("name")?,
            user,
            pub_key_cred_params,
            exclude_list,
            extensions,
            options,
            pin_uv_auth: PinUvAuthParam {
                param: parameters.optional::<&[u8]>(8)?.map(<[u8]>::to_vec),
                protocol: parameters.optional(9)?,
            },
            enterprise_attestation: parameters.optional(0x0a)?,
            attestation_formats: parameters.optional(0x0b)?.unwrap_or_default(),
        })
    }
}

/// Every element has to be well-formed, whichever is chosen.
fn pub_key_cred_params(list: &[Value]) -> Result<Vec<(&str, i64)>, Status> {
    list.iter()
        .map(|element| {
            let element = Map::top(element)?;
            Ok((element.required("type")?, element.required("alg")?))
        })
        .collect()
}

/// A PublicKeyCredentialUserEntity. Longer names are cut, which §6.1.2 allows from 64 bytes on and real keys do there.
pub(super) fn user(user: Map<'_>) -> Result<User, Status> {
    let id: &[u8] = user.required("id")?;
    if id.len() > MAX_USER_ID_LENGTH {
        return Err(Status::InvalidLength);
    }
    let text = |name: &str| -> Result<Option<String>, Status> {
        Ok(user.optional::<&str>(name)?.map(stored_name))
    };
    check_icon(user)?;
    Ok(User {
        id: id.to_vec(),
        name: text("name")?,
        display_name: text("displayName")?,
    })
}

/// CTAP 2.0's `icon` is ignored, but has to be what it was.
fn check_icon(entity: Map<'_>) -> Result<(), Status> {
    entity.optional::<&str>("icon").map(|_| ())
}

/// As much of a name as is stored, cut at a character.
fn stored_name(name: &str) -> String {
    let end = name
        .char_indices()
        .map(|(start, character)| start + character.len_utf8())
        .take_while(|&end| end <= MAX_NAME_LENGTH)
        .last();
    name[..end.unwrap_or(0)].to_owned()
}

impl Authenticator {
    /// Steps 1 to 14 of §6.1.2.
    pub(in crate::emulator) fn make_credential(
        &mut self,
        parameters: Map<'_>,
    ) -> Result<Reply, Status> {
        let request = Request::parse(self, parameters)?;
        if let Some(refusal) = self.check_pin_uv_auth_param(&request.pin_uv_auth)? {
            return Ok(Reply::Touch(refusal));
        }
        let algorithm = self.choose_algorithm(&request.pub_key_cred_params)?;
        let rk = self.process_options(&request)?;
        let built_in_uv = self.require_user_verification(&request, rk)?;
        let enterprise = self.enterprise(&request)?;
        let uv = self.user_verified(
            &request.pin_uv_auth,
            request.client_data_hash,
            permission::MC,
            request.rp_id,
        )?;
        let user_present = self.user_present(&request.pin_uv_auth);
        let creation = Creation {
            client_data_hash: request.client_data_hash.to_vec(),
            rp_id: request.rp_id.to_owned(),
            rp_name: request.rp_name.map(stored_name),
            user: request.user,
            exclude_list: request.exclude_list,
            algorithm,
            rk,
            uv,
            enterprise,
            attestation_wanted: self.is_attestation_wanted(request.attestation_formats)?,
            extensions: request.extensions,
        };
        if built_in_uv {
            return self.perform_built_in_uv(Purpose::MakeCredential(Box::new(creation)));
        }
        self.exclude_or_create(creation, user_present)
    }

    /// Steps 12 to 14, once the user is verified if need be. A user who was verified by touching the key is present.
    pub(super) fn exclude_or_create(
        &mut self,
        creation: Creation,
        user_present: bool,
    ) -> Result<Reply, Status> {
        if self.is_excluded(&creation) {
            if user_present {
                return Err(Status::CredentialExcluded);
            }
            // Step 12: excluded, whether the touch comes or not.
            return Ok(Reply::Touch(AfterTouch::Refuse {
                touched: Status::CredentialExcluded,
                otherwise: Status::CredentialExcluded,
            }));
        }
        if user_present {
            return self.create(creation);
        }
        Ok(Reply::Touch(AfterTouch::MakeCredential(Box::new(creation))))
    }

    /// Step 3: the first algorithm in the list that the key has.
    fn choose_algorithm(&self, params: &[(&str, i64)]) -> Result<Algorithm, Status> {
        params
            .iter()
            .filter(|(kind, algorithm)| {
                *kind == "public-key" && self.profile.algorithms.contains(algorithm)
            })
            .find_map(|&(_, algorithm)| Algorithm::from_cose(algorithm))
            .ok_or(Status::UnsupportedAlgorithm)
    }

    /// Step 5 but for `uv`.
    fn process_options(&self, request: &Request<'_>) -> Result<bool, Status> {
        if request.options.up == Some(false) {
            return Err(Status::InvalidOption);
        }
        Ok(request.options.rk.unwrap_or(false))
    }

    /// Steps 5.1 to 5.3, 6 to 8 and 10: whether the user is to be verified by the key itself. An error if nothing
    /// verifies a user who has to be.
    fn require_user_verification(&self, request: &Request<'_>, rk: bool) -> Result<bool, Status> {
        let given = &request.pin_uv_auth;
        let mut built_in_uv = self.wants_built_in_uv(given, request.options.uv)?;
        if self.always_uv() {
            built_in_uv = self.always_built_in_uv(given, built_in_uv)?;
        }
        let excused = self.make_cred_uv_not_rqd() && !rk;
        if self.is_protected() && given.param.is_none() && !built_in_uv && !excused {
            return Err(self.unverified());
        }
        Ok(built_in_uv)
    }

    /// Step 9: whether this attestation may identify the single key.
    fn enterprise(&self, request: &Request<'_>) -> Result<bool, Status> {
        let Some(value) = request.enterprise_attestation else {
            return Ok(false);
        };
        let rp_ids = self.profile.enterprise_rp_ids.as_ref();
        let rp_ids = rp_ids
            .filter(|_| self.state().enterprise_attestation)
            .ok_or(Status::InvalidParameter)?;
        match value {
            // Vendor-facilitated: for the RP IDs that the vendor put in.
            1 => Ok(rp_ids.iter().any(|id| id == request.rp_id)),
            // Platform-managed: the platform has checked its policy.
            2 => Ok(true),
            _ => Err(Status::InvalidOption),
        }
    }

    /// Step 19 (CTAP 2.2): a platform that will not pass an attestation on asks for none, which only a key that announces its
    /// formats understands.
    fn is_attestation_wanted(&self, preference: &[Value]) -> Result<bool, Status> {
        let preference = preference
            .iter()
            .map(Value::as_text)
            .collect::<Option<Vec<_>>>()
            .ok_or(Status::CborUnexpectedType)?;
        Ok(self.profile.attestation_formats.is_empty() || preference != ["none"])
    }

    /// Step 12. A credential with credProtect level 3 is not admitted to a platform that has not verified the user.
    fn is_excluded(&self, creation: &Creation) -> bool {
        creation.exclude_list.iter().any(|id| {
            self.find_credential(id, &creation.rp_id)
                .is_some_and(|credential| {
                    creation.uv || credential.cred_protect != CredProtect::Required
                })
        })
    }

    /// A credential of this key and RP, stored or wrapped in its id.
    pub(super) fn find_credential(&self, id: &[u8], rp_id: &str) -> Option<Credential> {
        let stored = self.state().credentials.iter().find(|credential| {
            let discoverable = credential.discoverable.as_ref();
            credential.id == id && discoverable.is_some_and(|stored| stored.rp_id == rp_id)
        });
        stored
            .cloned()
            .or_else(|| self.wrapping().unwrap(id, &hash(rp_id)))
    }
}
