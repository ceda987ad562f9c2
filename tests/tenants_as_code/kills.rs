//! `tenant apply` killed before or after a request; the next run finds what became of it, and goes on.

use std::time::{Duration, Instant};

use super::{apply, empty, plan};
use crate::bench::Bench;

/// How many requests an apply makes.
fn extent() -> usize {
    let bench = empty();
    let before = bench.requests();
    apply(&bench, &[]).exits(0);
    bench.requests() - before
}

/// Kills the tool when the request is under way; whether it came so far.
fn kill_at(bench: &Bench, request: usize, after_commit: bool) -> bool {
    let moment = if after_commit { ",after-commit" } else { "" };
    let held = bench.answers_held();
    bench.tenant_fault(&format!("any=slow,seconds=3600{moment},skip={request}"));
    let mut started = bench.halligan(["tenant", "apply", "--yes"]).start();
    let deadline = Instant::now() + Duration::from_secs(60);
    while bench.answers_held() == held && !started.has_ended() {
        assert!(Instant::now() < deadline, "request {request} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
    started.kill();
    bench.clear_tenant_faults().is_empty()
}

/// Killed once, and run again: everything is there once, and nothing is open.
fn converges(request: usize, after_commit: bool) {
    let bench = empty();
    kill_at(&bench, request, after_commit);
    apply(&bench, &[]).exits(0);
    let left = plan(&bench, &[]).document();
    assert_eq!(
        left["steps"].as_array().unwrap().len(),
        0,
        "request {request}"
    );
    let (users, groups, policies) = bench.in_tenant(|state| {
        let user = |name: &str| name.starts_with("ea-1@") || name.starts_with("ea-2@");
        (
            state
                .users
                .iter()
                .filter(|one| user(&one.user_principal_name))
                .count(),
            state
                .groups
                .iter()
                .filter(|one| one.display_name == "Emergency access accounts")
                .count(),
            state.conditional_access.policies.len(),
        )
    });
    assert_eq!(
        (users, groups, policies),
        (2, 1, 1),
        "request {request}, {after_commit}"
    );
    let resumed = bench.halligan(["resume"]).json().run().exits(0).document();
    assert_eq!(resumed["open"].as_array().unwrap().len(), 0);
    assert_eq!(bench.breaches().len(), 0);
}

#[test]
fn killed_at_some_requests_it_converges() {
    let extent = extent();
    for number in [extent / 4, extent / 2, extent - 3] {
        converges(number, number % 2 == 0);
    }
}

#[test]
#[ignore = "takes minutes; run with CI's long tests"]
fn killed_at_every_request_it_converges() {
    for number in 0..extent() {
        for after_commit in [false, true] {
            converges(number, after_commit);
        }
    }
}
