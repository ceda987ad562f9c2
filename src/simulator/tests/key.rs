//! A key by hand: authenticator data, attestation and client data as the WebAuthn specification writes them.

use std::str::FromStr;
use std::time::Duration;

use der::Encode;
use der::asn1::OctetString;
use der::oid::{AssociatedOid, ObjectIdentifier};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::Validity;

use crate::encoding::base64url;
use crate::encoding::cbor::{self, Value};
use crate::env::{Env, ManualClock, SeededRng};

/// What a key sends as its attestation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Statement {
    /// Of a format with this name, which nobody can verify.
    Custom(&'static str),
    None,
    PackedSelf,
    PackedX5c,
}

/// A key whose every part can be spoiled before it answers.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) aaguid: [u8; 16],
    /// What the statement says it is signed by; it is by ES256.
    pub(super) algorithm: i32,
    pub(super) challenge: Option<String>,
    pub(super) credential_id: Vec<u8>,
    pub(super) display_name: Option<String>,
    pub(super) extensions: Vec<u8>,
    pub(super) flags: u8,
    pub(super) kind: &'static str,
    pub(super) origin: &'static str,
    pub(super) rp_id: &'static str,
    pub(super) statement: Statement,
    pub(super) trailing: Vec<u8>,
    pub(super) vendor: Vendor,
    pub(super) credential: SigningKey,
}

impl Key {
    pub(super) fn new(seed: u64) -> Self {
        let env = test_env(seed);
        Self {
            aaguid: *b"halligan-model-1",
            algorithm: -7,
            challenge: None,
            credential_id: env.random::<32>().to_vec(),
            display_name: Some("BG1 key A".to_owned()),
            extensions: Vec::new(),
            flags: 0x45,
            kind: "webauthn.create",
            origin: "https://login.microsoft.com",
            rp_id: "login.microsoft.com",
            statement: Statement::PackedX5c,
            trailing: Vec::new(),
            vendor: Vendor::new(*b"halligan-model-1"),
            credential: SigningKey::from_slice(&env.random::<32>()).unwrap(),
        }
    }

