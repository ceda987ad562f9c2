//! Two rooms: a station that cannot reach the ledger appends to a copy, and its entries are brought in.

use uuid::Uuid;

use super::forge::Forge;
use super::golden;
use super::key::Key;
use super::tampered::{Case, case, revocation};
use super::writing::{env, memory, note, open, station};
use super::{run, vectors};
use crate::ledger::{
    Draft, EnrollProven, EntryRef, Error, Event, Ledger, ProofRequest, Reader, Store, branch,
};

/// A second key, and what its enrolment up to the proof says.
struct Enrolment {
    key: Key,
    attestation: (Vec<u8>, Vec<u8>),
    ceremony: Option<Uuid>,
}

impl Enrolment {
    fn new() -> Self {
        let mut key = Key::new([8; 32], [8; 32]);
        let attestation = key.register("AAAA");
        Self {
            key,
            attestation,
            ceremony: Some(Uuid::from_bytes([8; 16])),
        }
    }

    fn draft(&self, event: &Event) -> Draft {
        Draft::new(event, self.ceremony)
    }

    fn intended(&self) -> Draft {
        self.draft(&golden::intended(&self.key))
    }

    fn created(&self) -> Draft {
        self.draft(&golden::created(&self.key, &self.attestation))
    }

    fn unproven(&self) -> Draft {
        self.draft(&Event::EnrollProven(EnrollProven {
            label: "BG1-A".to_owned(),
            credential_id: self.key.credential_id.clone(),
        }))
    }

    fn proven(&mut self, anchor: EntryRef) -> Draft {
        let draft = self.unproven();
        let request = ProofRequest::new(anchor, &draft.body).unwrap();
        draft.with_proof(self.key.prove(request))
    }

    fn registered(&self) -> Draft {
        self.draft(&golden::registered(&self.key))
    }

    fn enrolled(&self) -> Draft {
        self.draft(&golden::enrolled(&self.key, &self.attestation))
    }
}

/// An enrolment in two rooms: begun and proven in a branch, registered by the first station.
pub(super) fn two_rooms(forge: &mut Forge<'_>) {
    let mut enrolment = Enrolment::new();
    let anchor = forge.reference(forge.end() - 1);
    let drafts = [
        enrolment.intended(),
        enrolment.created(),
        enrolment.proven(anchor),
    ];
    let branch = forge.branch(drafts);
    // The ledger has moved on meanwhile.
    forge.append(Draft {
        kind: "key.witnessed".parse().unwrap(),
        ceremony: None,
        body: serde_json::Map::new(),
        proof: None,
    });
    for entry in &branch {
        forge.merge(entry);
    }
    forge.append(enrolment.registered());
    forge.append(enrolment.enrolled());
}

fn merge_begun(forge: &mut Forge<'_>, which: &[usize]) {
    let enrolment = Enrolment::new();
    let branch = forge.branch([enrolment.intended(), enrolment.created()]);
    for index in which {
        forge.merge(&branch[*index]);
    }
}

/// What can be wrong with a branch.
pub(super) const BRANCHES: [Case; 9] = [
    case("merged-twice", 16, "merged-twice", |forge| {
        merge_begun(forge, &[0, 1, 0]);
    }),
    case(
        "merged-from-the-ledger-itself",
        14,
        "merged-twice",
        |forge| {
            let own = forge.value(7);
            forge.merge(&own);
        },
    ),
    case("merged-with-a-gap", 14, "merged-unconnected", |forge| {
        merge_begun(forge, &[1]);
    }),
    case("merged-merge", 15, "merged-nested", |forge| {
        merge_begun(forge, &[0]);
        let merged = forge.value(14);
        forge.merge(&merged);
    }),
    case("merged-entry-edited", 14, "signature", |forge| {
        merge_begun(forge, &[0]);
        forge.rewrite(14, |entry| {
            entry["body"]["entry"]["body"]["label"] = "BG9-Z".into();
        });
    }),
    case("merged-entry-malformed", 14, "malformed", |forge| {
        merge_begun(forge, &[0]);
        forge.rewrite(14, |entry| {
            entry["body"]["entry"]["note"] = "x".into();
        });
    }),
    case(
        "merged-of-a-revoked-station",
        15,
        "station-revoked",
        |forge| {
            let branch = forge.branch([Enrolment::new().intended()]);
            forge.append(revocation("vault-2"));
            forge.merge(&branch[0]);
        },
    ),
    case("proven-without-proof", 16, "unproven", |forge| {
        let enrolment = Enrolment::new();
        for draft in [
            enrolment.intended(),
            enrolment.created(),
            enrolment.unproven(),
        ] {
            forge.append(draft);
        }
    }),
    case("proven-before-it-was-created", 15, "ceremony", |forge| {
        let enrolment = Enrolment::new();
        for draft in [enrolment.intended(), enrolment.unproven()] {
            forge.append(draft);
        }
    }),
];

