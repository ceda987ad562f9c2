//! Directory roles, and who has which: active or eligible, for a while or for good, in the whole tenant or a unit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::encoding::base64url;
use crate::simulator::tenant::table::Row;
use crate::simulator::tenant::{State, User};

/// The scope of a role that counts everywhere.
pub(in crate::simulator) const WHOLE_TENANT: &str = "/";

/// What comes before the id of an administrative unit in a scope.
const UNIT: &str = "/administrativeUnits/";

/// A built-in directory role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // Their names are the service's own.
pub enum Role {
    ApplicationAdministrator,
    AuthenticationAdministrator,
    AuthenticationPolicyAdministrator,
    BillingAdministrator,
    CloudApplicationAdministrator,
    ConditionalAccessAdministrator,
    DirectoryReaders,
    DirectorySynchronizationAccounts,
    DirectoryWriters,
    DomainNameAdministrator,
    ExchangeAdministrator,
    GlobalAdministrator,
    GlobalReader,
    GroupsAdministrator,
    HelpdeskAdministrator,
    HybridIdentityAdministrator,
    IdentityGovernanceAdministrator,
    IntuneAdministrator,
    LicenseAdministrator,
    LifecycleWorkflowsAdministrator,
    PasswordAdministrator,
    PrivilegedAuthenticationAdministrator,
    PrivilegedRoleAdministrator,
    ReportsReader,
    SecurityAdministrator,
    SecurityOperator,
    SecurityReader,
    SharePointAdministrator,
    UserAdministrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::ApplicationAdministrator,
        Self::AuthenticationAdministrator,
        Self::AuthenticationPolicyAdministrator,
        Self::BillingAdministrator,
        Self::CloudApplicationAdministrator,
        Self::ConditionalAccessAdministrator,
        Self::DirectoryReaders,
        Self::DirectorySynchronizationAccounts,
        Self::DirectoryWriters,
        Self::DomainNameAdministrator,
        Self::ExchangeAdministrator,
        Self::GlobalAdministrator,
        Self::GlobalReader,
        Self::GroupsAdministrator,
        Self::HelpdeskAdministrator,
        Self::HybridIdentityAdministrator,
        Self::IdentityGovernanceAdministrator,
        Self::IntuneAdministrator,
        Self::LicenseAdministrator,
        Self::LifecycleWorkflowsAdministrator,
        Self::PasswordAdministrator,
        Self::PrivilegedAuthenticationAdministrator,
        Self::PrivilegedRoleAdministrator,
        Self::ReportsReader,
        Self::SecurityAdministrator,
        Self::SecurityOperator,
        Self::SecurityReader,
        Self::SharePointAdministrator,
        Self::UserAdministrator,
    ];

    /// The id of the role's template, the same in every tenant; tokens carry it in `wids`.
    #[must_use]
    pub const fn template_id(self) -> &'static str {
        self.facts().0
    }

    /// For people.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        self.facts().1
    }

    /// The role of a definition's or a template's id.
    #[must_use]
    pub fn of_template(id: &str) -> Option<Self> {
        let mut roles = Self::ALL.into_iter();
        roles.find(|role| role.template_id().eq_ignore_ascii_case(id))
    }

    #[rustfmt::skip]
    const fn facts(self) -> (&'static str, &'static str) {
        match self {
            Self::ApplicationAdministrator => ("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "Application Administrator"),
            Self::AuthenticationAdministrator => ("c4e39bd9-1100-46d3-8c65-fb160da0071f", "Authentication Administrator"),
            Self::AuthenticationPolicyAdministrator => ("0526716b-113d-4c15-b2c8-68e3c22b9f80", "Authentication Policy Administrator"),
            Self::BillingAdministrator => ("b0f54661-2d74-4c50-afa3-1ec803f12efe", "Billing Administrator"),
            Self::CloudApplicationAdministrator => ("158c047a-c907-4556-b7ef-446551a6b5f7", "Cloud Application Administrator"),
            Self::ConditionalAccessAdministrator => ("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", "Conditional Access Administrator"),
            Self::DirectoryReaders => ("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers"),
            Self::DirectorySynchronizationAccounts => ("d29b2b05-8046-44ba-8758-1e26182fcf32", "Directory Synchronization Accounts"),
            Self::DirectoryWriters => ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
            Self::DomainNameAdministrator => ("8329153b-31d0-4727-b945-745eb3bc5f31", "Domain Name Administrator"),
            Self::ExchangeAdministrator => ("29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"),
            Self::GlobalAdministrator => ("62e90394-69f5-4237-9190-012177145e10", "Global Administrator"),
            Self::GlobalReader => ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
            Self::GroupsAdministrator => ("fdd7a751-b60b-444a-984c-02652fe8fa1c", "Groups Administrator"),
            Self::HelpdeskAdministrator => ("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),
            Self::HybridIdentityAdministrator => ("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2", "Hybrid Identity Administrator"),
            Self::IdentityGovernanceAdministrator => ("45d8d3c5-c802-45c6-b32a-1d70b5e1e86e", "Identity Governance Administrator"),
            Self::IntuneAdministrator => ("3a2c62db-5318-420d-8d74-23affee5d9d5", "Intune Administrator"),
            Self::LicenseAdministrator => ("4d6ac14f-3453-41d0-bef9-a3e0c569773a", "License Administrator"),
            Self::LifecycleWorkflowsAdministrator => ("59d46f88-662b-457b-bceb-5c3809e5908f", "Lifecycle Workflows Administrator"),
            Self::PasswordAdministrator => ("966707d0-3269-4727-9be2-8c3a10f19b9d", "Password Administrator"),
            Self::PrivilegedAuthenticationAdministrator => ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
            Self::PrivilegedRoleAdministrator => ("e8611ab8-c189-46e8-94e1-60213ab1f814", "Privileged Role Administrator"),
            Self::ReportsReader => ("4a5d8f65-41da-4de4-8968-e035b65339cf", "Reports Reader"),
            Self::SecurityAdministrator => ("194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"),
            Self::SecurityOperator => ("5f2222b1-57c3-48ba-8ad5-d4759f1fde6f", "Security Operator"),
            Self::SecurityReader => ("5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"),
            Self::SharePointAdministrator => ("f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "SharePoint Administrator"),
            Self::UserAdministrator => ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
        }
    }

    /// Whether the role can be held for one administrative unit only.
    #[must_use]
    pub const fn is_scopable(self) -> bool {
        matches!(
            self,
            Self::AuthenticationAdministrator
                | Self::GroupsAdministrator
                | Self::HelpdeskAdministrator
                | Self::LicenseAdministrator
                | Self::PasswordAdministrator
                | Self::PrivilegedAuthenticationAdministrator
                | Self::UserAdministrator
        )
    }
}

/// How somebody has a role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Active, by an eligibility that was activated.
    Activated,
    /// Active.
    #[default]
    Assigned,
    /// Not active: it may be activated.
    Eligible,
}

/// That a principal has a role, or may take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignment {
    /// Its own id.
    pub id: String,
    /// Object id of a user, a group, or an application's service principal.
    pub principal_id: String,
    /// What.
    pub role: Role,
    /// Where: `/`, or `/administrativeUnits/{id}`.
    pub directory_scope_id: String,
    /// How.
    #[serde(default)]
    pub standing: Standing,
    /// Since when; none: from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// Until when; none: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
}

