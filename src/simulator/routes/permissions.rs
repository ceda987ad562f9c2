//! Which permissions open which operation.

use crate::simulator::routes::Access;

const METHODS_WRITE: [&str; 2] = [
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

const METHODS_READ: [&str; 4] = [
    "UserAuthMethod-Passkey.Read.All",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

const OWN_METHODS_WRITE: [&str; 4] = [
    "UserAuthMethod-Passkey.ReadWrite",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.ReadWrite.All",
];

const OWN_METHODS_READ: [&str; 8] = [
    "UserAuthMethod-Passkey.Read",
    "UserAuthMethod-Passkey.Read.All",
    "UserAuthMethod-Passkey.ReadWrite",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Reading any user.
pub(super) const USERS: [&str; 5] = [
    "User.Read.All",
    "User.ReadBasic.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading the signed-in user.
pub(super) const OWN_USER: [&str; 7] = [
    "User.Read",
    "User.ReadWrite",
    "User.Read.All",
    "User.ReadBasic.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading the organization; `User.Read` is delegated only, so no application gets in by it.
pub(super) const ORGANIZATION: [&str; 4] = [
    "Organization.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "User.Read",
];

/// Reading the FIDO2 policy.
pub(super) const POLICY: [&str; 3] = [
    "Policy.Read.AuthenticationMethod",
    "Policy.Read.All",
    "Policy.ReadWrite.AuthenticationMethod",
];

/// Reading and trying Conditional Access.
pub(super) const CONDITIONAL_ACCESS: [&str; 2] =
    ["Policy.Read.All", "Policy.Read.ConditionalAccess"];

/// Writing Conditional Access, together with the permission to read all policies.
pub(super) const CONDITIONAL_ACCESS_WRITE: [&str; 1] = ["Policy.ReadWrite.ConditionalAccess"];

/// Reading all policies.
pub(super) const ALL_POLICIES: [&str; 1] = ["Policy.Read.All"];

/// Reading authentication strengths.
pub(super) const STRENGTHS: [&str; 3] = [
    "Policy.Read.All",
    "Policy.ReadWrite.ConditionalAccess",
    "Policy.ReadWrite.AuthenticationMethod",
];

/// Switching security defaults on and off.
pub(super) const SECURITY_DEFAULTS_WRITE: [&str; 2] = [
    "Policy.ReadWrite.SecurityDefaults",
    "Policy.ReadWrite.ConditionalAccess",
];

/// Writing the FIDO2 policy.
pub(super) const POLICY_WRITE: [&str; 1] = ["Policy.ReadWrite.AuthenticationMethod"];

/// Reading who has which directory role.
pub(super) const ROLE_ASSIGNMENTS: [&str; 2] = [
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
];

/// Reading directory roles among a user's memberships.
pub(super) const ROLES: [&str; 4] = [
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading groups among a user's memberships.
pub(super) const GROUPS: [&str; 6] = [
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading administrative units.
pub(super) const ADMINISTRATIVE_UNITS: [&str; 4] = [
    "AdministrativeUnit.Read.All",
    "AdministrativeUnit.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Creating and changing users.
pub(super) const USERS_WRITE: [&str; 2] = ["User.ReadWrite.All", "Directory.ReadWrite.All"];

/// Deleting users, and bringing them back.
pub(super) const USERS_DELETE: [&str; 3] = [
    "User.DeleteRestore.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Changing oneself.
pub(super) const OWN_USER_WRITE: [&str; 3] = [
    "User.ReadWrite",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Setting the password of somebody else.
pub(super) const PASSWORDS_WRITE: [&str; 2] = [
    "User-PasswordProfile.ReadWrite.All",
    "Directory.AccessAsUser.All",
];

/// Enabling and disabling accounts, and nothing else of them.
pub(super) const ACCOUNTS_ENABLE: [&str; 1] = ["User.EnableDisableAccount.All"];

/// Ending the sessions of others, as an application.
pub(super) const SESSIONS_REVOKE: [&str; 1] = ["User.RevokeSessions.All"];

/// The same, as a person.
pub(super) const SESSIONS_REVOKE_DELEGATED: [&str; 3] = [
    "User.RevokeSessions.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Creating groups.
pub(super) const GROUPS_CREATE: [&str; 3] = [
    "Group.Create",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Changing and deleting groups.
pub(super) const GROUPS_WRITE: [&str; 2] = ["Group.ReadWrite.All", "Directory.ReadWrite.All"];

/// Changing who is in a group.
pub(super) const MEMBERS_WRITE: [&str; 3] = [
    "GroupMember.ReadWrite.All",
    "Group.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Writing who has which directory role; role-assignable groups ask for it as well.
pub(super) const ROLES_WRITE: [&str; 1] = ["RoleManagement.ReadWrite.Directory"];

/// Reading since when and until when roles are active.
pub(super) const ACTIVE_SCHEDULES: [&str; 4] = [
    "RoleAssignmentSchedule.Read.Directory",
    "RoleAssignmentSchedule.ReadWrite.Directory",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
];

/// Reading who may activate which role.
pub(super) const ELIGIBLE_SCHEDULES: [&str; 4] = [
    "RoleEligibilitySchedule.Read.Directory",
    "RoleEligibilitySchedule.ReadWrite.Directory",
    "RoleManagement.Read.Directory",
    "RoleManagement.ReadWrite.Directory",
];

/// Reading service principals among members.
pub(super) const APPLICATIONS: [&str; 4] = [
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading domains.
pub(super) const DOMAINS: [&str; 4] = [
    "Domain.Read.All",
    "Domain.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Reading per-user MFA.
pub(super) const REQUIREMENTS: [&str; 2] =
    ["Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod"];

/// Reading every kind of authentication method of others.
pub(super) const ALL_METHODS: [&str; 2] = [
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Writing methods of every kind of others.
pub(super) const ALL_METHODS_WRITE: [&str; 1] = ["UserAuthenticationMethod.ReadWrite.All"];

/// Reading Temporary Access Passes of others.
pub(super) const PASSES: [&str; 4] = [
    "UserAuthMethod-TAP.Read.All",
    "UserAuthMethod-TAP.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Issuing Temporary Access Passes to others, and taking them back.
pub(super) const PASSES_WRITE: [&str; 2] = [
    "UserAuthMethod-TAP.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite.All",
];

/// Reading the logs.
pub(super) const LOGS: [&str; 1] = ["AuditLog.Read.All"];

/// Reading which policies a sign-in met.
pub(super) const APPLIED_POLICIES: [&str; 3] = [
    "Policy.Read.All",
    "Policy.Read.ConditionalAccess",
    "Policy.ReadWrite.ConditionalAccess",
];

/// Reading access reviews.
pub(super) const ACCESS_REVIEWS: [&str; 3] = [
    "AccessReview.Read.All",
    "AccessReview.ReadWrite.All",
    "AccessReview.ReadWrite.Membership",
];

/// Reading lifecycle workflows.
pub(super) const WORKFLOWS: [&str; 4] = [
    "LifecycleWorkflows-Workflow.Read.All",
    "LifecycleWorkflows-Workflow.ReadWrite.All",
    "LifecycleWorkflows.Read.All",
    "LifecycleWorkflows.ReadWrite.All",
];

/// Permissions for FIDO2 methods, of others or one's own.
pub(super) fn for_methods(access: Access, own: bool) -> &'static [&'static str] {
    match (access, own) {
        (Access::Read, false) => &METHODS_READ,
        (Access::Read, true) => &OWN_METHODS_READ,
        (Access::ReadOptions | Access::Write, false) => &METHODS_WRITE,
        (Access::ReadOptions | Access::Write, true) => &OWN_METHODS_WRITE,
    }
}
