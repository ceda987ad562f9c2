//! The settings that decide over a key: where Microsoft Graph keeps each, where the Entra admin center shows it, and what it
//! would have to be.

/// Where the admin center shows the passkey policy.
const POLICY_PAGE: &str = "Authentication methods > Policies > Passkey (FIDO2)";

/// A setting that can stand against a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Whether the account may sign in at all.
    AccountEnabled,
    /// Whether attestations must be verified.
    AttestationEnforcement(Scope),
    /// The operator's role in the directory.
    DirectoryRole,
    /// Who is left out of the policy.
    ExcludeTargets,
    /// Who is meant by the policy.
    IncludeTargets,
    /// Which models are taken.
    KeyRestrictions(Scope),
    /// Who registers.
    Operator,
    /// Which kinds of passkeys a profile takes; the settings for the whole tenant have none.
    PasskeyTypes(Scope),
    /// What the operator's application may do.
    Permission,
    /// The operator's role in the account's restricted administrative unit.
    ScopedRole,
    /// Whether anybody can register anything.
    SelfService,
    /// Whether there are passkeys in the tenant.
    State,
    /// Whether the account is a guest.
    UserType,
}

/// Whose settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Those of the passkey profile with this name.
    Profile(String),
    /// The deprecated ones, where there are no profiles.
    WholeTenant,
}

impl Setting {
    /// The resource and its member, as Graph names them.
    #[must_use]
    pub fn member(&self) -> String {
        let of_profile = |scope: &Scope, member: &str, global: &str| match scope {
            Scope::Profile(name) => {
                format!("fido2AuthenticationMethodConfiguration.passkeyProfiles[{name:?}].{member}")
            }
            Scope::WholeTenant => format!("fido2AuthenticationMethodConfiguration.{global}"),
        };
        match self {
            Self::AccountEnabled => "user.accountEnabled".to_owned(),
            Self::AttestationEnforcement(scope) => {
                of_profile(scope, "attestationEnforcement", "isAttestationEnforced")
            }
            Self::DirectoryRole => "unifiedRoleAssignment.roleDefinitionId".to_owned(),
            Self::ExcludeTargets => {
                "fido2AuthenticationMethodConfiguration.excludeTargets".to_owned()
            }
            Self::IncludeTargets => {
                "fido2AuthenticationMethodConfiguration.includeTargets".to_owned()
            }
            Self::KeyRestrictions(scope) => of_profile(scope, "keyRestrictions", "keyRestrictions"),
            Self::Operator => "the signed-in user".to_owned(),
            Self::PasskeyTypes(scope) => of_profile(scope, "passkeyTypes", "passkeyTypes"),
            Self::Permission => "appRoleAssignment or oauth2PermissionGrant.scope".to_owned(),
            Self::ScopedRole => "unifiedRoleAssignment.directoryScopeId".to_owned(),
            Self::SelfService => {
                "fido2AuthenticationMethodConfiguration.isSelfServiceRegistrationAllowed".to_owned()
            }
            Self::State => "fido2AuthenticationMethodConfiguration.state".to_owned(),
            Self::UserType => "user.userType".to_owned(),
        }
    }

    /// Where the admin center has it.
    #[must_use]
    pub fn portal(&self) -> String {
        match self {
            Self::AccountEnabled => "Users > the account > Properties > Account enabled".to_owned(),
            Self::AttestationEnforcement(scope) => configured(scope, "Enforce attestation"),
            Self::DirectoryRole => "Roles & admins > the role > Assignments".to_owned(),
            Self::ExcludeTargets => format!("{POLICY_PAGE} > Enable and target > Exclude"),
            Self::IncludeTargets => format!("{POLICY_PAGE} > Enable and target > Include"),
            Self::KeyRestrictions(scope @ Scope::Profile(_)) => {
                configured(scope, "Target specific AAGUIDs")
            }
            Self::KeyRestrictions(scope) => configured(scope, "Enforce key restrictions"),
            Self::Operator => "the sign-in of this tool".to_owned(),
            Self::PasskeyTypes(scope) => configured(scope, "Passkey types"),
            Self::Permission => "App registrations > the application > API permissions".to_owned(),
            Self::ScopedRole => {
                "Roles & admins > Admin units > the unit > Roles and administrators".to_owned()
            }
            Self::SelfService => format!("{POLICY_PAGE} > Configure > Allow self-service set up"),
            Self::State => format!("{POLICY_PAGE} > Enable and target > Enable"),
            Self::UserType => "Users > the account > Properties > User type".to_owned(),
        }
    }

    /// What would have to be otherwise.
    #[must_use]
    pub fn change(&self) -> &'static str {
        match self {
            Self::AccountEnabled => "enable the account",
            Self::AttestationEnforcement(_) => {
                "take a key whose attestation leads to the FIDO metadata, or do not enforce attestation for this account"
            }
            Self::DirectoryRole => {
                "sign in as somebody with the role Privileged Authentication Administrator"
            }
            Self::ExcludeTargets => "take the account out of the excluded group",
            Self::IncludeTargets => "add a group of the account, or all users, to the targets",
            Self::KeyRestrictions(_) => {
                "allow the key's model, or take a key of a model that is allowed"
            }
            Self::Operator => "sign in as another administrator, or as an application",
            Self::PasskeyTypes(_) => "let the profile take device-bound passkeys",
            Self::Permission => {
                "grant UserAuthMethod-Passkey.ReadWrite.All of Microsoft Graph, with admin consent"
            }
            Self::ScopedRole => {
                "give the operator the role Privileged Authentication Administrator with that unit as its scope, or enrol before the account becomes a member"
            }
            Self::SelfService => "allow self-service set-up; provisioning needs it too",
            Self::State => "enable passkeys (FIDO2)",
            Self::UserType => "take an account that is a member of this tenant",
        }
    }
}

fn configured(scope: &Scope, name: &str) -> String {
    match scope {
        Scope::Profile(profile) => format!("{POLICY_PAGE} > Configure > {profile} > {name}"),
        Scope::WholeTenant => format!("{POLICY_PAGE} > Configure > {name}"),
    }
}
