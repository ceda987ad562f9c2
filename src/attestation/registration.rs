//! A registration as it came from the key, and the verdicts that need no certificate (WebAuthn L3 §7.1 steps 7 to 20).

use serde_json::{Map, Value};

use super::error::Error;
use super::verdict::Verdict;
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{
    Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, ClientData, Flags, RpId,
    attestation_object,
};

/// The length of a credential id in bytes (WebAuthn L3 §4, "Credential ID").
const CREDENTIAL_ID_LENGTH: std::ops::RangeInclusive<usize> = 16..=1023;

/// What the key answered, and what it was asked.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// The attestation object, as it is to be sent to the relying party.
    pub attestation_object: &'a [u8],
    /// The client data.
    pub client_data: ClientDataOrHash<'a>,
    /// The relying party.
    pub rp_id: &'a RpId,
    /// The challenge as base64url text, as it stands in the client data.
    pub challenge: &'a str,
    /// The COSE algorithms that were asked for.
    pub algorithms: &'a [i64],
    /// What the key said of itself by getInfo, if it was asked.
    pub get_info: Option<&'a Reported>,
}

/// What the key was asked to sign.
#[derive(Debug, Clone, Copy)]
pub enum ClientDataOrHash<'a> {
    /// The client data, as it is to be sent to the relying party.
    Json(&'a [u8]),
    /// Its SHA-256, which is all that CTAP knows of it and all that tools like libfido2's keep.
    Hash([u8; 32]),
}

/// What a key says of itself, and does not sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The model.
    pub aaguid: Aaguid,
    /// The firmware, in the vendor's numbering.
    pub firmware: Option<u64>,
    /// The members of getInfo by their names in CTAP, in the form of FIDO's metadata; empty where they are not known any more.
    pub members: Map<String, Value>,
}

/// A registration that could be read.
pub(super) struct Parsed<'a> {
    pub(super) registration: Registration<'a>,
    pub(super) object: AttestationObject,
    /// None where only its hash was given.
    pub(super) client_data: Option<ReadClientData<'a>>,
    /// SHA-256 of the client data.
    pub(super) client_data_hash: [u8; 32],
    pub(super) data: AuthenticatorData,
    pub(super) attested: AttestedCredentialData,
}

/// The client data, and the text that it was read from.
pub(super) struct ReadClientData<'a> {
    pub(super) json: &'a [u8],
    pub(super) data: ClientData,
}

impl<'a> Parsed<'a> {
    pub(super) fn parse(registration: &Registration<'a>) -> Result<Self, Error> {
        let (client_data, client_data_hash) = match registration.client_data {
            ClientDataOrHash::Json(json) => {
                let data = serde_json::from_slice(json).map_err(Error::ClientData)?;
                (Some(ReadClientData { json, data }), client_data::hash(json))
            }
            ClientDataOrHash::Hash(hash) => (None, hash),
        };
        let object = AttestationObject::parse(registration.attestation_object)?;
        let data = AuthenticatorData::parse_any(&object.auth_data)
            .map_err(attestation_object::Error::from)?;
        let attested = data.attested.clone().ok_or(Error::NoCredential)?;
        Ok(Self {
            registration: *registration,
            object,
            client_data,
            client_data_hash,
            data,
            attested,
        })
    }

    /// What statements of most formats sign.
    pub(super) fn signed(&self) -> Vec<u8> {
        [self.object.auth_data.as_slice(), &self.client_data_hash].concat()
    }

    pub(super) fn client_data(&self) -> Verdict {
        let Some(ReadClientData { data, .. }) = &self.client_data else {
            return Verdict::not_applicable("only its hash was given, and is believed");
        };
        let origin = self.registration.rp_id.origin();
        if data.kind != ClientDataType::Create {
            Verdict::fail("its type is not webauthn.create")
        } else if data.challenge != self.registration.challenge {
            Verdict::fail("its challenge is not the one that was asked for")
        } else if data.origin != origin {
            Verdict::fail(format!("its origin is {:?}, not {origin}", data.origin))
        } else if data.cross_origin {
            Verdict::fail("it says that the caller was of another origin")
        } else {
            Verdict::Pass
        }
    }

    pub(super) fn rp_id(&self) -> Verdict {
        let rp_id = self.registration.rp_id;
        pass_if(self.data.rp_id_hash == rp_id.hash(), || {
            format!("the authenticator data is for a relying party other than {rp_id}")
        })
    }

    pub(super) fn user_presence(&self) -> Verdict {
        pass_if(self.data.flags.has(Flags::UP), || {
            "the flag UP is not set".to_owned()
        })
    }

    pub(super) fn user_verification(&self) -> Verdict {
        pass_if(self.data.flags.has(Flags::UV), || {
            "the flag UV is not set".to_owned()
        })
    }

    pub(super) fn device_bound(&self) -> Verdict {
        let flags = self.data.flags;
        if flags.has(Flags::BE) {
            Verdict::fail("the flag BE is set: the credential may leave the key")
        } else if flags.has(Flags::BS) {
            Verdict::fail("the flag BS is set without BE, which contradicts itself")
        } else {
            Verdict::Pass
        }
    }

    /// Whether the credential says that it may leave the key.
    pub(super) fn multi_device(&self) -> bool {
        self.data.flags.has(Flags::BE)
    }

    pub(super) fn algorithm(&self) -> Verdict {
        let found = self.attested.public_key.algorithm();
        let asked = self.registration.algorithms;
        pass_if(asked.contains(&found), || {
            format!("the key chose {found}, asked for was one of {asked:?}")
        })
    }

    pub(super) fn credential_id(&self) -> Verdict {
        let length = self.attested.credential_id.len();
        pass_if(CREDENTIAL_ID_LENGTH.contains(&length), || {
            format!("{length} bytes, WebAuthn allows 16 to 1023")
        })
    }

    pub(super) fn reported_aaguid(&self) -> Verdict {
        let found = self.attested.aaguid;
        match self.registration.get_info.map(|info| info.aaguid) {
            None => Verdict::not_applicable("getInfo was not asked"),
            Some(reported) => pass_if(reported == found, || {
                format!("getInfo reported {reported}, the authenticator data says {found}")
            }),
        }
    }
}

fn pass_if(good: bool, why: impl FnOnce() -> String) -> Verdict {
    if good {
        Verdict::Pass
    } else {
        Verdict::fail(why())
    }
}
