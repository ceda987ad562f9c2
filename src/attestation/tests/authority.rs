//! A vendor in miniature: a root, attestation certificates that differ from the right one in one thing, and a key that
//! attests with them.

use std::str::FromStr;
use std::time::Duration;

use der::Encode;
use der::asn1::{GeneralizedTime, ObjectIdentifier, OctetString};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use ring::signature::{Ed25519KeyPair, KeyPair};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use crate::attestation::Reported;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::client_data::{self, ClientDataType};
use crate::webauthn::{
    Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, ClientData, CoseKey,
    Flags, RpId,
};

pub(super) const AAGUID: Aaguid = Aaguid::new([0xa5; 16]);
pub(super) const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODw";
/// Of an RSA key that signs nothing.
pub(super) const MODULUS: [u8; 256] = [0xc5; 256];
const ROOT_NAME: &str = "CN=Root,O=Vendor,C=SE";

/// What goes into an attestation certificate.
pub(super) struct Leaf {
    pub(super) subject: &'static str,
    pub(super) ca: bool,
    /// The AAGUID extension's bytes, and whether it is critical.
    pub(super) aaguid: Option<([u8; 16], bool)>,
    /// Of an enterprise attestation.
    pub(super) serial: Option<&'static [u8]>,
    /// Seconds of the epoch.
    pub(super) not_after: u64,
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            subject: "CN=Model 1,OU=Authenticator Attestation,O=Vendor,C=SE",
            ca: false,
            aaguid: Some((*AAGUID.as_bytes(), false)),
            serial: None,
            not_after: 4_000_000_000,
        }
    }
}

struct Profile {
    subject: Name,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        Name::from_str(ROOT_NAME).unwrap()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

pub(super) fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn certificate(leaf: &Leaf, key: &SigningKey, issuer: &SigningKey) -> Vec<u8> {
    let constraints = BasicConstraints {
        ca: leaf.ca,
        path_len_constraint: None,
    };
    let subject = Name::from_str(leaf.subject).unwrap();
    let mut extensions = vec![constraints.to_extension(&subject, &[]).unwrap()];
    if let Some((aaguid, critical)) = leaf.aaguid {
        let value = OctetString::new(aaguid).unwrap().to_der().unwrap();
        extensions.push(Extension {
            extn_id: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4"),
            critical,
            extn_value: OctetString::new(value).unwrap(),
        });
    }
    if let Some(serial) = leaf.serial {
        let value = OctetString::new(serial).unwrap().to_der().unwrap();
        extensions.push(Extension {
            extn_id: ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.2"),
            critical: false,
            extn_value: OctetString::new(value).unwrap(),
        });
    }
    let time = |seconds| {
        Time::GeneralTime(
            GeneralizedTime::from_unix_duration(Duration::from_secs(seconds)).unwrap(),
        )
    };
    let builder = CertificateBuilder::new(
        Profile {
            subject,
            extensions,
        },
        SerialNumber::from(7_u32),
        Validity::new(time(1_500_000_000), time(leaf.not_after)),
        SubjectPublicKeyInfo::from_key(key.verifying_key()).unwrap(),
    );
    let certificate = builder.unwrap().build::<_, DerSignature>(issuer).unwrap();
    certificate.to_der().unwrap()
}

/// The root in DER.
pub(super) fn root() -> Vec<u8> {
    let leaf = Leaf {
        subject: ROOT_NAME,
        ca: true,
        aaguid: None,
        ..Leaf::default()
    };
    certificate(&leaf, &signing_key(1), &signing_key(1))
}

/// An attestation certificate for the key of seed 2.
pub(super) fn leaf(leaf: &Leaf) -> Vec<u8> {
    certificate(leaf, &signing_key(2), &signing_key(1))
}

/// How the key attests.
#[derive(Clone)]
pub(super) enum By {
    Certificates(Vec<Vec<u8>>),
    Itself,
    None,
}

/// A registration to be made; the default is one that passes.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) by: By,
    pub(super) eddsa: bool,
    /// Whether the credential is of RS256; it attests by certificate then.
    pub(super) rsa: bool,
    pub(super) flags: u8,
    pub(super) credential_id: Vec<u8>,
    pub(super) statement_algorithm: Option<i64>,
    pub(super) client_data: ClientData,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            by: By::Certificates(vec![leaf(&Leaf::default())]),
            eddsa: false,
            rsa: false,
            flags: Flags::UP | Flags::UV,
            credential_id: vec![9; 32],
            statement_algorithm: None,
            client_data: ClientData::new(
                ClientDataType::Create,
                CHALLENGE,
                "https://login.microsoft.com",
            ),
        }
    }
}

/// What a key of this model says of itself.
pub(super) fn reported(aaguid: Aaguid) -> Reported {
    Reported {
        aaguid,
        firmware: Some(5),
        members: Default::default(),
    }
}

pub(super) fn rp_id() -> RpId {
    "login.microsoft.com".parse().unwrap()
}

impl Made {
    fn public_key(&self) -> CoseKey {
        if self.eddsa {
            let key = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
            return CoseKey::from_ed25519(key.public_key().as_ref().try_into().unwrap());
        }
        if self.rsa {
            let key = cbor::map([
                (1, Value::from(3)),
                (3, Value::from(-257)),
                (-1, Value::Bytes(MODULUS.to_vec())),
                (-2, Value::Bytes(vec![1, 0, 1])),
            ]);
            return CoseKey::parse_any(&cbor::encode(&key)).unwrap();
        }
        let point = signing_key(3).verifying_key().to_sec1_point(false);
        CoseKey::from_p256(
            point.x().unwrap().as_slice().try_into().unwrap(),
            point.y().unwrap().as_slice().try_into().unwrap(),
        )
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let ecdsa = |seed| -> Vec<u8> {
            let signature: DerSignature = signing_key(seed).sign(message);
            signature.as_bytes().to_vec()
        };
        match self.by {
            By::Certificates(_) => ecdsa(2),
            _ if self.eddsa => {
                let key = Ed25519KeyPair::from_seed_unchecked(&[3; 32]).unwrap();
                key.sign(message).as_ref().to_vec()
            }
            _ => ecdsa(3),
        }
    }

    /// Attestation object and client data.
    pub(super) fn make(&self) -> (AttestationObject, Vec<u8>) {
        let public_key = self.public_key();
        let own_algorithm = public_key.algorithm();
        let data = AuthenticatorData {
            rp_id_hash: rp_id().hash(),
            flags: Flags(self.flags),
            sign_count: 1,
            attested: Some(AttestedCredentialData {
                aaguid: AAGUID,
                credential_id: self.credential_id.clone(),
                public_key,
            }),
            extensions: None,
        };
        let auth_data = data.to_bytes();
        let client_data_json = self.client_data.to_json();
        let message = [
            auth_data.clone(),
            client_data::hash(&client_data_json).to_vec(),
        ]
        .concat();
        let mut statement = vec![("sig", Value::Bytes(self.sign(&message)))];
        let algorithm = match &self.by {
            By::Certificates(certificates) => {
                let x5c = certificates.iter().cloned().map(Value::Bytes).collect();
                statement.push(("x5c", Value::Array(x5c)));
                -7
            }
            _ => own_algorithm,
        };
        statement.push(("alg", self.statement_algorithm.unwrap_or(algorithm).into()));
        let (fmt, att_stmt) = match self.by {
            By::None => ("none", cbor::map::<&str>([])),
            _ => ("packed", cbor::map(statement)),
        };
        let object = AttestationObject {
            fmt: fmt.to_owned(),
            att_stmt,
            auth_data,
        };
        (object, client_data_json)
    }
}
