//! The `scope` parameter: OpenID Connect's words, permissions of Microsoft Graph, and `.default`.

use crate::simulator::oauth::OAuthError;
use crate::simulator::tenant::Application;

/// What the service calls itself in scopes.
const GRAPH: &str = "https://graph.microsoft.com/";

/// What a user signed in for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Scopes {
    /// Delegated permissions, all consented.
    pub(super) permissions: Vec<String>,
    /// Whether an ID token is wanted.
    pub(super) openid: bool,
    /// Whether a refresh token is wanted.
    pub(super) offline_access: bool,
}

impl Scopes {
    /// Reads a `scope` parameter against what the application has consent for.
    pub(super) fn parse(
        text: &str,
        application: &Application,
        base_url: &str,
    ) -> Result<Self, OAuthError> {
        let mut scopes = Self::default();
        for word in text.split_whitespace() {
            match word {
                "openid" => scopes.openid = true,
                "offline_access" => scopes.offline_access = true,
                "profile" | "email" => {}
                _ => scopes.add(permission(word, base_url)?, application)?,
            }
        }
        Ok(scopes)
    }

    fn add(&mut self, permission: &str, application: &Application) -> Result<(), OAuthError> {
        let consented = &application.delegated_permissions;
        if permission == ".default" {
            self.permissions.clone_from(consented);
            return Ok(());
        }
        if !consented.iter().any(|known| known == permission) {
            return Err(OAuthError::invalid_grant(
                65_001,
                format!(
                    "The user or administrator has not consented to use the application with ID '{}' named '{}'. \
                     Send an interactive authorization request for this user and resource.",
                    application.client_id, application.display_name
                ),
            ));
        }
        if !self.permissions.iter().any(|known| known == permission) {
            self.permissions.push(permission.to_owned());
        }
        Ok(())
    }

    /// The `scope` member of a token answer.
    pub(super) fn granted(&self) -> String {
        let openid: &[&str] = if self.openid {
            &["openid", "profile"]
        } else {
            &[]
        };
        let permissions = self.permissions.iter().map(String::as_str);
        openid
            .iter()
            .copied()
            .chain(permissions)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Checks the scope of an application that acts for itself: all its permissions or nothing.
pub(super) fn require_default(text: &str, base_url: &str) -> Result<(), OAuthError> {
    match permission(text.trim(), base_url) {
        Ok(".default") => Ok(()),
        _ => Err(OAuthError::new(
            "invalid_scope",
            1_002_012,
            "The provided value for scope is not valid. Client credential flows must have a scope value with /.default \
             suffixed to the resource identifier (application ID URI).",
        )),
    }
}

/// The permission's name without the resource.
fn permission<'a>(scope: &'a str, base_url: &str) -> Result<&'a str, OAuthError> {
    let own = scope
        .strip_prefix(base_url)
        .and_then(|rest| rest.strip_prefix('/'));
    match scope.strip_prefix(GRAPH).or(own) {
        Some(permission) => Ok(permission.trim_start_matches('/')),
        None if scope.contains("://") => Err(OAuthError::new(
            "invalid_resource",
            500_011,
            "The resource principal named in the scope was not found in the tenant.",
        )),
        None => Ok(scope),
    }
}
