#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ceremony::reconcile::facts::{KeyFacts, StoredCredential};
use crate::ceremony::reconcile::finding::Standing;
use crate::graph::model::Fido2AuthenticationMethodConfiguration as Policy;
use crate::ledger::Account;
use crate::webauthn::Aaguid;

const MODEL: Aaguid = Aaguid::new([7; 16]);

fn credential(number: u8) -> Vec<u8> {
    vec![number; 16]
}

fn account(number: u8) -> Account {
    Account {
        id: format!("id-{number}"),
        upn: format!("bg{number}@contoso.example"),
    }
}

/// Key `number` of an account, in service.
fn key(number: u8, of: u8) -> RecordedKey {
    RecordedKey {
        label: format!("BG{of}-{number}"),
        account: account(of),
        credential_id: credential(number),
        method_id: base64url::encode_url_token(&credential(number)),
        aaguid: MODEL,
        serial: None,
        service: Service::In,
        today: Today::default(),
    }
}

/// The method that registering key `number` of an account made.
fn method(number: u8, of: u8) -> Method {
    Method {
        id: base64url::encode_url_token(&credential(number)),
        display_name: Some(format!("BG{of}-{number}")),
        created_date_time: None,
        aa_guid: Some(MODEL.to_string()),
        model: None,
        attestation_certificates: None,
        attestation_level: None,
        passkey_type: None,
    }
}

fn there(of: u8, methods: Vec<Method>) -> AccountFacts {
    AccountFacts {
        asked_for: account(of).id,
        name: account(of).upn,
        directory: Ok(Directory::Account(Registered {
            id: account(of).id,
            enabled: Some(true),
            methods,
            groups: Ok(Vec::new()),
        })),
    }
}

fn free() -> Policy {
    serde_json::from_value(serde_json::json!({
        "state": "enabled",
        "keyRestrictions": {"isEnforced": false},
        "includeTargets": [{"id": "all_users"}],
        "excludeTargets": [],
    }))
    .unwrap()
}

fn facts(keys: Vec<RecordedKey>, accounts: Vec<AccountFacts>) -> Facts {
    Facts {
        keys,
        ceremonies: Vec::new(),
        accounts,
        policy: Ok(free()),
        in_hand: None,
    }
}

fn ceremony(kind: CeremonyKind, label: &str, number: Option<u8>) -> OpenCeremony {
    OpenCeremony {
        id: Uuid::nil(),
        kind,
        label: label.to_owned(),
        account: (kind == CeremonyKind::Enroll).then(|| account(1)),
        credential_id: number.map(credential),
        method_id: None,
    }
}

/// The findings of each line.
fn found(facts: &Facts) -> Vec<Vec<FindingId>> {
    let ids = |line: Line| line.findings.iter().map(|finding| finding.id).collect();
    compare(facts).into_iter().map(ids).collect()
}

#[test]
fn the_directory_may_write_a_credential_in_three_forms() {
    let id = credential(1);
    for text in [
        base64url::encode(&id),
        base64url::encode_url_token(&id),
        "AQEBAQEBAQEBAQEBAQEBAQ==".to_owned(),
    ] {
        let shown = Method {
            id: text.clone(),
            ..method(1, 1)
        };
        let recorded = RecordedKey {
            method_id: text,
            ..key(1, 1)
        };
        let facts = facts(vec![recorded], vec![there(1, vec![shown])]);
        assert_eq!(found(&facts), [[FindingId::InOrder]]);
    }
}

#[test]
fn an_opaque_method_id_is_recognised_by_the_record() {
    let shown = Method {
        id: "opaque".to_owned(),
        ..method(1, 1)
    };
    let recorded = RecordedKey {
        method_id: "opaque".to_owned(),
        ..key(1, 1)
    };
    assert_eq!(
        found(&facts(vec![recorded], vec![there(1, vec![shown])])),
        [[FindingId::InOrder]]
    );
}

#[test]
fn a_record_that_names_another_keys_method_does_not_hide_that_its_own_is_gone() {
    let swapped = RecordedKey {
        method_id: key(2, 1).method_id,
        ..key(1, 1)
    };
    let facts = facts(vec![swapped, key(2, 1)], vec![there(1, vec![method(2, 1)])]);
    assert_eq!(
        found(&facts),
        [[FindingId::KeyWithoutMethod], [FindingId::InOrder]]
    );
}

#[test]
fn a_method_that_came_back_under_another_id_is_a_mismatch() {
    let recorded = RecordedKey {
        method_id: "as it was".to_owned(),
        ..key(1, 1)
    };
    let facts = facts(vec![recorded], vec![there(1, vec![method(1, 1)])]);
    assert_eq!(found(&facts), [[FindingId::MethodMismatch]]);
}

