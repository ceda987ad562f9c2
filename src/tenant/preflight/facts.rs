//! What has to be known of policy, account and operator. What could not be read is a fact as well.

use crate::graph::model::{
    Fido2AuthenticationMethod, Fido2AuthenticationMethodConfiguration as Policy, Membership,
    UnifiedRoleAssignment, User,
};
use crate::tenant::GLOBAL_ADMINISTRATOR;
use crate::tenant::read::{Read, Unread};

/// Role template: may see and set the authentication methods of people without a privileged role.
pub const AUTHENTICATION_ADMINISTRATOR: &str = "c4e39bd9-1100-46d3-8c65-fb160da0071f";
/// Role template: may read everything, creation options included, and register nothing.
pub const GLOBAL_READER: &str = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
/// Role template: may see and set the authentication methods of everybody.
pub const PRIVILEGED_AUTHENTICATION_ADMINISTRATOR: &str = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13";

/// The permissions that would tell, least first.
pub mod permission {
    use std::borrow::Cow;

    /// Units of which the account is a member.
    pub const ADMINISTRATIVE_UNITS: Cow<'static, str> =
        Cow::Borrowed("AdministrativeUnit.Read.All");
    /// Groups of which somebody is a member.
    pub const GROUPS: Cow<'static, str> = Cow::Borrowed("GroupMember.Read.All");
    /// The account's registered keys.
    pub const METHODS: Cow<'static, str> = Cow::Borrowed("UserAuthMethod-Passkey.Read.All");
    /// The passkey policy.
    pub const POLICY: Cow<'static, str> = Cow::Borrowed("Policy.Read.AuthenticationMethod");
    /// Roles, of the whole tenant and of its units.
    pub const ROLES: Cow<'static, str> = Cow::Borrowed("RoleManagement.Read.Directory");
}

/// What holds for every account.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// The passkey policy.
    pub policy: Read<Policy>,
    /// Who asks.
    pub operator: Read<Operator>,
}

/// Who registers the key.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Whether a person signed in.
    pub kind: OperatorKind,
    /// The object id of the user or of the service principal.
    pub id: Option<String>,
    /// The permissions in the access token.
    pub permissions: Vec<String>,
    /// The templates of the roles that a person has in the whole tenant. An application needs none.
    pub roles: Read<Vec<String>>,
    /// Whether a person is in a group that can have roles in administrative units: those are not shown with the person's.
    pub role_groups: bool,
}

/// In whose name Graph is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorKind {
    /// An application in its own name.
    Application,
    /// A person who signed in.
    Person,
}

impl Operator {
    /// Whether a role lets the operator register keys for everybody; `None` if roles could not be read.
    #[must_use]
    pub fn reaches_everybody(&self) -> Option<bool> {
        let everybody = [
            GLOBAL_ADMINISTRATOR,
            PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
        ];
        let roles = self.roles.as_ref().ok()?;
        Some(everybody.iter().any(|role| has(roles, role)))
    }
}

/// The account that the key is for.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub user: User,
    /// The keys that are registered.
    pub methods: Read<Vec<Fido2AuthenticationMethod>>,
    /// What it is a member of, groups within groups included.
    pub memberships: Read<Vec<Membership>>,
    /// The operator's own role assignments, where the account's standing makes them count; else none were asked for.
    pub assignments: Read<Vec<UnifiedRoleAssignment>>,
}

impl Account {
    /// The ids of everything it is in.
    #[must_use]
    pub fn groups(&self) -> Option<Vec<String>> {
        let memberships = self.memberships.as_ref().ok()?;
        Some(memberships.iter().map(|one| one.id.clone()).collect())
    }

    /// The templates of its roles. Where a kind or a template is missing, the service hides it for want of a permission.
    pub(super) fn roles(&self) -> Read<Vec<String>> {
        let hidden = || Unread {
            why: "the account's roles are not shown".to_owned(),
            permission: Some(permission::ROLES),
        };
        let mut roles = Vec::new();
        for one in self.memberships.as_ref().map_err(|unread| Unread {
            why: format!("the account's roles could not be read: {}", unread.why),
            permission: Some(permission::ROLES),
        })? {
            match (one.kind(), &one.role_template_id) {
                (Some(Membership::ROLE), Some(template)) => roles.push(template.clone()),
                (Some(Membership::ROLE), None) | (None, _) => return Err(hidden()),
                (Some(_), _) => {}
            }
        }
        Ok(roles)
    }

    /// The administrative units that restrict it.
    pub(super) fn restricting_units(&self) -> Read<Units<'_>> {
        let memberships = self.memberships.as_ref().map_err(|unread| Unread {
            why: format!(
                "the account's administrative units could not be read: {}",
                unread.why
            ),
            permission: Some(permission::ADMINISTRATIVE_UNITS),
        })?;
        let mut units = Units::default();
        for one in memberships {
            let is_shown = one.kind().is_some() && one.display_name.is_some();
            match (one.kind(), one.is_member_management_restricted) {
                (Some(kind), _) if kind != Membership::UNIT => {}
                (_, Some(true)) => units.restricting.push(&one.id),
                (_, Some(false)) => {}
                // Not set is no, but nothing is set where the service hides the unit.
                (_, None) if is_shown => {}
                (_, None) => units.hidden.push(&one.id),
            }
        }
        Ok(units)
    }
}

/// The ids of an account's administrative units, but for those that restrict nothing.
#[derive(Debug, Default)]
pub(super) struct Units<'a> {
    /// They restrict their members.
    pub(super) restricting: Vec<&'a str>,
    /// They may.
    pub(super) hidden: Vec<&'a str>,
}

/// Whether a role is among these templates.
pub(super) fn has(roles: &[String], role: &str) -> bool {
    roles.iter().any(|one| one.eq_ignore_ascii_case(role))
}
