//! Operators and accounts: what the preflight predicts, and what an enrolment that does without it meets.

/// Who registers a key for bg1, and what comes of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// What makes the tenant of a new one.
    pub(super) seed: String,
    /// Who signs in; none: the application, in its own name.
    pub(super) person: Option<&'static str>,
    /// The delegated permissions that are asked for, where they are not those of the commands.
    pub(super) scopes: &'static [&'static str],
    pub(super) predicted: Predicted,
    /// Whether the tenant takes the key.
    pub(super) taken: bool,
}

pub(super) enum Predicted {
    Accepted,
    /// With the subject that refuses.
    Refused(&'static str),
    /// With the permission that would tell, if one would.
    Open(&'static str, Option<&'static str>),
}
use Predicted::{Accepted, Open, Refused};

const WRITE: &str = "UserAuthMethod-Passkey.ReadWrite.All";
const OLD_WRITE: &str = "UserAuthenticationMethod.ReadWrite.All";
const READ: &str = "UserAuthMethod-Passkey.Read.All";
const USERS: &str = "User.Read.All";
const POLICY: &str = "Policy.Read.AuthenticationMethod";
const ROLES: &str = "RoleManagement.Read.Directory";

const UNITS: &str = "AdministrativeUnit.Read.All";

const ALL: &[&str] = &[WRITE, USERS, POLICY, ROLES];
const ALL_AND_UNITS: &[&str] = &[WRITE, USERS, POLICY, ROLES, UNITS];

/// Every case.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = applications();
    cases.extend(applications_and_units());
    cases.extend(roles());
    cases.extend(persons());
    cases
}

fn application(
    name: &'static str,
    permissions: &[&str],
    seed: &str,
    predicted: Predicted,
    taken: bool,
) -> Case {
    let permissions = format!(
        "applications = [{{ displayName = 'Halligan provisioning', permissions = {permissions:?} }}]\n"
    );
    Case {
        name,
        seed: format!("{permissions}{seed}"),
        person: None,
        scopes: &[],
        predicted,
        taken,
    }
}

fn applications() -> Vec<Case> {
    let policy_off = "policy = { state = 'disabled' }";
    vec![
        application(
            "the permission for passkeys",
            &[WRITE, USERS, POLICY],
            "",
            Accepted,
            true,
        ),
        application(
            "the older permission",
            &[OLD_WRITE, USERS, POLICY],
            "",
            Accepted,
            true,
        ),
        application(
            "a permission to read",
            &[READ, USERS, POLICY],
            "",
            Refused("permission"),
            false,
        ),
        application(
            "no permission to read the policy, which is in order",
            &[WRITE, USERS],
            "",
            Open("state", Some(POLICY)),
            true,
        ),
        application(
            "no permission to read the policy, which is off",
            &[WRITE, USERS],
            policy_off,
            Open("profile", Some(POLICY)),
            false,
        ),
        application(
            "the policy is off",
            &[WRITE, USERS, POLICY],
            policy_off,
            Refused("state"),
            false,
        ),
    ]
}

/// A unit with bg1 in it, and a role in it or in another one.
fn unit(is_restricted: bool, principal: &str, role: &str, of: &str) -> String {
    let unit = |name: &str, member: &str| {
        format!(
            "[[administrativeUnits]]\ndisplayName = '{name}'\nisMemberManagementRestricted = {is_restricted}\nmembers = [{member}]\n"
        )
    };
    let role = if role.is_empty() {
        String::new()
    } else {
        format!(
            "[[scopedRoles]]\nprincipal = '{principal}'\nrole = '{role}'\nadministrativeUnit = '{of}'\n"
        )
    };
    format!("{}{}{role}", unit("Vault", "'bg1'"), unit("Attic", ""))
}

fn applications_and_units() -> Vec<Case> {
    let app = "Halligan provisioning";
    let privileged = "privilegedAuthenticationAdministrator";
    vec![
        application(
            "a unit that restricts nothing",
            ALL,
            &unit(false, "", "", ""),
            Accepted,
            true,
        ),
        application(
            "a restricted unit, and no role in it",
            ALL,
            &unit(true, "", "", ""),
            Refused("restricted_unit"),
            false,
        ),
        application(
            "a restricted unit, and no permission to read roles",
            &[WRITE, USERS, POLICY],
            &unit(true, "", "", ""),
            Open("restricted_unit", Some(ROLES)),
            false,
        ),
        application(
            "a restricted unit, and a role in it",
            ALL_AND_UNITS,
            &unit(true, app, privileged, "Vault"),
            Accepted,
            true,
        ),
        application(
            "a restricted unit that is hidden, and a role in it",
            ALL,
            &unit(true, app, privileged, "Vault"),
            Open("restricted_unit", Some(UNITS)),
            true,
        ),
        application(
            "a restricted unit, and a role in another",
            ALL,
            &unit(true, app, privileged, "Attic"),
            Refused("restricted_unit"),
            false,
        ),
        application(
            "a restricted unit, and a role in it that does not reach a Global Administrator",
            ALL,
            &unit(true, app, "authenticationAdministrator", "Vault"),
            Refused("restricted_unit"),
            false,
        ),
    ]
}

