//! Which entries are about the tenant that is asked for. A ledger may be several tenants', and each may be named by its identifier or
//! by a domain.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::ledger::{Ceremony, Event, State};

/// The names of one tenant, as far as the ledger tells.
pub(in crate::ceremony) struct Tenancy {
    /// In lower case; none if it is whatever the ledger is about.
    names: Option<BTreeSet<String>>,
}

impl Tenancy {
    /// Two names are one tenant's if entries name the same account under both: object ids are unique across tenants.
    pub(in crate::ceremony) fn of<'a>(
        tenant: Option<&str>,
        events: impl Iterator<Item = &'a Event>,
    ) -> Self {
        let Some(tenant) = tenant else {
            return Self { names: None };
        };
        let mut accounts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (name, id) in events.flat_map(named) {
            let known = accounts.entry(name.to_ascii_lowercase()).or_default();
            known.insert(id.to_ascii_lowercase());
        }
        let mut names = BTreeSet::from([tenant.to_ascii_lowercase()]);
        let mut ids = accounts.remove(&tenant.to_ascii_lowercase());
        while let Some(known) = &mut ids {
            let alike = accounts.iter().find(|(_, other)| !other.is_disjoint(known));
            let Some(name) = alike.map(|(name, _)| name.clone()) else {
                break;
            };
            known.extend(accounts.remove(&name).unwrap_or_default());
            names.insert(name);
        }
        Self { names: Some(names) }
    }

    /// Whether this may be the tenant's name. Where the ledger knows the tenant by identifiers only, a domain may be (and the other way
    /// round): nobody can tell without asking the tenant.
    pub(in crate::ceremony) fn has(&self, name: &str) -> bool {
        let Some(names) = &self.names else {
            return true;
        };
        let is_id = |name: &str| Uuid::try_parse(name).is_ok();
        let name = name.to_ascii_lowercase();
        names.contains(&name) || names.iter().all(|known| is_id(known) != is_id(&name))
    }

    /// Whether a ceremony is about the tenant: one on a key is about the key's.
    pub(in crate::ceremony) fn has_ceremony(&self, ceremony: &Ceremony, state: &State) -> bool {
        let tenant = match &ceremony.intent {
            Event::EnrollIntended(intent) => Some(&intent.tenant),
            Event::DrillIntended(intent) => Some(&intent.tenant),
            Event::TenantChangeIntended(intent) => Some(&intent.tenant),
            _ => {
                let key = state.key_by_label(&ceremony.label);
                key.map(|key| &key.enrolled.tenant)
            }
        };
        tenant.is_none_or(|tenant| self.has(tenant))
    }
}

/// The names of tenants in an event, each with an account.
fn named(event: &Event) -> Vec<(&str, &str)> {
    match event {
        Event::KeyEnrolled(key) => vec![(&key.tenant, &key.account.id)],
        Event::DrillIntended(drill) => vec![(&drill.tenant, &drill.account.id)],
        Event::TenantMonitored(look) => {
            let accounts = look.accounts.iter();
            accounts
                .map(|account| (look.tenant.as_str(), account.id.as_str()))
                .collect()
        }
        _ => Vec::new(),
    }
}
