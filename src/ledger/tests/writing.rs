//! Writing: alone, in competition, on storage that fails or lies, and what is refused.

use std::sync::Arc;
use std::time::Duration;

use object_store::memory::InMemory;
use serde_json::{Map, json};
use uuid::Uuid;

use super::faulty::{Fault, Faulty};
use super::golden;
use super::key::Key;
use super::run;
use crate::env::{Env, ManualClock, SeededRng};
use crate::ledger::{
    CanonicalError, Defect, Draft, Error, FormatError, Kind, Ledger, Reader, Station, Store,
    Warning,
};

pub(super) fn env() -> Env {
    let clock = ManualClock::new("2026-03-01T09:00:00Z".parse().unwrap());
    Env::new(Arc::new(clock), Arc::new(SeededRng::new(1)))
}

pub(super) fn station(name: &str, seed: u8) -> Station {
    Station::from_seed(name.parse().unwrap(), &[seed; 32])
}

pub(super) fn note(text: &str) -> Draft {
    Draft {
        kind: Kind::Unknown("test.noted".to_owned()),
        ceremony: None,
        body: Map::from_iter([("text".to_owned(), json!(text))]),
        proof: None,
    }
}

pub(super) async fn open(store: &Store, name: &str, seed: u8) -> Result<Ledger, Error> {
    Ledger::open_store(store.clone(), &station(name, seed), env()).await
}

pub(super) fn memory() -> Store {
    Store::new(Arc::new(InMemory::new()), "memory:")
}

fn faulty(fault: Fault) -> (Store, Arc<Faulty>) {
    let objects = Arc::new(Faulty::new(fault));
    (Store::new(objects.clone(), "faulty"), objects)
}

#[test]
fn a_directory_keeps_the_ledger_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let location = format!("file:{}", directory.path().join("new").display());
    run(async {
        let station = station("a", 1);
        let mut ledger = Ledger::open(&location, &station, env()).await.unwrap();
        let entry = ledger.append(note("x")).await.unwrap();
        assert_eq!(ledger.head(), Some(entry.reference()));
        let again = Ledger::open(&location, &station, env()).await.unwrap();
        assert_eq!(again.entries(), ledger.entries());
        assert!(again.verify().await.unwrap().contains(&entry.reference()));
    });
    let entries = directory.path().join("new/entries");
    let mut names: Vec<_> = std::fs::read_dir(entries)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["00000000.json", "00000001.json"]);
}

#[test]
fn stations_that_race_lose_no_entry() {
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().join("new").to_str().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let writers: Vec<_> = (0..4)
            .map(|writer: u8| {
                let location = location.clone();
                tokio::spawn(async move {
                    let station = station(&format!("station-{writer}"), writer);
                    let mut ledger = Ledger::open(&location, &station, env()).await.unwrap();
                    for round in 0..5 {
                        ledger.append(note(&round.to_string())).await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let verification = Reader::open(&location).unwrap().verify().await.unwrap();
        assert_eq!(verification.failure, None);
        assert_eq!(verification.entries(), 4 * (1 + 5));
    });
}

#[test]
fn a_full_disk_is_named_and_leaves_nothing_behind() {
    let (store, objects) = faulty(Fault::None);
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        objects.set(Fault::Full);
        let error = ledger.append(note("x")).await.unwrap_err();
        assert!(matches!(error, Error::StorageFull { .. }), "{error:?}");
        objects.set(Fault::None);
        assert_eq!(ledger.append(note("x")).await.unwrap().index, 1);
        assert_eq!(ledger.verify().await.unwrap().failure, None);
    });
}

#[test]
fn a_denied_write_is_named() {
    let (store, objects) = faulty(Fault::None);
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        objects.set(Fault::Denied);
        let error = ledger.append(note("x")).await.unwrap_err();
        assert!(matches!(error, Error::PermissionDenied { .. }), "{error:?}");
    });
}

#[test]
fn a_store_that_loses_or_changes_writes_is_caught() {
    for (fault, lost) in [(Fault::Forgets, true), (Fault::Changes, false)] {
        let (store, objects) = faulty(Fault::None);
        run(async {
            let mut ledger = open(&store, "a", 1).await.unwrap();
            objects.set(fault);
            let error = ledger.append(note("x")).await.unwrap_err();
            let Error::NotKept {
                index: 0, found, ..
            } = error
            else {
                panic!("{error:?}");
            };
            assert_eq!(found.is_none(), lost);
        });
    }
}

#[test]
fn a_client_that_retried_its_own_write_has_not_lost_a_race() {
    let (store, objects) = faulty(Fault::None);
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        objects.set(Fault::WritesThenSaysExists);
        assert_eq!(ledger.append(note("x")).await.unwrap().index, 1);
    });
}

#[test]
fn a_race_that_is_never_won_ends() {
    let (store, objects) = faulty(Fault::None);
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        objects.set(Fault::SaysExists);
        let error = ledger.append(note("x")).await.unwrap_err();
        let Error::Contended {
            index: 0,
            attempts,
            waited,
        } = error
        else {
            panic!("{error:?}");
        };
        assert!((60..62).contains(&waited.as_secs()), "{waited:?}");
        assert!(attempts > 200, "{attempts}");
    });
}

