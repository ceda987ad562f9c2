//! The ceremonies of the matrix: what is there before each, and what is typed.

use age::secrecy::ExposeSecret;
use halligan::custody::{Identity, open};
use halligan::emulator::Profile;
use halligan::ledger::SealedPin;

use super::case::{Point, stop};
use crate::bench::{Bench, Command, Key, PIN, Wire};

/// The key's label in every ceremony.
pub(super) const LABEL: &str = "BG1-A";

/// A tenant, a key with a wire that can be cut, and an operator.
pub(super) struct Stage {
    pub(super) bench: Bench,
    pub(super) key: Key,
    pub(super) wire: Wire,
    /// Who can open the PIN that nobody has seen.
    custodian: Option<age::x25519::Identity>,
}

/// A ceremony of the matrix.
#[derive(Debug)]
pub(super) struct Ceremony {
    pub(super) name: &'static str,
    pub(super) prepare: fn() -> Stage,
    pub(super) command: fn(&Stage) -> Command,
}

pub(super) const CEREMONIES: [Ceremony; 8] = [
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
        name: "enroll, sealed PIN, policy",
        prepare: sealed,
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
        Self {
            bench,
            key,
            wire,
            custodian: None,
        }
    }

    /// The PIN, from the operator or from its custodian.
    pub(super) fn pin(&self) -> String {
        let Some(custodian) = &self.custodian else {
            return PIN.to_owned();
        };
        let file = custodian.to_string();
        let file = file.expose_secret().as_bytes();
        let identity = Identity::read("alice", file, &mut |_| None).unwrap();
        let opened = open(&self.sealed_pin(), &[identity]).unwrap();
        String::from_utf8(opened.pin.expose_bytes().to_vec()).unwrap()
    }

    /// As the ledger holds it.
    fn sealed_pin(&self) -> SealedPin {
        let entries = self.bench.entries();
        let intended = |entry: &&serde_json::Value| entry["kind"] == "enroll.intended";
        let intended = entries.iter().rfind(intended).unwrap();
        serde_json::from_value(intended["body"]["pin"].clone()).unwrap()
    }

    /// The command with what gives it the PIN.
    fn with_pin_for(&self, command: Command, sealed: &[&str]) -> Command {
        match self.custodian {
            Some(_) => command.with(sealed.to_vec()),
            None => command.pin(PIN),
        }
    }

    /// `resume`, as an operator types it who knows the PIN or has its custodian at hand.
    pub(super) fn resume(&self) -> Command {
        let words = ["resume", LABEL, "--device", self.wire.address()];
        let root = self.key.attestation_root();
        let resume = self.bench.halligan(words);
        let resume = resume.with(["--attestation-root".to_owned(), root]);
        self.with_pin_for(resume, &["--identity", "alice"])
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

/// The PIN is generated and sealed, and the key's policy set.
fn sealed() -> Stage {
    let mut stage = fresh();
    let alice = age::x25519::Identity::generate();
    let file = stage.bench.path("alice");
    std::fs::write(file, alice.to_string().expose_secret()).unwrap();
    stage.bench.configure_further(&format!(
        "[[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{}\"\n\
         [key_policy]\nmin_pin_length = 8\nforce_pin_change = true\nalways_uv = true",
        alice.to_public()
    ));
    stage.custodian = Some(alice);
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
    let account = stage.bench.account(0);
    let words = ["enroll", "--account", &account, "--label", LABEL];
    let root = stage.key.attestation_root();
    let enroll = stage.bench.halligan(words);
    let enroll = enroll.with([
        "--device",
        stage.wire.address(),
        "--attestation-root",
        &root,
    ]);
    stage.with_pin_for(enroll, &["--pin-generate", "--confirm", LABEL])
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
