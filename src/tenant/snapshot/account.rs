//! What was read of one account.

use serde::{Deserialize, Serialize};

use super::super::conditional_access::{Person, PersonKind};
use super::super::read::{self, Read};
use crate::graph::model::{
    AuthenticationMethod, Fido2AuthenticationMethod, Membership, SignIn,
    StrongAuthenticationRequirements, UnifiedRoleScheduleInstance, User,
};

/// One account. A user that the directory does not know is no account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// The name in the configuration.
    pub name: String,
    /// The user; none if there is none of this name.
    #[serde(with = "read")]
    pub user: Read<Option<User>>,
    /// Groups, roles and administrative units, groups within groups included.
    #[serde(with = "read")]
    pub memberships: Read<Vec<Membership>>,
    /// Which of those groups is directly in which, to show a path.
    #[serde(with = "read")]
    pub edges: Read<Vec<Edge>>,
    /// The registered keys.
    #[serde(with = "read")]
    pub keys: Read<Vec<Fido2AuthenticationMethod>>,
    /// Every registered method, the keys included.
    #[serde(with = "read")]
    pub methods: Read<Vec<AuthenticationMethod>>,
    /// Roles with their terms. The service shows them with a licence only.
    #[serde(with = "read")]
    pub role_schedules: Read<Vec<UnifiedRoleScheduleInstance>>,
    /// Roles that could be activated.
    #[serde(with = "read")]
    pub role_eligibilities: Read<Vec<UnifiedRoleScheduleInstance>>,
    /// Multifactor authentication for this user alone.
    #[serde(with = "read")]
    pub per_user_mfa: Read<StrongAuthenticationRequirements>,
    /// The last sign-ins, the newest first.
    #[serde(with = "read")]
    pub sign_ins: Read<Vec<SignIn>>,
}

/// One group, or the account, is directly in another group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The member's object id.
    pub member: String,
    /// The group's.
    pub group: String,
}

impl Account {
    /// The account as Conditional Access sees it; none if there is no such user, or it could not be read.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        let user = self.user.as_ref().ok()?.as_ref()?;
        let memberships = self.memberships.as_ref().ok();
        Some(Person {
            id: user.id.clone(),
            groups: memberships.map(|all| all.iter().map(|one| one.id.clone()).collect()),
            roles: memberships.and_then(|all| roles(all)),
            kind: kind(user),
        })
    }

    /// Whether it is the one with this name in the configuration, user principal name or object id.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        let user = self.user.as_ref().ok().and_then(Option::as_ref);
        let by_user = user.into_iter().flat_map(|user| {
            let upn = user.user_principal_name.as_deref();
            upn.into_iter().chain([user.id.as_str()])
        });
        let mut names = by_user.chain([self.name.as_str()]);
        names.any(|one| one.eq_ignore_ascii_case(name))
    }
}

/// The templates of the roles; none where the service hides one of them.
fn roles(memberships: &[Membership]) -> Option<Vec<String>> {
    let mut roles = Vec::new();
    for one in memberships {
        if one.kind()? == Membership::ROLE {
            roles.push(one.role_template_id.clone()?);
        }
    }
    Some(roles)
}

/// Accounts that were invited have a creation type; guests that were not are of this tenant.
fn kind(user: &User) -> Option<PersonKind> {
    let invited = user.creation_type.as_deref() == Some("Invitation");
    match (user.user_type.as_deref()?, invited) {
        ("Member", false) => Some(PersonKind::Member),
        ("Member", true) => Some(PersonKind::B2bCollaborationMember),
        ("Guest", false) => Some(PersonKind::InternalGuest),
        ("Guest", true) => Some(PersonKind::B2bCollaborationGuest),
        _ => None,
    }
}
