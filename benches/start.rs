//! How long the program takes from start to end with as little as possible in between: `key info` on an emulated key.

use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};

fn start(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let device = format!("emulator:{}", folder.path().display());
    criterion.bench_function("key_info", |bencher| {
        bencher.iter(|| {
            let status = Command::new(env!("CARGO_BIN_EXE_halligan"))
                .args(["key", "info", "--device", &device])
                .stdout(Stdio::null())
                .status()
                .expect("the program");
            assert!(status.success());
        });
    });
}

criterion_group!(benches, start);
criterion_main!(benches);
