//! What becomes of a key after it was enrolled: where it lies, its settings, its PIN, its end. And the end of a station.

use serde_json::json;
use uuid::Uuid;

use super::forge::Forge;
use super::key::AAGUID;
use super::tampered::{Case, case, revocation};
use super::{golden, vectors};
use crate::ledger::{
    ConfigApplied, ConfigIntended, Custody, Draft, Event, KeyHandedOver, KeySettings, PinChanged,
    PinIntended, ResetIntended, ResetPerformed, RetireCredentialDeleted, RetireReason, SealedPart,
    SealedSecret,
};

const SETTINGS: Uuid = Uuid::from_u128(0x1f00);
const PIN: Uuid = Uuid::from_u128(0x1f01);
const OWN_PIN: Uuid = Uuid::from_u128(0x1f02);
const RETIREMENT: Uuid = Uuid::from_u128(0x1f03);
const RESET: Uuid = Uuid::from_u128(0x1f04);
const ENROLMENT: Uuid = Uuid::from_u128(0x1f05);

fn label() -> String {
    "BG1-A".to_owned()
}

fn settings() -> KeySettings {
    KeySettings {
        min_pin_length: Some(u8::MAX),
        min_pin_length_rp_ids: Some(vec!["login.microsoft.com".to_owned()]),
        force_pin_change: Some(true),
        always_uv: Some(false),
        enterprise_attestation: Some(true),
    }
}

fn sealed() -> SealedSecret {
    SealedSecret {
        threshold: 1,
        parts: vec![SealedPart {
            recipients: vec!["age1alice".to_owned()],
            custodians: None,
            ciphertext: b"age".to_vec(),
        }],
    }
}

fn safe() -> Custody {
    Custody {
        location: "Zürich, safe 2".to_owned(),
        container: Some("envelope".to_owned()),
        seal: Some("0815".to_owned()),
        custodians: vec!["Alice".to_owned(), "Bob".to_owned()],
    }
}

fn handed_over(forge: &mut Forge<'_>, custody: Custody, note: Option<&str>) -> Draft {
    let handed_over = KeyHandedOver {
        label: label(),
        credential_id: forge.golden().key.credential_id.clone(),
        custody,
        note: note.map(str::to_owned),
    };
    Draft::new(&Event::KeyHandedOver(handed_over), None)
}

fn configuration() -> [Draft; 2] {
    let intended = Event::ConfigIntended(ConfigIntended {
        label: label(),
        settings: settings(),
    });
    let applied = Event::ConfigApplied(ConfigApplied {
        label: label(),
        settings: KeySettings::default(),
    });
    [intended, applied].map(|event| Draft::new(&event, Some(SETTINGS)))
}

fn another_pin(ceremony: Uuid, pin: Option<&SealedSecret>) -> [Draft; 2] {
    let intended = Event::PinIntended(PinIntended {
        label: label(),
        pin: pin.cloned(),
    });
    let changed = Event::PinChanged(PinChanged {
        label: label(),
        pin: pin.cloned(),
    });
    [intended, changed].map(|event| Draft::new(&event, Some(ceremony)))
}

/// Out of service, and its credential off the key.
fn retirement(forge: &mut Forge<'_>) -> [Draft; 4] {
    let key = forge.golden().key.clone();
    let Event::RetireIntended(mut intended) = golden::retirement(&key) else {
        unreachable!("a retirement is a retirement")
    };
    intended.delete_credential = true;
    let deleted = Event::RetireCredentialDeleted(RetireCredentialDeleted {
        label: label(),
        credential_id: key.credential_id.clone(),
    });
    [
        Event::RetireIntended(intended),
        golden::method_removed(),
        deleted,
        golden::retired(&key),
    ]
    .map(|event| Draft::new(&event, Some(RETIREMENT)))
}

fn reset(forge: &mut Forge<'_>) -> [Draft; 2] {
    let credential_id = forge.golden().key.credential_id.clone();
    let intended = Event::ResetIntended(ResetIntended {
        label: label(),
        credential_id: credential_id.clone(),
    });
    let performed = Event::ResetPerformed(ResetPerformed {
        label: label(),
        credential_id,
    });
    [intended, performed].map(|event| Draft::new(&event, Some(RESET)))
}

