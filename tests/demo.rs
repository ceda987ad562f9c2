//! `halligan demo`, from outside: the whole story, told and true.

use serde_json::json;

use crate::bench::Bench;

#[test]
fn the_demo_tells_the_whole_story() {
    let bench = Bench::new();
    let told = bench
        .halligan(["demo", "--directory", "stage"])
        .run()
        .exits(0);
    for line in [
        "✓ enrolled        BG1-A",
        "✓ enrolled        BG2-B",
        "4 keys signed",
        "dead key found",
        "tampering found",
    ] {
        assert!(told.stdout.contains(line), "{line}: {}", told.shown());
    }
    told.says("Months later")
        .says("Register the credential in the tenant");
}

#[test]
fn what_the_demo_leaves_is_true() {
    let bench = Bench::new();
    let told = bench
        .halligan(["demo", "--directory", "stage", "--json"])
        .run()
        .exits(0)
        .document();
    assert_eq!(told["checks_passed"], 4);
    assert_eq!(told["dead_key"]["label"], "BG2-B");
    assert_eq!(told["tampered_ledger"]["index"], 3);

    let config = ["--config", "stage/tenant/halligan.toml"];
    let verified = bench
        .halligan(config)
        .with(["ledger", "verify", "--json"])
        .run()
        .exits(0)
        .document();
    assert_eq!(verified["entries"], told["ledger"]["entries"]);
    assert_eq!(verified["head"], told["ledger"]["head"]);
    assert_eq!(verified["open_ceremonies"], json!([]));
    let tampered = ["ledger", "verify", "--ledger", "stage/tampered-ledger"];
    bench
        .halligan(tampered)
        .run()
        .exits(1)
        .prints("NOT CONSISTENT: entry 3");
}

#[test]
fn what_the_demo_suggests_works() {
    let bench = Bench::new();
    let told = bench
        .halligan(["demo", "--directory", "stage"])
        .run()
        .exits(0);
    let mut tried = 0;
    for line in told
        .stdout
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter_map(|line| line.strip_prefix(env!("CARGO_BIN_EXE_halligan")))
    {
        // The servers run until they are interrupted.
        if line.contains("serve") {
            continue;
        }
        bench.halligan(line.split_whitespace()).run().exits(0);
        tried += 1;
    }
    assert!(tried >= 3, "{}", told.shown());
}

#[test]
fn the_demo_does_not_play_in_a_directory_that_is_in_use() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("stage")).unwrap();
    std::fs::write(bench.path("stage/mine"), "").unwrap();
    bench
        .halligan(["demo", "--directory", "stage", "--json"])
        .run()
        .exits(2)
        .fails_with("usage");
    assert_eq!(std::fs::read_dir(bench.path("stage")).unwrap().count(), 1);
}
