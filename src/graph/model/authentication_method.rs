//! An `authenticationMethod` of any kind, and what else decides how somebody signs in.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::kind;

/// `authenticationMethod`, of any kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuthenticationMethod {
    /// Which kind, `#microsoft.graph.phoneAuthenticationMethod` for instance.
    #[serde(rename = "@odata.type")]
    pub odata_type: Option<String>,
    /// Its own id.
    pub id: String,
    /// What its kind has besides. Telephone numbers and addresses are among it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl AuthenticationMethod {
    /// The kind, without the namespace.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.odata_type.as_deref().map(kind)
    }
}

/// `strongAuthenticationRequirements` (beta only): multifactor authentication for one user, as it was before Conditional Access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StrongAuthenticationRequirements {
    /// `disabled`, `enabled` or `enforced`.
    pub per_user_mfa_state: Option<String>,
}

/// `identitySecurityDefaultsEnforcementPolicy`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IdentitySecurityDefaultsEnforcementPolicy {
    /// Whether they are on.
    pub is_enabled: Option<bool>,
}