/// Somebody with these roles registers for bg1, who has those.
fn somebody(
    name: &'static str,
    roles: &str,
    of_bg1: &str,
    predicted: Predicted,
    taken: bool,
) -> Case {
    Case {
        name,
        seed: format!(
            "users = [{{ userPrincipalName = 'somebody', roles = [{roles}] }}, {{ userPrincipalName = 'bg1', roles = [{of_bg1}] }}]\n"
        ),
        person: Some("somebody"),
        scopes: ALL,
        predicted,
        taken,
    }
}

fn roles() -> Vec<Case> {
    let global = "'globalAdministrator'";
    let lesser = "'authenticationAdministrator'";
    vec![
        somebody("Global Administrator", global, global, Accepted, true),
        somebody(
            "Privileged Authentication Administrator",
            "'privilegedAuthenticationAdministrator'",
            global,
            Accepted,
            true,
        ),
        somebody(
            "Authentication Administrator, for a Global Administrator",
            lesser,
            global,
            Refused("role"),
            false,
        ),
        somebody(
            "Authentication Administrator, for somebody without a role",
            lesser,
            "",
            Accepted,
            true,
        ),
        somebody(
            "Authentication Administrator, for somebody with some role",
            lesser,
            "'userAdministrator'",
            Open("role", None),
            false,
        ),
        somebody(
            "Global Reader",
            "'globalReader'",
            global,
            Refused("role"),
            false,
        ),
        somebody(
            "User Administrator",
            "'userAdministrator'",
            "",
            Refused("role"),
            false,
        ),
        somebody("no role", "", "", Refused("role"), false),
    ]
}

fn person(
    name: &'static str,
    person: &'static str,
    scopes: &'static [&'static str],
    seed: String,
    predicted: Predicted,
    taken: bool,
) -> Case {
    Case {
        name,
        seed,
        person: Some(person),
        scopes,
        predicted,
        taken,
    }
}

fn persons() -> Vec<Case> {
    let privileged = "privilegedAuthenticationAdministrator";
    let nobody = "users = [{ userPrincipalName = 'somebody' }]\n";
    let granted = format!(
        "applications = [{{ displayName = 'Halligan operator', permissions = {ALL_AND_UNITS:?} }}]\n"
    );
    vec![
        person(
            "an operator with what the commands ask for",
            "operator",
            &[],
            String::new(),
            Accepted,
            true,
        ),
        person(
            "an operator without the permission to write",
            "operator",
            &[USERS, POLICY],
            String::new(),
            Refused("permission"),
            false,
        ),
        person(
            "the account itself",
            "bg1",
            ALL,
            String::new(),
            Refused("self_operation"),
            false,
        ),
        person(
            "an operator, and a restricted unit",
            "operator",
            ALL,
            unit(true, "", "", ""),
            Refused("restricted_unit"),
            false,
        ),
        person(
            "an operator who may not read roles, and a restricted unit",
            "operator",
            &[],
            unit(true, "", "", ""),
            Open("restricted_unit", Some(ROLES)),
            false,
        ),
        person(
            "somebody with a role in the restricted unit only",
            "somebody",
            ALL_AND_UNITS,
            format!(
                "{granted}{nobody}{}",
                unit(true, "somebody", privileged, "Vault")
            ),
            Accepted,
            true,
        ),
        person(
            "somebody with a role in another unit only",
            "somebody",
            ALL,
            format!("{nobody}{}", unit(true, "somebody", privileged, "Attic")),
            Refused("restricted_unit"),
            false,
        ),
        person(
            "somebody with a role in a unit that restricts nothing",
            "somebody",
            ALL,
            format!("{nobody}{}", unit(false, "somebody", privileged, "Vault")),
            Accepted,
            true,
        ),
    ]
}
