//! The signed metadata blob: a JSON Web Signature in its compact form (RFC 7515 §3.1), whose header brings the signer's
//! certificates (Metadata Service v3.1 §3.1.7, §3.2). Everything that can be verified is, before a byte of the payload is read.
//! Revocation of the signer's certificate is not looked at: that would need the network.

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, ServerName};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use webpki::EndEntityCert;

use super::entry::decode_base64;
use super::error::Error;
use super::jws::Algorithm;
use super::payload::Payload;
use crate::attestation::Roots;
use crate::encoding::base64url;

/// The name that the signer's certificate must be for.
pub const SIGNER: &str = "mds.fidoalliance.org";

/// The most bytes of a blob. FIDO's has about 12 MB, most of them pictures.
pub const SIZE_LIMIT: usize = 64 << 20;

/// More certificates than any signer needs.
const CERTIFICATE_LIMIT: usize = 16;

/// What a blob says, once everything about it has been verified.
#[derive(Debug, Clone)]
pub struct Blob {
    /// What was signed.
    pub payload: Payload,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Option<Vec<String>>,
    crit: Option<Vec<String>>,
}

/// The roots that FIDO's signer leads to: GlobalSign's R3, and R46 which follows it.
///
/// # Panics
/// Never: the certificates are part of the program, and a test reads them.
#[must_use]
pub fn fido_roots() -> Roots {
    const R3: &[u8] = include_bytes!("roots/globalsign-root-ca-r3.pem");
    const R46: &[u8] = include_bytes!("roots/globalsign-root-r46.pem");
    let mut roots = Roots::from_pem(R3).expect("the file holds a certificate");
    roots.extend(Roots::from_pem(R46).expect("the file holds a certificate"));
    roots
}

impl Blob {
    /// Verifies a blob: its form, the chain of its signer to one of the roots at this time, the signer's name, the signature.
    /// Then reads the payload.
    ///
    /// # Errors
    /// When any of these is not as it must be.
    pub fn verify(blob: &[u8], roots: &Roots, at: Timestamp) -> Result<Self, Error> {
        if blob.len() > SIZE_LIMIT {
            return Err(Error::TooLong { limit: SIZE_LIMIT });
        }
        let compact = Compact::split(blob)?;
        let header = compact.header()?;
        let algorithm = Algorithm::of(&header.alg)?;
        let certificates = certificates(&header)?;
        let (leaf, intermediates) = certificates.split_first().ok_or(Error::NoCertificate)?;
        let leaf = signer(leaf, intermediates, roots, at)?;
        algorithm.verify(&leaf, compact.signed, &decode(compact.signature)?)?;
        Ok(Self {
            payload: Payload::parse(&decode(compact.payload)?)?,
        })
    }

    /// By what a blob is known again: SHA-256 of the whole of it as it came.
    #[must_use]
    pub fn sha256(blob: &[u8]) -> [u8; 32] {
        Sha256::digest(blob).into()
    }
}

/// The three parts, still in base64url, and what the signature is over.
struct Compact<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
    signed: &'a [u8],
}

impl<'a> Compact<'a> {
    fn split(blob: &'a [u8]) -> Result<Self, Error> {
        let text =
            std::str::from_utf8(blob.trim_ascii()).map_err(|_| Error::NotAJws("not text"))?;
        if text.starts_with('{') {
            return Err(Error::Unsigned);
        }
        let three = "not three parts with dots between them";
        let (signed, signature) = text.rsplit_once('.').ok_or(Error::NotAJws(three))?;
        let (header, payload) = signed.split_once('.').ok_or(Error::NotAJws(three))?;
        if payload.contains('.') {
            return Err(Error::NotAJws(three));
        }
        Ok(Self {
            header,
            payload,
            signature,
            signed: signed.as_bytes(),
        })
    }

    fn header(&self) -> Result<Header, Error> {
        let header: Header =
            serde_json::from_slice(&decode(self.header)?).map_err(Error::Header)?;
        match header.crit.as_deref() {
            None => Ok(header),
            // RFC 7515 §4.1.11: what must be understood, and is not.
            Some(names) => Err(Error::Critical(names.join(", "))),
        }
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Error> {
    base64url::decode(part).map_err(|_| Error::NotAJws("a part is not in base64url"))
}

fn certificates(header: &Header) -> Result<Vec<CertificateDer<'static>>, Error> {
    let texts = header.x5c.as_deref().unwrap_or_default();
    if texts.len() > CERTIFICATE_LIMIT {
        return Err(Error::TooManyCertificates(texts.len()));
    }
    let decoded = texts.iter().enumerate().map(|(place, text)| {
        let der = decode_base64(text).map_err(|_| Error::Certificate {
            number: place + 1,
            why: "not in base64".to_owned(),
        })?;
        Ok(der.into())
    });
    decoded.collect()
}

/// The certificate of the signer, once its chain and its name have been verified.
fn signer<'a>(
    leaf: &'a CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    roots: &Roots,
    at: Timestamp,
) -> Result<EndEntityCert<'a>, Error> {
    let leaf = EndEntityCert::try_from(leaf).map_err(|error| Error::Certificate {
        number: 1,
        why: error.to_string(),
    })?;
    // The specification names no purpose; the name is what makes it FIDO's.
    roots
        .verify_path(&leaf, intermediates, at)
        .map_err(|error| of_chain(&error, roots.len(), at))?;
    let name = ServerName::try_from(SIGNER).expect("a host name");
    leaf.verify_is_valid_for_subject_name(&name)
        .map_err(|_| Error::Name)?;
    Ok(leaf)
}

fn of_chain(error: &webpki::Error, roots: usize, at: Timestamp) -> Error {
    match error {
        webpki::Error::CertExpired { .. } => Error::Expired { at },
        webpki::Error::CertNotValidYet { .. } => Error::NotValidYet { at },
        webpki::Error::UnknownIssuer => Error::UnknownIssuer { roots },
        error => Error::Chain(error.to_string()),
    }
}
