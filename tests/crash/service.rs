//! Ceremonies on a key in service: a new PIN that nobody has seen, settings, a reset. Only the key knows how far they came.

use halligan::ctap::command::get_info;
use serde_json::Value;

use super::case::{End, judge};
use super::ceremonies::{Ceremony, LABEL, Stage, as_begun, enroll_with, enrolled};
use crate::bench::{Command, PIN};

pub(super) const SERVICE: [Ceremony; 5] = [
    Ceremony {
        name: "pin change, generated, sealed",
        prepare: in_custody,
        command: change_pin,
        resume: resume_pin_change,
        judge: judge_pin,
        step: 5,
    },
    Ceremony {
        name: "key config, alwaysUv",
        prepare: enrolled,
        command: |stage| set(stage, &["--always-uv", "on"]),
        resume: as_begun,
        judge: |stage| judge_settings(stage, &[ALWAYS_UV]),
        step: 5,
    },
    Ceremony {
        name: "key config, irreversible",
        prepare: enrolled,
        command: |stage| set(stage, &["--min-pin-length", "8"]),
        resume: as_begun,
        judge: |stage| judge_settings(stage, &[MIN_PIN_LENGTH]),
        step: 5,
    },
    Ceremony {
        name: "key config, every setting",
        prepare: enrolled,
        command: |stage| set(stage, &EVERY_SETTING),
        resume: as_begun,
        judge: |stage| {
            let all = [ALWAYS_UV, MIN_PIN_LENGTH, FORCE_PIN_CHANGE, ENTERPRISE];
            judge_settings(stage, &all)
        },
        step: 5,
    },
    Ceremony {
        name: "reset",
        prepare: enrolled,
        command: reset,
        resume: |stage, end| as_begun(stage, end).with(["--confirm", LABEL]),
        judge: judge_reset,
        step: 5,
    },
];

/// Enrolled with a PIN that was typed and sealed.
fn in_custody() -> Stage {
    let stage = Stage::with_custodian("");
    enroll_with(&stage).pin(PIN).run().exits(0);
    stage
}

fn change_pin(stage: &Stage) -> Command {
    let words = ["key", "pin", "change", "--key", LABEL, "--pin-generate"];
    stage.with_key(&words).pin(PIN)
}

/// The new PIN is opened by its custodian, the old one is still known.
fn resume_pin_change(stage: &Stage, end: End) -> Command {
    let resume = stage.with_key(&["resume", LABEL]);
    match end {
        End::Finish => resume.pin(&format!("{}\n{PIN}", stage.sealed_in("pin.intended"))),
        End::Undo => resume.with(["--undo"]).pin(PIN),
    }
}

/// That the PIN in force by the ledger opens the key, the general judgement has found.
fn judge_pin(stage: &Stage) -> &'static str {
    judge(stage);
    let is_old = stage.pin() == PIN;
    match stage.last_outcome().as_str() {
        "pin.changed" => {
            assert!(!is_old, "the PIN is still the old one");
            "changed"
        }
        _ => {
            assert!(is_old, "the PIN is another one");
            "as before"
        }
    }
}

fn set(stage: &Stage, settings: &[&str]) -> Command {
    let set = stage.with_key(&["key", "config", "set", "--key", LABEL, "--yes"]);
    set.with(settings.iter().copied()).pin(PIN)
}

const EVERY_SETTING: [&str; 8] = [
    "--always-uv",
    "on",
    "--min-pin-length",
    "8",
    "--min-pin-length-rp-id",
    "login.microsoft.com",
    "--force-pin-change",
    "--enterprise-attestation",
];

type IsSet = fn(&get_info::Response) -> bool;

const ALWAYS_UV: IsSet = |info| info.options.always_uv == Some(true);
const MIN_PIN_LENGTH: IsSet = |info| info.pin_minimum() == 8;
const FORCE_PIN_CHANGE: IsSet = |info| info.force_pin_change == Some(true);
const ENTERPRISE: IsSet = |info| info.options.ep == Some(true);

/// The key has all of them or none.
fn judge_settings(stage: &Stage, settings: &[IsSet]) -> &'static str {
    let info = stage.key.open().info().clone();
    let applied = stage.last_outcome() == "config.applied";
    for is_set in settings {
        assert_eq!(is_set(&info), applied, "{:?}", stage.kinds());
    }
    judge(stage);
    if applied { "applied" } else { "as before" }
}

fn reset(stage: &Stage) -> Command {
    let words = ["key", "reset", "--key", LABEL, "--confirm", LABEL];
    stage.with_key(&words)
}

/// A reset that is recorded has taken place, and no other. The method of the credential stays: that was said before.
fn judge_reset(stage: &Stage) -> &'static str {
    if stage.last_outcome() != "reset.performed" {
        assert_eq!(judge(stage), "enrolled");
        return "as before";
    }
    assert_eq!(stage.open_ceremonies(), 0, "open ceremonies");
    let is_fresh = stage.key.open().info().options.client_pin == Some(false);
    assert!(is_fresh, "the key was not reset");
    assert_eq!(stage.bench.registered(), 1);
    "reset"
}

impl Stage {
    /// The last entry by which a ceremony was closed.
    fn last_outcome(&self) -> String {
        let ends = [
            "key.enrolled",
            "pin.changed",
            "config.applied",
            "reset.performed",
            "ceremony.undone",
        ];
        let mut kinds = self.kinds().into_iter();
        kinds.rfind(|kind| ends.contains(&kind.as_str())).unwrap()
    }

    /// The PIN in force, as `pin open` tells a custodian.
    pub(super) fn pin_in_force(&self) -> String {
        let words = [
            "pin",
            "open",
            "--key",
            LABEL,
            "--identity",
            "alice",
            "--stdout",
            "--no-record",
            "--json",
        ];
        let opened = self.bench.halligan(words).run().exits(0).document();
        let opened = opened["opened"].as_array().unwrap();
        let in_force = opened.iter().find(|pin| pin["standing"] == "in_force");
        let pin = in_force.map(|pin| &pin["pin"]);
        pin.and_then(Value::as_str).unwrap().to_owned()
    }
}