    /// The body of `POST fido2Methods` for these creation options.
    pub(super) fn answer(&self, options: &Json) -> Json {
        let challenge = match &self.challenge {
            Some(challenge) => challenge.as_str(),
            None => options["publicKey"]["challenge"].as_str().unwrap(),
        };
        let client_data = json!({
            "type": self.kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string();
        let object = self.attestation_object(client_data.as_bytes());
        let mut body = json!({
            "publicKeyCredential": {
                "id": base64url::encode(&self.credential_id),
                "response": {
                    "clientDataJSON": base64url::encode(client_data.as_bytes()),
                    "attestationObject": base64url::encode(&object),
                }
            }
        });
        if let Some(name) = &self.display_name {
            body["displayName"] = name.as_str().into();
        }
        body
    }

    /// The form member `assertion` for this challenge (WebAuthn L3 §6.3.3), with nothing said about whose key it is.
    pub(super) fn assertion(&self, challenge: &str, sign_count: u32) -> Json {
        let client_data = json!({
            "type": "webauthn.get",
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string();
        let hash = Sha256::digest(self.rp_id.as_bytes());
        // No attested credential data follows.
        let flags = self.flags & !0x40;
        let data = [hash.as_slice(), &[flags], &sign_count.to_be_bytes()].concat();
        let signed = [data.as_slice(), &Sha256::digest(client_data.as_bytes())].concat();
        let signature: DerSignature = self.credential.sign(&signed);
        json!({
            "id": base64url::encode(&self.credential_id),
            "clientDataJSON": base64url::encode(client_data.as_bytes()),
            "authenticatorData": base64url::encode(&data),
            "signature": base64url::encode(signature.as_bytes()),
        })
    }

    fn attestation_object(&self, client_data: &[u8]) -> Vec<u8> {
        let data = self.authenticator_data();
        let signed = [data.as_slice(), &Sha256::digest(client_data)].concat();
        let signature = |key: &SigningKey| {
            let signature: DerSignature = key.sign(&signed);
            Value::Bytes(signature.as_bytes().to_vec())
        };
        let alg = ("alg", Value::from(self.algorithm));
        let (fmt, statement) = match self.statement {
            Statement::Custom(format) => (format, cbor::map([("x", Value::from(1))])),
            Statement::None => ("none", cbor::map::<&str>([])),
            Statement::PackedSelf => (
                "packed",
                cbor::map([alg, ("sig", signature(&self.credential))]),
            ),
            Statement::PackedX5c => (
                "packed",
                cbor::map([
                    alg,
                    ("sig", signature(&self.vendor.leaf_key)),
                    (
                        "x5c",
                        Value::Array(vec![Value::Bytes(self.vendor.leaf.clone())]),
                    ),
                ]),
            ),
        };
        cbor::encode(&cbor::map([
            ("fmt", Value::from(fmt)),
            ("attStmt", statement),
            ("authData", Value::Bytes(data)),
        ]))
    }

    /// WebAuthn L3 §6.1 and §6.5.1, byte by byte.
    fn authenticator_data(&self) -> Vec<u8> {
        let length = u16::try_from(self.credential_id.len()).unwrap();
        [
            Sha256::digest(self.rp_id.as_bytes()).as_slice(),
            &[self.flags],
            &7u32.to_be_bytes(),
            &self.aaguid,
            &length.to_be_bytes(),
            &self.credential_id,
            &self.cose_key(),
            &self.extensions,
            &self.trailing,
        ]
        .concat()
    }

    fn cose_key(&self) -> Vec<u8> {
        let point = self.credential.verifying_key().to_sec1_point(false);
        [
            &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20],
            point.x().unwrap().as_slice(),
            &[0x22, 0x58, 0x20],
            point.y().unwrap().as_slice(),
        ]
        .concat()
    }
}

/// A maker of keys: a root and an attestation certificate for one model.
#[derive(Clone)]
pub(super) struct Vendor {
    pub(super) root: Vec<u8>,
    pub(super) leaf: Vec<u8>,
    leaf_key: SigningKey,
}

impl Vendor {
    pub(super) fn new(aaguid: [u8; 16]) -> Self {
        let env = test_env(1000);
        let root_key = SigningKey::from_slice(&env.random::<32>()).unwrap();
        let leaf_key = SigningKey::from_slice(&env.random::<32>()).unwrap();
        Self {
            root: certificate(Profile::Root, &root_key, &root_key),
            leaf: certificate(Profile::Leaf(aaguid), &root_key, &leaf_key),
            leaf_key,
        }
    }
}

enum Profile {
    Leaf([u8; 16]),
    Root,
}

/// id-fido-gen-ce-aaguid: an octet string within the extension's octet string (WebAuthn L3 §8.2.1).
struct AaguidExtension(OctetString);

impl AssociatedOid for AaguidExtension {
    const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
}

impl Encode for AaguidExtension {
    fn encoded_len(&self) -> der::Result<der::Length> {
        self.0.encoded_len()
    }

    fn encode(&self, encoder: &mut impl der::Writer) -> der::Result<()> {
        self.0.encode(encoder)
    }
}

impl x509_cert::ext::Criticality for AaguidExtension {
    fn criticality(&self, _subject: &Name, _extensions: &[Extension]) -> bool {
        false
    }
}

const ROOT_NAME: &str = "CN=Test vendor root,O=Test vendor,C=SE";
const LEAF_NAME: &str = "CN=Test vendor model 1,OU=Authenticator Attestation,O=Test vendor,C=SE";

impl BuilderProfile for Profile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        Name::from_str(ROOT_NAME).unwrap()
    }

    fn get_subject(&self) -> Name {
        match self {
            Self::Leaf(_) => Name::from_str(LEAF_NAME).unwrap(),
            Self::Root => Name::from_str(ROOT_NAME).unwrap(),
        }
    }

    fn build_extensions(
        &self,
        _spk: SubjectPublicKeyInfoRef<'_>,
        _issuer_spk: SubjectPublicKeyInfoRef<'_>,
        tbs: &x509_cert::TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let constraints = BasicConstraints {
            ca: matches!(self, Self::Root),
            path_len_constraint: None,
        };
        let mut extensions = vec![constraints.to_extension(tbs.subject(), &[])?];
        if let Self::Leaf(aaguid) = self {
            let aaguid = AaguidExtension(OctetString::new(aaguid.as_slice())?);
            extensions.push(aaguid.to_extension(tbs.subject(), &[])?);
        }
        Ok(extensions)
    }
}

fn certificate(profile: Profile, issuer: &SigningKey, subject: &SigningKey) -> Vec<u8> {
    let time = |seconds| {
        der::asn1::UtcTime::from_unix_duration(Duration::from_secs(seconds))
            .unwrap()
            .into()
    };
    let builder = CertificateBuilder::new(
        profile,
        SerialNumber::from(7u32),
        Validity::new(time(1_735_689_600), time(2_500_000_000)),
        SubjectPublicKeyInfoOwned::from_key(subject.verifying_key()).unwrap(),
    );
    let certificate = builder.unwrap().build::<_, DerSignature>(issuer);
    certificate.unwrap().to_der().unwrap()
}

fn test_env(seed: u64) -> Env {
    let clock = ManualClock::new("2026-06-01T09:00:00Z".parse().unwrap());
    Env::new(
        std::sync::Arc::new(clock),
        std::sync::Arc::new(SeededRng::new(seed)),
    )
}
