//! Tenants of all kinds, made by a seed: that the simulator's program starts with one, and that a refusal leaves nothing behind.

use halligan::emulator::Profile;

use crate::bench::Bench;

#[test]
fn a_simulator_starts_with_a_seed() {
    let bench = Bench::new();
    let seed = "policy = { isSelfServiceRegistrationAllowed = false }\n\
                users = [{ userPrincipalName = 'worker', userType = 'Guest' }]\n";
    std::fs::write(bench.path("seed.toml"), seed).unwrap();
    let serve = ["simulator", "serve", "--state", "seeded"];
    let options = ["--listen", "127.0.0.1:0", "--seed", "seed.toml"];
    let (served, announced) = bench.halligan(serve).with(options).json().start().ready();
    let key = bench.key(Profile::default());
    key.set_pin();
    let account = announced["accounts"][0].as_str().unwrap();
    bench
        .enroll_for(account, &key, "BG1-A")
        .with(["--config", announced["config"].as_str().unwrap()])
        .run()
        .exits(5);
    assert!(key.credentials().is_empty());
    served.interrupt().finish();
    let state = std::fs::read_to_string(bench.path("seeded/tenant.json")).unwrap();
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    let users = state["users"].as_array().unwrap();
    let worker = users.last().unwrap();
    assert_eq!(worker["userType"], "Guest");
    assert!(
        worker["userPrincipalName"]
            .as_str()
            .unwrap()
            .starts_with("worker@")
    );
}

#[test]
fn a_seed_that_makes_no_sense_is_refused_at_the_start() {
    let bench = Bench::new();
    let refused = |seed: &str, code: &str, text: &str| {
        std::fs::write(bench.path("seed.toml"), seed).unwrap();
        let serve = ["simulator", "serve", "--state", "seeded"];
        let options = ["--listen", "127.0.0.1:0", "--seed", "seed.toml"];
        let finished = bench.halligan(serve).with(options).json().run().exits(2);
        let error = finished.fails_with(code).document()["error"].clone();
        assert!(error["message"].as_str().unwrap().contains(text), "{error}");
    };
    refused("people = []", "seed", "seed.toml: the seed is not valid");
    refused("policy = { state = 'perhaps' }", "simulator", "perhaps");
    std::fs::remove_file(bench.path("seed.toml")).unwrap();
    let serve = [
        "simulator",
        "serve",
        "--state",
        "seeded",
        "--seed",
        "seed.toml",
    ];
    bench
        .halligan(serve)
        .json()
        .run()
        .exits(2)
        .fails_with("read");
}

#[test]
fn what_the_tenant_refuses_leaves_nothing_on_the_key() {
    let vault = "[[administrativeUnits]]\n\
                 displayName = 'Vault'\n\
                 isMemberManagementRestricted = true\n\
                 members = ['bg1']\n";
    for (seed, is_late) in [
        ("policy = { state = 'disabled' }", false),
        ("policy = { includeTargets = [] }", true),
        (
            "users = [{ userPrincipalName = 'bg1', userType = 'Guest' }]",
            true,
        ),
        (vault, false),
        (vault, true),
    ] {
        let bench = Bench::new();
        bench.seed(seed);
        if is_late {
            bench.seed("quirks = { lateRefusals = true }");
        }
        let key = bench.key(Profile::default());
        key.set_pin();
        bench.enroll(&key, "BG1-A").run().exits(5);
        let left = (bench.registered(), key.credentials().len());
        assert_eq!(left, (0, 0), "{seed}, late: {is_late}");
    }
}
