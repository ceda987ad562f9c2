//! One case: a ceremony, the point at which it is stopped, and how it comes to its end.

use std::fmt;

use halligan::ctap::Permissions;
use halligan::secret::Pin;

use super::ceremonies::{Ceremony, Stage};
use crate::bench::{Command, Held, WRONG_PIN};

/// Where a ceremony is stopped. Numbers count from 0, within the ceremony.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Point {
    /// The tool is killed when it has sent this CTAP message, which the key does not get.
    KeyRequest(usize),
    /// The tool is killed when the key has acted on this CTAP message.
    KeyAnswer(usize),
    /// The tool is killed when it has sent this request, which the tenant does not carry out.
    TenantRequest(usize),
    /// The tool is killed when the tenant has carried out this request.
    TenantAnswer(usize),
    /// The tool is killed when this entry is in the ledger.
    Entry(usize),
    /// The tenant misbehaves at this request, and nobody is killed.
    Fault(usize, &'static str),
}

impl fmt::Display for Point {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyRequest(number) => {
                write!(formatter, "before message {number} reaches the key")
            }
            Self::KeyAnswer(number) => write!(formatter, "after the key did message {number}"),
            Self::TenantRequest(number) => write!(formatter, "before request {number} is done"),
            Self::TenantAnswer(number) => write!(formatter, "after request {number} was done"),
            Self::Entry(number) => write!(formatter, "after entry {number}"),
            Self::Fault(number, effect) => write!(formatter, "request {number}: {effect}"),
        }
    }
}

/// How the ceremony is ended afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Finish,
    Undo,
}

/// A case of the matrix.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) ceremony: &'static Ceremony,
    pub(super) point: Point,
    pub(super) power_loss: bool,
    pub(super) end: End,
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.ceremony.name;
        let point = self.point.to_string();
        let power = if self.power_loss { "power lost" } else { "" };
        let end = match self.end {
            End::Finish => "finish",
            End::Undo => "undo",
        };
        write!(formatter, "{name:<28} {point:<40} {power:<10} {end:<6}")
    }
}

/// More attempts than this no ceremony may need.
const ATTEMPTS: usize = 3;

impl Case {
    /// What became of it.
    ///
    /// # Panics
    /// When anything is not as it must be.
    pub(super) fn run(&self) -> String {
        let stage = (self.ceremony.prepare)();
        let stopped = stop(&stage, &self.point, (self.ceremony.command)(&stage));
        stage.wire.mend();
        stage.bench.clear_tenant_faults();
        if self.power_loss {
            stage.key.replug();
        }
        let attempts = self.resume(&stage);
        let end = (self.ceremony.judge)(&stage);
        let stopped = if stopped { "" } else { ", met no one" };
        format!("{end}{stopped}, {attempts} resumed")
    }

    fn resume(&self, stage: &Stage) -> usize {
        let mut said = String::new();
        for attempt in 0..=ATTEMPTS {
            if stage.open_ceremonies() == 0 {
                return attempt;
            }
            let resume = |end| (self.ceremony.resume)(stage, end).run();
            // A ceremony that cannot be taken back any more says so, and is finished.
            if self.end == End::Undo && resume(End::Undo).succeeded() {
                continue;
            }
            said = resume(End::Finish).shown();
        }
        panic!("still open: {said}");
    }
}

