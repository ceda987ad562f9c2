#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::graph::model::{PasskeyAuthenticationMethodTarget as Target, PasskeyProfile};

const WHOLE_TENANT: &str = include_str!("../../../tests/vectors/graph/fido2-policy.json");
const PROFILES: &str = include_str!("../../../tests/vectors/graph/fido2-policy-profiles.json");

const ACCOUNT: &str = "5d6059b6-368d-45f8-91e1-8e07d485f1d0";
const LISTED: &str = "2fc0579f-8113-47ea-b116-555a8db9202a";
const OTHER: &str = "ee882879-721c-4913-9775-3dfcce97072a";
const EXCLUDED_GROUP: &str = "0b1f4dc3-55c8-4b24-9a31-8d0a2f1f5c10";
const EMERGENCY_GROUP: &str = "6F0D2A52-4B6E-4B57-9D54-0CBB2C4B0B7E";

fn policy(vector: &str) -> Policy {
    serde_json::from_str(vector).unwrap()
}

/// A vector with one member replaced or added.
fn with(vector: &str, member: &str, value: Value) -> Policy {
    let mut policy: Value = serde_json::from_str(vector).unwrap();
    policy[member] = value;
    serde_json::from_value(policy).unwrap()
}

fn key(aaguid: &str, attested: Option<bool>) -> Key {
    Key {
        aaguid: Some(aaguid.parse().unwrap()),
        attestation: match attested {
            Some(true) => Attestation::Verified,
            Some(false) => Attestation::SelfSigned,
            None => Attestation::Unknown,
        },
    }
}

/// The ruling on a sign-in with a key of this model, by a member of these groups.
fn sign_in(policy: &Policy, aaguid: &str, groups: Option<&[&str]>) -> Ruling {
    on(policy, key(aaguid, Some(true)), groups, Purpose::SignIn)
}

fn on(policy: &Policy, key: Key, groups: Option<&[&str]>, purpose: Purpose) -> Ruling {
    let groups: Option<Vec<String>> =
        groups.map(|groups| groups.iter().map(|&group| group.to_owned()).collect());
    let account = Account {
        id: ACCOUNT,
        groups: groups.as_deref(),
    };
    rule(policy, account, key, purpose)
}

#[track_caller]
fn refused(ruling: &Ruling, setting: &str) {
    assert!(
        matches!(ruling, Ruling::Refused { by, .. } if by.contains(setting)),
        "{ruling:?} does not refuse by {setting}"
    );
}

#[track_caller]
fn allowed(ruling: &Ruling) {
    assert!(matches!(ruling, Ruling::Allowed { .. }), "{ruling:?}");
}

#[track_caller]
fn unknown(ruling: &Ruling, what: &str) {
    assert!(
        matches!(ruling, Ruling::Unknown { why } if why.contains(what)),
        "{ruling:?} does not leave {what} open"
    );
}

#[test]
fn the_settings_for_the_whole_tenant_count_where_there_are_no_profiles() {
    let policy = policy(WHOLE_TENANT);
    allowed(&sign_in(&policy, LISTED, Some(&[])));
    refused(&sign_in(&policy, OTHER, Some(&[])), "do not list");
    let upper_case =
        json!({"isEnforced": true, "enforcementType": "allow", "aaGuids": [LISTED.to_uppercase()]});
    allowed(&sign_in(
        &with(WHOLE_TENANT, "keyRestrictions", upper_case),
        LISTED,
        Some(&[]),
    ));
}

#[test]
fn attestation_counts_at_registration_only() {
    let policy = policy(WHOLE_TENANT);
    let ruling = |attested, purpose| on(&policy, key(LISTED, attested), Some(&[]), purpose);
    refused(
        &ruling(Some(false), Purpose::Registration),
        "attestation is enforced",
    );
    unknown(
        &ruling(None, Purpose::Registration),
        "attestation is enforced",
    );
    allowed(&ruling(Some(true), Purpose::Registration));
    allowed(&ruling(Some(false), Purpose::SignIn));
}

#[test]
fn an_excluded_group_is_excluded_and_an_unread_one_leaves_it_open() {
    let policy = policy(WHOLE_TENANT);
    refused(
        &sign_in(&policy, LISTED, Some(&[EXCLUDED_GROUP])),
        "excluded",
    );
    unknown(&sign_in(&policy, LISTED, None), "groups could not be read");
    refused(&sign_in(&policy, OTHER, None), "do not list");
}

#[test]
fn one_profile_that_takes_the_key_is_enough() {
    let policy = policy(PROFILES);
    refused(
        &sign_in(&policy, LISTED, Some(&[])),
        "Default passkey profile",
    );
    allowed(&sign_in(&policy, LISTED, Some(&[EMERGENCY_GROUP])));
    allowed(&sign_in(&policy, OTHER, Some(&[])));
    unknown(&sign_in(&policy, LISTED, None), "groups could not be read");
    allowed(&sign_in(&policy, OTHER, None));
}

#[test]
fn a_profile_for_synced_passkeys_takes_no_security_key() {
    let mut policy = policy(PROFILES);
    policy.passkey_profiles.as_mut().unwrap()[0].passkey_types = Some("synced".to_owned());
    let registration = on(
        &policy,
        key(OTHER, Some(true)),
        Some(&[]),
        Purpose::Registration,
    );
    refused(&registration, "device-bound");
    unknown(&sign_in(&policy, OTHER, Some(&[])), "device-bound");
}

#[test]
fn profiles_that_are_named_and_not_shown_leave_it_open() {
    let hidden = with(PROFILES, "passkeyProfiles", Value::Null);
    unknown(&sign_in(&hidden, OTHER, Some(&[])), "could not be read");
}

