//! The matrix: every blow to every scene, and a sample of it.

use std::collections::BTreeMap;

use super::case::{Blow, Case, Write, entries};
use super::scenes::{SCENES, Scene};
use crate::bench::{run_cases, say};

/// Cases that run at the same time. Many of them only wait.
const WORKERS: usize = 20;

/// Of a scene that is not taken as a whole every so manieth case runs.
const STEP: usize = 5;

/// What a tenant does instead of answering; without `Retry-After`, as Conditional Access throttles.
const FAULTS: [&str; 7] = [
    "403",
    "404",
    "429",
    "500",
    "500,after-commit",
    "drop",
    "drop,after-commit",
];

/// Takes longer than the tool's patience.
const OBSTINATE: [&str; 2] = ["429,times=always", "503,times=always"];

/// What a run does when nothing stops it.
struct Extent {
    writes: Vec<Write>,
    requests: usize,
    entries: usize,
}

fn extent(scene: &Scene) -> Extent {
    let bench = scene.bench();
    bench.record();
    let before = (bench.requests(), entries(&bench));
    scene.apply(&bench).exits(0);
    super::case::judge(scene, &bench);
    let mut seen = BTreeMap::new();
    let exchanges = bench.exchanges();
    // What is created or changed; questions that are sent by POST are answered with 200.
    let writes = exchanges
        .iter()
        .filter(|one| one.method != "GET" && matches!(one.status.as_u16(), 201 | 204));
    let writes = writes.map(|one| {
        let path = format!("{} {}", one.method, without_ids(&one.path));
        let count = seen.entry(path.clone()).or_insert(0);
        let before = *count;
        *count += 1;
        Write { path, before }
    });
    Extent {
        writes: writes.collect(),
        // The plan that judges asks as well.
        requests: exchanges.len().min(bench.requests() - before.0),
        entries: entries(&bench) - before.1,
    }
}

/// A path with `*` in the place of every object id.
fn without_ids(path: &str) -> String {
    let segments = path.split('/').map(|segment| match segment.parse() {
        Ok::<uuid::Uuid, _>(_) => "*",
        Err(_) => segment,
    });
    segments.collect::<Vec<_>>().join("/")
}

fn blows(extent: &Extent, all: bool) -> Vec<Blow> {
    let mut blows = Vec::new();
    for write in &extent.writes {
        blows.push(Blow::Request(write.clone()));
        blows.push(Blow::Answer(write.clone()));
        let obstinate = OBSTINATE.iter().filter(|_| all);
        let faults = FAULTS.iter().chain(obstinate);
        blows.extend(faults.map(|fault| Blow::Fault(write.clone(), fault)));
    }
    blows.extend((0..extent.entries).map(Blow::Entry));
    if all {
        blows.extend((0..extent.requests).map(Blow::Any));
    }
    blows
}

/// Every blow; a kill after a request once with `resume` before the next run and once without, the others in turn.
fn cases(scene: &'static Scene, all: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, blow) in blows(&extent(scene), all).into_iter().enumerate() {
        let twice = all || matches!(blow, Blow::Answer(_));
        for resumes in [false, true] {
            if twice || resumes == (number % 2 == 0) {
                let blow = blow.clone();
                cases.push(Case {
                    scene,
                    blow,
                    resumes,
                });
            }
        }
    }
    cases
}

#[test]
#[ignore = "takes minutes; tests/matrices/apply/run"]
fn every_point() {
    let only = std::env::var("APPLY_ONLY").unwrap_or_default();
    let all = std::env::var_os("APPLY_ALL").is_some();
    let chosen = SCENES.iter().filter(|scene| scene.name.contains(&only));
    let cases: Vec<Case> = chosen
        .flat_map(|scene| {
            let step = if scene.whole || all { 1 } else { STEP };
            cases(scene, all).into_iter().step_by(step)
        })
        .collect();
    let failed = run_cases(&cases, WORKERS, |case| case.run().to_string());
    say(&format!("{} passed, {failed} failed", cases.len() - failed));
    assert_eq!(failed, 0);
}

/// One of each kind, where the most hangs on it.
#[test]
fn a_sample() {
    let [first, late, enforce, dedicated, ..] = &SCENES;
    let write = |path: &str, before| Write {
        path: path.to_owned(),
        before,
    };
    let policy = "PATCH /v1.0/identity/conditionalAccess/policies/*";
    let member = "POST /v1.0/groups/*/members/$ref";
    let sample = [
        (first, Blow::Answer(write("POST /v1.0/users", 0)), false),
        (first, Blow::Answer(write(policy, 1)), true),
        (first, Blow::Fault(write(member, 0), "403"), false),
        (
            late,
            Blow::Fault(write(member, 1), "drop,after-commit"),
            true,
        ),
        (enforce, Blow::Request(write(policy, 0)), true),
        (enforce, Blow::Answer(write(policy, 0)), false),
        (dedicated, Blow::Entry(1), true),
    ];
    let cases: Vec<Case> = sample
        .into_iter()
        .map(|(scene, blow, resumes)| Case {
            scene,
            blow,
            resumes,
        })
        .collect();
    let failed = run_cases(&cases, WORKERS, |case| {
        let outcome = case.run();
        assert!(outcome.met, "the blow met no one");
        outcome.to_string()
    });
    assert_eq!(failed, 0);
}
