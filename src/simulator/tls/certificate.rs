//! The test authority of the state directory and the server certificate it issues. The authority is kept, so that a
//! program told once to trust it keeps working; the server certificate is made anew at every start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::time::Duration;

use der::asn1::{Ia5String, OctetString};
use der::pem::LineEnding;
use der::{DecodePem, Encode, EncodePem};
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};
use zeroize::Zeroizing;

use crate::env::Env;
use crate::simulator::relying_party::RP_ID;
use crate::simulator::storage::{self, Access, Directory};

/// The authority's certificate within the state directory.
pub(in crate::simulator) const CA_FILE: &str = "ca.pem";
const CA_KEY_FILE: &str = "ca.key";

const CA_NAME: &str = "CN=Halligan simulator test authority,O=Halligan simulator";
const SERVER_NAME: &str = "CN=localhost,O=Halligan simulator";

/// 2025-01-01 and 2049-12-31: fixed, so that a simulated clock far from the real one breaks no handshake.
const NOT_BEFORE: Duration = Duration::from_secs(1_735_689_600);
const NOT_AFTER: Duration = Duration::from_secs(2_524_521_600);

/// id-kp-serverAuth (RFC 5280 §4.2.1.12)
const SERVER_AUTH: der::oid::ObjectIdentifier =
    der::oid::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");

