//! Damages of keys, of the passkey policy, and of what runs by itself.

use halligan::simulator::tenant::{Fido2Method, State};

use super::Damage::{Change, Seed};
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    let mut all = of_keys();
    all.extend(of_the_passkey_policy());
    all.extend(of_what_runs_by_itself());
    all
}

fn of_keys() -> Vec<Case> {
    vec![
        // The ledger has it in service still.
        case(
            "a key was deleted",
            [Change(|state| drop(state.fido2_methods.remove(0)))],
            &["HG-301", "HG-307"],
            "ea-1@$DOMAIN",
        )
        .by_hand("enrol keys for ea-1@"),
        // Whoever has the provider's account has the key.
        case(
            "a synced passkey",
            [Change(|state| {
                state.fido2_methods[1].is_backup_eligible = true;
            })],
            &["HG-306", "HG-301"],
            "EA1-B",
        )
        .by_hand("enrol keys for ea-1@"),
        case(
            "a key that nobody knows",
            [Change(add_foreign_key)],
            &["HG-307"],
            "Somebody's own",
        )
        .by_hand("the ledger does not know it"),
    ]
}

fn of_the_passkey_policy() -> Vec<Case> {
    vec![
        case(
            "a model was taken off the list",
            [Change(|state| {
                let first = state.fido2_methods[0].aaguid;
                let profiles = state.fido2_policy.passkey_profiles.iter_mut();
                for profile in profiles {
                    let models = &mut profile.key_restrictions.aa_guids;
                    models.retain(|model| *model == first);
                }
            })],
            &["HG-302"],
            "EA2-B",
        )
        .by_hand("enrol keys for ea-2@"),
        case(
            "passkeys are switched off",
            [Seed("policy = { state = 'disabled' }")],
            &["HG-601", "HG-302"],
            "ea-1@$DOMAIN",
        )
        .by_hand("enrol keys for ea-1@"),
        case(
            "the group is excluded from passkeys",
            [Seed(
                "policy = { excludeTargets = [{ targetType = 'group', id = '$GROUP' }] }",
            )],
            &["HG-601", "HG-302"],
            "ea-2@$DOMAIN",
        )
        .by_hand("enrol keys for ea-2@"),
        // The keys go on; a lost one could not be replaced.
        case(
            "no self-service set-up",
            [Seed(
                "policy = { isSelfServiceRegistrationAllowed = false }",
            )],
            &["HG-602"],
            "isSelfServiceRegistrationAllowed is off",
        )
        .by_hand("isSelfServiceRegistrationAllowed is off"),
    ]
}

fn of_what_runs_by_itself() -> Vec<Case> {
    vec![
        case(
            "a review that removes whoever nobody vouches for",
            [Seed(
                "[[accessReviews]]\n\
                 id = '44444444-0000-4000-8000-000000000001'\ndisplayName = 'Quarterly'\nstatus = 'InProgress'\n\
                 scope = { query = '/groups/$GROUP/transitiveMembers', queryType = 'MicrosoftGraph' }\n\
                 settings = { autoApplyDecisionsEnabled = true, defaultDecisionEnabled = true, defaultDecision = 'Deny' }",
            )],
            &["HG-702"],
            "Quarterly",
        )
        .by_hand("Quarterly: it reviews the accounts' role or group"),
        case(
            "a workflow against dormant accounts",
            [Seed(
                "license = 'governance'\n\
                 [[lifecycleWorkflows]]\n\
                 id = '55555555-0000-4000-8000-000000000001'\ndisplayName = 'Dormant'\ncategory = 'leaver'\n\
                 isEnabled = true\nisSchedulingEnabled = true\n\
                 executionConditions = { trigger = { '@odata.type' = '#microsoft.graph.identityGovernance.userInactivityTrigger' } }",
            )],
            &["HG-704"],
            "Dormant",
        )
        .by_hand("Dormant: it acts on accounts that nobody signs in with"),
    ]
}

fn add_foreign_key(state: &mut State) {
    let known = state.fido2_methods[0].clone();
    state.fido2_methods.push(Fido2Method {
        credential_id: vec![7; 32].into(),
        display_name: "Somebody's own".to_owned(),
        ..known
    });
}
