//! How a seed changes a tenant.

use serde_json::Value;
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::tenant::seed::{SeedApplication, SeedScopedRole, SeedUnit, SeedUser};
use crate::simulator::tenant::{
    AdministrativeUnit, Group, PolicyError, Role, ScopedRole, Seed, State, User, strip_annotations,
};

/// Why a seed does not fit a tenant.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The policy would not be one that Graph takes.
    #[error("the policy is refused: {0}")]
    Policy(#[from] PolicyError),
    /// No application has this display name.
    #[error("no application is called {0:?}")]
    UnknownApplication(String),
    /// No user and no application has this name.
    #[error("no user and no application is called {0:?}")]
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
        self.users
            .iter()
            .for_each(|user| user.apply(&mut seeded, env));
        self.groups
            .iter()
            .for_each(|group| put_group(&mut seeded, group));
        for unit in &self.administrative_units {
            unit.apply(&mut seeded, env)?;
        }
        for role in &self.scoped_roles {
            role.apply(&mut seeded)?;
        }
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
        *state = seeded;
        Ok(())
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

impl SeedUser {
    fn apply(&self, state: &mut State, env: &Env) {
        let name = state.full_name(&self.user_principal_name);
        if state.user(&name).is_none() {
            state.users.push(User::member(&name, &name, env));
        }
        let Some(user) = state.user_mut(&name) else {
            return;
        };
        set(&mut user.display_name, &self.display_name);
        set(&mut user.account_enabled, &self.account_enabled);
        set(&mut user.user_type, &self.user_type);
        set(&mut user.roles, &self.roles);
        set(&mut user.groups, &self.groups);
    }
}

impl SeedUnit {
    fn apply(&self, state: &mut State, env: &Env) -> Result<(), ApplyError> {
        let members = self.members.iter().map(|name| {
            let user = state.user(&state.full_name(name)).map(|user| user.id);
            user.ok_or_else(|| ApplyError::UnknownPrincipal(name.clone()))
        });
        let members = members.collect::<Result<Vec<Uuid>, _>>()?;
        let mut units = state.administrative_units.iter();
        let known = units.position(|unit| unit.display_name == self.display_name);
        let id = known.map(|at| state.administrative_units.remove(at).id);
        state.administrative_units.push(AdministrativeUnit {
            id: id.unwrap_or_else(|| env.uuid()),
            display_name: self.display_name.clone(),
            is_member_management_restricted: self.is_member_management_restricted,
            members,
        });
        Ok(())
    }
}

impl SeedScopedRole {
    fn apply(&self, state: &mut State) -> Result<(), ApplyError> {
        if !self.role.is_scopable() {
            return Err(ApplyError::UnscopableRole(self.role));
        }
        let mut units = state.administrative_units.iter();
        let unit = units.find(|unit| unit.display_name == self.administrative_unit);
        let unit = unit.ok_or_else(|| ApplyError::UnknownUnit(self.administrative_unit.clone()))?;
        let principal_id = principal(state, &self.principal)
            .ok_or_else(|| ApplyError::UnknownPrincipal(self.principal.clone()))?;
        let held = ScopedRole {
            principal_id,
            role: self.role,
            administrative_unit: unit.id,
        };
        if !state.scoped_roles.contains(&held) {
            state.scoped_roles.push(held);
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

fn put_group(state: &mut State, group: &Group) {
    state.groups.retain(|known| known.id != group.id);
    state.groups.push(group.clone());
}

/// The object id of a user, or of an application's service principal.
fn principal(state: &State, name: &str) -> Option<Uuid> {
    let user = state.user(&state.full_name(name)).map(|user| user.id);
    let mut applications = state.applications.iter();
    user.or_else(|| {
        applications
            .find(|application| application.display_name == name)
            .map(|application| application.object_id)
    })
}

fn set<T: Clone>(member: &mut T, wanted: &Option<T>) {
    if let Some(wanted) = wanted {
        member.clone_from(wanted);
    }
}
