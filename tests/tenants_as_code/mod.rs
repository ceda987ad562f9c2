//! From an empty tenant to one in which everybody is asked for multifactor authentication and the emergency accounts get in, through
//! the executable.

mod damaged;
mod healthy;
mod interruptions;
mod kills;
mod passwords;
mod served;
mod stations;

use serde_json::Value;

use crate::bench::{Bench, Finished};

/// What is wanted: two new accounts, everything else as it is by default.
const WANTED: &str =
    "[[emergency.account]]\nname = \"ea-1\"\n[[emergency.account]]\nname = \"ea-2\"";

/// The accounts' group.
const GROUP: &str = "Emergency access accounts";

/// A tenant without emergency accounts of ours, and a configuration that wants some.
pub(crate) fn empty() -> Bench {
    empty_with("")
}

/// The same, with this line in `[emergency]`.
fn empty_with(line: &str) -> Bench {
    let bench = Bench::new();
    bench.configure_further(&format!("[emergency]\n{line}\n{WANTED}"));
    bench
}

pub(crate) fn apply(bench: &Bench, options: &[&str]) -> Finished {
    let command = bench
        .halligan(["tenant", "apply", "--yes"])
        .with(options.iter().copied());
    command.json().run()
}

pub(crate) fn plan(bench: &Bench, options: &[&str]) -> Finished {
    let command = bench
        .halligan(["tenant", "plan"])
        .with(options.iter().copied());
    command.json().run()
}

fn audit(bench: &Bench, options: &[&str]) -> Finished {
    let command = bench
        .halligan(["tenant", "audit"])
        .with(options.iter().copied());
    command.json().run()
}

/// The simulator watches the accounts from now on.
fn mark_accounts(bench: &Bench) {
    bench.seed("emergencyAccounts = ['ea-1', 'ea-2']");
}

fn steps(document: &Value) -> Vec<&str> {
    let steps = document["steps"].as_array().unwrap();
    steps
        .iter()
        .map(|one| one["change"].as_str().unwrap())
        .collect()
}

/// Two keys of different models for each account, in the ledger and in the tenant, which trusts their makers.
pub(crate) fn enrol_keys(bench: &Bench, document: &Value) {
    let by_hand = document["left"]["by_hand"].as_array().unwrap().iter();
    let accounts = by_hand.filter_map(|one| one["what"].as_str()?.strip_prefix("enrol keys for "));
    for (number, account) in accounts.enumerate() {
        for (letter, model) in std::iter::zip(["A", "B"], healthy::models()) {
            let key = bench.key(model);
            bench.tenant_trusts(&key);
            let label = format!("EA{}-{letter}", number + 1);
            bench.enroll_for(account, &key, &label).run().exits(0);
        }
    }
}

