//! How a seed changes a tenant.

use serde_json::Value;

use crate::env::Env;
use crate::simulator::conditional_access::Refusal;
use crate::simulator::logs::LogKind;
use crate::simulator::tenant::seed::SeedApplication;
use crate::simulator::tenant::seed::directory::set;
use crate::simulator::tenant::{PolicyError, Role, Seed, State, strip_annotations};

/// Why a seed does not fit a tenant.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// An authentication strength is not one.
    #[error("the authentication strength is not valid: {0}")]
    AuthenticationStrength(serde_json::Error),
    /// A Conditional Access policy would not be one that Graph takes.
    #[error("the Conditional Access policy {name:?} is refused: {cause}")]
    ConditionalAccessPolicy {
        /// By display name.
        name: String,
        /// Why.
        #[source]
        cause: Refusal,
    },
    /// A named location is not one.
    #[error("the named location is not valid: {0}")]
    NamedLocation(serde_json::Error),
    /// The policy would not be one that Graph takes.
    #[error("the policy is refused: {0}")]
    Policy(#[from] PolicyError),
    /// No application has this display name.
    #[error("no application is called {0:?}")]
    UnknownApplication(String),
    /// No user, group or application has this name.
    #[error("no user, group or application is called {0:?}")]
    UnknownPrincipal(String),
    /// No administrative unit has this display name.
    #[error("no administrative unit is called {0:?}")]
    UnknownUnit(String),
    /// The role holds for the whole tenant or not at all.
    #[error("the role {} cannot be held for an administrative unit", .0.display_name())]
    UnscopableRole(Role),
}

impl Seed {
    /// Changes the tenant, wholly or, on an error, not at all.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn apply(&self, state: &mut State, env: &Env) -> Result<(), ApplyError> {
        let mut seeded = state.clone();
        self.apply_organization(&mut seeded);
        self.apply_logs(&mut seeded);
        self.apply_directory(&mut seeded, env)?;
        for application in &self.applications {
            application.apply(&mut seeded)?;
        }
        self.apply_policy(&mut seeded)?;
        seeded.models.extend(self.models.clone());
        if let Some(models) = &self.ineligible_models {
            seeded.ineligible_models.clone_from(models);
        }
        if let Some(quirks) = &self.quirks {
            seeded.quirks = quirks.clone();
        }
        self.apply_conditional_access(&mut seeded, env)?;
        *state = seeded;
        Ok(())
    }

    fn apply_organization(&self, state: &mut State) {
        set(&mut state.license, &self.license);
        set(&mut state.domains, &self.domains);
        if self.on_premises_sync_enabled.is_some() {
            state.on_premises_sync_enabled = self.on_premises_sync_enabled;
        }
        set(&mut state.access_reviews, &self.access_reviews);
        set(&mut state.lifecycle_workflows, &self.lifecycle_workflows);
    }

    fn apply_logs(&self, state: &mut State) {
        set(&mut state.logs.delay_seconds, &self.log_delay_seconds);
        set(&mut state.logs.is_throttled, &self.throttle_logs);
        for row in &self.sign_ins {
            state.log(LogKind::SignIns, row.clone());
        }
        for row in &self.directory_audits {
            state.log(LogKind::DirectoryAudits, row.clone());
        }
        if let Some(population) = &self.log_population {
            state.populate_logs(population);
        }
    }

    fn apply_policy(&self, state: &mut State) -> Result<(), PolicyError> {
        let mut policy = Value::Object(self.policy.clone());
        strip_annotations(&mut policy);
        if let Value::Object(members) = policy
            && !members.is_empty()
        {
            state.fido2_policy = state.fido2_policy.changed(members)?;
        }
        Ok(())
    }
}

impl SeedApplication {
    fn apply(&self, state: &mut State) -> Result<(), ApplyError> {
        let mut applications = state.applications.iter_mut();
        let application = applications
            .find(|known| known.display_name == self.display_name)
            .ok_or_else(|| ApplyError::UnknownApplication(self.display_name.clone()))?;
        let permissions = if application.is_public_client {
            &mut application.delegated_permissions
        } else {
            &mut application.application_permissions
        };
        permissions.clone_from(&self.permissions);
        Ok(())
    }
}
