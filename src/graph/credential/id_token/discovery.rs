//! How the authority's ID tokens are verified: OpenID Connect Discovery 1.0 §4, of one tenant.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

use super::{IdTokenError, KeySet};
use crate::graph::cloud::HttpsUrl;
use crate::graph::credential::Error;
use crate::graph::credential::authority::{PublicClient, malformed};
use crate::graph::http::Http;

/// The service's documents have 2 KB and 20 KB.
const LONGEST: usize = 1 << 20;

/// What a tenant's authority says of itself.
pub(in crate::graph::credential) struct Discovery {
    pub(in crate::graph::credential) issuer: String,
    /// The tenant's id, which the configuration may name by a domain.
    pub(in crate::graph::credential) tenant: Uuid,
    pub(in crate::graph::credential) logout_page: Url,
    keys: HttpsUrl,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
    #[serde(default)]
    end_session_endpoint: Option<String>,
}

impl Discovery {
    /// Asks the authority.
    pub(in crate::graph::credential) async fn fetch(client: &PublicClient) -> Result<Self, Error> {
        let tenant = client.tenant.as_str();
        let path = [tenant, "v2.0", ".well-known", "openid-configuration"];
        let address = client.authority.join(path);
        let address: HttpsUrl = address
            .as_str()
            .parse()
            .map_err(|_| malformed("the authority is no https address"))?;
        let bytes = client.http.download(&address, LONGEST).await?;
        let document: Document = parse(&bytes).map_err(malformed)?;
        let keys = document.jwks_uri.parse();
        // The browser that goes there is the emergency account's: no other host than the one that it signed in at.
        let logout_page = document.end_session_endpoint.as_deref();
        let logout_page = logout_page
            .and_then(|address| Url::parse(address).ok())
            .filter(|address| client.authority.same_origin(address))
            .unwrap_or_else(|| client.authority.join([tenant, "oauth2", "v2.0", "logout"]));
        let found = Self {
            tenant: tenant_of(&document.issuer, tenant)?,
            keys: keys.map_err(|_| malformed("jwks_uri is no https address"))?,
            logout_page,
            issuer: document.issuer,
        };
        Ok(found)
    }

    /// The keys with which the authority signs at present.
    pub(super) async fn keys(&self, http: &Http) -> Result<KeySet, IdTokenError> {
        let bytes = http.download(&self.keys, LONGEST).await;
        parse(&bytes.map_err(IdTokenError::Keys)?).map_err(IdTokenError::KeysUnreadable)
    }
}

/// `https://…/TENANT/v2.0`, where the tenant is the one that was asked for, if that was an id.
fn tenant_of(issuer: &str, asked: &str) -> Result<Uuid, Error> {
    let of = |issuer: Url| issuer.path_segments()?.next()?.parse().ok();
    let tenant: Uuid = Url::parse(issuer)
        .ok()
        .and_then(of)
        .ok_or_else(|| malformed("the issuer names no tenant"))?;
    match asked.parse::<Uuid>() {
        Ok(id) if id != tenant => Err(malformed("the issuer is another tenant")),
        _ => Ok(tenant),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        format!("not the expected JSON at line {line} column {column}")
    })
}
