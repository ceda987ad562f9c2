//! One case: a scene, what happens to the run, and whether everything is as it must be after the next one.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::super::plan;
use super::scenes::{IN_THE_WAY, OTHERS, Scene};
use crate::bench::Bench;

/// A request that writes: method and path with `*` for ids, and how many such requests come before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) path: String,
    pub(super) before: usize,
}

/// What happens to a run. Numbers count from 0, within the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Blow {
    /// The tool is killed when it has sent this request, which the tenant does not carry out.
    Request(Write),
    /// The tool is killed when the tenant has carried out this request.
    Answer(Write),
    /// The tool is killed when it has sent the request of this number, whether it writes or not.
    Any(usize),
    /// The tool is killed when this entry is in the ledger.
    Entry(usize),
    /// The tenant misbehaves at this request, and nobody is killed.
    Fault(Write, &'static str),
}

impl fmt::Display for Blow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(write) => write!(formatter, "killed before {write}"),
            Self::Answer(write) => write!(formatter, "killed after {write}"),
            Self::Any(number) => write!(formatter, "killed at request {number}"),
            Self::Entry(number) => write!(formatter, "killed after entry {number}"),
            Self::Fault(write, effect) => write!(formatter, "{effect} to {write}"),
        }
    }
}

impl fmt::Display for Write {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.replace("/v1.0/", "/");
        write!(formatter, "{path} [{}]", self.before)
    }
}

/// A case of the matrix.
pub(super) struct Case {
    pub(super) scene: &'static Scene,
    pub(super) blow: Blow,
    /// Whether open changes are resumed before the next run.
    pub(super) resumes: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.scene.name;
        let blow = self.blow.to_string();
        let then = if self.resumes {
            "resume, apply"
        } else {
            "apply"
        };
        write!(formatter, "{name:<26} {blow:<80} {then:<13}")
    }
}

/// What became of a case.
pub(super) struct Outcome {
    /// How many changes the run left open.
    open: usize,
    /// Whether the run came to the point of the blow at all.
    pub(super) met: bool,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = if self.met { "" } else { ", met no one" };
        write!(formatter, "{} open{met}", self.open)
    }
}

impl Case {
    /// What became of it.
    ///
    /// # Panics
    /// When anything is not as it must be.
    pub(super) fn run(&self) -> Outcome {
        let bench = self.scene.bench();
        let met = self.blow.strike(self.scene, &bench);
        let open = open_changes(&bench);
        if self.resumes {
            resume(&bench);
        }
        self.scene.apply(&bench).exits(0);
        judge(self.scene, &bench);
        Outcome { open, met }
    }
}

impl Blow {
    /// Runs `tenant apply` against it; whether it struck.
    fn strike(&self, scene: &Scene, bench: &Bench) -> bool {
        let command = bench.halligan(["tenant", "apply", "--yes", "--json"]);
        let command = command.with(scene.options.iter().copied());
        let hold = |selector: &str, moment: &str, skip: usize| {
            let fault = format!("{selector}=slow,seconds=3600{moment},skip={skip}");
            bench.tenant_fault(&fault);
        };
        match self {
            Self::Request(write) => hold(&write.path, "", write.before),
            Self::Answer(write) => hold(&write.path, ",after-commit", write.before),
            Self::Any(number) => hold("any", "", *number),
            Self::Entry(_) => {}
            Self::Fault(write, effect) => {
                let (path, skip) = (&write.path, write.before);
                bench.tenant_fault(&format!("{path}={effect},skip={skip}"));
                command.run().document();
                return bench.clear_tenant_faults().is_empty();
            }
        }
        let (held, entries) = (bench.answers_held(), entries(bench));
        let struck = command.killed_when(|| match self {
            Self::Entry(number) => has_entry(bench, entries + number),
            _ => bench.answers_held() > held,
        });
        bench.clear_tenant_faults();
        struck
    }
}

fn has_entry(bench: &Bench, index: usize) -> bool {
    bench
        .path(&format!("ledger/entries/{index:08}.json"))
        .exists()
}

/// How many entries there are.
pub(super) fn entries(bench: &Bench) -> usize {
    (0..).find(|index| !has_entry(bench, *index)).unwrap()
}

fn open_changes(bench: &Bench) -> usize {
    let verified = bench.verified_ledger();
    verified["open_ceremonies"].as_array().unwrap().len()
}

/// Ends every open change that can be ended, as its line says.
fn resume(bench: &Bench) {
    let listed = bench.halligan(["resume", "--json"]).run().exits(0);
    for open in listed.document()["open"].as_array().unwrap() {
        let end = match (&open["can_finish"], &open["can_undo"]) {
            (Value::Bool(true), _) => "--finish",
            (_, Value::Bool(true)) => "--undo",
            // What does not show yet is left to the next run, which waits.
            _ => continue,
        };
        let ceremony = open["ceremony"].as_str().unwrap();
        bench.halligan(["resume", ceremony, end]).run().exits(0);
    }
}

/// Compares tenant, plan and ledger.
#[track_caller]
pub(in super::super) fn judge(scene: &Scene, bench: &Bench) {
    let left = plan(bench, scene.options).document();
    for part in ["steps", "blocked"] {
        let part = left[part].as_array().unwrap();
        let part: Vec<&Value> = part.iter().filter(|one| !lacks_keys(one)).collect();
        assert!(part.is_empty(), "left: {part:?}");
    }
    nothing_is_there_twice(scene, bench);
    assert_eq!(open_changes(bench), 0, "open changes");
    assert_eq!(bench.breaches(), []);
}

/// Keys are for people to enrol.
fn lacks_keys(blocked: &Value) -> bool {
    let why = blocked["why"].as_str().unwrap_or_default();
    why.contains("working keys")
}

fn nothing_is_there_twice(scene: &Scene, bench: &Bench) {
    bench.in_tenant(|state| {
        let users: Vec<_> = state.users.iter().collect();
        let names = users.iter().map(|user| user.user_principal_name.as_str());
        once("users", names);
        let groups = state.groups.iter().map(|group| group.display_name.as_str());
        once("groups", groups);
        let roles: Vec<String> = state
            .role_assignments
            .iter()
            .map(|one| format!("{} {:?}", one.principal_id, one.role))
            .collect();
        once("roles", roles.iter().map(String::as_str));
        let made = state.groups.iter().find(|group| group.id != OTHERS);
        let made = made.expect("the group was made");
        once("members", made.members.iter().map(String::as_str));
        assert_eq!((state.users.iter().count(), made.members.len()), (5, 2));

        let policies = &state.conditional_access.policies;
        once(
            "policies",
            policies.iter().map(|one| one.display_name.as_str()),
        );
        assert_eq!(policies.len(), scene.policies);
        let mut of_others = 0;
        for policy in policies {
            let excluded = &policy.conditions.users.as_ref().unwrap().exclude_groups;
            once("exclusions", excluded.iter().map(String::as_str));
            if excluded.contains(&OTHERS.to_owned()) {
                assert!(excluded.contains(&made.id), "{}", policy.display_name);
                of_others += 1;
            }
        }
        assert_eq!(of_others, IN_THE_WAY, "what others had excluded");
    });
}

#[track_caller]
fn once<'a>(what: &str, names: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(
            seen.insert(name.to_ascii_lowercase()),
            "{what}: {name} twice"
        );
    }
}
