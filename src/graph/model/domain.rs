//! `domain` and `organization`, the members that this tool reads.

use serde::{Deserialize, Serialize};

/// `domain`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Domain {
    /// The name.
    pub id: String,
    /// `Managed` or `Federated`.
    pub authentication_type: Option<String>,
    /// Whether it is the tenant's first, which ends in `.onmicrosoft.com`.
    pub is_initial: Option<bool>,
    /// Whether it is verified.
    pub is_verified: Option<bool>,
}

/// `organization`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Organization {
    /// The tenant's identifier.
    pub id: String,
    /// For people.
    pub display_name: Option<String>,
    /// What the tenant has licences for.
    pub assigned_plans: Vec<AssignedPlan>,
    /// Whether accounts come from an on-premises directory.
    pub on_premises_sync_enabled: Option<bool>,
}

/// `assignedPlan`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AssignedPlan {
    /// A GUID, the same in every tenant.
    pub service_plan_id: String,
    /// `Enabled`, `Warning`, `Suspended`, `Deleted`, `LockedOut`.
    pub capability_status: Option<String>,
}

impl Organization {
    /// Service plan AAD_PREMIUM, Microsoft Entra ID P1.
    pub const P1: &'static str = "41781fb2-bc02-4b7c-bd55-b576c07bb09d";
    /// Service plan AAD_PREMIUM_P2, Microsoft Entra ID P2.
    pub const P2: &'static str = "eec0eb4f-6444-4f95-aba0-50c24d67f998";
    /// Service plan of Microsoft Entra ID Governance.
    pub const GOVERNANCE: &'static str = "e866a266-3cff-43a3-acca-0c90a7e00c8b";

    /// Whether it has a service plan that works.
    #[must_use]
    pub fn has_plan(&self, plan: &str) -> bool {
        self.assigned_plans.iter().any(|one| {
            let works = matches!(
                one.capability_status.as_deref(),
                Some("Enabled" | "Warning")
            );
            works && one.service_plan_id.eq_ignore_ascii_case(plan)
        })
    }

    /// Whether it has Microsoft Entra ID P1, which P2 contains: Conditional Access, and groups to which roles can be assigned.
    #[must_use]
    pub fn has_p1(&self) -> bool {
        self.has_plan(Self::P1) || self.has_plan(Self::P2)
    }

    /// Whether it certainly never had any of these service plans: one that has run out leaves things behind.
    #[must_use]
    pub fn never_had(&self, plans: &[&str]) -> bool {
        let had = |one: &AssignedPlan| {
            let same = |plan: &&str| one.service_plan_id.eq_ignore_ascii_case(plan);
            plans.iter().any(same)
        };
        !self.assigned_plans.is_empty() && !self.assigned_plans.iter().any(had)
    }
}
