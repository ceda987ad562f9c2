//! Damages of accounts, roles and the group.

use halligan::simulator::tenant::State;

use super::Damage::{Change, Seed};
use super::{Case, GROUP, case};

pub(super) fn cases() -> Vec<Case> {
    let mut all = of_accounts();
    all.extend(of_methods());
    all.extend(of_roles());
    all.extend(of_the_group());
    all
}

fn of_accounts() -> Vec<Case> {
    vec![
        case(
            "disabled",
            [Seed("users = [{ userPrincipalName = 'ea-1', accountEnabled = false }]")],
            &["HG-105"],
            "ea-1@$DOMAIN",
        )
        .by_hand("enable ea-1@"),
        // Its keys went with it: they have to be enrolled for the new account.
        case(
            "deleted",
            [Change(delete_second)],
            &["HG-102", "HG-101"],
            "ea-2",
        )
        .steps(&["create-account", "add-member", "assign-role"])
        .by_hand("enrol keys for ea-2@")
        .still(&["HG-301", "HG-701"]),
        case(
            "comes from an on-premises directory",
            [Seed("users = [{ userPrincipalName = 'ea-1', onPremisesSyncEnabled = true }]")],
            &["HG-103"],
            "ea-1@$DOMAIN",
        )
        .by_hand("the account is synchronized"),
        case(
            "the domain is federated",
            [Seed("domains = [{ id = '$DOMAIN', authenticationType = 'Federated', isInitial = true, isDefault = true }]")],
            &["HG-104"],
            "ea-2@$DOMAIN",
        )
        .by_hand("$DOMAIN is Federated"),
        case(
            "a guest",
            [Seed("users = [{ userPrincipalName = 'ea-2', userType = 'Guest' }]")],
            &["HG-106"],
            "ea-2@$DOMAIN",
        )
        .by_hand("the account is of type"),
        case(
            "the password expires",
            [Seed("users = [{ userPrincipalName = 'ea-1', passwordPolicies = 'None' }]")],
            &["HG-107"],
            "ea-1@$DOMAIN",
        )
        .steps(&["set-password-policy"]),
        case(
            "multifactor authentication per user",
            [Seed("users = [{ userPrincipalName = 'ea-1', perUserMfaState = 'enforced' }]")],
            &["HG-109"],
            "ea-1@$DOMAIN",
        )
        .by_hand("disable per-user multifactor authentication of ea-1@"),
    ]
}

fn of_methods() -> Vec<Case> {
    vec![
        case(
            "a telephone",
            [Seed(
                "users = [{ userPrincipalName = 'ea-1', authenticationMethods = [\
                 { '@odata.type' = '#microsoft.graph.phoneAuthenticationMethod', phoneNumber = '+1 2065555555', phoneType = 'mobile' }] }]",
            )],
            &["HG-304"],
            "ea-1@$DOMAIN",
        )
        .by_hand("a telephone is registered"),
        case(
            "an authenticator application",
            [Seed(
                "users = [{ userPrincipalName = 'ea-2', authenticationMethods = [\
                 { '@odata.type' = '#microsoft.graph.microsoftAuthenticatorAuthenticationMethod', displayName = 'Phone' }] }]",
            )],
            &["HG-304"],
            "ea-2@$DOMAIN",
        )
        .by_hand("Microsoft Authenticator is registered"),
        case(
            "a Temporary Access Pass",
            [Seed(
                "users = [{ userPrincipalName = 'ea-1', authenticationMethods = [\
                 { '@odata.type' = '#microsoft.graph.temporaryAccessPassAuthenticationMethod', isUsable = true, methodUsabilityReason = 'EnabledByPolicy' }] }]",
            )],
            &["HG-305"],
            "ea-1@$DOMAIN",
        )
        .by_hand("there is one that can be used"),
    ]
}