#[test]
fn keys_out_of_service_must_not_be_registered() {
    for (service, finding) in [
        (Service::Retired, FindingId::RetiredStillRegistered),
        (Service::Reset, FindingId::ResetStillRegistered),
    ] {
        let out = || RecordedKey {
            service,
            ..key(1, 1)
        };
        let registered = facts(vec![out()], vec![there(1, vec![method(1, 1)])]);
        assert_eq!(found(&registered), [[finding]]);
        let removed = facts(vec![out()], vec![there(1, Vec::new())]);
        assert_eq!(found(&removed), [[FindingId::InOrder]]);
    }
}

#[test]
fn two_records_of_one_serial_number_are_one_key() {
    let numbered = |key: RecordedKey, serial: &str| RecordedKey {
        serial: Some(serial.to_owned()),
        ..key
    };
    let accounts = || vec![there(1, vec![method(1, 1)]), there(2, vec![method(2, 2)])];
    let same = facts(
        vec![numbered(key(1, 1), "17"), numbered(key(2, 2), "17")],
        accounts(),
    );
    assert_eq!(
        found(&same),
        [[FindingId::KeyOnTwoAccounts], [FindingId::KeyOnTwoAccounts]]
    );
    let different = facts(
        vec![numbered(key(1, 1), "17"), numbered(key(2, 2), "18")],
        accounts(),
    );
    assert_eq!(
        found(&different),
        [[FindingId::InOrder], [FindingId::InOrder]]
    );
}

#[test]
fn a_name_and_model_of_another_accounts_key_are_suspicious() {
    let impostor = Method {
        id: "x".to_owned(),
        ..method(1, 1)
    };
    let facts = facts(
        vec![key(1, 1)],
        vec![there(1, vec![method(1, 1)]), there(2, vec![impostor])],
    );
    assert_eq!(
        found(&facts),
        [[FindingId::InOrder], [FindingId::KeyOnTwoAccounts]]
    );
}

#[test]
fn a_remedy_names_the_command_that_retires_the_key() {
    let elsewhere = Method {
        id: base64url::encode(&credential(1)),
        ..method(1, 1)
    };
    let recorded = RecordedKey {
        label: "Tom's key".to_owned(),
        ..key(1, 1)
    };
    let facts = facts(vec![recorded], vec![there(1, vec![elsewhere])]);
    let lines = compare(&facts);
    let of = |id: FindingId| {
        let mut findings = lines[0].findings.iter();
        let finding = findings.find(|finding| finding.id == id).unwrap();
        finding.remedy.clone().unwrap()
    };
    let command = r"`halligan retire --key 'Tom'\''s key' --reason";
    let mismatch = of(FindingId::MethodMismatch);
    assert!(
        mismatch.contains(&format!("{command} compromised`")),
        "{mismatch}"
    );
    assert!(mismatch.contains("remove the method"), "{mismatch}");
    let misnamed = of(FindingId::NameMismatch);
    assert!(
        misnamed.contains(&format!("{command} rotated`")),
        "{misnamed}"
    );
}

#[test]
fn an_open_retirement_explains_a_method_that_is_gone() {
    let mut facts = facts(vec![key(1, 1)], vec![there(1, Vec::new())]);
    facts.ceremonies = vec![ceremony(CeremonyKind::Retire, "BG1-1", Some(1))];
    assert_eq!(found(&facts), [[FindingId::CeremonyOpen]]);
    facts.ceremonies = vec![ceremony(CeremonyKind::Pin, "BG1-1", None)];
    assert_eq!(
        found(&facts),
        [[FindingId::KeyWithoutMethod, FindingId::CeremonyOpen]]
    );
}

#[test]
fn what_an_open_enrolment_made_has_no_line_of_its_own() {
    let mut facts = facts(Vec::new(), vec![there(1, vec![method(1, 1)])]);
    facts.ceremonies = vec![ceremony(CeremonyKind::Enroll, "BG1-1", Some(1))];
    facts.in_hand = Some(in_hand(&[1]));
    assert_eq!(found(&facts), [[FindingId::CeremonyOpen]]);
    assert!(compare(&facts)[0].subject.in_hand);
}

fn in_hand(numbers: &[u8]) -> KeyFacts {
    let stored = |number: &u8| StoredCredential {
        id: credential(*number),
        user_name: Some(account(1).upn),
    };
    KeyFacts {
        address: "usb".to_owned(),
        aaguid: MODEL,
        admitted: Vec::new(),
        is_silent: false,
        contents: Some(Ok(numbers.iter().map(stored).collect())),
    }
}

#[test]
fn a_key_that_says_nothing_is_no_stranger() {
    let mut facts = facts(vec![key(1, 1)], vec![there(1, vec![method(1, 1)])]);
    let silent = KeyFacts {
        is_silent: true,
        contents: None,
        ..in_hand(&[])
    };
    facts.in_hand = Some(silent);
    assert_eq!(found(&facts), [[FindingId::InOrder], [FindingId::Unknown]]);
    facts.in_hand = Some(in_hand(&[]));
    assert_eq!(
        found(&facts),
        [[FindingId::InOrder], [FindingId::KeyNotEnrolled]]
    );
}

