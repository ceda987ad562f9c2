//! The payload of the metadata blob (Metadata Service v3.1 §3.1.6), read leniently: what this version does not know is passed
//! over or kept as text, and an entry that cannot be read is kept as such. Whether anybody signed it is not known here.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entry::Entry;
use super::error::Error;
use crate::webauthn::Aaguid;

/// What the blob says.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The serial number, `no`. It grows with every edition.
    pub number: u64,
    /// The day by which the next edition is there.
    pub next_update: Date,
    /// The terms of use.
    pub legal_header: Option<String>,
    /// The models.
    pub entries: Vec<Entry>,
    /// The entries that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its place in the payload, counted from zero.
    pub place: usize,
    /// Its model, if at least that could be read.
    pub aaguid: Option<Aaguid>,
    /// What is wrong with it.
    pub why: String,
}

/// The payload on the wire; `T` is an entry, read or not yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<T> {
    no: u64,
    next_update: Date,
    legal_header: Option<String>,
    entries: Vec<T>,
}

/// As much of an entry as is needed to say which one could not be read.
#[derive(Deserialize)]
struct Identity {
    aaguid: Aaguid,
}

impl Payload {
    /// Reads the JSON text.
    ///
    /// # Errors
    /// When it is no payload at all. An entry that cannot be read is no error.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        // At once; each entry by itself, which takes longer, only where one of them cannot be read.
        let mut payload = match serde_json::from_slice::<Wire<Entry>>(json) {
            Ok(wire) => Self::from(wire),
            Err(_) => Self::one_by_one(json)?,
        };
        for entry in &mut payload.entries {
            // A stable sort: reports of one day stay in the order in which FIDO wrote them.
            entry
                .status_reports
                .sort_by_key(|report| report.effective_date);
        }
        Ok(payload)
    }

    fn one_by_one(json: &[u8]) -> Result<Self, Error> {
        let wire: Wire<&RawValue> = serde_json::from_slice(json).map_err(Error::Payload)?;
        let mut unreadable = Vec::new();
        let mut entries = Vec::with_capacity(wire.entries.len());
        for (place, raw) in wire.entries.into_iter().enumerate() {
            let mut deserializer = serde_json::Deserializer::from_str(raw.get());
            match serde_path_to_error::deserialize(&mut deserializer) {
                Ok(entry) => entries.push(entry),
                Err(error) => unreadable.push(Unreadable {
                    place,
                    aaguid: identity(raw),
                    why: error.to_string(),
                }),
            }
        }
        Ok(Self {
            number: wire.no,
            next_update: wire.next_update,
            legal_header: wire.legal_header,
            entries,
            unreadable,
        })
    }
}

impl From<Wire<Entry>> for Payload {
    fn from(wire: Wire<Entry>) -> Self {
        Self {
            number: wire.no,
            next_update: wire.next_update,
            legal_header: wire.legal_header,
            entries: wire.entries,
            unreadable: Vec::new(),
        }
    }
}

fn identity(raw: &RawValue) -> Option<Aaguid> {
    let identity: Identity = serde_json::from_str(raw.get()).ok()?;
    Some(identity.aaguid)
}
