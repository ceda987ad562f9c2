//! The golden ledger: the story of one key, told by two stations, the same bytes on every run.

use std::sync::Arc;
use std::time::Duration;

use object_store::memory::InMemory;
use serde_json::{Map, json};
use uuid::Uuid;

use super::key::{AAGUID, Key};
use super::run;
use crate::env::{Env, ManualClock, SeededRng};
use crate::ledger::{
    Account, CeremonyFailed, CeremonyUndone, Draft, EnrollCredentialCreated, EnrollIntended,
    EnrollPinSet, EnrollRegistered, Entry, Event, KeyChecked, KeyDescription, KeyEnrolled,
    KeyRetired, Kind, Ledger, Outcome, OutcomeVerdict, Reader, RetireIntended, RetireMethodRemoved,
    RetireReason, Station, Step, Store,
};

pub(crate) const TENANT: &str = "7c1d2b1e-0a52-4a0e-8a0c-3b4f1d6c0e55";

/// A golden ledger together with everything that made it.
#[derive(Clone)]
pub(super) struct Golden {
    pub(super) entries: Vec<Entry>,
    pub(super) stations: [Station; 2],
    pub(super) key: Key,
    pub(super) ceremony: Uuid,
}

struct Writer {
    clock: Arc<ManualClock>,
    env: Env,
    store: Store,
    key: Key,
}

pub(super) fn account() -> Account {
    Account {
        id: "0f3c1f0a-52a9-4d0b-9a53-6f8f3f0c9f11".to_owned(),
        upn: "bg1@contoso.example".to_owned(),
    }
}

pub(super) fn intended(key: &Key) -> Event {
    Event::EnrollIntended(Box::new(EnrollIntended {
        sets_pin: false,
        label: "BG1-A".to_owned(),
        account: account(),
        tenant: TENANT.to_owned(),
        rp_id: key.rp_id.clone(),
        key: description(),
        aaguid: None,
        pin: None,
        settings: None,
        custody: None,
    }))
}

/// With characters that RFC 8785 escapes, sorts and passes through in its own way.
fn description() -> KeyDescription {
    KeyDescription {
        transport: "usb 1050:0407 \"Schlüssel\" \\ 🔑\u{1f}".to_owned(),
        firmware: Some("328707".to_owned()),
        serial: None,
    }
}

pub(super) fn created(key: &Key, attestation: &(Vec<u8>, Vec<u8>)) -> Event {
    Event::EnrollCredentialCreated(EnrollCredentialCreated {
        label: "BG1-A".to_owned(),
        rp_id: key.rp_id.clone(),
        credential_id: key.credential_id.clone(),
        aaguid: AAGUID,
        attestation_object: attestation.0.clone(),
        client_data_json: attestation.1.clone(),
    })
}

pub(super) fn registered(key: &Key) -> Event {
    Event::EnrollRegistered(EnrollRegistered {
        label: "BG1-A".to_owned(),
        credential_id: key.credential_id.clone(),
        method_id: "_jpuR-TGZgk6aQCLF3BQjA2".to_owned(),
    })
}

pub(super) fn enrolled(key: &Key, attestation: &(Vec<u8>, Vec<u8>)) -> Event {
    Event::KeyEnrolled(Box::new(KeyEnrolled {
        label: "BG1-A".to_owned(),
        account: account(),
        tenant: TENANT.to_owned(),
        credential_id: key.credential_id.clone(),
        public_key: key.public_key().as_bytes().to_vec(),
        attestation_object: attestation.0.clone(),
        client_data_json: attestation.1.clone(),
        aaguid: AAGUID,
        rp_id: key.rp_id.clone(),
        method_id: "_jpuR-TGZgk6aQCLF3BQjA2".to_owned(),
        sign_count: key.sign_count,
        key: description(),
        observed: None,
    }))
}

pub(crate) fn checked(key: &Key, passed: bool, why: Option<&str>) -> Event {
    Event::KeyChecked(KeyChecked {
        label: "BG1-A".to_owned(),
        credential_id: key.credential_id.clone(),
        passed,
        findings: vec![Outcome {
            subject: "assertion".to_owned(),
            verdict: if passed {
                OutcomeVerdict::Pass
            } else {
                OutcomeVerdict::Unknown
            },
            why: why.map(str::to_owned),
        }],
        observed: None,
        accepted: None,
    })
}

pub(super) fn retirement(key: &Key) -> Event {
    Event::RetireIntended(RetireIntended {
        label: "BG1-A".to_owned(),
        credential_id: key.credential_id.clone(),
        account: account(),
        method_id: "_jpuR-TGZgk6aQCLF3BQjA2".to_owned(),
        reason: RetireReason::Rotated,
        delete_credential: false,
        keys_left: 2,
        forced: false,
    })
}

pub(super) fn method_removed() -> Event {
    Event::RetireMethodRemoved(RetireMethodRemoved {
        label: "BG1-A".to_owned(),
        method_id: "_jpuR-TGZgk6aQCLF3BQjA2".to_owned(),
    })
}

pub(super) fn retired(key: &Key) -> Event {
    Event::KeyRetired(KeyRetired {
        label: "BG1-A".to_owned(),
        credential_id: key.credential_id.clone(),
        reason: RetireReason::Rotated,
    })
}

/// All that an enrolment says; the key has to sign the last of it.
pub(crate) fn enrolment(key: &mut Key) -> [Event; 4] {
    let attestation = key.register("AAECAwQFBgcICQoLDA0ODw");
    [
        intended(key),
        created(key, &attestation),
        registered(key),
        enrolled(key, &attestation),
    ]
}

