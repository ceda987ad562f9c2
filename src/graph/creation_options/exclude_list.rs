//! The exclude list: the directory writes credential ids in three encodings, two of which can be mistaken for each other.

use crate::encoding::base64url::credential_id_candidates;
use crate::graph::error::excerpt;
use crate::graph::model::credential_creation_options::CredentialDescriptor;

/// The longest credential id that WebAuthn allows (L3 §4), in bytes.
const ID_LIMIT: usize = 1023;

/// Every id that an entry may mean, and the entries that mean none. An id too many does no harm; failing because of
/// one odd entry would make enrolment depend on the oldest key of the account.
pub(super) fn read(descriptors: &[CredentialDescriptor]) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut ids: Vec<Vec<u8>> = Vec::new();
    let mut undecodable = Vec::new();
    for descriptor in descriptors {
        let text = descriptor.id.as_deref().unwrap_or_default();
        let mut candidates = credential_id_candidates(text);
        candidates.retain(|id| id.len() <= ID_LIMIT);
        if candidates.is_empty() {
            undecodable.push(excerpt(text));
        }
        ids.append(&mut candidates);
    }
    ids.sort_unstable();
    ids.dedup();
    (ids, undecodable)
}
