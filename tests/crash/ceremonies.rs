//! The ceremonies of the matrix: what is there before each, and what is typed.

use halligan::emulator::Profile;

use super::case::{Point, stop};
use crate::bench::{Bench, Command, Key, PIN, Wire};

/// The key's label in every ceremony.
pub(super) const LABEL: &str = "BG1-A";

/// A tenant, a key with a wire that can be cut, and an operator.
pub(super) struct Stage {
    pub(super) bench: Bench,
    pub(super) key: Key,
    pub(super) wire: Wire,
}

/// A ceremony of the matrix.
#[derive(Debug)]
pub(super) struct Ceremony {
    pub(super) name: &'static str,
    pub(super) prepare: fn() -> Stage,
    pub(super) command: fn(&Stage) -> Command,
}

pub(super) const CEREMONIES: [Ceremony; 7] = [
    Ceremony {
        name: "enroll, fresh key",
        prepare: fresh,
        command: enroll,
    },
    Ceremony {
        name: "enroll, key with PIN",
        prepare: with_pin,
        command: enroll,
    },
    Ceremony {
        name: "resume --finish, orphan",
        prepare: orphan,
        command: Stage::resume,
    },
    Ceremony {
        name: "resume --undo, orphan",
        prepare: orphan,
        command: undo,
    },
    Ceremony {
        name: "resume --finish, registered",
        prepare: registered,
        command: Stage::resume,
    },
    Ceremony {
        name: "resume --undo, registered",
        prepare: registered,
        command: undo,
    },
    Ceremony {
        name: "retire",
        prepare: enrolled,
        command: retire,
    },
];

impl Stage {
    pub(super) fn new() -> Self {
        let bench = Bench::new();
        let key = bench.key(Profile::default());
        let wire = Wire::to(key.address());
        Self { bench, key, wire }
    }

    pub(super) fn pin(&self) -> String {
        PIN.to_owned()
    }
}

fn fresh() -> Stage {
    Stage::new()
}

fn with_pin() -> Stage {
    let stage = Stage::new();
    stage.key.set_pin();
    stage
}

/// The key made a credential, and the tool was killed before it knew.
fn orphan() -> Stage {
    stopped_after("makeCredential")
}

/// The tenant took the registration, and the tool was killed before it knew.
fn registered() -> Stage {
    stopped_after("createMethod")
}

fn stopped_after(step: &str) -> Stage {
    let stage = fresh();
    // Messages and requests of a fresh key's enrolment, as `tests/cost.rs` counts them.
    let point = match step {
        "makeCredential" => Point::KeyAnswer(5),
        _ => Point::TenantAnswer(4),
    };
    assert!(stop(&stage, &point, enroll(&stage)), "{step}");
    stage.wire.mend();
    stage.bench.clear_tenant_faults();
    stage
}

fn enrolled() -> Stage {
    let stage = fresh();
    enroll(&stage).run().exits(0);
    stage
}

pub(super) fn enroll(stage: &Stage) -> Command {
    stage.bench.enroll_over(stage.wire.address(), LABEL).with([
        "--attestation-root".to_owned(),
        stage.key.attestation_root(),
    ])
}

fn undo(stage: &Stage) -> Command {
    stage.resume().with(["--undo"])
}

fn retire(stage: &Stage) -> Command {
    let account = stage.bench.account(0);
    let words = ["retire", "--key", LABEL, "--reason", "rotated"];
    stage
        .bench
        .halligan(words)
        .with(["--delete-credential", "--confirm", &account])
        .with(["--device", stage.wire.address()])
        .pin(PIN)
}
