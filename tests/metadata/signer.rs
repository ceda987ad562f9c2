//! A metadata service in miniature: a root, signers that it certifies, blobs that they sign (ES256).

use std::str::FromStr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use der::asn1::{Ia5String, UtcTime};
use der::pem::LineEnding;
use der::{Encode, EncodePem};
use halligan::attestation::Roots;
use halligan::attestation::mds::SIGNER;
use halligan::encoding::base64url;
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, Signature, SigningKey};
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// The days on which a signer's certificate is valid.
pub(crate) const VALID: (&str, &str) = ("2026-01-01T00:00:00Z", "2046-01-01T00:00:00Z");

/// A root.
pub(crate) struct Authority {
    key: SigningKey,
    name: &'static str,
    certificate: Certificate,
}

/// A signer with its certificate.
pub(crate) struct Signer {
    key: SigningKey,
    certificate: Vec<u8>,
}

struct Profile {
    issuer: Name,
    subject: Name,
    /// The name that a signer is for; none for a root.
    host: Option<&'static str>,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let constraints = BasicConstraints {
            ca: self.host.is_none(),
            path_len_constraint: None,
        };
        let mut extensions = vec![constraints.to_extension(tbs.subject(), &[])?];
        if let Some(host) = self.host {
            let names = vec![GeneralName::DnsName(Ia5String::new(host)?)];
            extensions.push(SubjectAltName(names).to_extension(tbs.subject(), &[])?);
        }
        Ok(extensions)
    }
}

fn certificate(
    profile: Profile,
    valid: (&str, &str),
    subject: &SigningKey,
    issuer: &SigningKey,
) -> Certificate {
    let time = |text: &str| {
        let seconds = text.parse::<Timestamp>().unwrap().as_second();
        let since = Duration::from_secs(seconds.try_into().unwrap());
        Time::from(UtcTime::from_unix_duration(since).unwrap())
    };
    let validity = Validity::new(time(valid.0), time(valid.1));
    let key = SubjectPublicKeyInfo::from_key(subject.verifying_key()).unwrap();
    let serial = SerialNumber::new(&[1]).unwrap();
    CertificateBuilder::new(profile, serial, validity, key)
        .unwrap()
        .build::<_, DerSignature>(issuer)
        .unwrap()
}

impl Authority {
    pub(crate) fn new(name: &'static str, seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let subject = Name::from_str(name).unwrap();
        let profile = Profile {
            issuer: subject.clone(),
            subject,
            host: None,
        };
        let certificate = certificate(profile, VALID, &key, &key);
        Self {
            key,
            name,
            certificate,
        }
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::from_der([self.certificate.to_der().unwrap()]).unwrap()
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.to_pem(LineEnding::LF).unwrap()
    }

    /// A signer as FIDO's is.
    pub(crate) fn signer(&self) -> Signer {
        self.signer_for(SIGNER, VALID)
    }

    pub(crate) fn signer_for(&self, host: &'static str, valid: (&str, &str)) -> Signer {
        self.signer_with_key(9, host, valid)
    }

    pub(crate) fn signer_with_key(
        &self,
        seed: u8,
        host: &'static str,
        valid: (&str, &str),
    ) -> Signer {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let profile = Profile {
            issuer: Name::from_str(self.name).unwrap(),
            subject: Name::from_str("CN=Signer").unwrap(),
            host: Some(host),
        };
        let certificate = certificate(profile, valid, &key, &self.key);
        let certificate = certificate.to_der().unwrap();
        Signer { key, certificate }
    }
}

impl Signer {
    /// A blob with this payload.
    pub(crate) fn sign(&self, payload: &Value) -> String {
        self.sign_with(self.header(), payload.to_string().as_bytes())
    }

    /// The header of [`Self::sign`].
    pub(crate) fn header(&self) -> Value {
        json!({"alg": "ES256", "typ": "JWT", "x5c": [STANDARD.encode(&self.certificate)]})
    }

    /// A blob with this header.
    pub(crate) fn sign_with(&self, header: Value, payload: &[u8]) -> String {
        let header = base64url::encode(header.to_string().as_bytes());
        let signed = format!("{header}.{}", base64url::encode(payload));
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", base64url::encode(&signature.to_bytes()))
    }
}
