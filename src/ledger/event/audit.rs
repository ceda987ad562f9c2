//! The body of the entry about an audit of the tenant.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `tenant.audited`: somebody looked at the whole tenant. The station's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantAudited {
    /// The tenant's identifier.
    pub tenant: String,
    /// When the tenant was read, RFC 3339.
    pub taken_at: String,
    /// SHA-256 of the document that says what was read, hexadecimal.
    pub snapshot: String,
    /// Whether nothing counted against the tenant.
    pub passed: bool,
    /// What counts: `error`, `warning` or `note`, from that severity on, and `unknown` for what is open. Entries of earlier versions do
    /// not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail_on: Option<Vec<String>>,
    /// How many lines say so of each: `errors`, `warnings`, `notes`, `unknown`, `accepted`, `passed`, `not_applicable`.
    pub counts: BTreeMap<String, u32>,
    /// The ids of the checks with a failure that nobody accepted, of the severity in `fail_on` or a graver one.
    pub failed: Vec<String>,
    /// The ids of the checks with something open that nobody accepted, of such a severity.
    pub unknown: Vec<String>,
}
