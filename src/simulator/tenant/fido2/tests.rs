//! Each rule of the policy, without HTTP.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::*;
use crate::env::Env;
use crate::simulator::tenant::seed::demo;
use crate::simulator::tenant::{State, User, UserType};
use crate::webauthn::Aaguid;

const MODEL: Aaguid = Aaguid::new([1; 16]);
const OTHER: Aaguid = Aaguid::new([2; 16]);

/// What a device-bound key without attestation is.
const KEY: NewKey = NewKey {
    aaguid: MODEL,
    is_attested: false,
    is_backup_eligible: false,
};

fn user() -> User {
    let mut user = User::member("bg1@contoso.example", "BG 1", &Env::system());
    user.groups.push("emergency".to_owned());
    user
}

fn change(change: Value) -> Map<String, Value> {
    change.as_object().unwrap().clone()
}

fn policy(members: Value) -> Fido2Policy {
    Fido2Policy::default().changed(change(members)).unwrap()
}

fn only(model: Aaguid) -> Value {
    json!({"isEnforced": true, "enforcementType": "allow", "aaGuids": [model]})
}

fn profile(id: u128, restrictions: Value) -> Value {
    json!({
        "id": Uuid::from_u128(id),
        "name": format!("profile {id}"),
        "passkeyTypes": "deviceBound",
        "attestationEnforcement": "disabled",
        "keyRestrictions": restrictions,
    })
}

fn free() -> Value {
    json!({"isEnforced": false, "enforcementType": "allow", "aaGuids": []})
}

/// Two profiles, of which the first is the default, and one target with these profiles.
fn with_profiles(default: Value, second: Value, named: &[u128]) -> Fido2Policy {
    let named: Vec<Uuid> = named.iter().copied().map(Uuid::from_u128).collect();
    policy(json!({
        "defaultPasskeyProfile": Uuid::from_u128(1),
        "passkeyProfiles": [profile(1, default), profile(2, second)],
        "includeTargets": [
            {"targetType": "group", "id": "emergency", "allowedPasskeyProfiles": named}
        ],
    }))
}

#[test]
fn whom_the_policy_admits() {
    use PolicyRefusal::{Disabled, NotTargeted, SelfService};
    let group = |id: &str| json!([{"targetType": "group", "id": id}]);
    for (members, wanted) in [
        (json!({}), Ok(())),
        (json!({"state": "disabled"}), Err(Disabled)),
        (
            json!({"isSelfServiceRegistrationAllowed": false}),
            Err(SelfService),
        ),
        (json!({"includeTargets": []}), Err(NotTargeted)),
        (json!({"includeTargets": group("emergency")}), Ok(())),
        (json!({"includeTargets": group("staff")}), Err(NotTargeted)),
        (json!({"excludeTargets": group("staff")}), Ok(())),
        (
            json!({"excludeTargets": group("emergency")}),
            Err(NotTargeted),
        ),
        (
            json!({"excludeTargets": group("all_users")}),
            Err(NotTargeted),
        ),
    ] {
        let found = policy(members.clone()).admit_user(&user());
        assert_eq!(found, wanted, "{members}");
    }
    let guest = User {
        user_type: UserType::Guest,
        ..user()
    };
    let refused = Fido2Policy::default().admit_user(&guest);
    assert_eq!(refused, Err(PolicyRefusal::Guest));
    let one = json!([{"targetType": "user", "id": guest.id}]);
    let policy = policy(json!({"includeTargets": one}));
    assert_eq!(policy.admit_user(&user()), Err(PolicyRefusal::NotTargeted));
}

#[test]
fn the_deprecated_settings_hold_while_there_are_no_profiles() {
    let model = Err(PolicyRefusal::Model(MODEL));
    let block = |model| json!({"isEnforced": true, "enforcementType": "block", "aaGuids": [model]});
    for (members, wanted) in [
        (json!({"keyRestrictions": only(MODEL)}), Ok(())),
        (json!({"keyRestrictions": only(OTHER)}), model.clone()),
        (json!({"keyRestrictions": block(MODEL)}), model.clone()),
        (json!({"keyRestrictions": block(OTHER)}), Ok(())),
        (
            json!({"isAttestationEnforced": true}),
            Err(PolicyRefusal::AttestationUntrusted),
        ),
    ] {
        let found = policy(members.clone()).admit_key(&user(), KEY);
        assert_eq!(found, wanted, "{members}");
    }
    let mut strict = with_profiles(free(), free(), &[]);
    strict.is_attestation_enforced = true;
    strict.key_restrictions = policy(json!({"keyRestrictions": only(OTHER)})).key_restrictions;
    assert_eq!(strict.admit_key(&user(), KEY), Ok(()));
}

