//! The part of a seed about accounts, groups, units and roles.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::env::Env;
use crate::simulator::tenant::{
    AdministrativeUnit, ApplyError, Group, PerUserMfa, Role, RoleAssignment, Seed, Standing, State,
    User, UserType, WHOLE_TENANT,
};

/// A user to change, or to make if there is none of this name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedUser {
    /// Without `@` it is in the tenant's own domain.
    user_principal_name: String,
    display_name: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<UserType>,
    /// The active roles for the whole tenant.
    roles: Option<Vec<Role>>,
    groups: Option<Vec<String>>,
    password_policies: Option<String>,
    last_password_change_date_time: Option<Timestamp>,
    creation_type: Option<String>,
    on_premises_immutable_id: Option<String>,
    on_premises_sync_enabled: Option<bool>,
    created_date_time: Option<Timestamp>,
    per_user_mfa_state: Option<PerUserMfa>,
    /// As Graph shows them, besides password and keys; without `id` they get one.
    authentication_methods: Option<Vec<Map<String, Value>>>,
}

/// A group to change, or to make if there is none of this id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedGroup {
    id: String,
    display_name: String,
    /// Directory roles that its members have by it; a group with roles is role-assignable.
    roles: Option<Vec<Role>>,
    description: Option<String>,
    mail_nickname: Option<String>,
    security_enabled: Option<bool>,
    group_types: Option<Vec<String>>,
    membership_rule: Option<String>,
    is_assignable_to_role: Option<bool>,
    on_premises_sync_enabled: Option<bool>,
    visibility: Option<String>,
    /// Users, applications and groups, by name or id.
    members: Option<Vec<String>>,
    owners: Option<Vec<String>>,
}

/// An administrative unit, known by its display name.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedUnit {
    display_name: String,
    #[serde(default)]
    is_member_management_restricted: bool,
    /// Users by name, groups by id or name.
    #[serde(default)]
    members: Vec<String>,
}

/// A directory role.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeedRole {
    /// A user by name, an application by display name, a group by id or display name.
    principal: String,
    role: Role,
    /// By display name; without it the role is for the whole tenant.
    administrative_unit: Option<String>,
    #[serde(default)]
    assignment_type: AssignmentType,
    start_date_time: Option<Timestamp>,
    end_date_time: Option<Timestamp>,
}

/// As in `unifiedRoleAssignmentScheduleInstance`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum AssignmentType {
    Activated,
    #[default]
    Assigned,
}

impl Seed {
    pub(super) fn apply_directory(&self, state: &mut State, env: &Env) -> Result<(), ApplyError> {
        for user in &self.users {
            user.apply(state, env);
        }
        for group in &self.groups {
            group.make(state);
        }
        // By now every group is there that another may have as a member.
        for group in &self.groups {
            group.fill(state)?;
        }
        for unit in &self.administrative_units {
            unit.apply(state, env)?;
        }
        for role in self.scoped_roles.iter().chain(&self.role_assignments) {
            let standing = match role.assignment_type {
                AssignmentType::Activated => Standing::Activated,
                AssignmentType::Assigned => Standing::Assigned,
            };
            role.apply(state, standing)?;
        }
        for role in &self.role_eligibilities {
            role.apply(state, Standing::Eligible)?;
        }
        Ok(())
    }
}

impl SeedUser {
    fn apply(&self, state: &mut State, env: &Env) {
        let name = full_name(state, &self.user_principal_name);
        if state.user(&name).is_none() {
            state.users.push(User::member(&name, &name, env));
        }
        let Some(user) = state.user_mut(&name) else {
            return;
        };
        set(&mut user.display_name, &self.display_name);
        set(&mut user.account_enabled, &self.account_enabled);
        set(&mut user.user_type, &self.user_type);
        set(&mut user.groups, &self.groups);
        set(&mut user.per_user_mfa, &self.per_user_mfa_state);
        set_some(&mut user.password_policies, &self.password_policies);
        let changed = &self.last_password_change_date_time;
        set_some(&mut user.last_password_change, changed);
        set_some(&mut user.creation_type, &self.creation_type);
        let anchor = &self.on_premises_immutable_id;
        set_some(&mut user.on_premises_immutable_id, anchor);
        let synchronized = &self.on_premises_sync_enabled;
        set_some(&mut user.on_premises_sync_enabled, synchronized);
        set_some(&mut user.created, &self.created_date_time);
        if let Some(methods) = &self.authentication_methods {
            user.authentication_methods = identified(methods);
        }
        let id = user.id;
        if let Some(roles) = &self.roles {
            state.set_roles(id, roles);
        }
    }
}

