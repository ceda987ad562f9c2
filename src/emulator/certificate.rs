//! What is in the certificates of the test root and of attestation keys.

use std::time::Duration;

use der::Encode;
use der::asn1::{BitString, GeneralizedTime, ObjectIdentifier, OctetString};
use p256::ecdsa::{DerSignature, SigningKey};
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use super::attestation::AttestationError;
use crate::env::Env;
use crate::webauthn::Aaguid;

/// id-fido-gen-ce-aaguid.
const AAGUID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
const DAY: u64 = 24 * 60 * 60;
/// id-fido-u2f-ce-transports (U2F Authenticator Transports Extension §3).
const TRANSPORTS_EXTENSION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.2.1.1");
/// The named bit uSB(2), and how many bits of the byte are unused.
const USB: ([u8; 1], u8) = ([0x20], 5);
/// Certificates are valid from a day before they are made, for clocks that are behind, and for twenty years.
const LIFETIME: Duration = Duration::from_secs(20 * 365 * DAY);

/// A certificate in DER for the subject's public key, signed by the issuer.
pub(super) fn build(
    profile: impl BuilderProfile,
    subject: &SigningKey,
    issuer: &SigningKey,
    env: &Env,
) -> Result<Vec<u8>, AttestationError> {
    let now = u64::try_from(env.now().as_second()).unwrap_or(0);
    let not_before = Duration::from_secs(now.saturating_sub(DAY));
    let time = |since_epoch| -> Result<Time, der::Error> {
        Ok(Time::GeneralTime(GeneralizedTime::from_unix_duration(
            since_epoch,
        )?))
    };
    let validity = Validity::new(time(not_before)?, time(not_before + LIFETIME)?);
    let mut serial: [u8; 16] = env.random();
    // Positive and without leading zeros, RFC 5280 §4.1.2.2.
    serial[0] = serial[0] & 0x7f | 0x40;
    let public_key = SubjectPublicKeyInfo::from_key(subject.verifying_key())
        .map_err(x509_cert::builder::Error::from)?;
    let builder =
        CertificateBuilder::new(profile, SerialNumber::new(&serial)?, validity, public_key)?;
    let certificate = builder.build::<_, DerSignature>(issuer)?;
    Ok(certificate.to_der()?)
}

/// The test root: may sign batch certificates and nothing below them.
pub(super) struct RootProfile {
    pub(super) subject: Name,
}

impl BuilderProfile for RootProfile {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        public_key: SubjectPublicKeyInfoRef<'_>,
        _issuer_public_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>, x509_cert::builder::Error> {
        let subject = tbs.subject();
        let constraints = BasicConstraints {
            ca: true,
            path_len_constraint: Some(0),
        };
        let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
        Ok(vec![
            constraints.to_extension(subject, &[])?,
            usage.to_extension(subject, &[])?,
            SubjectKeyIdentifier::try_from(public_key)?.to_extension(subject, &[])?,
        ])
    }
}

/// An attestation certificate as WebAuthn L3 §8.2.1 wants it. U2F registrations carry it too; that the key is on USB can
/// be learned from it there.
pub(super) struct LeafProfile {
    pub(super) issuer: Name,
    pub(super) subject: Name,
    pub(super) aaguid: Aaguid,
}

impl BuilderProfile for LeafProfile {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _public_key: SubjectPublicKeyInfoRef<'_>,
        issuer_public_key: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> Result<Vec<Extension>, x509_cert::builder::Error> {
        let subject = tbs.subject();
        let constraints = BasicConstraints {
            ca: false,
            path_len_constraint: None,
        };
        let aaguid = OctetString::new(self.aaguid.as_bytes().as_slice())?.to_der()?;
        let (bits, unused) = USB;
        let transports = BitString::new(unused, bits)?.to_der()?;
        Ok(vec![
            constraints.to_extension(subject, &[])?,
            AuthorityKeyIdentifier::try_from(issuer_public_key)?.to_extension(subject, &[])?,
            Extension {
                extn_id: AAGUID_EXTENSION,
                // WebAuthn L3 §8.2.1: must not be marked critical.
                critical: false,
                extn_value: OctetString::new(aaguid)?,
            },
            Extension {
                extn_id: TRANSPORTS_EXTENSION,
                critical: false,
                extn_value: OctetString::new(transports)?,
            },
        ])
    }
}
