#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::attestation::Verdict;
use crate::graph::model::{Membership, UnifiedRoleAssignment, User};
use crate::tenant::Setting;
use crate::tenant::passkey_policy::Attestation;

const MODEL: &str = "2fc0579f-8113-47ea-b116-555a8db9202a";
const ACCOUNT: &str = "5d6059b6-368d-45f8-91e1-8e07d485f1d0";
const OPERATOR: &str = "0d9f7e36-6d0c-4c43-8f6e-1d2c1b7a9e55";
const UNIT: &str = "a3f1c9f0-7a4b-4f8e-9a1d-3c2b1a0f9e8d";

fn policy(change: Value) -> Tenant {
    let mut policy = json!({
        "state": "enabled",
        "isSelfServiceRegistrationAllowed": true,
        "isAttestationEnforced": false,
        "keyRestrictions": {"isEnforced": false, "enforcementType": "allow", "aaGuids": []},
        "includeTargets": [{"targetType": "group", "id": "all_users"}],
        "excludeTargets": [],
    });
    policy
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    Tenant {
        policy: Ok(serde_json::from_value(policy).unwrap()),
        operator: Ok(application(&["UserAuthMethod-Passkey.ReadWrite.All"])),
    }
}

fn tenant() -> Tenant {
    policy(json!({}))
}

fn application(permissions: &[&str]) -> Operator {
    Operator {
        kind: OperatorKind::Application,
        id: Some(OPERATOR.to_owned()),
        permissions: permissions.iter().map(|&one| one.to_owned()).collect(),
        roles: Ok(Vec::new()),
        role_groups: false,
    }
}

fn person(roles: &[&str]) -> Tenant {
    let operator = Operator {
        kind: OperatorKind::Person,
        roles: Ok(roles.iter().map(|&role| role.to_owned()).collect()),
        ..application(&["User.Read.All", "UserAuthenticationMethod.ReadWrite.All"])
    };
    Tenant {
        operator: Ok(operator),
        ..tenant()
    }
}

fn account() -> Account {
    Account {
        user: User {
            id: ACCOUNT.to_owned(),
            account_enabled: Some(true),
            user_type: Some("Member".to_owned()),
            ..User::default()
        },
        methods: Ok(Vec::new()),
        memberships: Ok(Vec::new()),
        assignments: Ok(Vec::new()),
    }
}

fn membership(kind: &str, id: &str) -> Membership {
    Membership {
        odata_type: Some(format!("#microsoft.graph.{kind}")),
        id: id.to_owned(),
        ..Membership::default()
    }
}

fn with_role(template: &str) -> Account {
    let role = Membership {
        role_template_id: Some(template.to_owned()),
        ..membership(Membership::ROLE, "a-role")
    };
    Account {
        memberships: Ok(vec![role]),
        ..account()
    }
}

/// A Global Administrator in a restricted unit, where the operator has these roles.
fn restricted(roles: &[&str]) -> Account {
    let mut account = with_role(GLOBAL_ADMINISTRATOR);
    account.user.is_management_restricted = Some(true);
    let unit = Membership {
        is_member_management_restricted: Some(true),
        display_name: Some("Vault".to_owned()),
        ..membership(Membership::UNIT, UNIT)
    };
    account.memberships.as_mut().unwrap().push(unit);
    let assigned = roles.iter().map(|&role| UnifiedRoleAssignment {
        role_definition_id: role.to_owned(),
        principal_id: OPERATOR.to_owned(),
        directory_scope_id: Some(format!("/administrativeUnits/{UNIT}")),
    });
    account.assignments = Ok(assigned.collect());
    account
}

fn key(attestation: Attestation) -> Key {
    Key {
        aaguid: Some(MODEL.parse().unwrap()),
        attestation,
    }
}

fn of(tenant: &Tenant, account: &Account) -> Prediction {
    predict(tenant, account, key(Attestation::Verified))
}

