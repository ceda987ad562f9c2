//! A certificate authority and a server certificate for 127.0.0.1, made anew for every server.

use std::net::Ipv4Addr;
use std::time::Duration;

use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder, Result};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::{Decode, Encode, EncodePem, pem::LineEnding};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, SubjectAltName};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::Validity;

use crate::env::Env;

/// The server's TLS configuration, and the authority's certificate in PEM.
pub(super) fn tls() -> (ServerConfig, Vec<u8>) {
    let authority = SigningKey::from_slice(&Env::system().random::<32>()).unwrap();
    let server = SigningKey::from_slice(&Env::system().random::<32>()).unwrap();
    let root = certificate("CN=test authority", &authority, &authority);
    let leaf = certificate("CN=test server", &server, &authority);
    let key = server.to_pkcs8_der().unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(leaf.to_der().unwrap())],
            PrivatePkcs8KeyDer::from(key.as_bytes().to_vec()).into(),
        )
        .unwrap();
    (config, root.to_pem(LineEnding::LF).unwrap().into_bytes())
}

fn certificate(subject: &str, subject_key: &SigningKey, issuer_key: &SigningKey) -> Certificate {
    let public_key = subject_key.verifying_key().to_public_key_der().unwrap();
    let profile = Profile {
        subject: subject.parse().unwrap(),
        is_authority: subject_key == issuer_key,
    };
    CertificateBuilder::new(
        profile,
        SerialNumber::from(1u32),
        Validity::from_now(Duration::from_secs(3600)).unwrap(),
        SubjectPublicKeyInfoOwned::from_der(public_key.as_bytes()).unwrap(),
    )
    .unwrap()
    .build::<_, DerSignature>(issuer_key)
    .unwrap()
}

struct Profile {
    subject: Name,
    is_authority: bool,
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        "CN=test authority".parse().unwrap()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>> {
        let constraints = BasicConstraints {
            ca: self.is_authority,
            path_len_constraint: None,
        };
        let address = GeneralName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        let mut extensions = vec![constraints.to_extension(tbs.subject(), &[])?];
        if !self.is_authority {
            extensions.push(SubjectAltName(vec![address]).to_extension(tbs.subject(), &[])?);
        }
        Ok(extensions)
    }
}
