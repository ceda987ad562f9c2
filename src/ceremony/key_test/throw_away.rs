//! Throw-away credentials, for a relying party that cannot exist. What is not discoverable lives in its credential id alone and
//! leaves nothing on the key.

use super::bench::{Bench, Once, Trouble};
use crate::attestation::Verdict;
use crate::ctap;
use crate::ctap::command::make_credential::{self, CredProtect, Extensions};
use crate::ctap::command::{CredentialDescriptor, RelyingParty, User, get_assertion};
use crate::ctap::status::Status;
use crate::encoding::base64url;
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{
    AttestedCredentialData, AuthenticatorData, ClientData, RpId, authenticator_data, cose_key,
};

/// Reserved by RFC 2606: no relying party can ever have it.
pub(super) const RP_ID: &str = "halligan-key-test.invalid";

pub(super) fn rp_id() -> RpId {
    RP_ID.parse().expect("it is a domain name")
}

/// A credential that was made.
#[derive(Clone)]
pub(super) struct Created {
    pub(super) client_data_json: Vec<u8>,
    pub(super) challenge: String,
    pub(super) algorithms: Vec<i64>,
    pub(super) response: make_credential::Response,
    pub(super) data: AuthenticatorData,
    pub(super) attested: AttestedCredentialData,
    /// Whether the user was proven to the key.
    pub(super) proven: bool,
}

impl Created {
    pub(super) fn descriptor(&self) -> CredentialDescriptor {
        CredentialDescriptor {
            id: self.attested.credential_id.clone(),
        }
    }
}

/// An assertion, with what it signs.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) client_data_hash: [u8; 32],
    pub(super) response: get_assertion::Response,
    pub(super) data: AuthenticatorData,
    /// Whether the user was proven to the key.
    pub(super) proven: bool,
}

impl Signed {
    /// Verifies the signature with the credential's own key.
    pub(super) fn verify(&self, created: &Created) -> Result<(), cose_key::Error> {
        let message = [self.response.auth_data.as_slice(), &self.client_data_hash].concat();
        let public_key = &created.attested.public_key;
        public_key.verify(&message, &self.response.signature)
    }

    pub(super) fn new(
        response: get_assertion::Response,
        client_data_hash: [u8; 32],
        proven: bool,
    ) -> Result<Self, Trouble> {
        let data = response
            .authenticator_data()
            .map_err(|source| unreadable(get_assertion::NAME, source))?;
        Ok(Self {
            client_data_hash,
            response,
            data,
            proven,
        })
    }
}

/// A request for a throw-away credential, and its client data.
pub(super) struct Order {
    pub(super) request: make_credential::Request,
    client_data_json: Vec<u8>,
    challenge: String,
}