#[track_caller]
fn accepted(prediction: &Prediction) {
    assert_eq!(
        prediction.acceptance(),
        Acceptance::Accepted,
        "{prediction:?}"
    );
}

#[track_caller]
fn refused(prediction: &Prediction, subject: Subject, setting: &Setting) {
    let refusals: Vec<&Finding> = prediction.refusals().collect();
    assert!(
        refusals.iter().all(|one| one.subject == subject) && !refusals.is_empty(),
        "{refusals:?}"
    );
    assert_eq!(refusals[0].setting.as_ref(), Some(setting));
}

#[track_caller]
fn open(prediction: &Prediction, permission: Option<Cow<'static, str>>) {
    assert_eq!(
        prediction.acceptance(),
        Acceptance::Unknown,
        "{prediction:?}"
    );
    let unknown = prediction.findings.iter();
    let mut unknown = unknown.filter(|one| matches!(one.verdict, Verdict::Unknown { .. }));
    assert!(
        unknown.any(|one| one.permission == permission),
        "{prediction:?}"
    );
}

#[test]
fn nothing_stands_against_an_ordinary_enrolment() {
    accepted(&of(&tenant(), &account()));
    accepted(&of(&tenant(), &with_role(GLOBAL_ADMINISTRATOR)));
    accepted(&of(
        &person(&[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]),
        &account(),
    ));
}

#[test]
fn every_subject_has_a_line() {
    let unread = || Unread {
        why: "no".to_owned(),
        permission: Some("P".into()),
    };
    let nothing = Tenant {
        policy: Err(unread()),
        operator: Err(unread()),
    };
    for tenant in [tenant(), nothing] {
        let found = of(&tenant, &account()).findings;
        let mut subjects: Vec<Subject> = found.iter().map(|one| one.subject).collect();
        subjects.dedup();
        assert_eq!(subjects.len(), 12, "{subjects:?}");
        assert!(subjects.is_sorted(), "{subjects:?}");
    }
}

#[test]
fn an_application_needs_its_permission_and_no_role() {
    let mut without = tenant();
    without.operator = Ok(application(&[
        "User.Read.All",
        "UserAuthMethod-Passkey.Read.All",
    ]));
    refused(
        &of(&without, &account()),
        Subject::Permission,
        &Setting::Permission,
    );
}

#[test]
fn nobody_registers_for_himself() {
    let mut own = person(&[GLOBAL_ADMINISTRATOR]);
    own.operator.as_mut().unwrap().id = Some(ACCOUNT.to_uppercase());
    refused(
        &of(&own, &account()),
        Subject::SelfOperation,
        &Setting::Operator,
    );
}

#[test]
fn a_role_reaches_whom_it_reaches() {
    let role = |roles: &[&str], account: &Account| of(&person(roles), account);
    let (subject, setting) = (Subject::Role, Setting::DirectoryRole);
    refused(&role(&[], &account()), subject, &setting);
    refused(&role(&[GLOBAL_READER], &account()), subject, &setting);
    accepted(&role(&[AUTHENTICATION_ADMINISTRATOR], &account()));
    let administrator = with_role(GLOBAL_ADMINISTRATOR);
    refused(
        &role(&[AUTHENTICATION_ADMINISTRATOR], &administrator),
        subject,
        &setting,
    );
    open(
        &role(&[AUTHENTICATION_ADMINISTRATOR], &with_role(GLOBAL_READER)),
        None,
    );
    accepted(&role(
        &[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR],
        &administrator,
    ));
}

#[test]
fn a_role_of_a_group_in_a_unit_is_not_seen() {
    let mut by_group = person(&[]);
    by_group.operator.as_mut().unwrap().role_groups = true;
    open(&of(&by_group, &account()), None);
    let mut unread = restricted(&[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]);
    unread.memberships = Err(Unread {
        why: "HTTP 403".to_owned(),
        permission: Some(permission::GROUPS),
    });
    open(&of(&person(&[]), &unread), None);
}