#[test]
fn an_orphan_is_one_only_if_its_account_was_asked() {
    let mut facts = facts(vec![key(1, 1)], vec![there(1, vec![method(1, 1)])]);
    facts.in_hand = Some(in_hand(&[1, 2]));
    assert_eq!(
        found(&facts),
        [[FindingId::InOrder], [FindingId::OrphanCredential]]
    );
    facts.accounts[0].directory = Err("no answer".to_owned());
    assert_eq!(found(&facts), [[FindingId::Unknown], [FindingId::Unknown]]);
}

/// What the directory answers for one account.
fn any_directory(of: u8) -> impl Strategy<Value = AccountFacts> {
    let methods = prop::collection::btree_set(0..4_u8, 0..4);
    let enabled = prop::option::of(any::<bool>());
    prop_oneof![
        6 => (methods, enabled).prop_map(move |(numbers, enabled)| {
            let methods = numbers.into_iter().map(|number| method(number, of)).collect();
            let mut account = there(of, methods);
            if let Ok(Directory::Account(there)) = &mut account.directory {
                there.enabled = enabled;
            }
            account
        }),
        1 => Just(AccountFacts { directory: Ok(Directory::NoSuchAccount), ..there(of, Vec::new()) }),
        1 => Just(AccountFacts { directory: Err("no answer".to_owned()), ..there(of, Vec::new()) }),
    ]
}

prop_compose! {
    fn any_facts()(
        keys in prop::collection::btree_map(0..4_u8, (1..3_u8, 0..3_u8), 0..4),
        first in any_directory(1),
        second in any_directory(2),
        policy in any::<bool>(),
        held in prop::option::of(prop::collection::vec(0..6_u8, 0..3)),
        enrolling in prop::option::of(0..6_u8),
    ) -> Facts {
        let keys: Vec<RecordedKey> = keys
            .into_iter()
            .map(|(number, (of, service))| RecordedKey {
                service: [Service::In, Service::Retired, Service::Reset][usize::from(service)],
                ..key(number, of)
            })
            .collect();
        let enrolling = enrolling.filter(|number| !keys.iter().any(|key| key.credential_id == credential(*number)));
        Facts {
            ceremonies: enrolling
                .map(|number| ceremony(CeremonyKind::Enroll, "new", Some(number)))
                .into_iter()
                .collect(),
            policy: if policy { Ok(free()) } else { Err("no answer".to_owned()) },
            in_hand: held.map(|mut numbers| {
                numbers.sort_unstable();
                numbers.dedup();
                in_hand(&numbers)
            }),
            ..facts(keys, vec![first, second])
        }
    }
}

/// The credential of a line, as bytes or by its method.
fn speaks_of(line: &Line, number: u8) -> bool {
    let method = line.subject.method_id.as_deref();
    line.subject.credential_id == Some(credential(number))
        || method.is_some_and(|id| base64url::names_credential(id, &credential(number)))
}

proptest! {
    #[test]
    fn every_credential_has_its_line(facts in any_facts()) {
        let lines = compare(&facts);
        let registered = |number: u8| facts.registered().any(|(_, there)| {
            there.methods.iter().any(|method| base64url::names_credential(&method.id, &credential(number)))
        });
        for number in 0..6 {
            let recorded = facts.keys.iter().any(|key| key.credential_id == credential(number));
            let known = recorded || registered(number) || facts.is_in_hand(&credential(number));
            prop_assert!(!known || lines.iter().any(|line| speaks_of(line, number)), "{number}: {lines:#?}");
        }
        let labelled = lines.iter().filter(|line| line.subject.label.is_some()).count();
        prop_assert_eq!(labelled, facts.keys.len() + facts.ceremonies.len());
        prop_assert!(lines.iter().all(|line| !line.findings.is_empty()));
    }

    #[test]
    fn what_nobody_answered_is_never_in_order(facts in any_facts()) {
        let unanswered = |name: &str| {
            facts.accounts.iter().any(|account| account.name == name && account.directory.is_err())
        };
        for line in compare(&facts) {
            let account = line.subject.account.clone().unwrap_or_default();
            if unanswered(&account) {
                prop_assert!(line.standing() > Standing::InOrder, "{line:?}");
            }
            let in_service = facts.keys.iter().any(|key| {
                Some(&key.label) == line.subject.label.as_ref() && key.service == Service::In
            });
            if facts.policy.is_err() && in_service {
                prop_assert!(line.standing() > Standing::InOrder, "{line:?}");
            }
        }
    }

    #[test]
    fn a_credential_is_called_an_orphan_only_if_nobody_has_it(facts in any_facts()) {
        for line in compare(&facts) {
            if line.findings.iter().any(|finding| finding.id == FindingId::OrphanCredential) {
                let id = line.subject.credential_id.clone().unwrap();
                prop_assert!(!facts.keys.iter().any(|key| key.credential_id == id));
                prop_assert!(facts.ceremonies.iter().all(|ceremony| ceremony.credential_id.as_ref() != Some(&id)));
                let mut methods = facts.registered().flat_map(|(_, there)| &there.methods);
                prop_assert!(!methods.any(|method| base64url::names_credential(&method.id, &id)));
            }
        }
    }
}
