//! Clients that others wrote: the official SDK's credential gets a token and is told why not.

use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use reqwest::StatusCode;

use super::{Bench, client};

const SCOPE: &str = "https://graph.microsoft.com/.default";

fn credential(bench: &Bench, secret: String) -> Arc<ClientSecretCredential> {
    let mut cloud = CustomConfiguration::default();
    cloud.authority_host = bench.running.authority_url.to_string();
    let demo = &bench.running.demo;
    ClientSecretCredential::new(
        &demo.tenant_id.to_string(),
        demo.app.client_id.to_string(),
        Secret::new(secret),
        Some(ClientSecretCredentialOptions {
            client_options: ClientOptions {
                transport: Some(Transport::new(Arc::new(client(&bench.running)))),
                cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
                ..ClientOptions::default()
            },
        }),
    )
    .unwrap()
}

#[tokio::test]
async fn the_official_credential_gets_a_token_that_graph_accepts() {
    let bench = Bench::new().await;
    let token = credential(&bench, bench.secret())
        .get_token(&[SCOPE], None)
        .await
        .unwrap();
    let listed = bench
        .get(&bench.methods(&bench.bg1()), token.token.secret())
        .await;
    assert_eq!(listed.status, StatusCode::OK);
}

#[tokio::test]
async fn the_official_credential_repeats_the_authoritys_reason() {
    let bench = Bench::new().await;
    let refused = credential(&bench, "wrong".to_owned())
        .get_token(&[SCOPE], None)
        .await;
    let reason = refused.err().unwrap().to_string();
    assert!(reason.contains("AADSTS7000215"), "{reason}");
}
