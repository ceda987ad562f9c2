//! `namedLocation`: the networks and countries that policies name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `ipNamedLocation` or `countryNamedLocation`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedLocation {
    /// Which kind.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
    /// A GUID.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// Of networks: whether they are trusted.
    pub is_trusted: Option<bool>,
    /// Networks or countries.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
