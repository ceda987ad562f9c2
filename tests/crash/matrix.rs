//! The matrix: every point of every ceremony, and a sample of it.

use super::case::{Case, End, Point};
use super::ceremonies::{CEREMONIES, Ceremony};
use super::service::SERVICE;
use crate::bench::{run_cases, say};

/// Cases that run at the same time. Many of them only wait.
const WORKERS: usize = 12;

/// What a tenant does instead of answering.
const FAULTS: [&str; 6] = [
    "500",
    "500,after-commit",
    "429,retry-after=0",
    "drop",
    "drop,after-commit",
    "hidden,seconds=2",
];

/// How many messages, requests and entries a ceremony has when nothing stops it.
struct Extent {
    messages: usize,
    requests: usize,
    entries: usize,
}

fn extent(ceremony: &Ceremony) -> Extent {
    let stage = (ceremony.prepare)();
    let messages = stage.wire.overheard().exchanges.len();
    let (requests, entries) = (stage.bench.requests(), stage.entries());
    (ceremony.command)(&stage).run().exits(0);
    Extent {
        messages: stage.wire.overheard().exchanges.len() - messages,
        requests: stage.bench.requests() - requests,
        entries: stage.entries() - entries,
    }
}

fn kills(extent: &Extent) -> Vec<Point> {
    let of = |count: usize, point: fn(usize) -> Point| (0..count).map(point);
    of(extent.messages, Point::KeyRequest)
        .chain(of(extent.messages, Point::KeyAnswer))
        .chain(of(extent.requests, Point::TenantRequest))
        .chain(of(extent.requests, Point::TenantAnswer))
        .chain(of(extent.entries, Point::Entry))
        .collect()
}

fn faults(extent: &Extent) -> Vec<Point> {
    let of = |request| FAULTS.map(|effect| Point::Fault(request, effect));
    (0..extent.requests).flat_map(of).collect()
}

/// Every kill, with and without power loss, and every fault; each once finished and once undone.
fn cases(ceremony: &'static Ceremony) -> Vec<Case> {
    let extent = extent(ceremony);
    let case = |point: Point, power_loss, end| Case {
        ceremony,
        point,
        power_loss,
        end,
    };
    let mut cases = Vec::new();
    for end in [End::Finish, End::Undo] {
        for power_loss in [false, true] {
            let points = kills(&extent).into_iter();
            cases.extend(points.map(|point| case(point, power_loss, end)));
        }
        let points = faults(&extent).into_iter();
        cases.extend(points.map(|point| case(point, false, end)));
    }
    cases
}

fn run(cases: &[Case]) -> usize {
    run_cases(cases, WORKERS, Case::run)
}

#[test]
#[ignore = "takes minutes; tests/matrices/crash/run"]
fn every_point() {
    let only = std::env::var("CRASH_ONLY").unwrap_or_default();
    let all = std::env::var_os("CRASH_ALL").is_some();
    let chosen = CEREMONIES.iter().chain(&SERVICE);
    let chosen = chosen.filter(|one| one.name.contains(&only));
    let taken = |ceremony: &'static Ceremony| {
        let step = if all { 1 } else { ceremony.step };
        cases(ceremony).into_iter().step_by(step)
    };
    let cases: Vec<Case> = chosen.flat_map(taken).collect();
    let failed = run(&cases);
    say(&format!("{} passed, {failed} failed", cases.len() - failed));
    assert_eq!(failed, 0);
}

/// The points at which other tools leave something behind.
#[test]
fn a_sample() {
    let [fresh, with_pin, sealed, ..] = &CEREMONIES;
    let [change_pin, .., settings, reset] = &SERVICE;
    let sample = [
        (fresh, Point::KeyAnswer(2), End::Finish),
        (fresh, Point::KeyAnswer(5), End::Undo),
        (with_pin, Point::KeyAnswer(4), End::Finish),
        (fresh, Point::TenantRequest(4), End::Undo),
        (fresh, Point::TenantAnswer(4), End::Finish),
        (fresh, Point::Entry(4), End::Undo),
        (fresh, Point::Fault(4, "500"), End::Finish),
        (sealed, Point::KeyAnswer(2), End::Finish),
        (sealed, Point::Entry(7), End::Undo),
        (change_pin, Point::KeyAnswer(6), End::Finish),
        (change_pin, Point::Entry(0), End::Undo),
        (settings, Point::KeyAnswer(7), End::Undo),
        (reset, Point::Entry(0), End::Undo),
    ];
    let cases: Vec<Case> = sample
        .into_iter()
        .enumerate()
        .map(|(number, (ceremony, point, end))| Case {
            ceremony,
            point,
            power_loss: number % 2 == 0,
            end,
        })
        .collect();
    assert_eq!(run(&cases), 0);
}
