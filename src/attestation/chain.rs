//! Does the attestation certificate lead to a trusted root (WebAuthn L3 §7.1 step 24)? The roots are given, and so is the time:
//! nothing is fetched here.

use jiff::Timestamp;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    ALL_VERIFICATION_ALGS, EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter,
    anchor_from_trusted_cert,
};

use super::certificate::Certificates;
use super::error::Error;
use super::verdict::Verdict;

/// The certificates that are trusted to vouch for keys.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// No roots: no chain will ever pass.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Roots from certificates in DER.
    ///
    /// # Errors
    /// When one of them is not a certificate.
    pub fn from_der(certificates: impl IntoIterator<Item = Vec<u8>>) -> Result<Self, Error> {
        certificates
            .into_iter()
            .enumerate()
            .map(|(place, der)| root(place, der.into()))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Roots from any number of certificates in PEM, one after the other.
    ///
    /// # Errors
    /// When one of them is not a certificate, or there is none.
    pub fn from_pem(text: &[u8]) -> Result<Self, Error> {
        let roots: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(text)
            .enumerate()
            .map(|(place, der)| match der {
                Ok(der) => root(place, der),
                Err(error) => Err(not_a_root(place, &error)),
            })
            .collect::<Result<_, _>>()?;
        if roots.is_empty() {
            return Err(not_a_root(0, &"the text holds no certificate in PEM"));
        }
        Ok(Self(roots))
    }

    /// Adds other roots to these.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The certificates, in DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// Whether the certificates lead to one of the roots at this time, for whatever usage.
    pub(super) fn verify_path(
        &self,
        leaf: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        at: Timestamp,
    ) -> Result<(), webpki::Error> {
        // `Roots` holds only certificates that give an anchor.
        let anchors: Vec<TrustAnchor<'_>> = self
            .0
            .iter()
            .filter_map(|root| anchor_from_trusted_cert(root).ok())
            .collect();
        let seconds = u64::try_from(at.as_second()).unwrap_or(0);
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        leaf.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            intermediates,
            time,
            AnyUsage,
            None,
            None,
        )
        .map(drop)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn root(place: usize, der: CertificateDer<'static>) -> Result<CertificateDer<'static>, Error> {
    match anchor_from_trusted_cert(&der) {
        Ok(_) => Ok(der),
        Err(error) => Err(not_a_root(place, &error)),
    }
}

fn not_a_root(place: usize, why: &impl std::fmt::Display) -> Error {
    Error::Root {
        number: place + 1,
        why: why.to_string(),
    }
}

/// WebAuthn demands no extended key usage, so a vendor may have put in any.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

/// Whether the certificates lead to one of the roots, of which there is at least one, at this time.
pub(super) fn verify(certificates: &Certificates, roots: &Roots, now: Timestamp) -> Verdict {
    let chain: Vec<CertificateDer<'_>> = certificates
        .der
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    let (leaf, intermediates) = chain
        .split_first()
        .expect("certificates are only read from an x5c that is not empty");
    // A vendor may publish the attestation certificate itself, which need not be a CA.
    if roots.0.contains(leaf) {
        return Verdict::Pass;
    }
    let result =
        EndEntityCert::try_from(leaf).and_then(|leaf| roots.verify_path(&leaf, intermediates, now));
    match result {
        Ok(()) => Verdict::Pass,
        Err(
            error @ (webpki::Error::UnsupportedSignatureAlgorithmContext(_)
            | webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
            | webpki::Error::UnsupportedCertVersion
            | webpki::Error::UnsupportedCriticalExtension),
        ) => Verdict::unknown(format!("the chain cannot be verified here: {error}")),
        Err(error) => Verdict::fail(reason(&error, roots.len())),
    }
}

/// The library's errors are names; the ones that an operator meets deserve words.
fn reason(error: &webpki::Error, roots: usize) -> String {
    match error {
        webpki::Error::CertExpired { .. } => "a certificate of the chain has expired".to_owned(),
        webpki::Error::CertNotValidYet { .. } => {
            "a certificate of the chain is not valid yet".to_owned()
        }
        webpki::Error::InvalidSignatureForPublicKey => {
            "a certificate of the chain is not signed by its issuer".to_owned()
        }
        webpki::Error::UnknownIssuer => format!("it leads to none of the {roots} trusted roots"),
        error => format!("the chain is invalid: {error}"),
    }
}
