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

/// Permissions for FIDO2 methods, of others or one's own.
pub(super) fn for_methods(access: Access, own: bool) -> &'static [&'static str] {
    match (access, own) {
        (Access::Read, false) => &METHODS_READ,
        (Access::Read, true) => &OWN_METHODS_READ,
        (Access::ReadOptions | Access::Write, false) => &METHODS_WRITE,
        (Access::ReadOptions | Access::Write, true) => &OWN_METHODS_WRITE,
    }
}
