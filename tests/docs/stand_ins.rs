//! What is said to emulator and simulator in the documents is understood by them.

use std::collections::BTreeSet;
use std::fs;

use super::{blocks, root};
use crate::bench::Bench;

#[test]
fn faults_and_control_requests_of_the_documents_are_understood() {
    use halligan::emulator::Fault;
    use halligan::emulator::control::Request;
    let text = fs::read_to_string(root().join("docs/emulator.md")).unwrap();
    let faults = blocks(&text, "text")
        .into_iter()
        .find(|block| block.starts_with("fault "))
        .unwrap();
    let (_, examples) = faults.split_once("\n\n").unwrap();
    for line in examples.lines() {
        let fault = line.split_whitespace().next().unwrap();
        assert_eq!(fault.parse::<Fault>().unwrap().to_string(), fault);
    }
    let mut tried = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let mut code = row.split('`').skip(1).step_by(2);
        let words = code.next().unwrap();
        if let Some(json) = code.find(|code| code.starts_with("{\"request\"")) {
            let request: Request = json
                .parse()
                .unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(words.split(' ').next(), Some(request.word()));
            tried.insert(request.word());
        }
    }
    assert_eq!(tried.len(), 16, "{tried:?}");
}

#[test]
fn examples_of_seeds_are_accepted() {
    let text = fs::read_to_string(root().join("docs/simulator.md")).unwrap();
    let seeds = blocks(&text, "toml seed");
    assert_eq!(seeds.len(), 1);
    let bench = Bench::new();
    bench.seed(&seeds[0]);
    assert!(bench.in_tenant(|state| {
        state
            .role_assignments
            .iter()
            .any(|row| row.unit().is_some())
    }));
}
