//! Damages of Conditional Access.

use super::Damage::{Change, Patch, Seed};
use super::{Case, case};

const EVERYBODY: &str = "Require MFA for all users";

pub(super) fn cases() -> Vec<Case> {
    let mut all = of_the_policy_for_everybody();
    all.extend(of_its_scope());
    all.extend(of_its_controls());
    all.extend(new_ones());
    all.extend(new_ones_for_some());
    all
}

fn of_the_policy_for_everybody() -> Vec<Case> {
    vec![
        case(
            "the exclusion was taken out",
            [Patch(r#"{"conditions": {"users": {"excludeGroups": []}}}"#)],
            &["HG-409"],
            EVERYBODY,
        )
        .steps(&["exclude-group"]),
        case(
            "report-only",
            [Patch(r#"{"state": "enabledForReportingButNotEnforced"}"#)],
            &["HG-502"],
            EVERYBODY,
        )
        .enforced(&["enforce-mfa-policy"]),
        case(
            "switched off",
            [Patch(r#"{"state": "disabled"}"#)],
            &["HG-502"],
            EVERYBODY,
        )
        .by_hand("enable policy Require MFA for all users"),
        case(
            "deleted",
            [Change(|state| state.conditional_access.policies.clear())],
            &["HG-501"],
            "no policy includes all users",
        )
        .enforced(&["create-mfa-policy", "enforce-mfa-policy"]),
        case(
            "security defaults in its place",
            [
                Patch(r#"{"state": "disabled"}"#),
                Seed("securityDefaultsEnabled = true"),
            ],
            &["HG-405", "HG-502"],
            "nobody can be excluded",
        )
        .by_hand("nobody can be excluded"),
        // Whoever can change who has the role can take the exclusion away.
        case(
            "excluded by their role only",
            [Patch(
                r#"{"conditions": {"users": {"excludeGroups": [], "excludeRoles": ["62e90394-69f5-4237-9190-012177145e10"]}}}"#,
            )],
            &["HG-411", "HG-504"],
            EVERYBODY,
        )
        .by_hand("it excludes 62e90394"),
    ]
}

fn of_its_scope() -> Vec<Case> {
    vec![
        case(
            "an application is left out",
            [Patch(
                r#"{"conditions": {"applications": {"excludeApplications": ["00000002-0000-0ff1-ce00-000000000000"]}}}"#,
            )],
            &["HG-503"],
            EVERYBODY,
        )
        .by_hand("not for the resource 00000002-0000-0ff1-ce00-000000000000"),
        case(
            "trusted places are left out",
            [Patch(
                r#"{"conditions": {"locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}}}"#,
            )],
            &["HG-503"],
            EVERYBODY,
        )
        .by_hand("only from some locations"),
        case(
            "another group is excluded",
            [
                Seed("groups = [{ id = '11111111-0000-4000-8000-000000000001', displayName = 'Interns' }]"),
                Patch(
                    r#"{"conditions": {"users": {"excludeGroups": ["$GROUP", "11111111-0000-4000-8000-000000000001"]}}}"#,
                ),
            ],
            &["HG-504"],
            "11111111-0000-4000-8000-000000000001",
        )
        .by_hand("it excludes 11111111"),
        case(
            "a compliant device is enough",
            [Patch(
                r#"{"grantControls": {"operator": "OR", "builtInControls": ["mfa", "compliantDevice"]}}"#,
            )],
            &["HG-503"],
            EVERYBODY,
        )
        .enforced(&["change-mfa-policy"]),
        case(
            "browsers only",
            [Patch(r#"{"conditions": {"clientAppTypes": ["browser"]}}"#)],
            &["HG-503"],
            EVERYBODY,
        )
        .enforced(&["change-mfa-policy"]),
        // Then it is no policy for everybody any more.
        case(
            "some users only",
            [
                Seed("groups = [{ id = '11111111-0000-4000-8000-000000000001', displayName = 'Pilot' }]"),
                Patch(
                    r#"{"conditions": {"users": {"includeUsers": [], "includeGroups": ["11111111-0000-4000-8000-000000000001"]}}}"#,
                ),
            ],
            &["HG-501"],
            "no policy includes all users",
        )
        .enforced(&["change-mfa-policy"]),
    ]
}

/// The service merges what is sent into what is there, and refuses a strength beside `mfa`.
fn of_its_controls() -> Vec<Case> {
    vec![
        case(
            "a compliant device is enough instead of a strength",
            [Patch(
                r#"{"grantControls": {"operator": "OR", "builtInControls": ["compliantDevice"], "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000002"}}}"#,
            )],
            &["HG-503"],
            EVERYBODY,
        )
        .enforced(&["change-mfa-policy"]),
        case(
            "terms of use are enough",
            [Patch(
                r#"{"grantControls": {"operator": "OR", "builtInControls": ["mfa"], "termsOfUse": ["44444444-0000-4000-8000-000000000001"]}}"#,
            )],
            &["HG-503"],
            EVERYBODY,
        )
        .enforced(&["change-mfa-policy"]),
    ]
}

fn new_ones() -> Vec<Case> {
    vec![
        case(
            "Linux is blocked",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Block Linux'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', builtInControls = ['block'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['All'] }\nplatforms = { includePlatforms = ['linux'] }",
            )],
            &["HG-401"],
            "Block Linux",
        )
        .steps(&["exclude-group"]),
        case(
            "everything outside the country is blocked",
            [Seed(
                "namedLocations = [{ '@odata.type' = '#microsoft.graph.countryNamedLocation', id = '22222222-0000-4000-8000-000000000001', displayName = 'Home', countriesAndRegions = ['CH'] }]\n\
                 [[conditionalAccessPolicies]]\n\
                 displayName = 'Home only'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', builtInControls = ['block'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['All'] }\n\
                 locations = { includeLocations = ['All'], excludeLocations = ['22222222-0000-4000-8000-000000000001'] }",
            )],
            &["HG-401"],
            "Home only",
        )
        .steps(&["exclude-group"]),
        case(
            "risky users are blocked",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Block risky users'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', builtInControls = ['block'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['All'] }\nuserRiskLevels = ['high']",
            )],
            &["HG-408"],
            "Block risky users",
        )
        .steps(&["exclude-group"]),
        case(
            "sign-ins again every hour",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Every hour'\nstate = 'enabled'\n\
                 sessionControls = { signInFrequency = { isEnabled = true, type = 'hours', value = 1 } }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['All'] }",
            )],
            &["HG-407"],
            "Every hour",
        )
        .steps(&["exclude-group"]),
        // It stops nobody yet: the plan has a note, and the audit has too.
        case(
            "everybody would be blocked",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Not yet'\nstate = 'enabledForReportingButNotEnforced'\n\
                 grantControls = { operator = 'OR', builtInControls = ['block'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['All'] }",
            )],
            &["HG-412"],
            "Not yet",
        ),
    ]
}

fn new_ones_for_some() -> Vec<Case> {
    vec![
        case(
            "administrators need a managed device",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Managed devices'\nstate = 'enabled'\n\
                 grantControls = { operator = 'AND', builtInControls = ['mfa', 'compliantDevice'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeRoles = ['62e90394-69f5-4237-9190-012177145e10'] }",
            )],
            &["HG-401"],
            "Managed devices",
        )
        .steps(&["exclude-group"]),
        case(
            "administrators need a second factor",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'MFA for administrators'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', builtInControls = ['mfa'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['MicrosoftAdminPortals'] }\n\
                 users = { includeRoles = ['62e90394-69f5-4237-9190-012177145e10'] }",
            )],
            &["HG-409"],
            "MFA for administrators",
        )
        .steps(&["exclude-group"]),
        case(
            "a strength with other models",
            [Seed(
                "[[authenticationStrengths]]\n\
                 id = '33333333-0000-4000-8000-000000000001'\ndisplayName = 'Our keys'\nallowedCombinations = ['fido2']\n\
                 combinationConfigurations = [{ '@odata.type' = '#microsoft.graph.fido2CombinationConfiguration', id = '33333333-0000-4000-8000-000000000002', appliesToCombinations = ['fido2'], allowedAAGUIDs = ['00000000-0000-0000-0000-00000000000a'] }]\n\
                 [[conditionalAccessPolicies]]\n\
                 displayName = 'Our keys only'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', authenticationStrength = { id = '33333333-0000-4000-8000-000000000001' } }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeRoles = ['62e90394-69f5-4237-9190-012177145e10'] }",
            )],
            &["HG-406"],
            "Our keys only",
        )
        .steps(&["exclude-group"]),
        // Somebody meant the account.
        case(
            "a policy about one account alone",
            [Seed(
                "[[conditionalAccessPolicies]]\n\
                 displayName = 'Only ea-1'\nstate = 'enabled'\n\
                 grantControls = { operator = 'OR', builtInControls = ['mfa'] }\n\
                 [conditionalAccessPolicies.conditions]\n\
                 clientAppTypes = ['all']\napplications = { includeApplications = ['All'] }\n\
                 users = { includeUsers = ['ea-1'] }",
            )],
            &["HG-409"],
            "Only ea-1",
        )
        .by_hand("decide about policy Only ea-1"),
    ]
}
