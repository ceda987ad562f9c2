//! What holds for an enrolment from its beginning to its end, in one process or in several.

use jiff::Timestamp;

use crate::ceremony::Standards;
use crate::secret::Pin;
use crate::tenant::passkey_policy::{Attestation, Key};
use crate::webauthn::Aaguid;

/// What is not in the ledger, and a resumed ceremony needs to be told again.
#[derive(Clone, Default)]
pub struct Terms {
    /// What keys are held against.
    pub standards: Standards,
    /// Whether to try a PIN although few tries are left.
    pub spend_last_tries: bool,
    /// The serial number of the key in hand, where the operating system shows one.
    pub serial: Option<String>,
    /// The PIN that the intent holds sealed, opened.
    pub sealed_pin: Option<Pin>,
    /// Whether the operator says that the key is lost: what can be done without it is done.
    pub key_gone: bool,
}

impl Terms {
    /// The key as far as it is known before it makes a credential. Where the enrolment itself takes a verified attestation only, no
    /// other will reach the tenant; and no key of a model whose keys attest by themselves will ever have one.
    pub(crate) fn expected_key(&self, aaguid: Option<Aaguid>, now: Timestamp) -> Key {
        let trust = &self.standards.trust;
        let attestation = if self.standards.attestation_required {
            Attestation::Verified
        } else if aaguid.is_some_and(|model| trust.attests_by_itself(model, now)) {
            Attestation::SelfSigned
        } else {
            Attestation::Unknown
        };
        Key {
            aaguid,
            attestation,
        }
    }
}
