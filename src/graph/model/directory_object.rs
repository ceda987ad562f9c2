//! `directoryObject`: a group, a role, an administrative unit, as far as memberships need it.

use serde::{Deserialize, Serialize};

/// `directoryObject`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryObject {
    /// Object id.
    pub id: String,
}
