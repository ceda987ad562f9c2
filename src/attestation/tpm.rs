//! The `tpm` statement (WebAuthn L3 §8.3) for credentials on P-256 and of RSA. webauthn-rs-core reads the format and refuses every one of
//! its hashes, so the structures of TPM 2.0 Part 2 are read here, and ring verifies. SHA-1 proves nothing any more: unknown.

use der::asn1::ObjectIdentifier;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest, Sha256};
use x509_cert::certificate::Version;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, SubjectAltName};

use super::certificate::{Certificates, integer, statement_member};
use super::registration::Parsed;
use super::verdict::Verdict;
use crate::webauthn::cose_key;

/// TPM_GENERATED_VALUE
const GENERATED: u32 = 0xff54_4347;
/// TPM_ST_ATTEST_CERTIFY
const ATTEST_CERTIFY: u16 = 0x8017;
/// TPM_ALG_RSA, TPM_ALG_ECC, TPM_ALG_SHA256 and TPM_ALG_NULL
const RSA: u16 = 0x0001;
const ECC: u16 = 0x0023;
const SHA256: u16 = 0x000b;
const NULL: u16 = 0x0010;
/// TPM_ECC_NIST_P256
const NIST_P256: u16 = 0x0003;
/// The exponent of an RSA key whose exponent is written as zero (Part 2 §12.2.3.5).
const DEFAULT_EXPONENT: u32 = 65537;
/// RSASSA-PKCS1-v1_5 with SHA-1
const RS1: i64 = -65535;

/// tcg-kp-AIKCertificate
const AIK_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.3");
/// tcg-at-tpmManufacturer, tcg-at-tpmModel and tcg-at-tpmVersion
const TPM_ATTRIBUTES: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("2.23.133.2.1"),
    ObjectIdentifier::new_unwrap("2.23.133.2.2"),
    ObjectIdentifier::new_unwrap("2.23.133.2.3"),
];

/// Verifies the statement.
pub(super) fn verify(parsed: &Parsed<'_>, certificates: Option<&Certificates>) -> Verdict {
    match certificates {
        Some(certificates) => steps(parsed, certificates).unwrap_or_else(|verdict| verdict),
        None => Verdict::fail("the statement has no certificates"),
    }
}

/// The steps of §8.3; the error is the verdict of the first one that does not pass.
fn steps(parsed: &Parsed<'_>, certificates: &Certificates) -> Result<Verdict, Verdict> {
    let member = |name: &str| statement_member(&parsed.object, name);
    let bytes = |name: &str| {
        let value = member(name).and_then(|value| value.as_bytes());
        value.ok_or_else(|| Verdict::fail(format!("the statement has no {name}")))
    };
    if member("ver").and_then(|version| version.as_text()) != Some("2.0") {
        return Err(Verdict::fail("the statement is not of TPM version 2.0"));
    }
    let algorithm = algorithm(member("alg").and_then(integer))?;
    let (public_area, info) = (bytes("pubArea")?, bytes("certInfo")?);
    names_credential(public_area, parsed)?;
    certifies(info, public_area, &parsed.signed())?;
    let spki = certificates
        .leaf
        .tbs_certificate()
        .subject_public_key_info();
    let key = UnparsedPublicKey::new(algorithm, spki.subject_public_key.raw_bytes());
    match key.verify(info, bytes("sig")?) {
        Ok(()) => Ok(Verdict::Pass),
        Err(_) => Err(Verdict::fail("the statement's signature does not verify")),
    }
}

fn algorithm(alg: Option<i64>) -> Result<&'static dyn VerificationAlgorithm, Verdict> {
    match alg {
        Some(cose_key::ES256) => Ok(&ECDSA_P256_SHA256_ASN1),
        Some(cose_key::RS256) => Ok(&RSA_PKCS1_2048_8192_SHA256),
        Some(RS1) => Err(Verdict::unknown(
            "not verified: it is signed with SHA-1, which proves nothing",
        )),
        Some(other) => Err(Verdict::unknown(format!(
            "not verified: the algorithm {other} is not known here"
        ))),
        None => Err(Verdict::fail("the statement names no algorithm")),
    }
}

/// TPMT_PUBLIC (Part 2 §12.2.4) is of the credential's key.
fn names_credential(public_area: &[u8], parsed: &Parsed<'_>) -> Result<(), Verdict> {
    let malformed = || Verdict::fail("pubArea is malformed, or of a key of neither P-256 nor RSA");
    let key = PublicArea::read(public_area).ok_or_else(malformed)?;
    let own = &parsed.attested.public_key;
    let same = match key {
        PublicArea::P256 { x, y } => own
            .p256_coordinates()
            .is_some_and(|(own_x, own_y)| x == own_x && y == own_y),
        PublicArea::Rsa { modulus, exponent } => own.rsa_numbers().is_some_and(|(own_n, own_e)| {
            let exponent = exponent.to_be_bytes();
            modulus == own_n && without_zeros(&exponent) == without_zeros(own_e)
        }),
    };
    if same {
        Ok(())
    } else {
        Err(Verdict::fail(
            "pubArea is of another key than the credential's",
        ))
    }
}

