//! The preflight, from outside: it predicts, then the tenant decides, and the two agree. Which tenants take which keys is tried
//! case by case in `tenants`; here it is who registers, what the key's attestation is, and what the command prints.

mod cases;

use halligan::emulator::Profile;
use halligan::emulator::profile::Attestation;
use halligan::simulator::tenant::Fido2Method;
use serde_json::Value;

use crate::bench::{Bench, Command, Finished, Key, PIN};
use cases::{Case, Predicted, cases};

/// Runs a command for which somebody signs in with the browser, if anybody does.
fn run_as(bench: &Bench, person: Option<&str>, command: Command) -> Finished {
    let Some(person) = person else {
        return command.json().run();
    };
    let (command, event) = command
        .with(["--json", "--events"])
        .start()
        .until_event("sign_in");
    let url: url::Url = event["url"].as_str().unwrap().parse().unwrap();
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    bench.post_as(person, url.as_str(), &parameters);
    command.finish()
}

pub(crate) fn preflight(bench: &Bench, key: &Key, attestation: &str) -> Command {
    let account = bench.account(0);
    let key = ["--device", key.address(), "--attestation", attestation];
    bench
        .halligan(["tenant", "preflight", "--account", &account])
        .with(key)
}

/// The lines of a subject with this verdict.
fn lines<'a>(document: &'a Value, subject: &str, verdict: &str) -> Vec<&'a Value> {
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .filter(|one| one["subject"] == subject && one["verdict"] == verdict)
        .collect()
}

fn agrees(case: &Case) {
    let name = case.name;
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    key.set_pin();
    bench.tenant_trusts(&key);
    bench.seed(&case.seed);
    let person = case.person.map(|person| {
        let operator = bench.operator();
        let (_, domain) = operator.split_once('@').unwrap();
        format!("{person}@{domain}")
    });
    if person.is_some() {
        bench.sign_in_by("browser");
    }
    if !case.scopes.is_empty() {
        bench.configure_further(&format!("permissions = {:?}", case.scopes));
    }
    let predicted = run_as(
        &bench,
        person.as_deref(),
        preflight(&bench, &key, "verified"),
    );
    let document = predicted.document();
    let found = &document["prediction"];
    match case.predicted {
        Predicted::Accepted => {
            assert_eq!(found, "accepted", "{name}: {document:#}");
            assert!(case.taken, "{name}");
        }
        Predicted::Refused(subject) => {
            assert_eq!(found, "refused", "{name}: {document:#}");
            let refusing = lines(&document, subject, "fail");
            assert!(!refusing.is_empty(), "{name}: {document:#}");
            assert!(refusing[0]["setting"]["portal"].is_string(), "{name}");
            assert!(!case.taken, "{name}");
        }
        Predicted::Open(subject, permission) => {
            assert_eq!(found, "unknown", "{name}: {document:#}");
            let open = lines(&document, subject, "unknown");
            assert_eq!(open[0]["permission"].as_str(), permission, "{name}");
        }
    }
    let enroll = bench.enroll(&key, "BG1-A").with(["--skip-preflight"]);
    let enrolled = run_as(&bench, person.as_deref(), enroll);
    assert_eq!(
        enrolled.succeeded(),
        case.taken,
        "{name}: {}",
        enrolled.shown()
    );
    assert_eq!(bench.registered(), usize::from(case.taken), "{name}");
}

#[test]
fn every_operator_meets_what_was_predicted() {
    let cases = cases();
    assert!(cases.len() >= 25);
    std::thread::scope(|scope| {
        for some in cases.chunks(8) {
            scope.spawn(|| some.iter().for_each(agrees));
        }
    });
}

#[test]
fn an_attestation_is_taken_as_was_predicted() {
    let profiles = "defaultPasskeyProfile = '00000000-0000-0000-0000-000000000001'\n\
                    passkeyProfiles = [{ id = '00000000-0000-0000-0000-000000000001', name = 'Emergency', \
                    passkeyTypes = 'deviceBound', attestationEnforcement = 'ENFORCED', \
                    keyRestrictions = { isEnforced = false, enforcementType = 'allow', aaGuids = [] } }]\n";
    for (policy, enforced) in [
        ("isAttestationEnforced = false\n".to_owned(), false),
        ("isAttestationEnforced = true\n".to_owned(), true),
        (profiles.replace("ENFORCED", "disabled"), false),
        (profiles.replace("ENFORCED", "registrationOnly"), true),
    ] {
        for (attestation, word) in [
            (Attestation::None, "none"),
            (Attestation::Own, "self"),
            (Attestation::Packed, "verified"),
        ] {
            let bench = Bench::new();
            bench.seed(&format!("[policy]\n{policy}"));
            let key = bench.key(Profile {
                attestation,
                ..Profile::default()
            });
            if word == "verified" {
                bench.tenant_trusts(&key);
            }
            let taken = !enforced || word == "verified";
            let predicted = preflight(&bench, &key, word).json();
            let document = predicted.run().exits(i32::from(!taken)).document();
            let wanted = if taken { "accepted" } else { "refused" };
            assert_eq!(document["registration"], wanted, "{policy}{word}");
            assert_eq!(document["sign_in"], "accepted", "{policy}{word}");
            let options = ["--skip-preflight"];
            let enroll = bench.enroll_over(key.address(), "BG1-A").with(options);
            enroll.run().exits(if taken { 0 } else { 5 });
        }
    }
}