impl RoleAssignment {
    /// Active, for good, in the whole tenant.
    #[must_use]
    pub fn permanent(principal_id: &str, role: Role) -> Self {
        Self::within(principal_id, role, WHOLE_TENANT)
    }

    /// Active, for good, within this scope.
    #[must_use]
    pub fn within(principal_id: &str, role: Role, directory_scope_id: &str) -> Self {
        Self {
            id: row_id(principal_id, role, directory_scope_id),
            principal_id: principal_id.to_owned(),
            role,
            directory_scope_id: directory_scope_id.to_owned(),
            standing: Standing::Assigned,
            start: None,
            end: None,
        }
    }

    /// The scope of an administrative unit.
    #[must_use]
    pub fn scope_of(unit: Uuid) -> String {
        format!("{UNIT}{unit}")
    }

    /// The administrative unit in which it counts, if it is one.
    #[must_use]
    pub fn unit(&self) -> Option<Uuid> {
        self.directory_scope_id.strip_prefix(UNIT)?.parse().ok()
    }

    /// Whether it has begun and has not ended.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= now) && self.end.is_none_or(|end| now < end)
    }

    /// Whether the principal can act by it now.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.standing != Standing::Eligible && self.is_running(now)
    }

    /// Whether it is about the same principal, role and scope.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.principal_id == other.principal_id
            && self.role == other.role
            && self.directory_scope_id == other.directory_scope_id
    }
}

