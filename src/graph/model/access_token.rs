//! The claims of an access token for Graph that say who asks.

use serde::Deserialize;

/// Claims that this tool reads, all of them for a prediction only: to a client an access token is opaque.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AccessTokenClaims {
    /// The object id of the user, or of the application's service principal.
    pub oid: Option<String>,
    /// Delegated permissions, separated by blanks; missing where an application asks in its own name.
    pub scp: Option<String>,
    /// Permissions of an application.
    pub roles: Vec<String>,
    /// The templates of a user's roles in the whole tenant, as they were at the sign-in.
    pub wids: Option<Vec<String>>,
}
