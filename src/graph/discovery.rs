//! What the authority tells everybody of a tenant, without a sign-in (OpenID Connect Discovery 1.0 §4): that there is such a
//! tenant, its id, where its Graph is, and what time it is there.

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use uuid::Uuid;

use super::cloud::{Cloud, HttpsUrl};
use super::credential::{AuthorityRefusal, TenantName};
use super::http::{self, Http};

/// Why the authority does not tell.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No answer.
    #[error("asking {url}: {source}")]
    Http {
        /// What was asked.
        url: String,
        /// The reason.
        source: http::Error,
    },
    /// The answer is no discovery document, or one of no single tenant.
    #[error("the answer of {url} is not a tenant's: {why}")]
    Malformed {
        /// What was asked.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The authority knows no such tenant.
    #[error("{tenant}: {refusal}")]
    NoSuchTenant {
        /// The tenant that was asked for.
        tenant: TenantName,
        /// What it said.
        refusal: Box<AuthorityRefusal>,
    },
    /// Any other status.
    #[error("{url} answered with status {status}")]
    Status {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
    },
}

/// What the authority tells of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The tenant's id.
    pub tenant_id: Uuid,
    /// The cloud it is in; none for a stand-in, or one that is new.
    pub cloud: Option<Cloud>,
    /// The host of its Graph.
    pub graph_host: Option<String>,
    /// The authority's clock, to the second.
    pub time: Option<Timestamp>,
}

/// The members that are used. Those from `tenant_region_sub_scope` on are Microsoft's own.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    tenant_region_sub_scope: Option<String>,
    msgraph_host: Option<String>,
}

/// Asks the authority for a tenant.
///
/// # Errors
/// See [`Error`].
pub async fn discover(
    http: &Http,
    authority: &HttpsUrl,
    tenant: &TenantName,
) -> Result<Discovered, Error> {
    let path = [
        tenant.as_str(),
        "v2.0",
        ".well-known",
        "openid-configuration",
    ];
    let url = authority.join(path);
    let text = url.to_string();
    let request = reqwest::Request::new(Method::GET, url);
    let answer = http.exchange(request).await;
    let answer = answer.map_err(|source| Error::Http {
        url: text.clone(),
        source,
    })?;
    if answer.status != 200 {
        return Err(refused(answer.status, &answer.body, tenant, text));
    }
    let document = serde_json::from_slice(&answer.body);
    let document: Document = document.map_err(|error| Error::Malformed {
        url: text.clone(),
        why: error.to_string(),
    })?;
    Ok(Discovered {
        tenant_id: tenant_id(&document.issuer).ok_or_else(|| Error::Malformed {
            url: text,
            why: "its issuer names no tenant".to_owned(),
        })?,
        cloud: cloud(&document),
        graph_host: document.msgraph_host,
        time: answer.header("date").and_then(http_date),
    })
}

/// A tenant that there is not is status 400 with the members of an OAuth error.
fn refused(status: u16, body: &[u8], tenant: &TenantName, url: String) -> Error {
    match serde_json::from_slice(body) {
        Ok(refusal) if status == 400 => Error::NoSuchTenant {
            tenant: tenant.clone(),
            refusal: Box::new(refusal),
        },
        _ => Error::Status { url, status },
    }
}

/// The issuer is the authority, the tenant's id and `v2.0`.
fn tenant_id(issuer: &str) -> Option<Uuid> {
    let url = url::Url::parse(issuer).ok()?;
    let first = url.path_segments()?.next()?.to_owned();
    Uuid::parse_str(&first).ok()
}

/// The authority of the US government serves two clouds, of which the sub-scope names the stricter one.
fn cloud(document: &Document) -> Option<Cloud> {
    let host = document.msgraph_host.as_deref()?;
    let found = Cloud::of_graph_host(host)?;
    let is_dod = document.tenant_region_sub_scope.as_deref() == Some("DOD");
    Some(match found {
        Cloud::UsGov if is_dod => Cloud::UsGovDod,
        other => other,
    })
}

/// A date of HTTP (RFC 9110 §5.6.7) is one of mail, with `GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(text)
        .ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::graph::test_server::{Reply, TestServer};

    const ID: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

    async fn answered(reply: Reply) -> (Result<Discovered, Error>, Vec<String>) {
        let server = TestServer::start([reply]).await;
        let tenant = "contoso.onmicrosoft.com".parse().unwrap();
        let found = discover(&server.http(), &server.url, &tenant).await;
        (found, server.lines())
    }

    #[tokio::test]
    async fn the_document_tells_id_cloud_and_time() {
        let body = json!({
            "issuer": format!("https://login.microsoftonline.com/{ID}/v2.0"),
            "tenant_region_scope": "EU",
            "msgraph_host": "graph.microsoft.com",
        });
        let reply = Reply::json(200, body).header("date", "Mon, 23 Nov 2026 11:46:12 GMT");
        let (found, lines) = answered(reply).await;
        let found = found.unwrap();
        assert_eq!(
            lines,
            ["GET /contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration"]
        );
        assert_eq!(found.tenant_id.to_string(), ID);
        assert_eq!(found.cloud, Some(Cloud::Global));
        let time: Timestamp = "2026-11-23T11:46:12Z".parse().unwrap();
        assert_eq!(found.time, Some(time));
    }

    #[tokio::test]
    async fn clouds_are_told_apart() {
        for (host, sub_scope, cloud) in [
            ("graph.microsoft.us", "DODCON", Some(Cloud::UsGov)),
            ("graph.microsoft.us", "DOD", Some(Cloud::UsGovDod)),
            ("dod-graph.microsoft.us", "DOD", Some(Cloud::UsGovDod)),
            ("graph.microsoft.com", "GCC", Some(Cloud::Global)),
            ("microsoftgraph.chinacloudapi.cn", "", Some(Cloud::China)),
            ("localhost:8443", "", None),
        ] {
            let body = json!({
                "issuer": format!("https://login.microsoftonline.us/{ID}/v2.0"),
                "tenant_region_sub_scope": sub_scope,
                "msgraph_host": host,
            });
            let (found, _) = answered(Reply::json(200, body)).await;
            assert_eq!(found.unwrap().cloud, cloud, "{host} {sub_scope}");
        }
    }

    #[tokio::test]
    async fn a_tenant_that_there_is_not_is_said_in_the_authoritys_words() {
        let body = json!({
            "error": "invalid_tenant",
            "error_description": "AADSTS90002: Tenant 'contoso.onmicrosoft.com' not found.",
            "error_codes": [90002],
        });
        let (found, _) = answered(Reply::json(400, body)).await;
        let error = found.unwrap_err();
        assert!(matches!(error, Error::NoSuchTenant { .. }), "{error}");
        assert!(error.to_string().contains("AADSTS90002"), "{error}");
    }

    #[tokio::test]
    async fn what_is_no_tenants_document_is_refused() {
        let issuer = |text: &str| json!({ "issuer": text });
        for (reply, word) in [
            (Reply::json(200, "<html>"), "is not a tenant's"),
            (
                Reply::json(200, issuer("https://x/{tenantid}/v2.0")),
                "names no tenant",
            ),
            (Reply::json(200, issuer("nonsense")), "names no tenant"),
            (Reply::json(503, "busy"), "status 503"),
            (Reply::json(400, "nonsense"), "status 400"),
            (Reply::HangUp, "asking https://"),
        ] {
            let (found, _) = answered(reply).await;
            let error = found.unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
