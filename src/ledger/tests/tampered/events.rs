//! Entries that tell another story than what happened.

use serde_json::json;

use super::super::forge::Forge;
use super::super::golden;
use super::{Case, case};
use crate::ledger::{Draft, EnrollPinSet, Event, PinChanged, PinOpened};

/// What a station can do that wants to tell another story.
pub(super) const EVENTS: [Case; 19] = [
    case("history-rewritten", 5, "proof-anchor", |forge| {
        forge.rewrite(1, |entry| {
            entry["body"]["account"]["upn"] = json!("eve@contoso.example")
        });
    }),
    case("body-without-label", 1, "body", |forge| {
        forge.rewrite(1, |entry| {
            entry["body"].as_object_mut().unwrap().remove("label");
        });
    }),
    case("other-aaguid", 5, "attestation", |forge| {
        forge.rewrite(5, |entry| {
            entry["body"]["aaguid"] = json!("2fc0579f-8113-47ea-b116-bb5a8db9202a");
        });
    }),
    case("other-public-key", 5, "attestation", |forge| {
        let mut other = super::super::key::Key::new([7; 32], [7; 32]);
        let object = crate::encoding::base64url::encode(&other.register("AAAA").0);
        forge.rewrite(5, |entry| {
            entry["body"]["attestation_object"] = json!(object)
        });
    }),
    case("step-skipped", 4, "ceremony", |forge| forge.take_out(4)),
    case("never-intended", 1, "ceremony", |forge| forge.take_out(1)),
    case("without-ceremony", 2, "ceremony", |forge| {
        forge.rewrite(2, |entry| {
            entry.as_object_mut().unwrap().remove("ceremony");
        });
    }),
    case("ceremony-closed", 14, "ceremony", |forge| {
        let ceremony = Some(forge.golden().ceremony);
        let event = Event::EnrollPinSet(EnrollPinSet {
            label: "BG1-A".to_owned(),
        });
        forge.append(Draft::new(&event, ceremony));
    }),
    case("enrolled-twice", 17, "enrolled-twice", |forge| {
        let ceremony = Some(uuid::Uuid::from_bytes([4; 16]));
        let key = &mut forge.golden().key;
        let attestation = key.register("AAAA");
        let events = [
            golden::intended(key),
            golden::created(key, &attestation),
            golden::registered(key),
            golden::enrolled(key, &attestation),
        ];
        for event in events {
            forge.append(Draft::new(&event, ceremony));
        }
    }),
    case("checked-but-not-enrolled", 11, "key-unknown", |forge| {
        forge.rewrite(11, |entry| entry["body"]["credential_id"] = json!("AAAA"));
    }),
    case("passed-without-proof", 11, "unproven", |forge| {
        forge.rewrite(11, |entry| entry["body"]["passed"] = json!(true));
    }),
    case("verdict-unheard-of", 11, "body", |forge| {
        forge.rewrite(11, |entry| {
            entry["body"]["findings"][0]["verdict"] = json!("passed");
        });
    }),
    case("retired-twice", 19, "retired-twice", |forge| {
        let key = forge.golden().key.clone();
        for ceremony in [5, 6] {
            retire(
                forge,
                ceremony,
                &[golden::method_removed(), golden::retired(&key)],
            );
        }
    }),
    case("retired-with-its-method", 15, "ceremony", |forge| {
        let key = forge.golden().key.clone();
        retire(forge, 5, &[golden::retired(&key)]);
    }),
    case("retired-but-not-enrolled", 14, "key-unknown", |forge| {
        retire(forge, 5, &[]);
        forge.rewrite(14, |entry| entry["body"]["credential_id"] = json!("AAAA"));
    }),
    case("step-of-another-ceremony", 15, "ceremony", |forge| {
        let event = Event::PinChanged(PinChanged {
            label: "BG1-A".to_owned(),
            pin: None,
        });
        retire(forge, 5, &[event]);
    }),
    case("other-credential-retired", 16, "ceremony", |forge| {
        let mut key = forge.golden().key.clone();
        key.credential_id = vec![0; 16];
        retire(forge, 5, &[golden::method_removed(), golden::retired(&key)]);
    }),
    case("other-credential-registered", 4, "ceremony", |forge| {
        forge.rewrite(4, |entry| entry["body"]["credential_id"] = json!("AAAA"));
    }),
    case("opened-without-saying-what", 14, "body", |forge| {
        forge.append(opened(&["alice"], false));
        forge.rewrite(14, |entry| {
            entry["body"].as_object_mut().unwrap().remove("share");
        });
    }),
];

/// The sealed PIN was opened by these custodians, or one share of it.
fn opened(by: &[&str], share: bool) -> Draft {
    let opened = Event::PinOpened(PinOpened {
        label: "BG1-A".to_owned(),
        by: by.iter().map(|&name| name.to_owned()).collect(),
        share,
    });
    Draft::new(&opened, None)
}

/// Everything that the opening of a PIN may say.
pub(in crate::ledger::tests) fn pin_opened(forge: &mut Forge<'_>) {
    forge.append(opened(&["alice"], false));
    forge.append(opened(&["bob"], true));
    forge.append(opened(&[], false));
}

/// Takes the golden ledger's key out of service, in these steps.
fn retire(forge: &mut Forge<'_>, ceremony: u8, steps: &[Event]) {
    let id = Some(uuid::Uuid::from_bytes([ceremony; 16]));
    let intended = golden::retirement(&forge.golden().key);
    forge.append(Draft::new(&intended, id));
    for step in steps {
        forge.append(Draft::new(step, id));
    }
}
