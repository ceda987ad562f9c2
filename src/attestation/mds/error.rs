//! Why there is no metadata to judge by.

use jiff::Timestamp;

use super::blob::SIGNER;

/// Why there is no metadata to judge by.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The signature is of a kind that is not accepted, `none` for instance.
    #[error("signed by {0:?}, which is not accepted")]
    Algorithm(String),
    /// A certificate of the signer is malformed.
    #[error("certificate {number} of the signer: {why}")]
    Certificate {
        /// Which one, counted from one.
        number: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The signer's certificates do not make a chain.
    #[error("the signer's certificates: {0}")]
    Chain(String),
    /// The header demands what is not known here.
    #[error("the header demands {0:?} to be understood")]
    Critical(String),
    /// A certificate of the signer has expired.
    #[error("a certificate of the signer had expired on {at}")]
    Expired {
        /// The time that was asked about.
        at: Timestamp,
    },
    /// The header is not one of a JSON Web Signature.
    #[error("the header is malformed: {0}")]
    Header(#[source] serde_json::Error),
    /// The signer's certificate is somebody else's.
    #[error("the signer's certificate is not for {SIGNER}")]
    Name,
    /// The header brings no certificate.
    #[error("the header brings no certificate of the signer (x5c)")]
    NoCertificate,
    /// Something else.
    #[error("not a JSON Web Signature in compact form: {0}")]
    NotAJws(&'static str),
    /// A certificate of the signer is not valid yet.
    #[error("a certificate of the signer was not valid yet on {at}")]
    NotValidYet {
        /// The time that was asked about.
        at: Timestamp,
    },
    /// What was signed is not a metadata payload.
    #[error("the metadata payload is malformed: {0}")]
    Payload(#[source] serde_json::Error),
    /// The signature is not the signer's over this header and this payload.
    #[error("the signature does not verify")]
    Signature,
    /// More than anybody would read.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// More certificates than a signer needs.
    #[error("{0} certificates of the signer, too many")]
    TooManyCertificates(usize),
    /// The signer's certificates lead elsewhere.
    #[error("the signer's certificates lead to none of the {roots} trusted roots")]
    UnknownIssuer {
        /// How many roots there are.
        roots: usize,
    },
    /// A payload that was taken out of its signature.
    #[error("a metadata payload without a signature")]
    Unsigned,
}
