//! Conditional Access over HTTP.

mod cases;
mod evaluate;
mod lockout;
mod policies;
mod refusals;
mod strengths;

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Bench};

const POLICIES: &str = "/v1.0/identity/conditionalAccess/policies";
const DELETED: &str = "/v1.0/identity/conditionalAccess/deletedItems/policies";
const EVALUATE: &str = "/v1.0/identity/conditionalAccess/evaluate";
const READ: &str = "Policy.Read.All";
const WRITE: &str = "Policy.ReadWrite.ConditionalAccess";
const DEFAULTS: &str = "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy";

const PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
const PHISHING_RESISTANT: &str = "00000000-0000-0000-0000-000000000004";

/// Multifactor authentication for everybody, everywhere.
fn policy(name: &str) -> Value {
    json!({
        "displayName": name,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    })
}

/// The same with something else at one place.
fn with(pointer: &str, value: Value) -> Value {
    changed(policy("P"), pointer, value)
}

fn changed(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    body
}

impl Bench {
    async fn writer(&self) -> String {
        self.token_with(&[READ, WRITE]).await
    }

    /// Adds a policy and gives its id.
    async fn created(&self, token: &str, body: &Value) -> String {
        let answer = self.post(POLICIES, token, body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.body["id"].as_str().unwrap().to_owned()
    }

    async fn patched(&self, token: &str, id: &str, body: &Value) -> Answer {
        self.patch(&format!("{POLICIES}/{id}"), token, body).await
    }

    fn id_of(&self, user: &str) -> String {
        let id = self
            .running
            .tenant
            .read(|state| state.user(user).unwrap().id);
        id.to_string()
    }
}
