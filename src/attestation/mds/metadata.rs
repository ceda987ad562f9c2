//! The metadata that others judge by: found by model, and fresh or not.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::date;
use super::entry::Entry;
use super::payload::{Payload, Unreadable};
use super::query::Query;
use crate::encoding::hex;
use crate::webauthn::Aaguid;

/// FIDO's metadata as of a day.
#[derive(Debug, Clone)]
pub struct Metadata {
    payload: Payload,
    origin: Origin,
    by_aaguid: HashMap<Aaguid, usize>,
    by_key_identifier: HashMap<Vec<u8>, Vec<usize>>,
}

/// Where metadata came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file or address that it was taken from.
    pub source: String,
    /// When it was verified and stored.
    pub stored_at: Timestamp,
    /// SHA-256 of the signed blob.
    pub sha256: [u8; 32],
}

/// Whether metadata may be judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// The next edition is not due yet.
    Fresh,
    /// The next edition should be there, and may say otherwise.
    Stale {
        /// The first day, in UTC, on which it was stale.
        since: Date,
    },
}

/// What metadata has on a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lookup<'a> {
    /// An entry.
    Found(&'a Entry),
    /// An entry that could not be read, so that nothing can be said.
    Unreadable(&'a Unreadable),
    /// Nothing.
    Absent,
}

impl Metadata {
    /// Metadata from a payload that is known to be what FIDO signed.
    #[must_use]
    pub fn new(mut payload: Payload, origin: Origin) -> Self {
        let (by_aaguid, twice) = index_by_aaguid(&payload.entries);
        payload.unreadable.extend(twice);
        let by_key_identifier = index_by_key_identifier(&payload.entries);
        Self {
            payload,
            origin,
            by_aaguid,
            by_key_identifier,
        }
    }

    /// What there is on a FIDO2 model.
    #[must_use]
    pub fn lookup(&self, aaguid: Aaguid) -> Lookup<'_> {
        let unreadable = &self.payload.unreadable;
        if aaguid == Aaguid::ZERO {
            return Lookup::Absent;
        }
        if let Some(entry) = unreadable.iter().find(|one| one.aaguid == Some(aaguid)) {
            return Lookup::Unreadable(entry);
        }
        match self.by_aaguid.get(&aaguid) {
            Some(place) => Lookup::Found(&self.payload.entries[*place]),
            None => Lookup::Absent,
        }
    }

    /// The entry of a FIDO2 model. That there is none may also mean that it could not be read: [`Self::lookup`] tells.
    #[must_use]
    pub fn entry(&self, aaguid: Aaguid) -> Option<&Entry> {
        match self.lookup(aaguid) {
            Lookup::Found(entry) => Some(entry),
            Lookup::Unreadable(_) | Lookup::Absent => None,
        }
    }

    /// The entries of U2F models by an attestation key, of which [`super::key_identifier`] is given. Vendors have used one key for
    /// several models.
    pub fn entries_by_key_identifier(&self, identifier: &[u8]) -> impl Iterator<Item = &Entry> {
        let places = self.by_key_identifier.get(identifier);
        places
            .into_iter()
            .flatten()
            .map(|place| &self.payload.entries[*place])
    }

    /// Everything on a model that somebody names: by its AAGUID, its AAID, an attestation key's identifier in hexadecimal, or by
    /// part of its description.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<&Entry> {
        if let Ok(aaguid) = name.parse() {
            return self.entry(aaguid).into_iter().collect();
        }
        let is_named = |entry: &&Entry| {
            let identifiers = &entry.attestation_certificate_key_identifiers;
            let mut ids = entry.aaid.iter().chain(identifiers);
            ids.any(|id| id.eq_ignore_ascii_case(name))
        };
        let named: Vec<&Entry> = self.entries().iter().filter(is_named).collect();
        if !named.is_empty() {
            return named;
        }
        let description = Some(name.to_owned());
        let query = Query {
            description,
            ..Query::default()
        };
        query.select(self, Date::MAX)
    }

    /// Every entry that could be read, in the order of the payload.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.payload.entries
    }

    /// Every entry that could not be read.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.payload.unreadable
    }

    /// The serial number, `no`.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.payload.number
    }

    /// The last day on which it is fresh.
    #[must_use]
    pub fn next_update(&self) -> Date {
        self.payload.next_update
    }

    /// FIDO's terms of use.
    #[must_use]
    pub fn legal_header(&self) -> Option<&str> {
        self.payload.legal_header.as_deref()
    }

    /// Where it came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it may be judged by at this time.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        let next_update = self.payload.next_update;
        if date(now) <= next_update {
            Freshness::Fresh
        } else {
            Freshness::Stale {
                since: next_update.tomorrow().unwrap_or(Date::MAX),
            }
        }
    }
}

/// The entries by model. Of a model with two entries either could be the wrong one, so it counts as unreadable.
fn index_by_aaguid(entries: &[Entry]) -> (HashMap<Aaguid, usize>, Vec<Unreadable>) {
    let mut index = HashMap::with_capacity(entries.len());
    let mut twice = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let Some(aaguid) = entry.aaguid else { continue };
        if index.insert(aaguid, place).is_some() {
            twice.push(Unreadable {
                place,
                aaguid: Some(aaguid),
                why: format!("there is more than one entry of {aaguid}"),
            });
        }
    }
    (index, twice)
}

fn index_by_key_identifier(entries: &[Entry]) -> HashMap<Vec<u8>, Vec<usize>> {
    let mut index: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (place, entry) in entries.iter().enumerate() {
        for identifier in &entry.attestation_certificate_key_identifiers {
            if let Ok(identifier) = hex::decode(identifier) {
                index.entry(identifier).or_default().push(place);
            }
        }
    }
    index
}
