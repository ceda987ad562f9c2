//! Verifying a ledger: canonical form, chain, station's signature, order and, in nearly every entry, a key's proof.

mod stage;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use halligan::ledger::{Reader, Store};
use stage::Stage;

const ENTRIES: u64 = 1000;

fn verify(criterion: &mut Criterion) {
    let store = store();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let mut group = criterion.benchmark_group("ledger");
    group.throughput(Throughput::Elements(ENTRIES));
    group.sample_size(10);
    group.bench_function("verify_1000_entries", |bencher| {
        bencher.iter(|| {
            let verification = runtime
                .block_on(Reader::new(store.clone()).verify())
                .expect("a verification");
            assert!(verification.is_consistent());
            assert_eq!(verification.entries(), ENTRIES);
        });
    });
    group.finish();
}

/// One key, enrolled and then checked again and again. In memory, so that the disk is not what is measured.
fn store() -> Store {
    let stage = Stage::build().expect("a stage");
    let store = Store::open("memory:").expect("a store");
    let mut key = stage.key().expect("a key");
    let mut ledger = stage.ledger(store.clone()).expect("a ledger");
    stage.enroll(&mut key, &mut ledger).expect("an enrolment");
    while ledger.head().is_none_or(|head| head.index + 1 < ENTRIES) {
        stage.check(&mut key, &mut ledger).expect("a check");
    }
    store
}

criterion_group!(benches, verify);
criterion_main!(benches);