/// Why there is no certificate to serve with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The builder refused. Its inputs are constants and fresh keys.
    #[error("cannot build a certificate: {0}")]
    Build(#[from] builder::Error),
    /// Encoding failed.
    #[error("cannot encode a certificate: {0}")]
    Encode(#[from] der::Error),
    /// A key could not be encoded.
    #[error("cannot encode a private key: {0}")]
    Key(#[from] p256::pkcs8::Error),
    /// Files in the state directory.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// The authority, its certificate in PEM for those who shall trust it.
pub(in crate::simulator) struct Authority {
    pub(in crate::simulator) pem: String,
    key: SigningKey,
}

/// A certificate for `localhost`, `127.0.0.1`, `[::1]` and `login.microsoft.com` with its key.
pub(in crate::simulator) struct ServerIdentity {
    pub(in crate::simulator) chain: Vec<CertificateDer<'static>>,
    pub(in crate::simulator) key: PrivateKeyDer<'static>,
}

impl Authority {
    /// The authority of the directory; a new one if there is none.
    pub(in crate::simulator) fn open(directory: &Directory, env: &Env) -> Result<Self, Error> {
        match (directory.read(CA_FILE)?, directory.read(CA_KEY_FILE)?) {
            (Some(certificate), Some(key)) => {
                Self::parse(directory, certificate, &Zeroizing::new(key))
            }
            _ => Self::create(directory, env),
        }
    }

    fn parse(directory: &Directory, certificate: Vec<u8>, key: &[u8]) -> Result<Self, Error> {
        let damaged = |name: &str, cause: String| storage::Error::Damaged {
            path: directory.path(name),
            cause,
        };
        let pem =
            String::from_utf8(certificate).map_err(|cause| damaged(CA_FILE, cause.to_string()))?;
        let certificate =
            Certificate::from_pem(&pem).map_err(|cause| damaged(CA_FILE, cause.to_string()))?;
        let key = SigningKey::from_pkcs8_der(key)
            .map_err(|cause| damaged(CA_KEY_FILE, cause.to_string()))?;
        if certificate.tbs_certificate().subject_public_key_info() != &public_key_info(&key)? {
            return Err(damaged(CA_KEY_FILE, "not the key of the certificate".to_owned()).into());
        }
        Ok(Self { pem, key })
    }

    fn create(directory: &Directory, env: &Env) -> Result<Self, Error> {
        let key = random_key(env);
        let profile = Profile::authority()?;
        let certificate = issue(profile, &key, public_key_info(&key)?, env)?;
        let pem = certificate.to_pem(LineEnding::LF)?;
        directory.replace(CA_KEY_FILE, key.to_pkcs8_der()?.as_bytes(), Access::Owner)?;
        directory.replace(CA_FILE, pem.as_bytes(), Access::Everybody)?;
        Ok(Self { pem, key })
    }

    /// Issues a fresh server certificate.
    pub(in crate::simulator) fn issue_server(&self, env: &Env) -> Result<ServerIdentity, Error> {
        let key = random_key(env);
        let certificate = issue(Profile::server()?, &self.key, public_key_info(&key)?, env)?;
        Ok(ServerIdentity {
            chain: vec![certificate.to_der()?.into()],
            key: PrivatePkcs8KeyDer::from(key.to_pkcs8_der()?.as_bytes().to_vec()).into(),
        })
    }
}

/// What distinguishes the two certificates.
enum Profile {
    Authority { subject: Name },
    Server { subject: Name, issuer: Name },
}

impl Profile {
    fn authority() -> Result<Self, Error> {
        Ok(Self::Authority {
            subject: Name::from_str(CA_NAME)?,
        })
    }

    fn server() -> Result<Self, Error> {
        Ok(Self::Server {
            subject: Name::from_str(SERVER_NAME)?,
            issuer: Name::from_str(CA_NAME)?,
        })
    }
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, subject: &Name) -> Name {
        match self {
            Self::Authority { .. } => subject.clone(),
            Self::Server { issuer, .. } => issuer.clone(),
        }
    }

    fn get_subject(&self) -> Name {
        match self {
            Self::Authority { subject } | Self::Server { subject, .. } => subject.clone(),
        }
    }

    fn build_extensions(
        &self,
        spk: SubjectPublicKeyInfoRef<'_>,
        issuer_spk: SubjectPublicKeyInfoRef<'_>,
        tbs: &x509_cert::TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let subject = tbs.subject();
        let key_identifier = key_identifier(&spk)?;
        let issuer_key_identifier = AuthorityKeyIdentifier {
            key_identifier: Some(self::key_identifier(&issuer_spk)?),
            ..Default::default()
        };
        let mut extensions = vec![
            SubjectKeyIdentifier(key_identifier).to_extension(subject, &[])?,
            issuer_key_identifier.to_extension(subject, &[])?,
        ];
        match self {
            Self::Authority { .. } => extensions.extend([
                BasicConstraints {
                    ca: true,
                    path_len_constraint: Some(0),
                }
                .to_extension(subject, &[])?,
                KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign).to_extension(subject, &[])?,
            ]),
            Self::Server { .. } => extensions.extend([
                BasicConstraints {
                    ca: false,
                    path_len_constraint: None,
                }
                .to_extension(subject, &[])?,
                KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(subject, &[])?,
                ExtendedKeyUsage(vec![SERVER_AUTH]).to_extension(subject, &[])?,
                SubjectAltName(server_names()?).to_extension(subject, &[])?,
            ]),
        }
        Ok(extensions)
    }
}

/// Loopback's names, and the host on whose pages keys are asked: browsers give a page only keys of its own host.
fn server_names() -> Result<Vec<GeneralName>, der::Error> {
    Ok(vec![
        GeneralName::DnsName(Ia5String::new(RP_ID)?),
        GeneralName::DnsName(Ia5String::new("localhost")?),
        GeneralName::from(IpAddr::from(Ipv4Addr::LOCALHOST)),
        GeneralName::from(IpAddr::from(Ipv6Addr::LOCALHOST)),
    ])
}

/// RFC 7093 §2 method 1: the first 160 bits of the SHA-256 of the public key.
fn key_identifier(spk: &SubjectPublicKeyInfoRef<'_>) -> Result<OctetString, der::Error> {
    let hash = Sha256::digest(spk.subject_public_key.raw_bytes());
    OctetString::new(&hash[..20])
}

fn issue(
    profile: Profile,
    issuer: &SigningKey,
    subject: SubjectPublicKeyInfoOwned,
    env: &Env,
) -> Result<Certificate, Error> {
    let mut serial: [u8; 16] = env.random();
    // A positive integer without a leading zero byte.
    serial[0] = serial[0] & 0x7f | 0x40;
    let builder = CertificateBuilder::new(
        profile,
        SerialNumber::new(&serial)?,
        Validity::new(time(NOT_BEFORE)?, time(NOT_AFTER)?),
        subject,
    )?;
    Ok(builder.build::<_, DerSignature>(issuer)?)
}

fn time(since_epoch: Duration) -> Result<Time, der::Error> {
    Ok(Time::from(der::asn1::UtcTime::from_unix_duration(
        since_epoch,
    )?))
}

fn public_key_info(key: &SigningKey) -> Result<SubjectPublicKeyInfoOwned, Error> {
    Ok(SubjectPublicKeyInfoOwned::from_key(key.verifying_key()).map_err(builder::Error::from)?)
}

/// A P-256 key from the environment's randomness.
pub(in crate::simulator) fn random_key(env: &Env) -> SigningKey {
    loop {
        let scalar = Zeroizing::new(env.random::<32>());
        // Fails with probability 2^-32: the bytes are zero or not below the group order.
        if let Ok(key) = SigningKey::from_slice(scalar.as_slice()) {
            return key;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_authority_outlives_a_restart_and_a_swapped_key_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(folder.path()).unwrap();
        let env = Env::system();
        let first = Authority::open(&directory, &env).unwrap();
        assert_eq!(Authority::open(&directory, &env).unwrap().pem, first.pem);
        let other = random_key(&env).to_pkcs8_der().unwrap();
        directory
            .replace(CA_KEY_FILE, other.as_bytes(), Access::Owner)
            .unwrap();
        assert!(matches!(
            Authority::open(&directory, &env),
            Err(Error::Storage(storage::Error::Damaged { .. }))
        ));
    }
}