impl Bench<'_> {
    /// The throw-away credential of this run.
    pub(super) fn credential(&mut self) -> Result<Created, Trouble> {
        if self.credential.is_none() {
            let order = self.order();
            let made = self.create(&order);
            return keep(made, &mut self.credential);
        }
        kept(&self.credential, "no throw-away credential could be made")
    }

    /// One with the extensions that Entra asks for, as far as the key has them.
    pub(super) fn windows_credential(&mut self) -> Result<Created, Trouble> {
        if self.windows_credential.is_none() {
            let mut order = self.order();
            let info = self.info()?;
            order.request.extensions = Extensions {
                // Levels above this one keep Windows from signing in.
                cred_protect: info
                    .has_extension("credProtect")
                    .then_some(CredProtect::UvOptional),
                hmac_secret: info.has_extension("hmac-secret"),
                ..Extensions::default()
            };
            let made = self.create(&order);
            return keep(made, &mut self.windows_credential);
        }
        let why = "no credential with extensions could be made";
        kept(&self.windows_credential, why)
    }

    /// An assertion by the throw-away credential.
    pub(super) fn assertion(&mut self) -> Result<Signed, Trouble> {
        if self.assertion.is_none() {
            let created = self.credential()?;
            let signed = self.sign(&created);
            return keep(signed, &mut self.assertion);
        }
        kept(&self.assertion, "the throw-away credential signed nothing")
    }

    /// An order for an ES256 credential that is not discoverable.
    pub(super) fn order(&self) -> Order {
        let challenge = base64url::encode(&self.env.random::<32>());
        let rp_id = rp_id();
        let client_data =
            ClientData::new(ClientDataType::Create, &challenge, &rp_id.origin()).to_json();
        let rp = RelyingParty {
            id: rp_id,
            name: Some("Halligan key test".to_owned()),
        };
        let user = User {
            id: self.env.random::<16>().to_vec(),
            name: Some("throw-away".to_owned()),
            display_name: Some("throw-away".to_owned()),
        };
        Order {
            request: make_credential::Request::new(client_data::hash(&client_data), rp, user),
            client_data_json: client_data,
            challenge,
        }
    }

    /// Has the key make what was ordered.
    pub(super) fn create(&mut self, order: &Order) -> Result<Created, Trouble> {
        let proof = self.proof_for_creation()?;
        let (key, mut wait) = self.key_and_wait()?;
        let response = key.make_credential(&order.request, proof.as_ref(), &mut wait)?;
        drop(wait);
        let data = response
            .authenticator_data()
            .map_err(|source| unreadable(make_credential::NAME, source))?;
        let attested = data.attested.clone();
        let attested =
            attested.ok_or_else(|| Verdict::fail("the authenticator data holds no credential"))?;
        Ok(Created {
            client_data_json: order.client_data_json.clone(),
            challenge: order.challenge.clone(),
            algorithms: order.request.algorithms.clone(),
            response,
            data,
            attested,
            proven: proof.is_some(),
        })
    }

    fn sign(&mut self, created: &Created) -> Result<Signed, Trouble> {
        let client_data_hash = self.env.random();
        let mut request = get_assertion::Request::new(rp_id(), client_data_hash);
        request.allow_list = vec![created.descriptor()];
        let proof = self.proof_for_assertion()?;
        let (key, mut wait) = self.key_and_wait()?;
        let assertions = key.get_assertion(&request, proof.as_ref(), &mut wait)?;
        drop(wait);
        let response = assertions.into_iter().next();
        let response = response.ok_or_else(|| Verdict::fail("the key gave no assertion"))?;
        Signed::new(response, client_data_hash, proof.is_some())
    }

    /// Asks without a touch; none if the key says that it holds none of the list. A key that cannot be asked so settles it.
    pub(super) fn ask_silently(
        &mut self,
        rp_id: RpId,
        allow_list: Vec<CredentialDescriptor>,
    ) -> Result<Option<Signed>, Trouble> {
        let client_data_hash = self.env.random();
        let mut request = get_assertion::Request::new(rp_id, client_data_hash);
        request.allow_list = allow_list;
        request.up = Some(false);
        let answer = self.raw(&request.encode(None))?;
        let (status, cbor) = answer
            .split_first()
            .ok_or_else(|| Verdict::fail("the answer is empty"))?;
        match Status::from(*status) {
            Status::Ok => {
                let response = get_assertion::Response::decode(get_assertion::NAME, cbor)
                    .map_err(ctap::Error::from)?;
                Signed::new(response, client_data_hash, false).map(Some)
            }
            Status::NoCredentials | Status::InvalidCredential => Ok(None),
            Status::UnsupportedOption
            | Status::InvalidOption
            | Status::UpRequired
            | Status::PuatRequired => {
                Err(Verdict::not_applicable("the key cannot be asked without a touch").into())
            }
            status => Err(Verdict::fail(format!(
                "a question without a touch was answered by {status}"
            ))
            .into()),
        }
    }
}

fn unreadable(command: &'static str, source: authenticator_data::Error) -> Trouble {
    ctap::Error::AuthenticatorData { command, source }.into()
}

/// Keeps what was made for later checks, and why nothing was.
pub(super) fn keep<T: Clone>(made: Result<T, Trouble>, place: &mut Once<T>) -> Result<T, Trouble> {
    *place = Some(match &made {
        Ok(made) => Ok(made.clone()),
        Err(Trouble::Key(error)) => Err(error.to_string()),
        Err(Trouble::Over(error)) => Err(error.to_string()),
        Err(Trouble::Settled(verdict)) => Err(verdict.why().unwrap_or_default().to_owned()),
    });
    made
}

pub(super) fn kept<T: Clone>(place: &Once<T>, what: &str) -> Result<T, Trouble> {
    match place {
        Some(Ok(made)) => Ok(made.clone()),
        Some(Err(why)) => Err(Verdict::unknown(format!("{what}: {why}")).into()),
        None => Err(Verdict::unknown(what).into()),
    }
}
