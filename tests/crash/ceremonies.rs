//! The ceremonies of the matrix: what is there before each, and what is typed.

use age::secrecy::ExposeSecret;
use halligan::custody::{Identity, open};
use halligan::emulator::Profile;
use halligan::ledger::SealedSecret;
use halligan::secret::Pin;

use super::case::{End, Point, judge, stop};
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
    /// What the operator types afterwards.
    pub(super) resume: fn(&Stage, End) -> Command,
    /// Compares key, tenant and ledger; the end that the ceremony came to.
    pub(super) judge: fn(&Stage) -> &'static str,
    /// Every so manieth case runs, unless all are asked for; prime, so that the cases left out differ from kind to kind.
    pub(super) step: usize,
}

pub(super) const CEREMONIES: [Ceremony; 8] = [
    Ceremony {
        name: "enroll, fresh key",
        prepare: fresh,
        command: enroll,
        resume: as_begun,
        judge,
        step: 1,
    },
    Ceremony {
        name: "enroll, key with PIN",
        prepare: with_pin,
        command: enroll,
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "enroll, sealed PIN, policy",
        prepare: sealed,
        command: enroll,
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "resume --finish, orphan",
        prepare: orphan,
        command: |stage| as_begun(stage, End::Finish),
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "resume --undo, orphan",
        prepare: orphan,
        command: |stage| as_begun(stage, End::Undo),
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "resume --finish, registered",
        prepare: registered,
        command: |stage| as_begun(stage, End::Finish),
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "resume --undo, registered",
        prepare: registered,
        command: |stage| as_begun(stage, End::Undo),
        resume: as_begun,
        judge,
        step: 3,
    },
    Ceremony {
        name: "retire",
        prepare: enrolled,
        command: retire,
        resume: as_begun,
        judge,
        step: 1,
    },
];

impl Stage {
    pub(super) fn new() -> Self {
        Self::with_profile(Profile::default())
    }

    pub(super) fn with_profile(profile: Profile) -> Self {
        let bench = Bench::new();
        let key = bench.key(profile);
        let wire = Wire::to(key.address());
        Self {
            bench,
            key,
            wire,
            custodian: None,
        }
    }

    /// One whose configuration names Alice, and says this further.
    pub(super) fn with_custodian(further: &str) -> Self {
        let mut stage = Self::new();
        let alice = age::x25519::Identity::generate();
        let file = stage.bench.path("alice");
        std::fs::write(file, alice.to_string().expose_secret()).unwrap();
        stage.bench.configure_further(&format!(
            "[[custody.custodian]]\nname = \"Alice\"\nrecipient = \"{}\"\n{further}",
            alice.to_public()
        ));
        stage.custodian = Some(alice);
        stage
    }

    /// The PIN, from the operator or from its custodian.
    pub(super) fn pin(&self) -> String {
        if self.custodian.is_none() {
            PIN.to_owned()
        } else if self.kinds().iter().any(|kind| kind == "key.enrolled") {
            self.pin_in_force()
        } else {
            self.sealed_in("enroll.intended")
        }
    }

    /// The PIN that the last entry of this kind holds, opened by its custodian.
    pub(super) fn sealed_in(&self, kind: &str) -> String {
        let entries = self.bench.entries();
        let entry = entries.iter().rfind(|entry| entry["kind"] == kind).unwrap();
        let sealed: SealedSecret = serde_json::from_value(entry["body"]["pin"].clone()).unwrap();
        let file = self.custodian.as_ref().unwrap().to_string();
        let file = file.expose_secret().as_bytes();
        let identity = Identity::read("alice", file, &mut |_| None).unwrap();
        let opened = open::<Pin>(&sealed, &[identity]).unwrap();
        String::from_utf8(opened.secret.expose_bytes().to_vec()).unwrap()
    }

    /// A command line with the key at hand, over the wire.
    pub(super) fn with_key(&self, words: &[&str]) -> Command {
        let command = self.bench.halligan(words.iter().copied());
        command.with(["--device", self.wire.address()])
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
        let root = self.key.attestation_root();
        let resume = self.with_key(&["resume", LABEL]);
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
    Stage::with_custodian(
        "[key_policy]\nmin_pin_length = 8\nforce_pin_change = true\nalways_uv = true",
    )
}

/// The key made a credential, and the tool was killed before it knew.
fn orphan() -> Stage {
    stopped_after("makeCredential")
}

/// The tenant took the registration, and the tool was killed before it knew.
fn registered() -> Stage {
    stopped_after("createMethod")
}

/// The message with which a fresh key's enrolment makes the credential, counted from 0; `tests/cost.rs` counts them too.
pub(super) const CREATION: usize = 5;
/// The request with which it registers, counted from 0.
pub(super) const REGISTRATION: usize = 5;

fn stopped_after(step: &str) -> Stage {
    let stage = fresh();
    let point = match step {
        "makeCredential" => Point::KeyAnswer(CREATION),
        _ => Point::TenantAnswer(REGISTRATION),
    };
    assert!(stop(&stage, &point, enroll(&stage)), "{step}");
    stage.wire.mend();
    stage.bench.clear_tenant_faults();
    stage
}

pub(super) fn enrolled() -> Stage {
    let stage = fresh();
    enroll(&stage).run().exits(0);
    stage
}

pub(super) fn enroll(stage: &Stage) -> Command {
    stage.with_pin_for(enroll_with(stage), &["--pin-generate", "--confirm", LABEL])
}

/// `enroll`, without the PIN.
pub(super) fn enroll_with(stage: &Stage) -> Command {
    let account = stage.bench.account(0);
    let root = stage.key.attestation_root();
    let enroll = stage.with_key(&["enroll", "--account", &account, "--label", LABEL]);
    enroll.with(["--attestation-root", &root])
}

/// `resume`, with nothing typed but what the ceremony was begun with.
pub(super) fn as_begun(stage: &Stage, end: End) -> Command {
    match end {
        End::Finish => stage.resume(),
        End::Undo => stage.resume().with(["--undo"]),
    }
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