impl Row for RoleAssignment {
    fn names(&self) -> Vec<String> {
        vec![self.id.to_ascii_lowercase()]
    }

    fn holds(&self) -> &[String] {
        std::slice::from_ref(&self.principal_id)
    }
}

/// Ids are opaque; this one is the same for the same principal, role and scope, of which there is one active at a time.
fn row_id(principal_id: &str, role: Role, scope: &str) -> String {
    let text = format!("{principal_id} {} {scope}", role.template_id());
    base64url::encode(&Sha256::digest(text.as_bytes())[..24])
}

impl State {
    /// The roles that a user has in the whole tenant now, by assignment or by a group, each once.
    #[must_use]
    pub fn roles_of(&self, user: &User) -> Vec<Role> {
        let mut principals = self.groups_of(user.id);
        principals.push(user.id.to_string());
        self.roles_by(principals.iter().map(String::as_str))
    }

    /// The roles that an application's service principal has in the whole tenant now.
    #[must_use]
    pub fn roles_of_application(&self, object_id: Uuid) -> Vec<Role> {
        let id = object_id.to_string();
        let mut principals = self.groups_above(&id, &[]);
        principals.push(id);
        self.roles_by(principals.iter().map(String::as_str))
    }

    /// The roles in the whole tenant that are active now by an assignment to one of these, each once.
    pub(in crate::simulator) fn roles_by<'a>(
        &self,
        principals: impl Iterator<Item = &'a str>,
    ) -> Vec<Role> {
        let rows = principals.flat_map(|id| self.role_assignments.holding(id));
        let active =
            rows.filter(|row| row.directory_scope_id == WHOLE_TENANT && row.is_active(self.now));
        let mut roles: Vec<Role> = active.map(|row| row.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// Gives a principal a role in the whole tenant, for good; giving it twice changes nothing.
    pub fn assign(&mut self, principal_id: impl ToString, role: Role) {
        self.put_role(RoleAssignment::permanent(&principal_id.to_string(), role));
    }

    /// Makes these the only active roles that a principal has directly in the whole tenant.
    pub fn set_roles(&mut self, principal_id: impl ToString, roles: &[Role]) {
        let id = principal_id.to_string();
        self.role_assignments.retain(|row| {
            row.principal_id != id
                || row.standing == Standing::Eligible
                || row.directory_scope_id != WHOLE_TENANT
                || roles.contains(&row.role)
        });
        roles.iter().for_each(|role| self.assign(&id, *role));
    }

    /// Adds an assignment, instead of the one that is like it if there is one of the same standing.
    pub fn put_role(&mut self, assignment: RoleAssignment) {
        let rows = &mut self.role_assignments;
        let same = |row: &RoleAssignment| {
            row.is_like(&assignment)
                && (row.standing == Standing::Eligible)
                    == (assignment.standing == Standing::Eligible)
        };
        match rows.iter().position(same) {
            Some(at) => rows[at] = assignment,
            None => rows.push(assignment),
        }
    }

    /// The roles that a principal has over a user because of the units that the user is in; if only restricted units count,
    /// because of those.
    pub(in crate::simulator) fn scoped_roles_over(
        &self,
        principal_id: Uuid,
        object_id: &str,
        only_restricted: bool,
    ) -> Vec<Role> {
        let units = self.units_of(object_id);
        let counting: Vec<Uuid> = units
            .filter(|unit| unit.is_member_management_restricted || !only_restricted)
            .map(|unit| unit.id)
            .collect();
        let held = self.role_assignments.holding(&principal_id.to_string());
        let active = held.filter(|row| row.is_active(self.now));
        active
            .filter(|row| row.unit().is_some_and(|unit| counting.contains(&unit)))
            .map(|row| row.role)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_an_id_of_its_own() {
        for role in Role::ALL {
            assert_eq!(Role::of_template(role.template_id()), Some(role));
            assert!(role.template_id().parse::<Uuid>().is_ok(), "{role:?}");
        }
        assert_eq!(
            Role::of_template("62E90394-69F5-4237-9190-012177145E10"),
            Some(Role::GlobalAdministrator)
        );
        assert_eq!(Role::of_template(""), None);
    }
}
