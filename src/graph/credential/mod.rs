//! The operator's sign-in: where access tokens for Graph come from.
//!
//! Every way in is a [`Flow`]; [`Cached`] makes a [`TokenSource`] of it, which keeps the access token in memory until
//! shortly before it expires and is the only place that knows a refresh token. Nothing is ever written to disk.
//!
//! | flow | for |
//! |---|---|
//! | [`Browser`] | an operator at this machine; the default |
//! | [`DeviceCode`] | an operator whose browser is elsewhere; many tenants block it |
//! | [`FreshSignIn`] | somebody who is to show now that they can; its token serves that once, and is no flow |
//! | [`application`] | a station without an operator: secret, certificate, workload or managed identity, Azure CLI |

pub mod application;
mod assertion;
mod authority;
mod browser;
mod code_grant;
mod device_code;
mod error;
mod fresh;
mod id_token;
mod loopback;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use oauth2::RefreshToken;
use tokio::sync::Mutex;

use super::cloud::HttpsUrl;
use crate::env::Env;
use crate::secret::AccessToken;

pub use assertion::{Assertion, CertificateError};
pub use authority::{PublicClient, TenantError, TenantName};
pub use browser::Browser;
pub use device_code::{DeviceCode, DevicePrompt};
pub use error::{AuthorityRefusal, Error};
pub use fresh::{DRILL_PERMISSIONS, FreshSignIn, LetIn, SignedIn, fresh_scopes};
pub use id_token::{IdToken, IdTokenError};

/// How long before its end an access token is no longer used: longer than any single request with its repetitions.
const EARLY: Duration = Duration::from_secs(300);

/// Delegated permissions for enrolling, testing and removing keys.
pub const ENROL_PERMISSIONS: [&str; 2] = ["UserAuthMethod-Passkey.ReadWrite.All", "User.Read.All"];

/// Delegated permissions that reconciling needs: those, and to read the passkey policy.
pub const RECONCILE_PERMISSIONS: [&str; 3] = [
    ENROL_PERMISSIONS[0],
    ENROL_PERMISSIONS[1],
    "Policy.Read.AuthenticationMethod",
];

/// Delegated permissions that reading a whole tenant needs. Those for access reviews and lifecycle workflows are not among them: few
/// applications have consent for them, and a sign-in that asks for one without consent fails as a whole.
pub const SNAPSHOT_PERMISSIONS: [&str; 7] = [
    "Policy.Read.All",
    "User.Read.All",
    "GroupMember.Read.All",
    "RoleManagement.Read.Directory",
    "UserAuthenticationMethod.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
];

/// The delegated permission for the sign-in log.
pub const SIGN_IN_LOG_PERMISSION: &str = "AuditLog.Read.All";

/// Delegated permissions that changing a tenant needs: those, and to make accounts, groups, assignments and policies.
pub const APPLY_PERMISSIONS: [&str; 10] = [
    "User.ReadWrite.All",
    "Group.ReadWrite.All",
    "RoleManagement.ReadWrite.Directory",
    "Policy.Read.All",
    "Policy.Read.ConditionalAccess",
    "Policy.ReadWrite.ConditionalAccess",
    "Application.Read.All",
    "UserAuthenticationMethod.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
];

/// Something that has an access token for Graph, or knows how to get one.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// An access token that is valid for the next minutes.
    async fn token(&self) -> Result<AccessToken, Error>;
}

/// One way to get an access token.
#[async_trait]
pub trait Flow: Send + Sync {
    /// Gets a new access token; silently with the refresh token if there is one and the authority still accepts it.
    async fn issue(&self, refresh_token: Option<&RefreshToken>) -> Result<Issued, Error>;
}

/// What the authority issued.
#[derive(Clone)]
pub struct Issued {
    /// For Graph.
    pub access_token: AccessToken,
    /// When the access token ends.
    pub expires: Timestamp,
    /// For the next access token.
    pub refresh_token: Option<RefreshToken>,
}

/// A flow whose access token is kept until shortly before its end. Concurrent callers share one sign-in.
pub struct Cached<F> {
    flow: F,
    env: Env,
    issued: Mutex<Option<Issued>>,
}

impl<F: Flow> Cached<F> {
    /// Nothing is asked for until the first [`TokenSource::token`].
    #[must_use]
    pub fn new(flow: F, env: Env) -> Self {
        Self {
            flow,
            env,
            issued: Mutex::new(None),
        }
    }

    fn still_good(&self, issued: &Issued) -> bool {
        self.env
            .now()
            .saturating_add(EARLY)
            .is_ok_and(|soon| soon < issued.expires)
    }
}

#[async_trait]
impl<F: Flow> TokenSource for Cached<F> {
    async fn token(&self) -> Result<AccessToken, Error> {
        let mut kept = self.issued.lock().await;
        if let Some(issued) = kept.as_ref().filter(|issued| self.still_good(issued)) {
            return Ok(issued.access_token.clone());
        }
        let refresh_token = kept
            .as_ref()
            .and_then(|issued| issued.refresh_token.clone());
        let issued = self.flow.issue(refresh_token.as_ref()).await?;
        let access_token = issued.access_token.clone();
        *kept = Some(issued);
        Ok(access_token)
    }
}

/// An access token from elsewhere, used as it is.
pub struct Fixed(AccessToken);

impl Fixed {
    /// Takes the token.
    #[must_use]
    pub fn new(access_token: AccessToken) -> Self {
        Self(access_token)
    }
}

#[async_trait]
impl TokenSource for Fixed {
    async fn token(&self) -> Result<AccessToken, Error> {
        Ok(self.0.clone())
    }
}

/// The scope of application flows: everything that was granted to the application beforehand.
#[must_use]
pub fn application_scope(graph: &HttpsUrl) -> String {
    format!("{graph}/.default")
}

/// The scopes of an operator's sign-in: these permissions of Graph, and a refresh token.
#[must_use]
pub fn delegated_scopes(graph: &HttpsUrl, permissions: &[&str]) -> Vec<String> {
    permissions
        .iter()
        .map(|permission| format!("{graph}/{permission}"))
        .chain(["offline_access", "openid", "profile"].map(str::to_owned))
        .collect()
}
