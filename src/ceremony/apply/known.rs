//! What the ledger knows of keys, and of what the tool made.

use crate::ceremony::retire::{is_leaving, last_proof_passed};
use crate::ledger::{Entry, State, TenantChange};
use crate::tenant::plan::{KnownKey, Made, Owned};

/// The keys in service.
#[must_use]
pub fn known_keys(state: &State, entries: &[Entry]) -> Vec<KnownKey> {
    let known = state.keys_in_service().map(|key| KnownKey {
        label: key.enrolled.label.clone(),
        account: key.enrolled.account.id.clone(),
        credential_id: key.enrolled.credential_id.clone(),
        method_id: key.enrolled.method_id.clone(),
        aaguid: key.enrolled.aaguid,
        proven: last_proof_passed(key, entries) && !is_leaving(&key.enrolled.label, state),
    });
    known.collect()
}

/// What the tool made in a tenant.
#[must_use]
pub fn owned(state: &State, tenant: &str) -> Owned {
    let made = state.owned_in(tenant).filter_map(|one| {
        let made = match one.by {
            TenantChange::CreateAccount => Made::Account,
            TenantChange::CreateDedicatedPolicy => Made::DedicatedPolicy,
            TenantChange::CreateGroup => Made::Group,
            TenantChange::CreateMfaPolicy => Made::MfaPolicy,
            _ => return None,
        };
        Some((one.id.clone(), made))
    });
    Owned(made.collect())
}
