//! The certificates of an attestation statement (`x5c`): reading them, and what WebAuthn demands of the first (L3 §8.2.1,
//! §8.6).

use der::Decode;
use der::asn1::{ObjectIdentifier, OctetString};
use sha2::{Digest, Sha256};
use webauthn_rs_core::attestation::assert_packed_attest_req;
use x509_cert::Certificate;

use super::mds;
use super::policy::Batch;
use super::verdict::Verdict;
use crate::encoding::cbor::{self, Value};
use crate::webauthn::{Aaguid, AttestationObject, cose_key};

/// id-fido-gen-ce-aaguid.
const AAGUID_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
/// id-fido-gen-ce-sernum: a number of the one key, in enterprise attestations (WebAuthn L3 §8.2.2).
const SERIAL_EXTENSION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.2");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// ECDSA on P-384 with SHA-384 (RFC 9053 §2.1).
const ES384: i64 = -35;
/// More certificates than any statement of a security key has.
const COUNT_LIMIT: usize = 16;

/// The certificates of a statement, the attestation certificate first.
pub(super) struct Certificates {
    pub(super) leaf: Certificate,
    /// All of them in DER, the leaf included.
    pub(super) der: Vec<Vec<u8>>,
}

impl Certificates {
    /// Reads `x5c`; nothing if the statement has none.
    pub(super) fn read(object: &AttestationObject) -> Result<Option<Self>, String> {
        let Some(x5c) = statement_member(object, "x5c") else {
            return Ok(None);
        };
        let items = x5c.as_array().ok_or("x5c is not an array")?;
        if items.len() > COUNT_LIMIT {
            return Err(format!(
                "x5c has {} certificates, at most {COUNT_LIMIT} are read",
                items.len()
            ));
        }
        let der: Vec<Vec<u8>> = items
            .iter()
            .map(|item| item.as_bytes().cloned().ok_or("x5c holds no byte strings"))
            .collect::<Result<_, _>>()?;
        let first = der.first().ok_or("x5c is empty")?;
        let leaf = Certificate::from_der(first)
            .map_err(|error| format!("the first certificate of x5c: {error}"))?;
        Ok(Some(Self { leaf, der }))
    }

    /// What §8.2.1 demands of a packed statement's certificate, and that its key fits the statement's algorithm.
    pub(super) fn packed(&self, object: &AttestationObject) -> Verdict {
        if assert_packed_attest_req(&self.leaf).is_err() {
            return Verdict::fail(
                "not as WebAuthn §8.2.1 demands: version 3; subject with C, O, CN and the OU \
                 \"Authenticator Attestation\"; basic constraints without CA; AAGUID extension not critical",
            );
        }
        let algorithm = statement_member(object, "alg").and_then(integer);
        match (self.key_algorithm(), algorithm) {
            (Some(of_key), Some(of_statement)) if of_key == of_statement => Verdict::Pass,
            (None, _) => Verdict::unknown("its key is of a kind that this version does not know"),
            (Some(of_key), _) => Verdict::fail(format!(
                "its key is for algorithm {of_key}, the statement names {algorithm:?}"
            )),
        }
    }

    /// What §8.6 demands of a fido-u2f statement's certificate.
    pub(super) fn fido_u2f(&self) -> Verdict {
        match (self.der.len(), self.key_algorithm()) {
            (1, Some(cose_key::ES256)) => Verdict::Pass,
            (1, _) => Verdict::fail("its key is not on P-256, as WebAuthn §8.6 demands"),
            (count, _) => Verdict::fail(format!(
                "{count} certificates where WebAuthn §8.6 demands one"
            )),
        }
    }

    /// The key's serial number, where the certificate is for this one key.
    pub(super) fn serial(&self) -> Option<Vec<u8>> {
        let value = self.extension(SERIAL_EXTENSION)?;
        let serial = OctetString::from_der(value).ok()?;
        Some(serial.as_bytes().to_vec())
    }

    /// The batch: its keys share the attestation certificate.
    pub(super) fn batch(&self) -> Batch {
        let leaf = self.der.first().map_or(&[][..], Vec::as_slice);
        Batch::Certificate(Sha256::digest(leaf).into())
    }

    /// The identifier by which metadata knows the attestation keys of U2F models.
    pub(super) fn key_identifier(&self) -> Vec<u8> {
        let spki = self.leaf.tbs_certificate().subject_public_key_info();
        mds::key_identifier(spki.subject_public_key.raw_bytes())
    }

    fn extension(&self, id: ObjectIdentifier) -> Option<&[u8]> {
        let extensions = self.leaf.tbs_certificate().extensions()?;
        let found = extensions
            .iter()
            .find(|extension| extension.extn_id == id)?;
        Some(found.extn_value.as_bytes())
    }

    /// Whether the model in the certificate is the one in the authenticator data.
    pub(super) fn aaguid(&self, expected: Aaguid) -> Verdict {
        let Some(value) = self.extension(AAGUID_EXTENSION) else {
            return Verdict::not_applicable("the certificate names no AAGUID");
        };
        let found = OctetString::from_der(value)
            .ok()
            .and_then(|value| <[u8; 16]>::try_from(value.as_bytes()).ok())
            .map(Aaguid::new);
        match found {
            Some(found) if found == expected => Verdict::Pass,
            Some(found) => Verdict::fail(format!(
                "the certificate is for {found}, the authenticator data says {expected}"
            )),
            None => Verdict::fail("the certificate's AAGUID extension is malformed"),
        }
    }

    /// The COSE algorithm of the leaf's key, as far as attestation uses it.
    fn key_algorithm(&self) -> Option<i64> {
        let spki = self.leaf.tbs_certificate().subject_public_key_info();
        let algorithm = &spki.algorithm;
        let curve =
            || -> Option<ObjectIdentifier> { algorithm.parameters.as_ref()?.decode_as().ok() };
        match algorithm.oid {
            EC_PUBLIC_KEY => match curve()? {
                P256 => Some(cose_key::ES256),
                P384 => Some(ES384),
                _ => None,
            },
            RSA => Some(cose_key::RS256),
            _ => None,
        }
    }
}

/// A member of the attestation statement.
pub(super) fn statement_member<'a>(object: &'a AttestationObject, name: &str) -> Option<&'a Value> {
    cbor::get(object.att_stmt.as_map()?, &Value::from(name))
}

/// A CBOR integer in the range of COSE identifiers.
pub(super) fn integer(value: &Value) -> Option<i64> {
    i64::try_from(value.as_integer()?).ok()
}