#[test]
fn an_empty_tenant_becomes_what_is_wanted_and_stays_so() {
    let bench = empty();
    let planned = plan(&bench, &[]).exits(1).document();
    assert_eq!(
        steps(&planned),
        [
            "create-account",
            "create-account",
            "create-group",
            "add-member",
            "add-member",
            "assign-role",
            "assign-role",
            "create-mfa-policy"
        ]
    );
    assert_eq!(bench.ledger(), Vec::<String>::new());
    let applied = apply(&bench, &[]).exits(0).document();
    assert_eq!(applied["changes"].as_array().unwrap().len(), 8);
    assert_eq!(applied["left"]["steps"].as_array().unwrap().len(), 0);
    mark_accounts(&bench);

    let again = plan(&bench, &["--enforce"]).exits(1).document();
    assert_eq!(steps(&again), Vec::<&str>::new());
    let why = again["blocked"][0]["why"].as_str().unwrap();
    assert!(why.contains("0 of 2 working keys"), "{why}");
    let waits = apply(&bench, &["--enforce"]).exits(1).document();
    assert_eq!(waits["ok"], false);
    assert_eq!(waits["changes"].as_array().unwrap().len(), 0);
    assert_eq!(waits["left"]["blocked"], again["blocked"]);
    let told = bench.halligan(["tenant", "apply", "--yes", "--enforce"]);
    told.run()
        .exits(1)
        .prints("0 of 2 working keys")
        .prints("run `halligan tenant apply --enforce` again");

    enrol_keys(&bench, &applied);
    let enforced = apply(&bench, &["--enforce"]).exits(0).document();
    assert_eq!(enforced["changes"][0]["step"], "enforce-mfa-policy");
    assert!(
        bench
            .ledger()
            .contains(&"tenant.exclusion_proven".to_owned())
    );
    let end = plan(&bench, &[]).exits(0).document();
    assert_eq!(end["empty"], true);
    assert_eq!(
        apply(&bench, &[]).exits(0).document()["changes"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let audited = audit(&bench, &[]).exits(0).document();
    let counts = &audited["summary"];
    assert_eq!(
        (&counts["errors"], &counts["warnings"]),
        (&0.into(), &0.into())
    );
    assert_eq!(bench.breaches().len(), 0);
    bench.halligan(["ledger", "verify"]).run().exits(0);
}

#[test]
fn a_dry_run_and_a_no_leave_everything_as_it_is() {
    let bench = empty();
    let before = bench.in_tenant(|state| state.users.len());
    let dry = apply(&bench, &["--dry-run"]).exits(0).document();
    assert_eq!(dry["dry_run"], true);
    let refused = bench
        .halligan(["tenant", "apply", "--confirm", "Fabrikam"])
        .json()
        .run();
    refused.exits(2).fails_with("declined");
    assert_eq!(bench.in_tenant(|state| state.users.len()), before);
    assert_eq!(bench.ledger(), Vec::<String>::new());
}

#[test]
fn no_password_is_shown_or_kept() {
    let bench = empty();
    bench.record();
    let shown = bench
        .halligan(["-vvv", "tenant", "apply", "--yes", "--events"])
        .run()
        .exits(0)
        .shown();
    let passwords: Vec<String> = bench
        .exchanges()
        .iter()
        .filter_map(|one| {
            let document = one.request.as_ref()?;
            let password = document.pointer("/passwordProfile/password")?.as_str()?;
            Some(password.to_owned())
        })
        .collect();
    assert_eq!(passwords.len(), 2);
    for password in passwords {
        assert_eq!(password.chars().count(), 64);
        assert!(!shown.contains(&password));
        for entry in std::fs::read_dir(bench.path("ledger/entries")).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(!text.contains(&password));
        }
    }
}

/// A name of the directory cannot make itself another step of what is agreed to, or clear the screen.
#[test]
fn what_is_agreed_to_shows_hostile_names_harmless() {
    let bench = empty();
    bench.seed(
        r#"
[[conditionalAccessPolicies]]
displayName = "x\u001b[2J\nassign-role: nobody"
state = "enabled"
conditions = { clientAppTypes = ["all"], applications = { includeApplications = ["All"] }, users = { includeUsers = ["All"] } }
grantControls = { operator = "OR", builtInControls = ["compliantDevice"] }
"#,
    );
    let applied = bench.halligan(["tenant", "apply", "--yes"]).run().exits(0);
    assert!(!applied.stderr.contains("\u{1b}[2J"), "{}", applied.shown());
    assert!(!applied.stdout.contains('\u{1b}'), "{}", applied.shown());
    let step = ": x\u{fffd}[2J\u{fffd}assign-role: nobody";
    let agreed = applied.stderr.lines().find(|line| line.contains(step));
    assert!(agreed.unwrap().trim_start().starts_with("exclude-group/"));
}

#[test]
fn what_was_read_of_another_tenant_is_not_planned_for() {
    let bench = empty();
    apply(&bench, &[]).exits(0);
    let kept = bench.halligan(["tenant", "export", "--output", "kept.json"]);
    // What the tenant has no licence for is not read.
    kept.run().exits(1);
    let here = plan(&bench, &["--snapshot", "kept.json"]).exits(1);
    assert_eq!(steps(&here.document()), Vec::<&str>::new());
    let text = std::fs::read_to_string(bench.path("kept.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["tenant"] = "00000000-0000-4000-8000-000000000000".into();
    std::fs::write(bench.path("other.json"), document.to_string()).unwrap();
    for command in [
        &["tenant", "plan", "--snapshot", "other.json", "--json"][..],
        &["tenant", "what-if", "--snapshot", "other.json", "--json"],
        &[
            "tenant",
            "explain",
            "ea-1",
            "--snapshot",
            "other.json",
            "--json",
        ],
    ] {
        let command = bench.halligan(command.iter().copied());
        command
            .run()
            .exits(2)
            .fails_with("usage")
            .prints("the snapshot is of tenant");
    }
}

#[test]
fn a_key_is_enrolled_for_an_account_as_the_configuration_calls_it() {
    let bench = empty();
    apply(&bench, &[]).exits(0);
    let key = bench.key(healthy::models()[0].clone());
    bench.tenant_trusts(&key);
    bench.enroll_for("ea-1", &key, "EA1-A").run().exits(0);
    assert_eq!(bench.registered(), 1);
    let second = bench.key(healthy::models()[1].clone());
    let unknown = bench.enroll_for("ea-9", &second, "EA9-A").json().run();
    assert!(!unknown.succeeded(), "{}", unknown.shown());
}
