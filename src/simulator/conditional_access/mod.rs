//! Conditional Access in the simulated tenant: policies, the strengths and locations that they name, what applies to a
//! sign-in, and whether the emergency accounts still get in. Written from Microsoft's documentation and metadata.

mod change;
pub(in crate::simulator) mod decision;
mod device_rule;
pub(in crate::simulator) mod evaluate;
pub(in crate::simulator) mod key;
mod lockout;
mod named_location;
pub mod policy;
mod refusal;
pub(in crate::simulator) mod sign_in;
mod strength;
mod validate;

use std::borrow::Cow;

use jiff::Timestamp;
pub use lockout::{Breach, Lockout};
pub use named_location::{IpRange, NamedLocation, Place};
pub use policy::{Policy, PolicyState};
pub use refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
pub use strength::{AuthenticationStrength, CombinationConfiguration, built_in};
use uuid::Uuid;

use crate::simulator::tenant::State;

/// What the tenant knows of Conditional Access.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ConditionalAccess {
    /// Policies, in whatever state.
    pub policies: Vec<Policy>,
    /// Policies that can be restored.
    pub deleted_policies: Vec<Policy>,
    /// Networks and countries.
    pub named_locations: Vec<NamedLocation>,
    /// Strengths besides the built-in ones.
    pub authentication_strengths: Vec<AuthenticationStrength>,
    /// Whether the simple protection is on that excludes enforced policies.
    pub security_defaults_enabled: bool,
    /// Whether there is one request per second for all clients together.
    pub is_throttled: bool,
    /// Object ids of the accounts that no write may lock out.
    pub emergency_accounts: Vec<Uuid>,
}

impl ConditionalAccess {
    /// A strength, built in or of the tenant's own.
    #[must_use]
    pub fn strength(&self, id: Uuid) -> Option<Cow<'_, AuthenticationStrength>> {
        let own = self.authentication_strengths.iter();
        let own = own.map(Cow::Borrowed).find(|strength| strength.id == id);
        own.or_else(|| {
            let mut built_in = built_in().into_iter();
            built_in.find(|strength| strength.id == id).map(Cow::Owned)
        })
    }

    /// A policy that is not deleted.
    #[must_use]
    pub fn policy(&self, id: Uuid) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// A policy as an answer has it: with the whole of the strength that it names.
    pub(in crate::simulator) fn wire(&self, policy: &Policy) -> Value {
        let mut wire = json!(policy);
        let grant = policy.grant_controls.as_ref();
        let named = grant.and_then(|grant| grant.authentication_strength);
        if let Some(strength) = named.and_then(|named| self.strength(named.id)) {
            wire["grantControls"]["authenticationStrength"] = strength.wire(true);
        }
        wire
    }
}

impl State {
    /// Adds a policy, made of the body of a POST.
    ///
    /// # Errors
    /// Why the service does not take it.
    pub fn create_policy(&mut self, body: Value, id: Uuid, now: Timestamp) -> Result<(), Refusal> {
        let policy = Policy::new(body, id, now)?;
        validate::check_number(self)?;
        validate::check(self, None, &policy)?;
        self.conditional_access.policies.push(policy);
        Ok(())
    }

    /// Makes a policy what the body of a POST says, be there one of this id already or not.
    ///
    /// # Errors
    /// Why the service does not take it.
    pub(in crate::simulator) fn put_policy(
        &mut self,
        body: Value,
        id: Uuid,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let policies = self.conditional_access.policies.iter();
        let Some(at) = policies.clone().position(|policy| policy.id == id) else {
            return self.create_policy(body, id, now);
        };
        let before = &self.conditional_access.policies[at];
        let created = before.created_date_time.unwrap_or(now);
        let policy = Policy::new(body, id, created)?;
        validate::check(self, Some(before), &policy)?;
        self.conditional_access.policies[at] = policy;
        Ok(())
    }

    /// Changes a policy by the body of a PATCH; whether there is one of this id.
    ///
    /// # Errors
    /// Why the service does not take it.
    pub fn update_policy(
        &mut self,
        id: Uuid,
        body: Value,
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        let mut policies = self.conditional_access.policies.iter().enumerate();
        let Some((at, before)) = policies.find(|(_, policy)| policy.id == id) else {
            return Ok(false);
        };
        let after = before.changed(body, now)?;
        validate::check(self, Some(before), &after)?;
        self.conditional_access.policies[at] = after;
        Ok(true)
    }

    /// Moves a policy to the deleted items; whether there is one of this id.
    pub fn delete_policy(&mut self, id: Uuid, now: Timestamp) -> bool {
        let access = &mut self.conditional_access;
        let Some(at) = access.policies.iter().position(|policy| policy.id == id) else {
            return false;
        };
        let policy = access.policies.remove(at);
        access.deleted_policies.push(Policy {
            deleted_date_time: Some(now),
            ..policy
        });
        true
    }

    /// Brings a deleted policy back as it was; whether there is one of this id.
    ///
    /// # Errors
    /// Why the service does not take it, as after a policy was made in its place.
    pub fn restore_policy(&mut self, id: Uuid) -> Result<bool, Refusal> {
        let mut deleted = self.conditional_access.deleted_policies.iter().enumerate();
        let Some((at, policy)) = deleted.find(|(_, policy)| policy.id == id) else {
            return Ok(false);
        };
        let restored = Policy {
            deleted_date_time: None,
            ..policy.clone()
        };
        validate::check_number(self)?;
        validate::check(self, Some(policy), &restored)?;
        self.conditional_access.deleted_policies.remove(at);
        self.conditional_access.policies.push(restored);
        Ok(true)
    }
}
