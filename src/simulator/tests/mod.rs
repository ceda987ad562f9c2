//! The simulator from outside: HTTPS requests written by hand, registrations built from the WebAuthn specification.

#![allow(clippy::unwrap_used)]

mod applications;
mod authentication;
mod authorization;
mod batch;
mod conditional_access;
mod directory;
mod faults;
mod foreign_clients;
mod governance;
mod groups;
mod key;
mod key_sign_in;
mod lifecycle;
mod logs;
mod policy;
mod properties;
mod refusals;
mod registration;
mod replication;
mod resources;
mod roles;
mod scale;
mod sign_in;
mod users;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::encoding::base64url;
use crate::env::{Env, ManualClock, SeededRng};
use crate::simulator::serve::{Config, Running, start};
use crate::simulator::tenant::{Application, State};

/// A running simulator with a client that trusts it, and a clock that stands still.
struct Bench {
    folder: TempDir,
    clock: Arc<ManualClock>,
    running: Running,
    client: Client,
}

impl Bench {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new("2026-06-01T09:00:00Z".parse().unwrap()));
        let mut config = Config::new(folder.path());
        configure(&mut config);
        let running = start(config, env(&clock, 1)).await.unwrap();
        Self {
            client: client(&running),
            folder,
            clock,
            running,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same tenant in a new process.
    async fn restart(self) -> Self {
        self.running.shutdown().await;
        let running = start(Config::new(self.folder.path()), env(&self.clock, 2))
            .await
            .unwrap();
        Self {
            client: client(&running),
            folder: self.folder,
            clock: self.clock,
            running,
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        self.running.tenant.update(change).unwrap();
    }

    /// Changes the tenant by a seed, through the control route.
    async fn seed(&self, seed: impl Into<String>) -> Answer {
        let url = self.url("/simulator/tenant");
        let response = self.client.post(url).body(seed.into()).send().await;
        Answer::read(response.unwrap()).await
    }

    /// As [`Self::seed`], and it must fit.
    async fn seeded(&self, seed: impl Into<String>) {
        let answer = self.seed(seed).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn url(&self, path: &str) -> String {
        self.running.graph_url.join(path).unwrap().to_string()
    }

    fn bg1(&self) -> String {
        self.running.demo.emergency_accounts[0].clone()
    }

    fn domain(&self) -> String {
        self.running.tenant.read(|state| state.domain.clone())
    }

    /// The object id of a user of the tenant's own domain.
    fn id(&self, name: &str) -> String {
        let name = format!("{name}@{}", self.domain());
        let id = |state: &State| state.user(&name).unwrap().id.to_string();
        self.running.tenant.read(id)
    }

    /// Gives the public client these delegated permissions and no others.
    async fn consent(&self, permissions: &[&str]) {
        let list = permissions.join("', '");
        let client = "applications = [{ displayName = 'Halligan operator', permissions = ['";
        self.seeded(format!("{client}{list}'] }}]")).await;
    }

    /// A GET with query options.
    async fn find(&self, path: &str, query: &[(&str, &str)], token: &str) -> Answer {
        let request = self.client.get(self.url(path)).query(query);
        Answer::read(request.bearer_auth(token).send().await.unwrap()).await
    }

    fn methods(&self, user: &str) -> String {
        format!("/v1.0/users/{user}/authentication/fido2Methods")
    }

    fn secret(&self) -> String {
        std::fs::read_to_string(&self.running.demo.app.secret_path).unwrap()
    }

    async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let response = self.client.post(self.url(path)).form(form).send().await;
        Answer::read(response.unwrap()).await
    }

    fn token_path(&self) -> String {
        format!("/{}/oauth2/v2.0/token", self.running.demo.tenant_id)
    }

    /// An access token of the demo application.
    async fn app_token(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.running.demo.app.client_id.to_string()),
            ("client_secret", &self.secret()),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = self.post_form(&self.token_path(), &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    /// An access token of an application with these permissions.
    async fn token_with(&self, permissions: &[&str]) -> String {
        let mut application = Application::confidential("test", permissions, &env(&self.clock, 99));
        application.add_secret("a secret");
        let client_id = application.client_id.to_string();
        self.change(|state| {
            state
                .applications
                .retain(|known| known.client_id != application.client_id);
            state.applications.push(application);
        });
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &client_id),
            ("client_secret", "a secret"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let answer = self.post_form(&self.token_path(), &form).await;
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    /// An access token of a user, by device code, with everything the public client has consent for.
    async fn user_token(&self, user: &str) -> String {
        let client_id = self.running.demo.public_client_id.to_string();
        let form = [("client_id", client_id.as_str()), ("scope", ".default")];
        let started = self
            .post_form("/common/oauth2/v2.0/devicecode", &form)
            .await;
        let user_code = started.body["user_code"].as_str().unwrap();
        let approved = self
            .post_form("/devicelogin", &[("user_code", user_code), ("user", user)])
            .await;
        assert_eq!(approved.status, StatusCode::OK);
        let answer = self.poll(&started).await;
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    async fn poll(&self, started: &Answer) -> Answer {
        let client_id = self.running.demo.public_client_id.to_string();
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", client_id.as_str()),
            ("device_code", started.body["device_code"].as_str().unwrap()),
        ];
        self.post_form(&self.token_path(), &form).await
    }

    async fn send(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Answer {
        let mut request = self
            .client
            .request(method, self.url(path))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Method::GET, path, token, None).await
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, token, Some(body)).await
    }

    async fn patch(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, token, Some(body)).await
    }

    async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(Method::DELETE, path, token, None).await
    }

    /// Creation options for bg1.
    async fn options(&self, token: &str) -> Value {
        let path = format!("{}/creationOptions", self.methods(&self.bg1()));
        let answer = self.get(&path, token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }
}

/// A status, headers and a JSON body (or null).
struct Answer {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Value,
    text: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let status = response.status();
        let headers = response.headers().clone();
        let text = response.text().await.unwrap();
        Self {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, Graph's code, and the reason in the inner error, all at once.
    #[track_caller]
    fn is_error(&self, status: u16, code: &str, reason: &str) {
        assert_eq!(
            (self.status.as_u16(), &self.body["error"]["code"]),
            (status, &json!(code)),
            "{}",
            self.text
        );
        let error = &self.body["error"];
        let inner = &error["innerError"]["message"];
        let message = inner.as_str().or(error["message"].as_str()).unwrap();
        assert!(message.contains(reason), "{reason:?} is not in {message:?}");
        assert!(error["innerError"]["request-id"].is_string());
        assert_eq!(error["innerError"]["request-id"], self.header("request-id"));
    }

    #[track_caller]
    fn is_oauth_error(&self, error: &str, number: u32) {
        assert_eq!(self.body["error"], error, "{}", self.text);
        assert_eq!(self.body["error_codes"], json!([number]));
        let description = self.body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{number}: ")));
    }
}

/// The members of a JWT, unverified.
fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&base64url::decode(payload).unwrap()).unwrap()
}

fn env(clock: &Arc<ManualClock>, seed: u64) -> Env {
    let clock = Arc::clone(clock);
    Env::new(clock, Arc::new(SeededRng::new(seed)))
}

/// A client that trusts the simulator's authority and nobody else, and follows no redirect.
fn client(running: &Running) -> Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = reqwest::Certificate::from_pem(running.ca_pem.as_bytes()).unwrap();
    Client::builder()
        .tls_certs_only([authority])
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
