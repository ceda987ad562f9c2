//! Tenants of all kinds, made by a seed: what they say to a key, that the preflight predicts it, and that a refusal leaves nothing
//! behind.

mod cases;

use halligan::emulator::Profile;
use halligan::simulator::tenant::{Fido2Method, NewKey, State};

use crate::bench::{Bench, Key};
use crate::preflight::preflight;
use cases::{Case, KIND, cases};

/// Why the tenant would refuse to register the default key for bg1.
fn refusal(state: &State, key: NewKey) -> Option<String> {
    let (policy, bg1) = (&state.fido2_policy, &state.users[0]);
    let key = NewKey {
        is_attested: key.is_attested && !state.ineligible_models.contains(&key.aaguid),
        ..key
    };
    let admitted = policy
        .admit_user(bg1)
        .and_then(|()| policy.admit_key(bg1, key));
    admitted.err().map(|refusal| refusal.to_string())
}

/// Whether bg1 would sign in with a key of this model, had it been registered.
fn signs_in(state: &State, key: NewKey) -> bool {
    let bg1 = &state.users[0];
    let method = Fido2Method {
        user_id: bg1.id,
        credential_id: vec![1].into(),
        public_key: Vec::new().into(),
        sign_count: 0,
        attestation_object: Vec::new().into(),
        display_name: String::new(),
        created: jiff::Timestamp::UNIX_EPOCH,
        visible_from: jiff::Timestamp::UNIX_EPOCH,
        aaguid: key.aaguid,
        attestation_certificates: Vec::new(),
        is_attested: key.is_attested,
        is_backup_eligible: key.is_backup_eligible,
    };
    state.admits_sign_in(bg1, &method).is_ok()
}

#[test]
fn every_case_is_what_its_name_says() {
    let key = NewKey {
        aaguid: Profile::default().aaguid,
        is_attested: true,
        is_backup_eligible: false,
    };
    let cases = cases();
    assert!(cases.len() >= 25);
    for case in cases {
        let bench = Bench::new();
        bench.seed(&case.seed(&key.aaguid.to_string()));
        let refused = bench.in_tenant(|state| refusal(state, key));
        match (&refused, case.refusal) {
            (None, None) => {}
            (Some(refused), Some(wanted)) => assert!(refused.contains(wanted), "{}", case.name),
            _ => panic!("{}: {refused:?}", case.name),
        }
        let signs_in = bench.in_tenant(|state| signs_in(state, key));
        assert_eq!(signs_in, case.signs_in, "{}", case.name);
    }
}

/// Even if the tenant refuses only what the key has made already.
#[test]
fn every_case_is_what_an_enrolment_meets() {
    let cases = cases();
    std::thread::scope(|scope| {
        for some in cases.chunks(9) {
            scope.spawn(|| some.iter().for_each(meets));
        }
    });
}

fn meets(case: &Case) {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    bench.seed(&case.seed(&Profile::default().aaguid.to_string()));
    bench.change_tenant(|state| state.quirks.late_refusals = true);
    bench.tenant_trusts(&key);
    predicts(case, &bench, &key);
    let status = if case.refusal.is_some() { 5 } else { 0 };
    let enroll = bench.enroll(&key, "BG1-A").with(["--skip-preflight"]);
    enroll.run().exits(status);
    let left = (bench.registered(), key.credentials().len());
    let wanted = usize::from(case.refusal.is_none());
    assert_eq!(left, (wanted, wanted), "{}", case.name);
}

/// What the preflight says before the key is touched is what registration and sign-in meet.
fn predicts(case: &Case, bench: &Bench, key: &Key) {
    let attestation = if case.is_certified() {
        "verified"
    } else {
        "none"
    };
    let predicted = preflight(bench, key, attestation).json().run().document();
    let word = |is_taken| if is_taken { "accepted" } else { "refused" };
    let name = case.name;
    assert_eq!(
        predicted["registration"],
        word(case.refusal.is_none()),
        "{name}: {predicted:#}"
    );
    // Whether the kind of passkey counts at a sign-in is not documented: the one says nothing, the other takes it.
    let sign_in = if case.refusal == KIND {
        "unknown"
    } else {
        word(case.signs_in)
    };
    assert_eq!(predicted["sign_in"], sign_in, "{name}: {predicted:#}");
}

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
        let enroll = bench.enroll(&key, "BG1-A").with(["--skip-preflight"]);
        enroll.run().exits(5);
        let left = (bench.registered(), key.credentials().len());
        assert_eq!(left, (0, 0), "{seed}, late: {is_late}");
    }
}