/// The methods, each with an id: a number where the seed gives none, so that it says the same twice.
fn identified(methods: &[Map<String, Value>]) -> Vec<Map<String, Value>> {
    let mut methods = methods.to_vec();
    for (number, method) in methods.iter_mut().enumerate() {
        let id = Uuid::from_u64_pair(0, u64::try_from(number).unwrap_or_default());
        method.entry("id").or_insert_with(|| id.to_string().into());
    }
    methods
}

impl SeedGroup {
    fn make(&self, state: &mut State) {
        if state.group(&self.id).is_none() {
            state.groups.push(Group {
                id: self.id.clone(),
                ..Group::default()
            });
        }
        let Some(group) = state.groups.named_mut(&self.id.to_ascii_lowercase()) else {
            return;
        };
        group.display_name.clone_from(&self.display_name);
        set_some(&mut group.description, &self.description);
        set_some(&mut group.mail_nickname, &self.mail_nickname);
        set_some(&mut group.security_enabled, &self.security_enabled);
        set(&mut group.group_types, &self.group_types);
        set_some(&mut group.membership_rule, &self.membership_rule);
        let synchronized = &self.on_premises_sync_enabled;
        set_some(&mut group.on_premises_sync_enabled, synchronized);
        set_some(&mut group.visibility, &self.visibility);
        let has_roles = self.roles.as_ref().is_some_and(|roles| !roles.is_empty());
        let assignable = self.is_assignable_to_role.or(has_roles.then_some(true));
        set(&mut group.is_assignable_to_role, &assignable);
        if let Some(roles) = &self.roles {
            state.set_roles(&self.id, roles);
        }
    }

    fn fill(&self, state: &mut State) -> Result<(), ApplyError> {
        let members = principals(state, &self.members)?;
        let owners = principals(state, &self.owners)?;
        if let Some(group) = state.groups.named_mut(&self.id.to_ascii_lowercase()) {
            set(&mut group.members, &members);
            set(&mut group.owners, &owners);
        }
        Ok(())
    }
}

impl SeedUnit {
    fn apply(&self, state: &mut State, env: &Env) -> Result<(), ApplyError> {
        let members = self.members.iter().map(|name| principal(state, name));
        let members = members.collect::<Result<Vec<String>, _>>()?;
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

impl SeedRole {
    fn apply(&self, state: &mut State, standing: Standing) -> Result<(), ApplyError> {
        let scope = match &self.administrative_unit {
            None => WHOLE_TENANT.to_owned(),
            Some(_) if !self.role.is_scopable() => {
                return Err(ApplyError::UnscopableRole(self.role));
            }
            Some(name) => {
                let mut units = state.administrative_units.iter();
                let unit = units.find(|unit| unit.display_name == *name);
                let unit = unit.ok_or_else(|| ApplyError::UnknownUnit(name.clone()))?;
                RoleAssignment::scope_of(unit.id)
            }
        };
        let principal = principal(state, &self.principal)?;
        state.put_role(RoleAssignment {
            standing,
            start: self.start_date_time,
            end: self.end_date_time,
            ..RoleAssignment::within(&principal, self.role, &scope)
        });
        Ok(())
    }
}

fn principals(
    state: &State,
    names: &Option<Vec<String>>,
) -> Result<Option<Vec<String>>, ApplyError> {
    let ids = names.as_ref().map(|names| {
        let names = names.iter();
        names.map(|name| principal(state, name)).collect()
    });
    ids.transpose()
}

/// The object id of a user, of an application's service principal, or of a group.
fn principal(state: &State, name: &str) -> Result<String, ApplyError> {
    let user = state.user(&full_name(state, name));
    let application = || {
        let mut applications = state.applications.iter();
        let found = applications.find(|application| application.display_name == name)?;
        Some(found.object_id.to_string())
    };
    let group = || {
        let named = || state.groups.iter().find(|group| group.display_name == name);
        let group = state.group(name).or_else(named)?;
        Some(group.id.clone())
    };
    let id = user.map(|user| user.id.to_string());
    id.or_else(application)
        .or_else(group)
        .ok_or_else(|| ApplyError::UnknownPrincipal(name.to_owned()))
}

pub(super) fn full_name(state: &State, name: &str) -> String {
    if name.contains('@') || name.parse::<Uuid>().is_ok() {
        name.to_owned()
    } else {
        format!("{name}@{}", state.domain)
    }
}

pub(super) fn set<T: Clone>(member: &mut T, wanted: &Option<T>) {
    if let Some(wanted) = wanted {
        member.clone_from(wanted);
    }
}

fn set_some<T: Clone>(member: &mut Option<T>, wanted: &Option<T>) {
    if wanted.is_some() {
        member.clone_from(wanted);
    }
}
