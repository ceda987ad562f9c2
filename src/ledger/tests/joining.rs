//! Opening writes nothing; a station joins with its first entry.

use super::run;
use super::writing::{env, memory, note, open, station};
use crate::ledger::{Error, Ledger, Reader};

fn kinds(ledger: &Ledger) -> Vec<&str> {
    ledger
        .entries()
        .iter()
        .map(|entry| entry.kind.as_str())
        .collect()
}

#[test]
fn opening_leaves_an_absent_directory_absent() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b");
    run(async {
        let mut ledger = Ledger::open(path.to_str().unwrap(), &station("a", 1), env())
            .await
            .unwrap();
        ledger.refresh().await.unwrap();
        assert_eq!(ledger.verify().await.unwrap().entries(), 0);
        assert_eq!((ledger.head(), ledger.entries().len()), (None, 0));
    });
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn the_first_append_creates_the_directory_and_joins() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b");
    let location = path.to_str().unwrap();
    run(async {
        let mut early = Ledger::open(location, &station("b", 2), env())
            .await
            .unwrap();
        let mut ledger = Ledger::open(location, &station("a", 1), env())
            .await
            .unwrap();
        assert_eq!(ledger.append(note("x")).await.unwrap().index, 1);
        assert_eq!(ledger.append(note("y")).await.unwrap().index, 2);
        assert_eq!(
            kinds(&ledger),
            ["station.joined", "test.noted", "test.noted"]
        );
        // Opened when there was nothing, it sees what has come into being.
        early.refresh().await.unwrap();
        assert_eq!(early.entries(), ledger.entries());
        let read = Reader::open(location).unwrap().entries().await.unwrap();
        assert_eq!(read.0, ledger.entries());
    });
}

#[test]
fn stations_that_race_for_the_first_entry_all_join() {
    let store = memory();
    run(async {
        let mut first = open(&store, "a", 1).await.unwrap();
        let mut second = open(&store, "b", 2).await.unwrap();
        // The same station in another process.
        let mut third = open(&store, "b", 2).await.unwrap();
        for ledger in [&mut first, &mut second, &mut third] {
            ledger.append(note("x")).await.unwrap();
        }
        assert_eq!(
            kinds(&third),
            [
                "station.joined",
                "test.noted",
                "station.joined",
                "test.noted",
                "test.noted",
            ]
        );
        assert_eq!(third.verify().await.unwrap().failure, None);
    });
}

#[test]
fn an_empty_ledger_anchors_no_proof() {
    let store = memory();
    run(async {
        let mut ledger = open(&store, "a", 1).await.unwrap();
        let draft = note("x");
        let refused = ledger.prove(&draft);
        assert!(matches!(refused, Err(Error::Empty(_))), "{refused:?}");
        ledger.append(note("y")).await.unwrap();
        ledger.prove(&draft).unwrap();
    });
}

#[test]
fn a_file_in_the_directorys_place_is_no_empty_ledger() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let place = file.path().to_str().unwrap();
    for location in [place.to_owned(), format!("{place}/ledger")] {
        let opened = run(Ledger::open(&location, &station("a", 1), env())).err();
        assert!(matches!(opened, Some(Error::Storage { .. })), "{opened:?}");
        let read = Reader::open(&location).err();
        assert!(matches!(read, Some(Error::Storage { .. })), "{read:?}");
    }
}