/// The same key is to be enrolled anew, and everything is said of that beforehand that can be said.
fn enrolment(forge: &mut Forge<'_>) -> Draft {
    let Event::EnrollIntended(mut intended) = golden::intended(&forge.golden().key) else {
        unreachable!("an enrolment is an enrolment")
    };
    intended.aaguid = Some(AAGUID);
    intended.sets_pin = true;
    intended.pin = Some(sealed());
    intended.settings = Some(settings());
    intended.custody = Some(safe());
    Draft::new(&Event::EnrollIntended(intended), Some(ENROLMENT))
}

/// All of that, and then a station is revoked.
pub(super) fn lived(forge: &mut Forge<'_>) {
    let elsewhere = Custody {
        location: "Bern".to_owned(),
        ..Custody::default()
    };
    let mut drafts = vec![
        handed_over(forge, elsewhere, None),
        handed_over(forge, safe(), Some("moved with the office")),
    ];
    drafts.extend(configuration());
    drafts.extend(another_pin(PIN, Some(&sealed())));
    drafts.extend(another_pin(OWN_PIN, None));
    drafts.extend(retirement(forge));
    drafts.extend(reset(forge));
    drafts.push(enrolment(forge));
    drafts.push(revocation("vault-2"));
    for draft in drafts {
        forge.append(draft);
    }
}

/// Appends the first of these, changed.
fn append_changed<const N: usize>(
    forge: &mut Forge<'_>,
    drafts: [Draft; N],
    change: impl FnOnce(&mut serde_json::Value),
) {
    let first = drafts.into_iter().next().unwrap();
    forge.append(first);
    forge.rewrite(14, |entry| change(&mut entry["body"]));
}

pub(super) const LIVES: [Case; 6] = [
    case("handed-over-but-not-enrolled", 14, "key-unknown", |forge| {
        let draft = handed_over(forge, safe(), None);
        append_changed(forge, [draft], |body| body["credential_id"] = json!("AAAA"));
    }),
    case("handed-over-to-nobody-knows", 14, "body", |forge| {
        let draft = handed_over(forge, safe(), None);
        append_changed(forge, [draft], |body| {
            body["custody"]["custodians"] = json!("Alice");
        });
    }),
    case("setting-that-is-no-boolean", 14, "body", |forge| {
        append_changed(forge, configuration(), |body| {
            body["settings"]["always_uv"] = json!("yes");
        });
    }),
    case("pin-in-clear", 14, "body", |forge| {
        append_changed(forge, another_pin(PIN, None), |body| {
            body["pin"] = json!("123456");
        });
    }),
    case("reset-but-not-enrolled", 14, "key-unknown", |forge| {
        let drafts = reset(forge);
        append_changed(forge, drafts, |body| body["credential_id"] = json!("AAAA"));
    }),
    case("enrolment-that-sets-a-pin-by-a-word", 14, "body", |forge| {
        let draft = enrolment(forge);
        append_changed(forge, [draft], |body| body["sets_pin"] = json!("yes"));
    }),
];

#[test]
fn what_became_of_a_key_is_known_to_its_end() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    lived(&mut forge);
    let verification = vectors::verify(&forge.objects);
    assert_eq!(verification.failure, None);
    let state = verification.state;
    let key = state.key_by_label(&label()).unwrap();
    assert_eq!(key.custody, Some(safe()));
    assert_eq!(key.retired, Some((25, RetireReason::Rotated)));
    assert_eq!(key.reset, Some(27));
    assert_eq!(state.keys_in_service().count(), 0);
    let open: Vec<Uuid> = state.open_ceremonies().iter().map(|one| one.id).collect();
    assert_eq!(open, [ENROLMENT]);
    let vault = &state.stations()[&"vault-2".parse().unwrap()];
    let revoked = vault.revoked.as_ref().unwrap();
    assert_eq!(
        (revoked.index, revoked.by.to_string()),
        (29, "vault-1".to_owned())
    );
}