#[test]
fn roles_that_are_hidden_leave_it_open() {
    let hidden = Account {
        memberships: Ok(vec![membership(Membership::ROLE, "a-role")]),
        ..account()
    };
    open(
        &of(&person(&[AUTHENTICATION_ADMINISTRATOR]), &hidden),
        Some(permission::ROLES),
    );
    accepted(&of(&person(&[GLOBAL_ADMINISTRATOR]), &hidden));
}

#[test]
fn a_restricted_unit_takes_a_role_in_it() {
    let setting = Setting::ScopedRole;
    let global = person(&[GLOBAL_ADMINISTRATOR]);
    refused(
        &of(&tenant(), &restricted(&[])),
        Subject::RestrictedUnit,
        &setting,
    );
    refused(
        &of(&global, &restricted(&[])),
        Subject::RestrictedUnit,
        &setting,
    );
    let scoped = restricted(&[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]);
    accepted(&of(&tenant(), &scoped));
    accepted(&of(&person(&[]), &scoped));
    let lesser = restricted(&[AUTHENTICATION_ADMINISTRATOR]);
    refused(&of(&tenant(), &lesser), Subject::RestrictedUnit, &setting);
    let mut elsewhere = restricted(&[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]);
    elsewhere.assignments.as_mut().unwrap()[0].directory_scope_id = Some("/".to_owned());
    refused(
        &of(&tenant(), &elsewhere),
        Subject::RestrictedUnit,
        &setting,
    );
}

#[test]
fn a_restricted_unit_is_open_where_roles_are_hidden() {
    let mut unread = restricted(&[]);
    unread.assignments = Err(Unread {
        why: "HTTP 403".to_owned(),
        permission: None,
    });
    open(&of(&tenant(), &unread), Some(permission::ROLES));
    let mut hidden = restricted(&[PRIVILEGED_AUTHENTICATION_ADMINISTRATOR]);
    let unit = &mut hidden.memberships.as_mut().unwrap()[1];
    (unit.is_member_management_restricted, unit.display_name) = (None, None);
    open(
        &of(&tenant(), &hidden),
        Some(permission::ADMINISTRATIVE_UNITS),
    );
    let unit = &mut hidden.memberships.as_mut().unwrap()[1];
    unit.display_name = Some("Attic".to_owned());
    refused(
        &of(&tenant(), &hidden),
        Subject::RestrictedUnit,
        &Setting::ScopedRole,
    );
    let mut by_group = person(&[GLOBAL_ADMINISTRATOR]);
    by_group.operator.as_mut().unwrap().role_groups = true;
    open(&of(&by_group, &restricted(&[])), None);
}

#[test]
fn the_account_must_be_a_member_and_enabled() {
    let mut guest = account();
    guest.user.user_type = Some("Guest".to_owned());
    refused(&of(&tenant(), &guest), Subject::Guest, &Setting::UserType);
    let mut disabled = account();
    disabled.user.account_enabled = Some(false);
    let prediction = of(&tenant(), &disabled);
    refused(
        &prediction,
        Subject::AccountEnabled,
        &Setting::AccountEnabled,
    );
    assert_eq!(
        prediction.acceptance_at(At::Registration),
        Acceptance::Accepted
    );
    assert_eq!(prediction.acceptance_at(At::SignIn), Acceptance::Refused);
    let mut many = account();
    let method = json!({"id": "a", "displayName": "A"});
    many.methods = Ok(vec![serde_json::from_value(method).unwrap(); 10]);
    open(&of(&tenant(), &many), None);
}

