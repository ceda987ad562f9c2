//! What a judgement goes by besides the key's own words: the roots that the operator trusts, and FIDO's metadata.

use std::sync::Arc;

use jiff::Timestamp;

use super::chain::Roots;
use super::mds::{Entry, Freshness, Lookup, Metadata};
use crate::webauthn::Aaguid;

/// The metadata's word for a statement that the credential itself signs.
const SELF_ATTESTATION: &str = "basic_surrogate";

/// What a judgement goes by.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The roots that the operator trusts, for keys of any model.
    pub roots: Roots,
    /// FIDO's metadata, if any is stored.
    pub metadata: Option<Arc<Metadata>>,
}

/// The operator's roots alone.
impl From<Roots> for Trust {
    fn from(roots: Roots) -> Self {
        Self {
            roots,
            metadata: None,
        }
    }
}

/// What today's metadata has on a model.
#[derive(Debug, Clone)]
pub(super) enum Known<'a> {
    /// At least one entry: several only where a vendor used one U2F attestation key for several models.
    Entries(Vec<&'a Entry>),
    /// The metadata is fresh, and knows no such model.
    Absent,
    /// Nothing can be said, and why.
    Undetermined(String),
}

impl Known<'_> {
    /// The entries; none where there are none, or nothing can be said.
    pub(super) fn entries(&self) -> &[&Entry] {
        match self {
            Self::Entries(entries) => entries,
            Self::Absent | Self::Undetermined(_) => &[],
        }
    }
}

impl Trust {
    /// What there is on a FIDO2 model.
    pub(super) fn model(&self, aaguid: Aaguid, now: Timestamp) -> Known<'_> {
        self.look(now, |metadata| match metadata.lookup(aaguid) {
            Lookup::Found(entry) => Known::Entries(vec![entry]),
            Lookup::Unreadable(entry) => {
                Known::Undetermined(format!("its entry cannot be read: {}", entry.why))
            }
            Lookup::Absent => Known::Absent,
        })
    }

    /// Whether keys of the model, by what its vendor says, show no certificate when they attest.
    #[must_use]
    pub fn attests_by_itself(&self, aaguid: Aaguid, now: Timestamp) -> bool {
        let known = self.model(aaguid, now);
        let statements = known
            .entries()
            .iter()
            .map(|entry| &entry.metadata_statement);
        let mut types = statements.flat_map(|statement| &statement.attestation_types);
        let first = types.next();
        first.is_some_and(|first| first == SELF_ATTESTATION && types.all(|one| one == first))
    }

    /// What there is on the U2F models that attest with this key.
    pub(super) fn u2f_model(&self, key_identifier: &[u8], now: Timestamp) -> Known<'_> {
        self.look(now, |metadata| {
            let entries: Vec<&Entry> = metadata.entries_by_key_identifier(key_identifier).collect();
            if entries.is_empty() {
                Known::Absent
            } else {
                Known::Entries(entries)
            }
        })
    }

    fn look<'a>(
        &'a self,
        now: Timestamp,
        ask: impl FnOnce(&'a Metadata) -> Known<'a>,
    ) -> Known<'a> {
        let Some(metadata) = self.metadata.as_deref() else {
            return Known::Undetermined("no FIDO metadata is stored".to_owned());
        };
        match metadata.freshness(now) {
            Freshness::Fresh => ask(metadata),
            Freshness::Stale { since } => Known::Undetermined(format!(
                "the FIDO metadata, edition {}, is stale since {since}",
                metadata.number()
            )),
        }
    }
}
