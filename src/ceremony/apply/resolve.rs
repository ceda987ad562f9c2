//! From a step that names what is still to be made to one that names it by its id, and to the intent that is recorded.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::ledger::{
    SealedSecret, TenantChange, TenantChangeIntended, TenantObject, canonical_hash,
};
use crate::tenant::plan::{Change, Step, Target};

/// The ids of what was made in this run, by the texts that stand for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids(BTreeMap<String, String>);

impl Ids {
    pub(super) fn learn(&mut self, target: &Target, id: &str) {
        self.0.insert(target.id.clone(), id.to_owned());
    }

    /// Whether something with this id was made in this run, and may not be known everywhere.
    pub(super) fn is_fresh(&self, id: &str) -> bool {
        self.0.values().any(|made| made == id)
    }

    /// The step with every id that is known by now.
    pub(super) fn resolve(&self, step: &Step) -> Step {
        Step {
            object: self.target(&step.object),
            with: step.with.as_ref().map(|with| self.target(with)),
            before: self.value(&step.before),
            after: self.value(&step.after),
            ..step.clone()
        }
    }

    fn target(&self, target: &Target) -> Target {
        match self.0.get(&target.id) {
            Some(id) => Target::there(id, &target.name),
            None => target.clone(),
        }
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.0.get(text).unwrap_or(text).clone()),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.value(value)))
                .collect(),
            other => other.clone(),
        }
    }
}

/// What is recorded before a step. `as_read` is the object as it was planned for; none of one that is to be made. `password`: that of
/// an account that is to be made, if it is to be kept.
pub(super) fn intent(
    tenant: &str,
    step: &Step,
    as_read: &Value,
    password: Option<SealedSecret>,
) -> TenantChangeIntended {
    TenantChangeIntended {
        label: format!("tenant/{}", step.id()),
        tenant: tenant.to_owned(),
        change: change(step.change),
        object: object(&step.object),
        with: step.with.as_ref().map(object),
        before: Some(as_read)
            .filter(|one| !one.is_null())
            .and_then(|one| canonical_hash(one).ok()),
        after: match &step.after {
            Value::Object(members) => members.clone(),
            _ => Map::new(),
        },
        password,
    }
}

fn object(target: &Target) -> TenantObject {
    TenantObject {
        id: (!target.new).then(|| target.id.clone()),
        name: target.name.clone(),
    }
}

fn change(change: Change) -> TenantChange {
    match change {
        Change::AddMember => TenantChange::AddMember,
        Change::AssignRole => TenantChange::AssignRole,
        Change::ChangeMfaPolicy => TenantChange::ChangeMfaPolicy,
        Change::CreateAccount => TenantChange::CreateAccount,
        Change::CreateDedicatedPolicy => TenantChange::CreateDedicatedPolicy,
        Change::CreateGroup => TenantChange::CreateGroup,
        Change::CreateMfaPolicy => TenantChange::CreateMfaPolicy,
        Change::EnforceDedicatedPolicy => TenantChange::EnforceDedicatedPolicy,
        Change::EnforceMfaPolicy => TenantChange::EnforceMfaPolicy,
        Change::ExcludeGroup => TenantChange::ExcludeGroup,
        Change::SetPasswordPolicy => TenantChange::SetPasswordPolicy,
    }
}