/// Runs the command until the point; whether it came so far.
pub(super) fn stop(stage: &Stage, point: &Point, command: Command) -> bool {
    let held_before = stage.bench.answers_held();
    let slow = |moment: &str, number: usize| {
        let fault = format!("any=slow,seconds=3600{moment},skip={number}");
        stage.bench.tenant_fault(&fault);
    };
    match *point {
        Point::KeyRequest(number) => stage.wire.cut_at(number, Held::Request),
        Point::KeyAnswer(number) => stage.wire.cut_at(number, Held::Answer),
        Point::TenantRequest(number) => slow("", number),
        Point::TenantAnswer(number) => slow(",after-commit", number),
        Point::Entry(_) => {}
        Point::Fault(number, effect) => {
            let fault = format!("any={effect},skip={number}");
            stage.bench.tenant_fault(&fault);
            command.run();
            return stage.bench.clear_tenant_faults().is_empty();
        }
    }
    let entry = match *point {
        Point::Entry(number) => Some(stage.entries() + number),
        _ => None,
    };
    let reached = || match entry {
        Some(index) => stage.has_entry(index),
        None => stage.wire.is_cut() || stage.bench.answers_held() > held_before,
    };
    command.killed_when(reached)
}

/// Compares key, tenant and ledger; the end that the ceremony came to.
#[track_caller]
pub(super) fn judge(stage: &Stage) -> &'static str {
    assert_eq!(stage.open_ceremonies(), 0, "open ceremonies");
    let on_key = credentials(stage);
    let registered: Vec<Vec<u8>> = stage.bench.in_tenant(|state| {
        let methods = state.fido2_methods.iter();
        methods
            .map(|method| method.credential_id.0.clone())
            .collect()
    });
    let mut once = registered.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), registered.len(), "duplicate methods");
    for id in &on_key {
        assert!(registered.contains(id), "an orphan on the key");
    }
    for id in &registered {
        assert!(on_key.contains(id), "a method without its credential");
    }
    let kinds = stage.kinds();
    let last = |kind: &str| kinds.iter().any(|found| found == kind);
    let expected = match (last("key.retired"), last("key.enrolled")) {
        (true, _) => ("retired", 0),
        (_, true) => ("enrolled", 1),
        _ if last("ceremony.undone") => ("undone", 0),
        _ => ("not begun", 0),
    };
    assert_eq!(registered.len(), expected.1, "{kinds:?}");
    expected.0
}

/// The credentials on the key, told for the PIN that the operator knows.
fn credentials(stage: &Stage) -> Vec<Vec<u8>> {
    let mut key = stage.key.open();
    if key.info().options.client_pin != Some(true) {
        return Vec::new();
    }
    let pin = Pin::new(&stage.pin()).unwrap();
    let pin = if key.info().force_pin_change == Some(true) {
        let other = Pin::new(WRONG_PIN).unwrap();
        let changed = key.change_pin(&pin, &other);
        changed.unwrap_or_else(|error| panic!("the PIN is lost: {error}"));
        other
    } else {
        pin
    };
    let auth = key.pin_uv_auth(&pin, Permissions::CM, None);
    let auth = auth.unwrap_or_else(|error| panic!("the PIN is lost: {error}"));
    let mut ids = Vec::new();
    for rp in key.relying_parties(&auth).unwrap() {
        let held = key.credentials(rp.rp_id_hash, &auth).unwrap();
        ids.extend(held.into_iter().map(|stored| stored.credential.id));
    }
    ids
}

impl Stage {
    pub(super) fn open_ceremonies(&self) -> usize {
        if self.entries() == 0 {
            return 0;
        }
        let verified = self.bench.verified_ledger();
        verified["open_ceremonies"].as_array().unwrap().len()
    }

    fn entry_path(&self, index: usize) -> std::path::PathBuf {
        self.bench.path(&format!("ledger/entries/{index:08}.json"))
    }

    pub(super) fn has_entry(&self, index: usize) -> bool {
        self.entry_path(index).exists()
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> usize {
        (0..).find(|index| !self.has_entry(*index)).unwrap()
    }

    /// The kinds of the entries, in order.
    pub(super) fn kinds(&self) -> Vec<String> {
        let kind = |index| {
            let entry = std::fs::read(self.entry_path(index)).unwrap();
            let entry: serde_json::Value = serde_json::from_slice(&entry).unwrap();
            entry["kind"].as_str().unwrap().to_owned()
        };
        (0..self.entries()).map(kind).collect()
    }
}
