//! Seeds: what they change, and that they change all or nothing.

use super::*;
use crate::env::Env;
use crate::simulator::tenant::{Role, State, UserType};

fn tenant() -> State {
    demo(&Env::system()).0
}

fn seeded(seed: &str) -> State {
    let mut state = tenant();
    apply(seed, &mut state);
    state
}

fn apply(seed: &str, state: &mut State) {
    let seed: Seed = seed.parse().unwrap();
    seed.apply(state, &Env::system()).unwrap();
}

const EVERYTHING: &str = r#"
ineligibleModels = ["2fc0579f-8113-47ea-b116-555a8db9202a"]
quirks = { lateRefusals = true, profileForm = "inline" }

[policy]
isAttestationEnforced = true
keyRestrictions = { isEnforced = true, enforcementType = "block", aaGuids = [] }

[models]
2fc0579f-8113-47ea-b116-555a8db9202a = "Some key"

[[users]]
userPrincipalName = "bg1"
userType = "Guest"
accountEnabled = false
groups = ["emergency"]

[[users]]
userPrincipalName = "worker@fabrikam.example"
roles = ["globalReader"]

[[groups]]
id = "emergency"
displayName = "Emergency access"
roles = ["authenticationAdministrator"]

[[administrativeUnits]]
displayName = "Vault"
isMemberManagementRestricted = true
members = ["bg2"]

[[scopedRoles]]
principal = "Halligan provisioning"
role = "privilegedAuthenticationAdministrator"
administrativeUnit = "Vault"

[[applications]]
displayName = "Halligan operator"
permissions = ["User.Read"]
"#;

#[test]
fn a_seed_reaches_everything() {
    let state = seeded(EVERYTHING);
    let bg1 = state.user(&state.demo.emergency_accounts[0]).unwrap();
    assert_eq!(bg1.user_type, UserType::Guest);
    assert!(!bg1.account_enabled);
    assert_eq!(
        state.roles_of(bg1),
        [Role::AuthenticationAdministrator, Role::GlobalAdministrator]
    );
    let bg2 = state.user(&state.demo.emergency_accounts[1]).unwrap();
    assert!(state.is_management_restricted(bg2.id));
    assert!(!state.is_management_restricted(bg1.id));
    let worker = state.user("worker@fabrikam.example").unwrap();
    assert_eq!(state.roles_of(worker), [Role::GlobalReader]);
    let app = state.application(state.demo.app_client_id).unwrap();
    let mut scoped = state.role_assignments.holding(&app.object_id.to_string());
    assert!(scoped.next().unwrap().unit().is_some());
    let public = state.application(state.demo.public_client_id).unwrap();
    assert_eq!(public.delegated_permissions, ["User.Read"]);
    assert!(state.fido2_policy.is_attestation_enforced);
    assert!(state.quirks.late_refusals);
    assert_eq!(state.ineligible_models.len(), 1);
    assert_eq!(state.models.len(), 1);
}

#[test]
fn a_seed_applied_twice_is_applied_once() {
    let mut state = seeded(EVERYTHING);
    let once = serde_json::to_value(&state).unwrap();
    apply(EVERYTHING, &mut state);
    assert_eq!(serde_json::to_value(&state).unwrap(), once);
}

#[test]
fn json_is_a_seed_too() {
    let state = seeded(r##"{"policy": {"state": "disabled", "@odata.type": "#x"}}"##);
    assert!(!state.fido2_policy.is_enabled);
}

#[test]
fn a_seed_that_does_not_fit_changes_nothing() {
    let unit = |role: &str, unit: &str| {
        format!(
            "[[users]]\nuserPrincipalName = \"new\"\n\
             [[administrativeUnits]]\ndisplayName = \"Vault\"\n\
             [[scopedRoles]]\nprincipal = \"new\"\nrole = \"{role}\"\nadministrativeUnit = \"{unit}\"\n"
        )
    };
    for (seed, reason) in [
        (unit("globalAdministrator", "Vault"), "Global Administrator"),
        (unit("authenticationAdministrator", "Cellar"), "Cellar"),
        ("policy = { state = 'perhaps' }".to_owned(), "perhaps"),
        (
            "administrativeUnits = [{ displayName = 'x', members = ['nobody'] }]".to_owned(),
            "nobody",
        ),
        (
            "applications = [{ displayName = 'x', permissions = [] }]".to_owned(),
            "\"x\"",
        ),
    ] {
        let mut state = tenant();
        let before = serde_json::to_value(&state).unwrap();
        let parsed: Seed = seed.parse().unwrap();
        let refused = parsed.apply(&mut state, &Env::system()).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
        assert_eq!(serde_json::to_value(&state).unwrap(), before, "{seed}");
    }
}

#[test]
fn what_no_seed_has_is_refused() {
    for (text, reason) in [
        ("user = []", "user"),
        ("users = [{ name = 'bg1' }]", "name"),
        ("quirks = { lateRefusal = true }", "lateRefusal"),
        ("{\"users\": 1}", "sequence"),
        ("{", "EOF"),
        ("=", "TOML"),
    ] {
        let refused = text.parse::<Seed>().unwrap_err().to_string();
        assert!(refused.contains("seed is not valid"), "{refused}");
        assert!(refused.contains(reason), "{refused}");
    }
}
