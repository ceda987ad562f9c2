//! What the tool made in tenants: the only objects there that it may call its own.

use super::ceremony::Ceremony;
use super::{Moment, State};
use crate::ledger::event::{Event, TenantChange, TenantChanged};

/// An object that the tool made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedObject {
    /// The entry that says so, and when.
    pub made: Moment,
    /// The tenant's identifier.
    pub tenant: String,
    /// The change that made it.
    pub by: TenantChange,
    /// Its identifier.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}

impl State {
    /// The objects that were made in a tenant, in the order of their making.
    pub fn owned_in<'a>(&'a self, tenant: &'a str) -> impl Iterator<Item = &'a OwnedObject> {
        self.owned.iter().filter(move |one| one.tenant == tenant)
    }

    pub(super) fn change_tenant(
        &mut self,
        made: Moment,
        changed: TenantChanged,
        ceremony: Option<&Ceremony>,
    ) {
        let Some(Event::TenantChangeIntended(intended)) = ceremony.map(|one| &one.intent) else {
            return;
        };
        if let (true, Some(id)) = (intended.change.creates(), changed.object.id) {
            self.owned.push(OwnedObject {
                made,
                tenant: intended.tenant.clone(),
                by: intended.change,
                id,
                name: changed.object.name,
            });
        }
    }
}
