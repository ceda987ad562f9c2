//! Starting, stopping, restarting; TLS; what lies in the state directory.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;

use super::key::{Key, Vendor};
use super::{Bench, client};
use crate::env::Env;
use crate::simulator::serve::{Config, Error, start};
use crate::simulator::storage;

#[tokio::test]
async fn everything_survives_a_restart() {
    let bench = Bench::new().await;
    let token = bench.app_token().await;
    let options = bench.options(&token).await;
    let path = bench.methods(&bench.bg1());
    let created = bench
        .post(&path, &token, &Key::new(1).answer(&options))
        .await;
    let (ca, demo) = (bench.running.ca_pem.clone(), bench.running.demo.clone());
    let old_client = client(&bench.running);
    let bench = bench.restart().await;
    assert_eq!((&bench.running.ca_pem, &bench.running.demo), (&ca, &demo));
    // Client, token, secret and challenge of before the restart.
    let listed = old_client
        .get(bench.url(&path))
        .bearer_auth(&token)
        .send()
        .await;
    let listed: serde_json::Value = listed.unwrap().json().await.unwrap();
    assert_eq!(listed["value"][0]["id"], created.body["id"]);
    bench.app_token().await;
    let second = bench
        .post(&path, &token, &Key::new(2).answer(&options))
        .await;
    assert_eq!(second.status, StatusCode::CREATED, "{}", second.text);
}

#[tokio::test]
async fn a_state_directory_has_one_simulator() {
    let bench = Bench::new().await;
    let second = start(Config::new(bench.path()), Env::system()).await;
    assert!(matches!(
        second.err(),
        Some(Error::Storage(storage::Error::InUse(_)))
    ));
}

#[tokio::test]
async fn only_loopback_addresses_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let address: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let config = Config {
        listen: address,
        ..Config::new(folder.path())
    };
    assert!(matches!(
        start(config, Env::system()).await.err(),
        Some(Error::NotLoopback(found)) if found == address
    ));
}

#[tokio::test]
async fn what_is_no_certificate_cannot_be_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.trust_anchors = vec![Vendor::new([0; 16]).root, b"-----BEGIN".to_vec()];
    let refused = start(config, Env::system()).await.err();
    assert!(matches!(refused, Some(Error::TrustAnchor(1))));
}

#[tokio::test]
async fn a_damaged_state_and_an_unknown_user_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        auto_approve: Some("nobody".to_owned()),
        ..Config::new(folder.path())
    };
    let refused = start(config, Env::system()).await.err();
    assert!(matches!(refused, Some(Error::AutoApprove(name)) if name == "nobody"));
    for damage in ["{", "{}"] {
        std::fs::write(folder.path().join("tenant.json"), damage).unwrap();
        let refused = start(Config::new(folder.path()), Env::system()).await.err();
        assert!(matches!(
            refused,
            Some(Error::Storage(storage::Error::Damaged { .. }))
        ));
    }
}

#[tokio::test]
async fn secrets_are_readable_by_the_owner_only_and_stored_as_hashes() {
    let bench = Bench::new().await;
    for (name, mode) in [
        ("app-secret", 0o600),
        ("ca.key", 0o600),
        ("tenant.json", 0o600),
        ("ca.pem", 0o644),
    ] {
        let metadata = std::fs::metadata(bench.path().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
    let stored = std::fs::read_to_string(bench.path().join("tenant.json")).unwrap();
    assert!(!stored.contains(&bench.secret()));
}

#[tokio::test]
async fn the_certificate_is_valid_for_every_loopback_name_and_for_strangers_not() {
    let bench = Bench::new().await;
    let port = bench.running.address.port();
    let url = format!("https://127.0.0.1:{port}/simulator/faults");
    assert!(bench.client.get(url).send().await.is_ok());
    let stranger = reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap();
    assert!(
        stranger
            .get(bench.url("/simulator/faults"))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn dropping_a_simulator_frees_its_directory() {
    let bench = Bench::new().await;
    let folder = bench.folder;
    drop(bench.client);
    drop(bench.running);
    for _ in 0..100 {
        match start(Config::new(folder.path()), Env::system()).await {
            Ok(_) => return,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
    panic!("the directory is still in use");
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_tells_what_was_asked_and_nothing_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let bench = Bench::new().await;
    let path = bench.methods(&bench.bg1());
    let mut token = String::new();
    for key in 1..=2 {
        token = bench.app_token().await;
        let options = bench.options(&token).await;
        let answer = Key::new(key).answer(&options);
        bench.post(&path, &token, &answer).await;
        // A callsite that another test reached first, while nobody listened, may have been put down as never of interest. By
        // now all are known, and are asked again.
        tracing::callsite::rebuild_interest_cache();
    }
    drop(guard);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let logged = |text: &str| log.contains(text);
    assert!(logged("fido2Methods") && logged("status=201"));
    let signature = token.rsplit('.').next().unwrap();
    assert!(!logged(signature) && !logged(&bench.secret()));
}