#[test]
fn one_profile_that_takes_the_key_outweighs_the_others() {
    let profile = |id: &str, types: &str| {
        json!({"id": id, "name": id, "passkeyTypes": types, "attestationEnforcement": "registrationOnly",
            "keyRestrictions": {"isEnforced": false, "enforcementType": "allow", "aaGuids": []}})
    };
    let with = |named: &[&str]| {
        policy(json!({
            "passkeyProfiles": [profile("strict", "synced"), profile("lax", "deviceBound")],
            "includeTargets": [{"targetType": "group", "id": "all_users", "allowedPasskeyProfiles": named}],
        }))
    };
    let both = of(&with(&["strict", "lax"]), &account());
    accepted(&both);
    let lines = both
        .findings
        .iter()
        .filter(|one| one.subject == Subject::Profile);
    assert_eq!(lines.count(), 4);
    let scope = crate::tenant::Scope::Profile("strict".to_owned());
    let strict = predict(&with(&["strict"]), &account(), key(Attestation::Verified));
    refused(&strict, Subject::Profile, &Setting::PasskeyTypes(scope));
    let scope = crate::tenant::Scope::Profile("lax".to_owned());
    let unattested = predict(&with(&["lax"]), &account(), key(Attestation::None));
    refused(
        &unattested,
        Subject::Profile,
        &Setting::AttestationEnforcement(scope),
    );
    assert_eq!(unattested.acceptance_at(At::SignIn), Acceptance::Accepted);
}

#[test]
fn a_key_that_is_not_chosen_yet_is_refused_by_nothing_but_what_holds_for_all() {
    let any = Key {
        aaguid: None,
        attestation: Attestation::Unknown,
    };
    accepted(&predict(&tenant(), &account(), any));
    let list = json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "allow", "aaGuids": [MODEL]}});
    open(&predict(&policy(list), &account(), any), None);
    let off = json!({"isSelfServiceRegistrationAllowed": false});
    refused(
        &predict(&policy(off), &account(), any),
        Subject::SelfService,
        &Setting::SelfService,
    );
}

#[test]
fn a_reason_is_given_once_with_the_permission_that_would_tell() {
    let mut unread = tenant();
    unread.policy = Err(Unread {
        why: "HTTP 403".to_owned(),
        permission: Some(permission::POLICY),
    });
    let prediction = of(&unread, &account());
    assert_eq!(
        prediction.open(),
        ["HTTP 403; Policy.Read.AuthenticationMethod would tell"]
    );
    let block = json!({"keyRestrictions": {"isEnforced": true, "enforcementType": "block", "aaGuids": [MODEL]}});
    assert_eq!(of(&policy(block), &account()).reasons().len(), 1);
}

fn any_account() -> impl Strategy<Value = Account> {
    let kinds = prop_oneof![Just("Member"), Just("Guest")];
    let role = prop::option::of(Just(GLOBAL_ADMINISTRATOR));
    (any::<bool>(), any::<bool>(), kinds, role).prop_map(|(enabled, is_restricted, kind, role)| {
        let mut account = role.map_or_else(account, with_role);
        account.user.account_enabled = Some(enabled);
        account.user.user_type = Some(kind.to_owned());
        account.user.is_management_restricted = Some(is_restricted);
        account
    })
}

proptest! {
    /// What is certain although something could not be read stays so when it can be read.
    #[test]
    fn knowing_less_never_makes_up_an_answer(account in any_account(), hide in any::<[bool; 3]>(), enabled in any::<bool>()) {
        let state = if enabled { "enabled" } else { "disabled" };
        let whole = Tenant { policy: policy(json!({"state": state})).policy, ..person(&[AUTHENTICATION_ADMINISTRATOR]) };
        let unread = || Unread { why: "hidden".to_owned(), permission: None };
        let (mut less, mut seen) = (whole.clone(), account.clone());
        if hide[0] { less.policy = Err(unread()); }
        if hide[1] { less.operator.as_mut().unwrap().roles = Err(unread()); }
        if hide[2] { seen.memberships = Err(unread()); }
        let known = of(&whole, &account).acceptance();
        match of(&less, &seen).acceptance() {
            Acceptance::Unknown => {}
            certain => prop_assert_eq!(certain, known),
        }
    }
}
