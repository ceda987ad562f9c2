//! Whether an attestation statement's certificates lead to an anchor that the tenant trusts.

use std::time::Duration;

use jiff::Timestamp;
use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::simulator::tenant::Blob;

/// Whether bytes are a certificate (DER) that chains can end at.
pub(in crate::simulator) fn is_anchor(der: &[u8]) -> bool {
    anchor_from_trusted_cert(&CertificateDer::from(der)).is_ok()
}

/// Whether the chain, leaf first, ends at one of the anchors. A leaf that is itself an anchor does (WebAuthn L3 §7.1,
/// the step about trustworthiness).
pub(super) fn leads_to_anchor(chain: &[Vec<u8>], anchors: &[Blob], now: Timestamp) -> bool {
    let Some((leaf, intermediates)) = chain.split_first() else {
        return false;
    };
    if anchors.iter().any(|anchor| anchor.0 == *leaf) {
        return true;
    }
    let anchors: Vec<CertificateDer<'_>> = anchors
        .iter()
        .map(|anchor| CertificateDer::from(anchor.0.as_slice()))
        .collect();
    let anchors: Vec<_> = anchors
        .iter()
        .filter_map(|anchor| anchor_from_trusted_cert(anchor).ok())
        .collect();
    let intermediates: Vec<CertificateDer<'_>> = intermediates
        .iter()
        .map(|certificate| CertificateDer::from(certificate.as_slice()))
        .collect();
    let leaf = CertificateDer::from(leaf.as_slice());
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    EndEntityCert::try_from(&leaf).is_ok_and(|leaf| {
        leaf.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            // Attestation certificates name no extended key usage; one that does must not be for something else.
            KeyUsage::client_auth(),
            None,
            None,
        )
        .is_ok()
    })
}
