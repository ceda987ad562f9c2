//! Application registrations.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::tenant::Blob;

/// An application registration together with the permissions an administrator has consented to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The client id.
    pub client_id: Uuid,
    /// The service principal's object id.
    pub object_id: Uuid,
    /// For display.
    pub display_name: String,
    /// Whether the application keeps no secret: device code and browser sign-in only.
    pub is_public_client: bool,
    /// SHA-256 of each client secret. Secrets are made at random, so the hash does not give them away.
    pub secret_hashes: Vec<Blob>,
    /// Certificates (DER) whose keys may sign client assertions.
    pub certificates: Vec<Blob>,
    /// Application permissions (`roles` in tokens).
    pub application_permissions: Vec<String>,
    /// Delegated permissions (`scp` in tokens).
    pub delegated_permissions: Vec<String>,
    /// Where the browser may be sent; the port of a `http://localhost` address is ignored.
    pub redirect_uris: Vec<String>,
}

impl Application {
    /// An application that acts for itself, without credentials yet.
    #[must_use]
    pub fn confidential(display_name: &str, permissions: &[&str], env: &Env) -> Self {
        Self {
            client_id: env.uuid(),
            object_id: env.uuid(),
            display_name: display_name.to_owned(),
            is_public_client: false,
            secret_hashes: Vec::new(),
            certificates: Vec::new(),
            application_permissions: owned(permissions),
            delegated_permissions: Vec::new(),
            redirect_uris: Vec::new(),
        }
    }

    /// An application on people's machines, which acts for whoever signs in; redirects to `http://localhost`.
    #[must_use]
    pub fn public(display_name: &str, permissions: &[&str], env: &Env) -> Self {
        Self {
            is_public_client: true,
            application_permissions: Vec::new(),
            delegated_permissions: owned(permissions),
            redirect_uris: vec!["http://localhost".to_owned()],
            ..Self::confidential(display_name, &[], env)
        }
    }

    /// Accepts this client secret from now on.
    pub fn add_secret(&mut self, secret: &str) {
        self.secret_hashes
            .push(digest(&SHA256, secret.as_bytes()).as_ref().to_vec().into());
    }

    /// Accepts client assertions signed by the key of this certificate (DER) from now on.
    pub fn add_certificate(&mut self, der: Vec<u8>) {
        self.certificates.push(der.into());
    }

    /// Whether this is one of the application's secrets.
    #[must_use]
    pub fn has_secret(&self, secret: &str) -> bool {
        let hash = digest(&SHA256, secret.as_bytes());
        self.secret_hashes
            .iter()
            .any(|known| known.0 == hash.as_ref())
    }
}

fn owned(permissions: &[&str]) -> Vec<String> {
    permissions
        .iter()
        .map(|&permission| permission.to_owned())
        .collect()
}