#[test]
fn a_policy_that_shows_neither_profiles_nor_settings_allows_nothing() {
    let bare = json!({"id": "Fido2", "state": "enabled", "includeTargets": [{"id": "all_users"}]});
    let bare: Policy = serde_json::from_value(bare).unwrap();
    unknown(
        &sign_in(&bare, OTHER, Some(&[])),
        "keyRestrictions could not be read",
    );
    unknown(
        &sign_in(&Policy::default(), OTHER, Some(&[])),
        "does not say",
    );
}

#[test]
fn what_concerns_everybody_is_said_of_everybody() {
    let disabled = with(WHOLE_TENANT, "state", json!("disabled"));
    refused(&sign_in(&disabled, LISTED, Some(&[])), "state");
    let nobody = with(WHOLE_TENANT, "includeTargets", json!([]));
    refused(&sign_in(&nobody, LISTED, Some(&[])), "includeTargets");
    let this_user = json!([{"targetType": "user", "id": ACCOUNT}]);
    let one = with(WHOLE_TENANT, "includeTargets", this_user);
    allowed(&sign_in(&one, LISTED, Some(&[])));
    let no_self_service = with(
        WHOLE_TENANT,
        "isSelfServiceRegistrationAllowed",
        json!(false),
    );
    let registration = on(
        &no_self_service,
        key(LISTED, Some(true)),
        Some(&[]),
        Purpose::Registration,
    );
    refused(&registration, "isSelfServiceRegistrationAllowed");
    allowed(&sign_in(&no_self_service, LISTED, Some(&[])));
}

#[test]
fn a_list_that_cannot_be_read_decides_nothing() {
    let odd = |kind: &str| {
        let restrictions =
            json!({"isEnforced": true, "enforcementType": kind, "aaGuids": ["a model"]});
        with(WHOLE_TENANT, "keyRestrictions", restrictions)
    };
    for kind in ["allow", "block"] {
        unknown(&sign_in(&odd(kind), LISTED, Some(&[])), "no AAGUID");
    }
    unknown(
        &sign_in(&odd("unknownFutureValue"), LISTED, Some(&[])),
        "neither",
    );
}

#[test]
fn groups_are_asked_for_where_they_decide() {
    assert!(asks_for_groups(&policy(WHOLE_TENANT)));
    assert!(asks_for_groups(&policy(PROFILES)));
    let without = with(
        WHOLE_TENANT,
        "excludeTargets",
        json!([{"targetType": "user", "id": ACCOUNT}]),
    );
    assert!(!asks_for_groups(&without));
}

fn any_target() -> impl Strategy<Value = Target> {
    let ids = prop_oneof![
        Just("all_users"),
        Just(EXCLUDED_GROUP),
        Just(EMERGENCY_GROUP)
    ];
    let profiles = prop::option::of(prop::collection::vec("[ab]", 0..3));
    (ids, profiles).prop_map(|(id, allowed_passkey_profiles)| Target {
        target_type: Some("group".to_owned()),
        id: id.to_owned(),
        allowed_passkey_profiles,
    })
}

fn any_restrictions() -> impl Strategy<Value = crate::graph::model::Fido2KeyRestrictions> {
    let kinds = prop::option::of(prop_oneof![Just("allow"), Just("block"), Just("other")]);
    let models = prop::collection::vec(prop_oneof![Just(LISTED), Just(OTHER), Just("?")], 0..3);
    (prop::option::of(any::<bool>()), kinds, models).prop_map(|(is_enforced, kind, models)| {
        crate::graph::model::Fido2KeyRestrictions {
            is_enforced,
            enforcement_type: kind.map(str::to_owned),
            aa_guids: Some(models.into_iter().map(str::to_owned).collect()),
        }
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let profile = |id: &'static str| {
        any_restrictions().prop_map(move |restrictions| PasskeyProfile {
            id: id.to_owned(),
            passkey_types: Some("deviceBound".to_owned()),
            attestation_enforcement: Some("disabled".to_owned()),
            key_restrictions: Some(restrictions),
            name: None,
        })
    };
    let targets = || prop::option::of(prop::collection::vec(any_target(), 0..3));
    let global = prop::option::of(any_restrictions());
    (profile("a"), profile("b"), global, targets(), targets()).prop_map(
        |(a, b, key_restrictions, include_targets, exclude_targets)| Policy {
            state: Some("enabled".to_owned()),
            is_self_service_registration_allowed: Some(true),
            is_attestation_enforced: Some(false),
            key_restrictions,
            passkey_profiles: Some(vec![a, b]),
            include_targets,
            exclude_targets,
            ..Policy::default()
        },
    )
}

proptest! {
    /// What is certain without knowing the groups stays so whatever the groups are.
    #[test]
    fn not_knowing_the_groups_never_makes_up_an_answer(policy in any_policy(), in_one in any::<bool>(), in_other in any::<bool>()) {
        let groups: Vec<&str> = [(in_one, EXCLUDED_GROUP), (in_other, EMERGENCY_GROUP)]
            .into_iter()
            .filter_map(|(is_member, group)| is_member.then_some(group))
            .collect();
        let known = sign_in(&policy, LISTED, Some(&groups));
        match sign_in(&policy, LISTED, None) {
            Ruling::Allowed { .. } => allowed(&known),
            Ruling::Refused { .. } => prop_assert!(matches!(known, Ruling::Refused { .. }), "{known:?}"),
            Ruling::Unknown { .. } => {}
        }
    }

    /// Registering asks for more than signing in.
    #[test]
    fn what_may_be_registered_may_sign_in(policy in any_policy()) {
        if let Ruling::Allowed { .. } = on(&policy, key(LISTED, Some(true)), Some(&[]), Purpose::Registration) {
            allowed(&sign_in(&policy, LISTED, Some(&[])));
        }
    }
}
