//! Enrolling a key, and checking it, from end to end: an emulated key by its reports, a simulated tenant by TLS on loopback, a
//! ledger in a directory.

mod stage;

use std::path::Path;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use halligan::ceremony::enroll::Outcome;
use halligan::ledger::Store;
use stage::Stage;

/// A fresh key with PIN set, credential, attestation, registration, read-back, proof and five entries.
fn enroll(criterion: &mut Criterion) {
    let stage = Stage::build().expect("a stage");
    criterion.bench_function("enroll", |bencher| {
        bencher.iter_batched_ref(
            || {
                let folder = tempfile::tempdir().expect("a folder");
                let store = store(folder.path());
                let ledger = stage.ledger(store).expect("a ledger");
                (stage.key().expect("a key"), ledger, folder)
            },
            |(key, ledger, _folder)| {
                let outcome = stage.enroll(key, ledger).expect("an enrolment");
                assert!(matches!(outcome, Outcome::Enrolled(_)));
            },
            BatchSize::PerIteration,
        );
    });
}

/// Silent, without the tenant: what is left is the key, the ledger, and one entry.
fn check(criterion: &mut Criterion) {
    let stage = Stage::build().expect("a stage");
    let mut key = stage.key().expect("a key");
    let enrolled = tempfile::tempdir().expect("a folder");
    let mut ledger = stage.ledger(store(enrolled.path())).expect("a ledger");
    stage.enroll(&mut key, &mut ledger).expect("an enrolment");
    criterion.bench_function("check", |bencher| {
        bencher.iter_batched_ref(
            || {
                let folder = copy(enrolled.path());
                (
                    stage.ledger(store(folder.path())).expect("a ledger"),
                    folder,
                )
            },
            |(ledger, _folder)| {
                assert!(stage.check(&mut key, ledger).expect("a check").passed);
            },
            BatchSize::PerIteration,
        );
    });
}

fn store(folder: &Path) -> Store {
    Store::open(&folder.display().to_string()).expect("a store")
}

/// So that every check finds the same six entries.
fn copy(ledger: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let to = folder.path().join("entries");
    std::fs::create_dir(&to).expect("a folder for the entries");
    for entry in std::fs::read_dir(ledger.join("entries")).expect("the entries") {
        let entry = entry.expect("an entry");
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
    folder
}

criterion_group!(benches, enroll, check);
criterion_main!(benches);