#[test]
fn one_of_the_targets_profiles_is_enough() {
    let model = Err(PolicyRefusal::Model(MODEL));
    for (default, second, named, wanted) in [
        // A target that names none has the default.
        (only(MODEL), only(OTHER), &[][..], Ok(())),
        (only(OTHER), only(MODEL), &[], model.clone()),
        // One that names some has these and not the default.
        (only(MODEL), only(OTHER), &[2], model.clone()),
        (only(OTHER), only(MODEL), &[2], Ok(())),
        (only(OTHER), only(MODEL), &[1, 2], Ok(())),
        (only(MODEL), only(OTHER), &[1, 2], Ok(())),
        (only(OTHER), only(OTHER), &[1, 2], model.clone()),
    ] {
        let shown = format!("{default} {second} {named:?}");
        let found = with_profiles(default, second, named).admit_key(&user(), KEY);
        assert_eq!(found, wanted, "{shown}");
    }
}

#[test]
fn a_profile_asks_for_kind_and_attestation() {
    let with = |types: &str, enforcement: &str| {
        let mut own = profile(1, free());
        own["passkeyTypes"] = types.into();
        own["attestationEnforcement"] = enforcement.into();
        policy(json!({"passkeyProfiles": [own], "defaultPasskeyProfile": Uuid::from_u128(1)}))
    };
    let synced = NewKey {
        is_backup_eligible: true,
        ..KEY
    };
    let attested = NewKey {
        is_attested: true,
        ..KEY
    };
    let kind = Err(PolicyRefusal::PasskeyType);
    let untrusted = Err(PolicyRefusal::AttestationUntrusted);
    for (types, enforcement, key, wanted) in [
        ("deviceBound", "disabled", KEY, Ok(())),
        ("deviceBound", "disabled", synced, kind.clone()),
        ("synced", "disabled", KEY, kind),
        ("synced", "disabled", synced, Ok(())),
        ("deviceBound,synced", "disabled", synced, Ok(())),
        ("synced, deviceBound", "registrationOnly", KEY, untrusted),
        ("deviceBound", "registrationOnly", attested, Ok(())),
    ] {
        let found = with(types, enforcement).admit_key(&user(), key);
        assert_eq!(found, wanted, "{types} {enforcement}");
    }
}

#[test]
fn what_a_policy_cannot_become() {
    let two = with_profiles(free(), free(), &[2]);
    let none = Fido2Policy::default();
    let many: Vec<Value> = (1..=4).map(|id| profile(id, free())).collect();
    let models: Vec<Aaguid> = vec![MODEL; 600];
    let restrictions = json!({"isEnforced": true, "enforcementType": "block", "aaGuids": models});
    let stranger = json!([{
        "targetType": "group", "id": "staff", "allowedPasskeyProfiles": [Uuid::from_u128(9)]
    }]);
    for (before, members, reason) in [
        (&two, json!({"passkeyProfiles": []}), "cannot be undone"),
        (&two, json!({"passkeyProfiles": many}), "at most 3"),
        (
            &two,
            json!({"passkeyProfiles": [profile(1, free()), profile(1, free())]}),
            "must differ",
        ),
        (
            &two,
            json!({"passkeyProfiles": [profile(2, free())]}),
            "defaultPasskeyProfile",
        ),
        (
            &two,
            json!({"passkeyProfiles": [profile(1, free())]}),
            "does not exist",
        ),
        (
            &two,
            json!({"defaultPasskeyProfile": null}),
            "defaultPasskeyProfile",
        ),
        (&none, json!({"includeTargets": stranger}), "does not exist"),
        (
            &none,
            json!({"defaultPasskeyProfile": Uuid::from_u128(1)}),
            "defaultPasskeyProfile",
        ),
        (
            &none,
            json!({"keyRestrictions": restrictions}),
            "size limit",
        ),
        (&none, json!({"state": "maybe"}), "Invalid property"),
        (&none, json!({"shoeSize": 44}), "Invalid property"),
        (
            &none,
            json!({"passkeyProfiles": [{"name": "incomplete"}]}),
            "Invalid property",
        ),
        (&none, json!({"passkeyProfiles": {}}), "Invalid property"),
    ] {
        let refused = before.changed(change(members.clone())).unwrap_err();
        assert!(refused.to_string().contains(reason), "{members}: {refused}");
    }
}

