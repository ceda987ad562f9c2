//! The roles that matter to an emergency account, and who holds them.

use uuid::{Uuid, uuid};

use super::permission;
use crate::ceremony::unread::read;
use crate::graph::model::{DirectoryObject, ExpandedRoleAssignment, UnifiedRoleAssignment};
use crate::graph::{self, Answers, Batch, Client, Pending};
use crate::tenant::GLOBAL_ADMINISTRATOR;
use crate::tenant::read::{Read, Unread};
use crate::tenant::snapshot::RoleGroup;

/// What the holder of a role can do to an emergency account, which is a Global Administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// Everything: take the role, or become somebody who has it.
    TakeOver,
    /// Reset its password or its methods, or issue a Temporary Access Pass.
    Credentials,
    /// Change Conditional Access or the policy of methods, and so lock it out.
    Policies,
    /// Change the members of a group to which no role can be assigned.
    Groups,
}

/// A built-in role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Role {
    /// The template, which is the same in every tenant.
    pub template: Uuid,
    /// As Microsoft's documentation has it.
    pub name: &'static str,
    /// Why it matters.
    pub power: Power,
}

/// The roles that are asked for, by Microsoft's reference of built-in roles (2026-01-20).
///
/// Not among them: Authentication, Helpdesk, Password Administrator and Partner Tier1 Support, whose reach ends before Global
/// Administrators; the administrators of Exchange, SharePoint, Teams and Yammer, who change Microsoft 365 groups only.
pub const ROLES: [Role; 20] = [
    role(
        uuid!(GLOBAL_ADMINISTRATOR),
        "Global Administrator",
        Power::TakeOver,
    ),
    // Assigns any role, and changes groups to which roles can be assigned.
    role(
        uuid!("e8611ab8-c189-46e8-94e1-60213ab1f814"),
        "Privileged Role Administrator",
        Power::TakeOver,
    ),
    // Adds credentials to applications, and acts with whatever permissions these have.
    role(
        uuid!("9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"),
        "Application Administrator",
        Power::TakeOver,
    ),
    role(
        uuid!("158c047a-c907-4556-b7ef-446551a6b5f7"),
        "Cloud Application Administrator",
        Power::TakeOver,
    ),
    // Federate a domain: whoever holds its key signs in as any of its users, Global Administrators among them.
    role(
        uuid!("8329153b-31d0-4727-b945-745eb3bc5f31"),
        "Domain Name Administrator",
        Power::TakeOver,
    ),
    role(
        uuid!("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
        "Hybrid Identity Administrator",
        Power::TakeOver,
    ),
    role(
        uuid!("7be44c8a-adaf-4e2a-84d6-ab2649e08a13"),
        "Privileged Authentication Administrator",
        Power::Credentials,
    ),
    // No longer to be assigned, but still in force where it was.
    role(
        uuid!("e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8"),
        "Partner Tier2 Support",
        Power::Credentials,
    ),
    role(
        uuid!("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
        "Conditional Access Administrator",
        Power::Policies,
    ),
    role(
        uuid!("194ae4cb-b126-40b2-bd5b-6091b380977d"),
        "Security Administrator",
        Power::Policies,
    ),
    // Which passkeys are accepted, and for whom.
    role(
        uuid!("0526716b-113d-4c15-b2c8-68e3c22b9f80"),
        "Authentication Policy Administrator",
        Power::Policies,
    ),
    role(
        uuid!("fdd7a751-b60b-444a-984c-02652fe8fa1c"),
        "Groups Administrator",
        Power::Groups,
    ),
    role(
        uuid!("fe930be7-5e62-47db-91af-98c3a49a38b1"),
        "User Administrator",
        Power::Groups,
    ),
    role(
        uuid!("9360feb5-f418-4baa-8175-e2a00bac4301"),
        "Directory Writers",
        Power::Groups,
    ),
    role(
        uuid!("45d8d3c5-c802-45c6-b32a-1d70b5e1e86e"),
        "Identity Governance Administrator",
        Power::Groups,
    ),
    role(
        uuid!("59d46f88-662b-457b-bceb-5c3809e5908f"),
        "Lifecycle Workflows Administrator",
        Power::Groups,
    ),
    role(
        uuid!("3a2c62db-5318-420d-8d74-23affee5d9d5"),
        "Intune Administrator",
        Power::Groups,
    ),
    role(
        uuid!("11451d60-acb2-45eb-a7d6-43d0f0125c13"),
        "Windows 365 Administrator",
        Power::Groups,
    ),
    role(
        uuid!("b5a8dcf3-09d5-43a9-a639-8e29ef291470"),
        "Knowledge Administrator",
        Power::Groups,
    ),
    role(
        uuid!("744ec460-397e-42ad-a462-8b3f9747a02c"),
        "Knowledge Manager",
        Power::Groups,
    ),
];

const fn role(template: Uuid, name: &'static str, power: Power) -> Role {
    Role {
        template,
        name,
        power,
    }
}

/// Asks who holds them.
pub(super) fn ask_for_holders(
    batch: &mut Batch,
    client: &Client,
) -> Vec<Pending<Vec<ExpandedRoleAssignment>>> {
    let ask = |role: &Role| batch.add(client.role_holders(role.template));
    ROLES.iter().map(ask).collect()
}

/// Who holds them.
pub(super) struct Holders {
    pub(super) assignments: Read<Vec<UnifiedRoleAssignment>>,
    pub(super) holders: Read<Vec<DirectoryObject>>,
}

/// All of them or none: a list without the holders of one role would look like a tenant without them.
pub(super) async fn holders(
    asked: Vec<Pending<Vec<ExpandedRoleAssignment>>>,
    answers: &mut Answers,
) -> Result<Holders, graph::Error> {
    let mut assignments = Vec::new();
    let mut holders = Ok(Vec::new());
    for pending in asked {
        match read(answers.take(pending).await, permission::ROLES)? {
            Ok(some) => some.into_iter().for_each(|one| {
                collect(&mut holders, one.principal, &one.assignment.principal_id);
                assignments.push(one.assignment);
            }),
            Err(unread) => {
                return Ok(Holders {
                    assignments: Err(unread.clone()),
                    holders: Err(unread),
                });
            }
        }
    }
    Ok(Holders {
        assignments: Ok(assignments),
        holders,
    })
}

/// One who holds several roles is kept once; one whom the service does not show makes the list incomplete.
fn collect(holders: &mut Read<Vec<DirectoryObject>>, principal: Option<DirectoryObject>, id: &str) {
    let Ok(known) = holders else { return };
    match principal {
        Some(principal) if known.iter().all(|one| one.id != principal.id) => known.push(principal),
        Some(_) => {}
        None => {
            *holders = Err(Unread {
                why: format!("the service does not show who {id} is, who holds a role"),
                permission: Some(super::permission::USERS),
            });
        }
    }
}

/// A group that holds a role, and the question who is in it.
type Asked = (String, Pending<Vec<DirectoryObject>>);

impl Holders {
    /// Asks who is in the groups among the holders.
    pub(super) fn ask_for_members(&self, batch: &mut Batch, client: &Client) -> Read<Vec<Asked>> {
        let holders = self.holders.as_ref().map_err(Clone::clone)?;
        let groups = holders.iter().filter(|one| one.kind() == Some("group"));
        let ask =
            |group: &DirectoryObject| (group.id.clone(), batch.add(client.members(&group.id)));
        Ok(groups.map(ask).collect())
    }
}

/// Who is in them. A group of which that is not shown makes the list incomplete.
pub(super) async fn members(
    asked: Read<Vec<Asked>>,
    answers: &mut Answers,
) -> Result<Read<Vec<RoleGroup>>, graph::Error> {
    let asked = match asked {
        Ok(asked) => asked,
        Err(unread) => return Ok(Err(unread)),
    };
    let mut groups = Vec::new();
    for (group, pending) in asked {
        match read(answers.take(pending).await, permission::GROUPS)? {
            Ok(members) => groups.push(RoleGroup { group, members }),
            Err(unread) => return Ok(Err(unread)),
        }
    }
    Ok(Ok(groups))
}
