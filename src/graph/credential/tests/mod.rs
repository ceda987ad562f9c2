//! The flows against a scripted authority.
#![allow(clippy::unwrap_used)]

mod application;
mod fresh;
mod id_token;
mod interactive;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::env::{ManualClock, SeededRng};
use crate::graph::test_server::{Reply, TestServer};

const TENANT: &str = "00000000-0000-0000-0000-000000000001";
const TOKEN_LINE: &str = "POST /00000000-0000-0000-0000-000000000001/oauth2/v2.0/token";

fn issued(access_token: &str) -> Reply {
    Reply::json(
        200,
        json!({"token_type": "Bearer", "scope": "s", "expires_in": 3600, "access_token": access_token,
               "refresh_token": format!("refresh for {access_token}")}),
    )
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(
        400,
        json!({"error": error, "error_description": description, "error_codes": [7_000_215],
               "trace_id": "t-1", "correlation_id": "c-1", "timestamp": "2026-03-01 09:00:00Z"}),
    )
}

fn client(server: &TestServer, env: Env) -> PublicClient {
    PublicClient {
        http: server.http(),
        authority: server.url.clone(),
        tenant: TENANT.parse().unwrap(),
        client_id: "the-client".to_owned(),
        scopes: delegated_scopes(&server.url, &ENROL_PERMISSIONS),
        env,
    }
}

fn clock() -> (Arc<ManualClock>, Env) {
    let clock = Arc::new(ManualClock::new("2026-03-01T09:00:00Z".parse().unwrap()));
    (clock.clone(), Env::new(clock, Arc::new(SeededRng::new(1))))
}

/// A flow that counts how often it is asked.
struct Counting(std::sync::atomic::AtomicUsize, Timestamp);

#[async_trait]
impl Flow for Counting {
    async fn issue(&self, refresh_token: Option<&RefreshToken>) -> Result<Issued, Error> {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(refresh_token.is_some(), count > 0);
        tokio::task::yield_now().await;
        Ok(Issued {
            access_token: AccessToken::new(count.to_string()),
            expires: self.1,
            refresh_token: Some(RefreshToken::new("r".to_owned())),
        })
    }
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_its_end() {
    let (clock, env) = clock();
    let expires = env.now() + Duration::from_secs(3600);
    let source = Cached::new(Counting(0.into(), expires), env);
    let concurrent = futures::future::join(source.token(), source.token()).await;
    assert_eq!(concurrent.0.ok().unwrap().expose(), "0");
    assert_eq!(concurrent.1.ok().unwrap().expose(), "0");
    clock.advance(Duration::from_secs(3299));
    assert_eq!(source.token().await.ok().unwrap().expose(), "0");
    clock.advance(Duration::from_secs(2));
    assert_eq!(source.token().await.ok().unwrap().expose(), "1");
}

#[test]
fn scopes_are_those_of_the_clouds_own_graph() {
    let graph: HttpsUrl = "https://graph.microsoft.us/".parse().unwrap();
    assert_eq!(
        application_scope(&graph),
        "https://graph.microsoft.us/.default"
    );
    assert_eq!(
        delegated_scopes(&graph, &ENROL_PERMISSIONS)[0],
        "https://graph.microsoft.us/UserAuthMethod-Passkey.ReadWrite.All"
    );
}

#[test]
fn a_tenant_is_a_guid_or_a_domain() {
    for text in [TENANT, "contoso.onmicrosoft.com", "organizations"] {
        assert!(text.parse::<TenantName>().is_ok());
    }
    for text in ["", "..", ".", "a/b", "a b", "a#", "ü.example"] {
        assert!(text.parse::<TenantName>().is_err(), "{text}");
    }
}