fn of_roles() -> Vec<Case> {
    vec![
        case(
            "the role was taken away",
            [Seed("users = [{ userPrincipalName = 'ea-1', roles = [] }]")],
            &["HG-201"],
            "ea-1@$DOMAIN",
        )
        .steps(&["assign-role"]),
        case(
            "the role ends",
            [Seed(
                "roleAssignments = [{ principal = 'ea-1', role = 'globalAdministrator', endDateTime = '2999-01-01T00:00:00Z' }]",
            )],
            &["HG-202"],
            "ea-1@$DOMAIN",
        )
        .by_hand("make the role Global Administrator of ea-1@"),
        case(
            "the role is eligible only",
            [Seed(
                "users = [{ userPrincipalName = 'ea-2', roles = [] }]\n\
                 roleEligibilities = [{ principal = 'ea-2', role = 'globalAdministrator' }]",
            )],
            &["HG-203", "HG-201"],
            "ea-2@$DOMAIN",
        )
        .steps(&["assign-role"]),
        // Nothing is wrong with the day on which somebody looks: tomorrow the account has no role.
        case(
            "the role is activated for a day",
            [Seed(
                "roleAssignments = [{ principal = 'ea-2', role = 'globalAdministrator', assignmentType = 'Activated', endDateTime = '2999-01-01T00:00:00Z' }]\n\
                 roleEligibilities = [{ principal = 'ea-2', role = 'globalAdministrator' }]",
            )],
            &["HG-202", "HG-203"],
            "ea-2@$DOMAIN",
        )
        .by_hand("make the role Global Administrator of ea-2@"),
        // Each of them can reset the accounts too.
        case(
            "too many Global Administrators",
            [Seed(
                "users = [\
                 { userPrincipalName = 'admin1', roles = ['globalAdministrator'] }, { userPrincipalName = 'admin2', roles = ['globalAdministrator'] },\
                 { userPrincipalName = 'admin3', roles = ['globalAdministrator'] }, { userPrincipalName = 'admin4', roles = ['globalAdministrator'] },\
                 { userPrincipalName = 'admin5', roles = ['globalAdministrator'] }]",
            )],
            &["HG-204", "HG-205"],
            "admin3@$DOMAIN",
        )
        .by_hand("7 Global Administrators"),
        case(
            "somebody else resets the accounts",
            [Seed("users = [{ userPrincipalName = 'operator', roles = ['privilegedAuthenticationAdministrator'] }]")],
            &["HG-205"],
            "operator@$DOMAIN",
        ),
    ]
}

fn of_the_group() -> Vec<Case> {
    vec![
        // The policy for everybody asks it for a second factor now, which its key is.
        case(
            "an account is out of the group",
            [Seed("groups = [{ id = '$GROUP', displayName = 'Emergency access accounts', members = ['ea-1'] }]")],
            &["HG-402", "HG-409"],
            "ea-2@$DOMAIN",
        )
        .steps(&["add-member"]),
        case(
            "a stranger is in the group",
            [Seed(
                "groups = [{ id = '$GROUP', displayName = 'Emergency access accounts', members = ['ea-1', 'ea-2', 'operator'] }]",
            )],
            &["HG-402"],
            "operator@$DOMAIN",
        )
        .by_hand("operator@"),
        case(
            "the group has an owner",
            [Seed("groups = [{ id = '$GROUP', displayName = 'Emergency access accounts', owners = ['operator'] }]")],
            &["HG-403"],
            "operator@$DOMAIN",
        )
        .by_hand("its owners can change its members: operator@"),
        // What the policy excludes is the id of a group that was; nobody takes it out again but people.
        case(
            "the group was deleted",
            [Change(delete_group)],
            &["HG-504", "HG-402", "HG-409"],
            "$GROUP",
        )
        .steps(&["create-group", "add-member", "add-member", "exclude-group"])
        .by_hand("it excludes $GROUP")
        .still(&["HG-504"]),
        case(
            "the group is in a restricted unit",
            [Seed(
                "administrativeUnits = [{ displayName = 'Vault', isMemberManagementRestricted = true, members = ['Emergency access accounts'] }]",
            )],
            &["HG-703"],
            "$GROUP",
        )
        .by_hand("nobody at all can change its members"),
    ]
}

fn delete_second(state: &mut State) {
    let name = state.full_name("ea-2");
    let id = state.user(&name).unwrap().id.to_string();
    state.users.retain(|user| user.id.to_string() != id);
    state
        .role_assignments
        .retain(|role| role.principal_id != id);
    for group in state.groups.iter_mut() {
        group.members.retain(|member| *member != id);
    }
}

fn delete_group(state: &mut State) {
    state.groups.retain(|group| group.display_name != GROUP);
}