#[test]
fn an_enrolment_in_two_rooms_is_proven_without_the_key_at_the_end() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    two_rooms(&mut forge);
    let verification = vectors::verify(&forge.objects);
    assert_eq!(verification.failure, None);
    let key = verification.state.keys().last().unwrap();
    assert_eq!((key.index, key.sign_count), (19, 2));
    assert_eq!(key.last_proof.map(|(index, _)| index), Some(17));
    assert!(verification.state.open_ceremonies().is_empty());
}

#[test]
fn a_branch_is_appended_and_a_second_time_leaves_it_as_it_is() {
    let (main, copy) = (memory(), memory());
    run(async {
        let mut connected = open(&main, "a", 1).await.unwrap();
        connected.append(note("before")).await.unwrap();
        copy_all(&main, &copy).await;
        let mut offline = open(&copy, "b", 2).await.unwrap();
        offline.append(note("offline")).await.unwrap();
        connected.append(note("meanwhile")).await.unwrap();
        let branch = Reader::new(copy).read().await.unwrap().0;
        let merged = connected.merge(&branch).await.unwrap();
        // The other station's introduction, and its entry.
        assert_eq!(merged.len(), 2);
        assert_eq!(connected.merge(&branch).await.unwrap(), []);
        let names = connected.state().stations().keys();
        assert_eq!(
            names.map(ToString::to_string).collect::<Vec<_>>(),
            ["a", "b"]
        );
        let verification = connected.verify().await.unwrap();
        assert_eq!(
            (verification.failure.clone(), verification.entries()),
            (None, 5)
        );
    });
}

#[test]
fn a_branch_of_another_ledger_is_refused() {
    let (main, other) = (memory(), memory());
    run(async {
        let mut connected = open(&main, "a", 1).await.unwrap();
        connected.append(note("x")).await.unwrap();
        open(&other, "b", 2)
            .await
            .unwrap()
            .append(note("y"))
            .await
            .unwrap();
        let branch = Reader::new(other).read().await.unwrap().0;
        let refusal = connected.merge(&branch).await.unwrap_err().to_string();
        assert!(refusal.contains("which is not known"), "{refusal}");
        assert_eq!(connected.verify().await.unwrap().entries(), 2);
    });
}

#[test]
fn a_copy_is_made_once_and_continued() {
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().join("copy").display().to_string();
    let golden = golden::build();
    run(async {
        branch::copy(&golden.entries[..8], &location).await.unwrap();
        branch::copy(&golden.entries, &location).await.unwrap();
        let mut copy = Ledger::open(&location, &station("b", 2), env())
            .await
            .unwrap();
        assert_eq!(copy.append(note("offline")).await.unwrap().index, 15);
        branch::copy(&golden.entries, &location).await.unwrap();
        let elsewhere = directory.path().join("other").display().to_string();
        let mut other = Ledger::open(&elsewhere, &station("c", 3), env())
            .await
            .unwrap();
        other.append(note("another history")).await.unwrap();
        let refusal = branch::copy(&golden.entries, &elsewhere).await.unwrap_err();
        assert!(
            matches!(refusal, Error::NotACopy { index: 0, .. }),
            "{refusal}"
        );
    });
}

async fn copy_all(from: &Store, to: &Store) {
    for entry in Reader::new(from.clone()).read().await.unwrap().0 {
        to.create(entry.index, entry.as_bytes()).await.unwrap();
    }
}