impl Writer {
    async fn open(&self, station: &Station) -> Ledger {
        self.clock.advance(Duration::from_secs(60));
        Ledger::open_store(self.store.clone(), station, self.env.clone())
            .await
            .unwrap()
    }

    async fn write(&self, ledger: &mut Ledger, draft: Draft) {
        self.clock.advance(Duration::from_secs(90));
        ledger.append(draft).await.unwrap();
    }

    async fn prove(&mut self, ledger: &mut Ledger, event: &Event, ceremony: Option<Uuid>) {
        let draft = Draft::new(event, ceremony);
        let request = ledger.prove(&draft).unwrap();
        let proof = self.key.prove(request);
        self.write(ledger, draft.with_proof(proof)).await;
    }

    async fn enroll(&mut self, ledger: &mut Ledger, ceremony: Uuid) {
        let id = Some(ceremony);
        let draft = |event: &Event| Draft::new(event, id);
        self.write(ledger, draft(&intended(&self.key))).await;
        let pin_set = Event::EnrollPinSet(EnrollPinSet {
            label: "BG1-A".to_owned(),
        });
        self.write(ledger, draft(&pin_set)).await;
        let attestation = self.key.register("AAECAwQFBgcICQoLDA0ODw");
        self.write(ledger, draft(&created(&self.key, &attestation)))
            .await;
        self.write(ledger, draft(&registered(&self.key))).await;
        self.prove(ledger, &enrolled(&self.key, &attestation), id)
            .await;
    }

    async fn fail_and_undo(&self, ledger: &mut Ledger, ceremony: Uuid) {
        let failed = Event::CeremonyFailed(CeremonyFailed {
            label: "BG1-B".to_owned(),
            reached: Step::Intended,
            code: "pin-blocked".to_owned(),
            message: "the key's PIN is blocked".to_owned(),
            remains: None,
            deletes_credential: false,
        });
        let undone = Event::CeremonyUndone(CeremonyUndone {
            label: "BG1-B".to_owned(),
            credential_deleted: false,
            method_deleted: false,
            pin: None,
        });
        for event in [intended(&self.key), failed, undone] {
            self.write(ledger, Draft::new(&event, Some(ceremony))).await;
        }
    }
}

/// Builds the ledger anew.
pub(super) fn build() -> Golden {
    run(async {
        let clock = Arc::new(ManualClock::new("2026-03-01T09:00:00Z".parse().unwrap()));
        let env = Env::new(clock.clone(), Arc::new(SeededRng::new(8785)));
        let station = |name: &str| Station::from_seed(name.parse().unwrap(), &env.random());
        let stations = [station("vault-1"), station("vault-2")];
        let mut writer = Writer {
            clock,
            key: Key::new(env.random(), env.random()),
            store: Store::new(Arc::new(InMemory::new()), "memory:"),
            env,
        };
        let ceremony = writer.env.uuid();
        let mut first = writer.open(&stations[0]).await;
        writer.enroll(&mut first, ceremony).await;

        let mut second = writer.open(&stations[1]).await;
        let undone = writer.env.uuid();
        writer.fail_and_undo(&mut second, undone).await;
        // The first station does not know these entries: its proof is anchored further back, and it loses a race.
        // The check is silent, as checks are wherever the key allows it.
        let flags = std::mem::replace(&mut writer.key.flags, 0);
        let event = checked(&writer.key, true, None);
        writer.prove(&mut first, &event, None).await;
        writer.key.flags = flags;
        let event = checked(&writer.key, false, Some("the key was not at hand"));
        writer.write(&mut first, Draft::new(&event, None)).await;
        let witnessed = Draft {
            kind: "key.witnessed".parse::<Kind>().unwrap(),
            ceremony: None,
            body: Map::from_iter([("\u{fb33}".to_owned(), json!({"🔑": [1, -2, null]}))]),
            proof: None,
        };
        writer.write(&mut first, witnessed).await;
        let event = checked(&writer.key, true, None);
        writer.prove(&mut first, &event, None).await;

        let (entries, _) = Reader::new(writer.store.clone()).entries().await.unwrap();
        Golden {
            entries,
            stations,
            key: writer.key,
            ceremony,
        }
    })
}

#[test]
fn the_golden_ledger_adds_up_to_one_key_and_no_open_ceremony() {
    let golden = build();
    let kinds: Vec<&str> = golden
        .entries
        .iter()
        .map(|entry| entry.kind.as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "station.joined",
            "enroll.intended",
            "enroll.pin_set",
            "enroll.credential_created",
            "enroll.registered",
            "key.enrolled",
            "station.joined",
            "enroll.intended",
            "ceremony.failed",
            "ceremony.undone",
            "key.checked",
            "key.checked",
            "key.witnessed",
            "key.checked",
        ]
    );
    let anchor = |index: usize| golden.entries[index].proof.as_ref().unwrap().anchor.index;
    assert_eq!([anchor(5), anchor(10), anchor(13)], [4, 5, 12]);
    // Byte 32 of authenticator data holds the flags.
    let flags = |index: usize| {
        golden.entries[index]
            .proof
            .as_ref()
            .unwrap()
            .authenticator_data[32]
    };
    assert_eq!([flags(5), flags(10), flags(13)], [5, 0, 5]);
}

/// A PIN was set, in no ceremony.
pub(super) fn pin_set() -> Draft {
    let pin_set = EnrollPinSet {
        label: "BG1-A".to_owned(),
    };
    Draft::new(&Event::EnrollPinSet(pin_set), None)
}