/// The big-endian number without its leading zeros.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The key in TPMT_PUBLIC: one that is named by SHA-256, and bound to no symmetric algorithm and no scheme.
enum PublicArea<'a> {
    P256 { x: &'a [u8], y: &'a [u8] },
    Rsa { modulus: &'a [u8], exponent: u32 },
}

impl<'a> PublicArea<'a> {
    fn read(area: &'a [u8]) -> Option<Self> {
        let mut area = Reader(area);
        let kind = area.u16()?;
        let sha256 = area.u16()? == SHA256;
        area.take(4)?; // objectAttributes
        area.sized()?; // authPolicy
        let plain = [area.u16()?, area.u16()?] == [NULL, NULL];
        let key = match kind {
            // The curve, no key derivation.
            ECC if [area.u16()?, area.u16()?] == [NIST_P256, NULL] => Self::P256 {
                x: area.sized()?,
                y: area.sized()?,
            },
            RSA => {
                area.u16()?; // keyBits, which the modulus tells
                let exponent = match area.u32()? {
                    0 => DEFAULT_EXPONENT,
                    exponent => exponent,
                };
                Self::Rsa {
                    exponent,
                    modulus: area.sized()?,
                }
            }
            _ => return None,
        };
        (sha256 && plain && area.0.is_empty()).then_some(key)
    }
}

/// TPMS_ATTEST (Part 2 §10.12.8) is by a TPM, about this key and this registration.
fn certifies(info: &[u8], public_area: &[u8], signed: &[u8]) -> Result<(), Verdict> {
    let read = || -> Option<(bool, &[u8], &[u8])> {
        let mut info = Reader(info);
        let generated = info.u32()? == GENERATED;
        let certify = info.u16()? == ATTEST_CERTIFY;
        info.sized()?; // qualifiedSigner
        let extra = info.sized()?;
        info.take(17 + 8)?; // clockInfo, firmwareVersion
        let name = info.sized()?;
        info.sized()?; // qualifiedName
        Some((generated && certify && info.0.is_empty(), extra, name))
    };
    let (certify, extra, name) = read().ok_or_else(|| Verdict::fail("certInfo is malformed"))?;
    let own_name = [&SHA256.to_be_bytes()[..], &Sha256::digest(public_area)].concat();
    if !certify {
        Err(Verdict::fail("certInfo is no certification by a TPM"))
    } else if extra != Sha256::digest(signed).as_slice() {
        Err(Verdict::fail(
            "certInfo is about other data than this registration",
        ))
    } else if name != own_name {
        Err(Verdict::fail("certInfo is about another key than pubArea"))
    } else {
        Ok(())
    }
}

/// What §8.3.1 demands of the certificate.
pub(super) fn certificate(certificates: &Certificates) -> Verdict {
    let tbs = certificates.leaf.tbs_certificate();
    let names_tpm = |names: &SubjectAltName| {
        let attributes: Vec<ObjectIdentifier> = names
            .0
            .iter()
            .filter_map(|name| match name {
                GeneralName::DirectoryName(name) => Some(name.iter()),
                _ => None,
            })
            .flatten()
            .map(|attribute| attribute.oid)
            .collect();
        TPM_ATTRIBUTES
            .iter()
            .all(|wanted| attributes.contains(wanted))
    };
    let alternative = matches!(
        tbs.get_extension::<SubjectAltName>(),
        Ok(Some((true, names))) if names_tpm(&names)
    );
    let usage = matches!(
        tbs.get_extension::<ExtendedKeyUsage>(),
        Ok(Some((_, usage))) if usage.0.contains(&AIK_CERTIFICATE)
    );
    let constraints = matches!(
        tbs.get_extension::<BasicConstraints>(),
        Ok(Some((_, constraints))) if !constraints.ca
    );
    let plain = tbs.version() == Version::V3 && tbs.subject().is_empty();
    if plain && alternative && usage && constraints {
        Verdict::Pass
    } else {
        Verdict::fail(
            "not as WebAuthn §8.3.1 demands: version 3; empty subject; a critical alternative name with the TPM's maker, model \
             and version; for attestation keys; basic constraints without CA",
        )
    }
}

/// A TPM's structures: big-endian numbers, and byte strings behind a length of 16 bits.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }
}