#[test]
fn opting_in_keeps_the_deprecated_settings_as_the_default_profile() {
    let before = policy(json!({"isAttestationEnforced": true, "keyRestrictions": only(MODEL)}));
    let mut new = profile(7, free());
    new.as_object_mut().unwrap().remove("id");
    let after = before
        .changed(change(json!({"passkeyProfiles": [new]})))
        .unwrap();
    let default = &after.passkey_profiles[0];
    assert_eq!(after.default_passkey_profile, Some(default.id));
    assert!(default.is_attestation_enforced);
    assert_eq!(default.key_restrictions, before.key_restrictions);
    assert_eq!(after.passkey_profiles.len(), 2);
    assert_ne!(after.passkey_profiles[1].id, default.id);
    let attested = NewKey {
        is_attested: true,
        ..KEY
    };
    assert_eq!(after.admit_key(&user(), attested), Ok(()));
    assert!(after.admit_key(&user(), KEY).is_err());
}

#[test]
fn a_change_leaves_alone_what_it_does_not_name() {
    let before = policy(json!({"keyRestrictions": only(MODEL)}));
    let after = before
        .changed(change(
            json!({"keyRestrictions": {"enforcementType": "block"}}),
        ))
        .unwrap();
    assert!(after.key_restrictions.is_enforced);
    assert_eq!(after.key_restrictions.aa_guids, [MODEL]);
    assert_eq!(
        after.key_restrictions.enforcement_type,
        EnforcementType::Block
    );
    let after = before
        .changed(change(json!({"keyRestrictions": {"aaGuids": []}})))
        .unwrap();
    assert!(
        after.key_restrictions.aa_guids.is_empty(),
        "replaced as a whole"
    );
}

#[test]
fn a_policy_is_stored_as_graph_writes_it() {
    let policy = with_profiles(only(MODEL), free(), &[2]);
    let wire = json!(policy);
    assert_eq!(wire["state"], "enabled");
    assert_eq!(wire["passkeyProfiles"][0]["passkeyTypes"], "deviceBound");
    assert_eq!(wire["includeTargets"][0]["id"], "emergency");
    let read: Fido2Policy = serde_json::from_value(wire).unwrap();
    assert_eq!(read, policy);
}

fn registered() -> (State, User, Fido2Method) {
    let (mut state, _) = demo(&Env::system());
    let user = user();
    state.users.push(user.clone());
    let method = Fido2Method {
        user_id: user.id,
        credential_id: vec![1].into(),
        public_key: Vec::new().into(),
        sign_count: 0,
        attestation_object: Vec::new().into(),
        display_name: "BG1-A".to_owned(),
        created: Env::system().now(),
        visible_from: Env::system().now(),
        aaguid: MODEL,
        attestation_certificates: Vec::new(),
        is_attested: false,
        is_backup_eligible: false,
    };
    (state, user, method)
}

#[test]
fn key_restrictions_and_targets_count_at_sign_in_and_attestation_does_not() {
    let (mut state, user, method) = registered();
    let group = json!([{"targetType": "group", "id": "emergency"}]);
    let model = Err(PolicyRefusal::Model(MODEL).into());
    for (members, wanted) in [
        (json!({}), Ok(())),
        (json!({"isAttestationEnforced": true}), Ok(())),
        (json!({"isSelfServiceRegistrationAllowed": false}), Ok(())),
        (json!({"keyRestrictions": only(MODEL)}), Ok(())),
        (json!({"keyRestrictions": only(OTHER)}), model),
        (
            json!({"excludeTargets": group}),
            Err(PolicyRefusal::NotTargeted.into()),
        ),
        (
            json!({"state": "disabled"}),
            Err(PolicyRefusal::Disabled.into()),
        ),
    ] {
        state.fido2_policy = policy(members.clone());
        assert_eq!(state.admits_sign_in(&user, &method), wanted, "{members}");
    }
    state.fido2_policy = with_profiles(only(OTHER), only(MODEL), &[1, 2]);
    assert_eq!(state.admits_sign_in(&user, &method), Ok(()));
}

#[test]
fn only_the_enabled_owner_signs_in() {
    let (state, user, method) = registered();
    let disabled = User {
        account_enabled: false,
        ..user
    };
    let refused = state.admits_sign_in(&disabled, &method);
    assert_eq!(refused, Err(SignInRefusal::AccountDisabled));
    let refused = state.admits_sign_in(&state.users[0], &method);
    assert_eq!(refused, Err(SignInRefusal::NotOwned));
}