#[test]
fn nothing_is_appended_to_an_inconsistent_ledger() {
    let store = memory();
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        ledger.append(note("x")).await.unwrap();
        store.create(2, b"{}").await.unwrap();
        let Err(Error::Inconsistent { failure, .. }) = open(&store, "b", 2).await else {
            panic!("opened");
        };
        assert_eq!(failure.index, 2);
        let read = Reader::new(store.clone()).entries().await;
        assert!(matches!(read, Err(Error::Inconsistent { .. })));
    });
}

#[test]
fn a_name_belongs_to_the_key_that_took_it() {
    let store = memory();
    run(async {
        let mut early = open(&store, "a", 2).await.unwrap();
        let mut first = open(&store, "a", 1).await.unwrap();
        first.append(note("x")).await.unwrap();
        let opened = open(&store, "a", 2).await.err();
        let appended = early.append(note("y")).await.err();
        for refused in [opened, appended] {
            assert!(
                matches!(refused, Some(Error::StationNameTaken { joined: 0, .. })),
                "{refused:?}"
            );
        }
        assert_eq!(open(&store, "a", 1).await.unwrap().entries().len(), 2);
    });
}

#[test]
fn what_would_not_verify_is_refused_and_not_written() {
    let store = memory();
    let mut key = Key::new([3; 32], [4; 32]);
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        let ceremony = Some(Uuid::from_bytes([5; 16]));
        let intended = Draft::new(&golden::intended(&key), ceremony);
        ledger.append(intended.clone()).await.unwrap();
        let attestation = key.register("AAAA");
        let drafts = [
            intended,
            Draft::new(&golden::registered(&key), ceremony),
            Draft::new(&golden::enrolled(&key, &attestation), ceremony),
            Draft::new(&golden::checked(&key, false, None), None),
        ];
        for draft in drafts {
            let refused = ledger.append(draft).await;
            assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
        }
        assert_eq!(ledger.entries().len(), 2);
        assert_eq!(ledger.state().open_ceremonies().len(), 1);
        assert_eq!(ledger.verify().await.unwrap().entries(), 2);
    });
}

#[test]
fn a_body_that_cannot_be_written_alike_everywhere_is_refused() {
    let store = memory();
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        let mut draft = note("x");
        draft.body.insert("half".to_owned(), json!(0.5));
        let refused = ledger.append(draft).await.unwrap_err();
        let Error::Body { source, .. } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(source, CanonicalError::Number("0.5".to_owned()));
        let refused = ledger.append(note(&"x".repeat(1 << 20))).await.unwrap_err();
        let Error::Refused { defect, .. } = refused else {
            panic!("{refused:?}");
        };
        assert!(matches!(defect, Defect::Format(FormatError::TooLarge(_))));
    });
}

#[test]
fn reading_creates_nothing_and_tells_what_is_missing() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let absent = Reader::open(missing.to_str().unwrap());
    assert!(matches!(absent, Err(Error::Absent(_))));
    assert!(!missing.exists());
    let empty = Reader::open(directory.path().to_str().unwrap()).unwrap();
    let verification = run(empty.verify()).unwrap();
    assert_eq!((verification.entries(), verification.head()), (0, None));
    for location in ["", "file:", "ftp://x/y", "memory:x"] {
        let refused = Reader::open(location);
        assert!(matches!(refused, Err(Error::Location(_))), "{location}");
    }
}

#[test]
fn oddities_are_warnings() {
    let directory = tempfile::tempdir().unwrap();
    let location = directory.path().to_str().unwrap();
    run(async {
        let mut ledger = Ledger::open(location, &station("a", 1), env())
            .await
            .unwrap();
        ledger.append(note("x")).await.unwrap();
        let clock = Arc::new(ManualClock::new("2026-03-01T08:00:00Z".parse().unwrap()));
        let late = Env::new(clock.clone(), Arc::new(SeededRng::new(1)));
        let mut ledger = Ledger::open(location, &station("a", 1), late)
            .await
            .unwrap();
        ledger.append(note("y")).await.unwrap();
        clock.advance(Duration::from_secs(3600));
        ledger.append(note("z")).await.unwrap();
    });
    for name in ["notes.txt", "0.json", "100000000.json"] {
        std::fs::write(directory.path().join("entries").join(name), "x").unwrap();
    }
    let verification = run(Reader::open(location).unwrap().verify()).unwrap();
    assert_eq!(verification.failure, None);
    let count = |predicate: fn(&Warning) -> bool| {
        verification
            .warnings
            .iter()
            .filter(|warning| predicate(warning))
            .count()
    };
    assert_eq!(count(|w| matches!(w, Warning::UnexpectedObject(_))), 3);
    assert_eq!(
        count(|w| matches!(w, Warning::TimeWentBack { index: 2, .. })),
        1
    );
    assert_eq!(count(|w| matches!(w, Warning::UnknownKind { .. })), 3);
    assert_eq!(verification.warnings.len(), 7);
}