#[test]
fn an_enrolment_stops_before_the_key_is_touched_and_says_which_setting() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.seed("policy = { isSelfServiceRegistrationAllowed = false }");
    let stopped = bench.enroll(&key, "BG1-A").json().run().exits(5);
    let error = stopped.fails_with("preflight").document()["error"].clone();
    assert_eq!(error["prediction"], "refused");
    assert_eq!(error["sign_in"], "accepted");
    assert!(
        error["hint"]
            .as_str()
            .unwrap()
            .contains("Allow self-service set up")
    );
    bench
        .enroll(&key, "BG1-A")
        .with(["--dry-run"])
        .run()
        .exits(5)
        .says("isSelfServiceRegistrationAllowed is off");
    assert_eq!(key.open().info().options.client_pin, Some(false));
    assert!(!bench.ledger().contains(&"enroll.intended".to_owned()));
}

#[test]
fn a_dry_run_shows_every_line() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let dry = bench.enroll(&key, "BG1-A").with(["--dry-run"]);
    dry.clone()
        .run()
        .exits(0)
        .prints("settings for the whole tenant");
    let document = dry.json().run().exits(0).document();
    assert_eq!(document["plan"]["preflight"]["prediction"], "accepted");
}

#[test]
fn what_is_open_warns_and_stops_nothing() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.seed(
        "applications = [{ displayName = 'Halligan provisioning', \
         permissions = ['UserAuthMethod-Passkey.ReadWrite.All', 'User.Read.All'] }]",
    );
    let enrolled = bench.enroll(&key, "BG1-A").run().exits(0);
    enrolled.says("Policy.Read.AuthenticationMethod would tell");
}

#[test]
fn a_key_is_named_by_model_by_label_or_not_at_all() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let preflight = || bench.halligan(["tenant", "preflight"]);
    preflight()
        .with(["--key", "BG1-A"])
        .run()
        .exits(0)
        .prints("would take the key of bg1@");
    preflight()
        .with(["--key", "BG1-B"])
        .json()
        .run()
        .exits(2)
        .fails_with("unknown_label");
    let own = Profile::default().aaguid.to_string();
    bench.seed(&format!(
        "policy = {{ keyRestrictions = {{ isEnforced = true, enforcementType = 'block', aaGuids = ['{own}'] }} }}"
    ));
    let locked_out = preflight().with(["--key", "BG1-A"]).json().run().exits(1);
    assert_eq!(locked_out.document()["sign_in"], "refused");
    let account = bench.account(0);
    let of_account = || preflight().with(["--account", &account]);
    of_account()
        .with(["--aaguid", "ee882879-721c-4913-9775-3dfcce97072a"])
        .run()
        .exits(0);
    let any = of_account().json().run().exits(1).document();
    assert_eq!(any["prediction"], "unknown");
    assert_eq!(any["key"]["aaguid"], Value::Null);
    of_account().with(["--aaguid", "a key"]).run().exits(2);
    preflight().run().exits(2);
}

#[test]
fn a_plan_is_held_against_the_models_that_are_connected() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    let own = Profile::default().aaguid;
    bench.seed(&format!(
        "policy = {{ keyRestrictions = {{ isEnforced = true, enforcementType = 'block', aaGuids = ['{own}'] }} }}"
    ));
    let (account, device) = (bench.account(0), key.address());
    let plan = format!("[[key]]\nlabel = 'BG1-A'\naccount = '{account}'\ndevice = '{device}'\n");
    std::fs::write(bench.path("plan.toml"), plan).unwrap();
    let enroll = bench
        .halligan(["enroll", "--plan", "plan.toml", "--yes", "--json"])
        .pin(PIN);
    let refused = enroll.clone().run().exits(2);
    let message = refused.fails_with("plan_impossible").document()["keys"][0]["message"].clone();
    let message = message.as_str().unwrap();
    assert!(message.contains("keyRestrictions block"), "{message}");
    assert_eq!(key.open().info().options.client_pin, Some(false));
    let skipped = enroll.with(["--skip-preflight"]).run().exits(5);
    skipped.fails_with("tenant_refused");
}

#[test]
fn a_tenant_that_cannot_be_asked_ends_with_its_own_status() {
    let bench = Bench::new();
    let nobody = ["tenant", "preflight", "--account", "nobody@contoso.example"];
    bench
        .halligan(nobody)
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_not_found");
    bench.cut_the_network();
    bench.halligan(nobody).json().run().exits(5);
}

#[test]
fn many_keys_are_open_and_a_disabled_account_is_refused_at_its_sign_in() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.change_tenant(|state| {
        let user_id = state.users[0].id;
        let method = |number| Fido2Method {
            user_id,
            credential_id: vec![number; 16].into(),
            public_key: Vec::new().into(),
            sign_count: 0,
            attestation_object: Vec::new().into(),
            display_name: format!("key {number}"),
            created: jiff::Timestamp::UNIX_EPOCH,
            visible_from: jiff::Timestamp::UNIX_EPOCH,
            aaguid: Profile::default().aaguid,
            attestation_certificates: Vec::new(),
            is_attested: true,
            is_backup_eligible: false,
        };
        state.fido2_methods = (0..10).map(method).collect();
    });
    let many = preflight(&bench, &key, "verified")
        .json()
        .run()
        .exits(1)
        .document();
    assert_eq!(many["prediction"], "unknown");
    assert_eq!(lines(&many, "methods", "unknown").len(), 1);
    bench.seed("users = [{ userPrincipalName = 'bg1', accountEnabled = false }]");
    let disabled = preflight(&bench, &key, "verified")
        .json()
        .run()
        .exits(1)
        .document();
    assert_eq!(disabled["registration"], "unknown");
    assert_eq!(disabled["sign_in"], "refused");
}
