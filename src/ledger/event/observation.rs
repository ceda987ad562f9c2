//! What a key was like at one moment, to be compared with what it is like later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a key showed of itself at one moment. What it was not asked, or did not say, is absent. Texts come from the key: whoever
/// records one bounds it, whoever shows one makes it printable.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The firmware version that getInfo reports, as text because it may be any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
    /// `FIDO_2_0`, `FIDO_2_1`, `U2F_V2`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Vec<String>>,
    /// Extension identifiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extensions: Option<Vec<String>>,
    /// Option ids and their values; one that is missing here was missing in getInfo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<BTreeMap<String, bool>>,
    /// The fewest code points that a PIN may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pin_length: Option<u32>,
    /// PIN tries left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_retries: Option<u8>,
    /// Tries of built-in user verification left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uv_retries: Option<u8>,
    /// How many discoverable credentials still fit, as the key estimates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials_left: Option<u32>,
    /// How long commands took that needed no touch, by the specification's names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<BTreeMap<String, Latency>>,
}

/// The times of one command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// How often it was timed.
    pub n: u32,
    /// The median in microseconds: the ledger has whole numbers only.
    pub median_us: u32,
}
