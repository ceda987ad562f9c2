//! The file that goes from the connected room to the key: the tenant's creation options, and the ledger to continue.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::FileError;
use crate::graph::ReceivedCreationOptions;
use crate::graph::creation_options::CreationOptions;
use crate::ledger::{Account, Entry, EntryRef, Ledger, State, StationName, document};

/// Separates the station's signature under a request from its others.
const PURPOSE: &str = "halligan/enroll-request/1";
const VERSION: u32 = 1;

/// What is to be enrolled, as the connected room found it in the tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The key's name in the ledger and in the directory.
    pub label: String,
    /// The account, as the directory has it.
    pub account: Account,
    /// The tenant as configured.
    pub tenant: String,
    /// How many keys the account has.
    pub methods: usize,
    /// The tenant's creation options.
    pub options: ReceivedCreationOptions,
}

/// A request that was opened: everything in it is verified.
#[derive(Debug, Clone)]
pub struct EnrollRequest {
    /// What is to be enrolled.
    pub wanted: Wanted,
    /// The ledger as it was when the request was written.
    pub entries: Vec<Entry>,
    /// Its newest entry, to compare with what the connected room showed.
    pub head: EntryRef,
    /// The station that wrote the request.
    pub station: StationName,
    /// When it was written.
    pub time: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: u32,
    time: Timestamp,
    station: StationName,
    label: String,
    account: Account,
    tenant: String,
    methods: usize,
    creation_options: Value,
    ledger: Vec<Map<String, Value>>,
}

/// Writes a request that another room can open: signed by the ledger's station, which must have joined.
///
/// # Errors
/// [`FileError::Document`] when it cannot be signed.
pub fn write(
    wanted: &Wanted,
    ledger: &Ledger,
    time: Timestamp,
) -> Result<Map<String, Value>, FileError> {
    let wire = Wire {
        v: VERSION,
        time,
        station: ledger.station().name().clone(),
        label: wanted.label.clone(),
        account: wanted.account.clone(),
        tenant: wanted.tenant.clone(),
        methods: wanted.methods,
        creation_options: wanted.options.raw.clone(),
        ledger: ledger.entries().iter().map(Entry::to_members).collect(),
    };
    let members = match serde_json::to_value(&wire) {
        Ok(Value::Object(members)) => members,
        _ => unreachable!("a struct with text keys serializes to a JSON object"),
    };
    Ok(document::sign(ledger.station(), PURPOSE, members)?)
}

impl EnrollRequest {
    /// Opens a request: its ledger verifies, its station is one of that ledger, and signed this. Whether it is the right ledger
    /// shows only against the head that the connected room showed.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(text: &[u8]) -> Result<Self, FileError> {
        let document: Map<String, Value> = super::parse(text)?;
        // Only read for the ledger in it, by which the signature is judged.
        let entries = super::entries(document.get("ledger"))?;
        let state = State::replay(&entries)?;
        let (station, members) = document::verify(&state, PURPOSE, document)?;
        let wire: Wire = super::parse_members(members)?;
        if wire.v != VERSION {
            return Err(FileError::Version(wire.v));
        }
        let head = state.head().ok_or(FileError::NoLedger)?;
        let options = CreationOptions::from_json(&wire.creation_options)?;
        Ok(Self {
            wanted: Wanted {
                label: wire.label,
                account: wire.account,
                tenant: wire.tenant,
                methods: wire.methods,
                options: ReceivedCreationOptions {
                    options,
                    raw: wire.creation_options,
                },
            },
            entries,
            head,
            station,
            time: wire.time,
        })
    }
}
