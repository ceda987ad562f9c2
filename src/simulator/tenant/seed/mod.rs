//! What a tenant starts with: the demo tenant, and seeds, which change a tenant by the names of things.

mod apply;
mod conditional_access;
mod demo;
mod directory;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::collections::BTreeMap;
use std::str::FromStr;

pub use apply::ApplyError;
pub use demo::DemoNames;
pub(super) use demo::demo;
use directory::{SeedGroup, SeedRole, SeedUnit, SeedUser};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::simulator::logs::LogPopulation;
use crate::simulator::tenant::{Domain, License, Population, Quirks};
use crate::webauthn::Aaguid;

/// Changes to a tenant, read from TOML or JSON. Members have the names that they have in Graph where Graph has them. What is
/// not mentioned stays as it is; applied twice, it changes nothing the second time.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Seed {
    /// Members of the FIDO2 policy, as in a PATCH.
    policy: Map<String, Value>,
    license: Option<License>,
    /// Domains besides the initial one.
    domains: Option<Vec<Domain>>,
    on_premises_sync_enabled: Option<bool>,
    /// Users and groups by number.
    population: Option<Population>,
    users: Vec<SeedUser>,
    groups: Vec<SeedGroup>,
    administrative_units: Vec<SeedUnit>,
    /// Roles within a unit; among `role_assignments` they may be too.
    scoped_roles: Vec<SeedRole>,
    role_assignments: Vec<SeedRole>,
    role_eligibilities: Vec<SeedRole>,
    applications: Vec<SeedApplication>,
    /// These and the next, as Graph shows them, instead of those that there are.
    access_reviews: Option<Vec<Map<String, Value>>>,
    lifecycle_workflows: Option<Vec<Map<String, Value>>>,
    /// Rows of the logs, as beta shows them, besides those that there are; one with the `id` of another takes its place.
    sign_ins: Vec<Map<String, Value>>,
    directory_audits: Vec<Map<String, Value>>,
    /// Rows by number.
    log_population: Option<LogPopulation>,
    /// How long it takes until a row of the logs shows up.
    log_delay_seconds: Option<u32>,
    /// Whether an application gets five answers of the logs in ten seconds and no more.
    throttle_logs: Option<bool>,
    models: BTreeMap<Aaguid, String>,
    ineligible_models: Option<Vec<Aaguid>>,
    quirks: Option<Quirks>,
    /// As Graph shows them; without `id` they are known by their names.
    conditional_access_policies: Vec<Map<String, Value>>,
    named_locations: Vec<Map<String, Value>>,
    authentication_strengths: Vec<Map<String, Value>>,
    security_defaults_enabled: Option<bool>,
    /// Whether Conditional Access takes one request per second.
    throttle_conditional_access: Option<bool>,
    /// The accounts that no write may lock out, by name.
    emergency_accounts: Option<Vec<String>>,
}

/// An application that exists already, and the permissions that it is to have.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeedApplication {
    display_name: String,
    /// Delegated ones for a public client, application permissions otherwise.
    permissions: Vec<String>,
}

/// Why a text is not a seed.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// It begins as JSON and is none, or has members that no seed has.
    #[error("the seed is not valid: {0}")]
    Json(#[from] serde_json::Error),
    /// As above, for TOML.
    #[error("the seed is not valid: {0}")]
    Toml(#[from] toml::de::Error),
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        if text.trim_start().starts_with('{') {
            Ok(serde_json::from_str(text)?)
        } else {
            Ok(toml::from_str(text)?)
        }
    }
}
