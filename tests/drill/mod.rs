//! Drills by the executable, on a simulated tenant: the test is the browser and holds the key.

mod afterwards;
mod alerts;
pub(crate) mod browser;
mod endings;

use halligan::emulator::Profile;
use serde_json::{Value, json};

use crate::bench::{Bench, Command, Finished, GROUP, Key, Started};

/// A tenant with a key for each emergency account, a licence for the log, and an application for drills.
struct Stage {
    bench: Bench,
    keys: [Key; 2],
}

impl Stage {
    fn new() -> Self {
        let bench = Bench::new();
        let keys = [0, 1].map(|number| {
            let key = bench.key(Profile::default());
            let label = format!("BG{}-A", number + 1);
            let account = bench.account(number);
            bench.enroll_for(&account, &key, &label).run().exits(0);
            key
        });
        bench.seed(&json!({"license": "p1", "logDelaySeconds": 0}).to_string());
        let client = bench.public_client();
        bench.configure_further(&format!("[drill]\nclient_id = \"{client}\""));
        Self { bench, keys }
    }

    /// `drill` of the first account.
    fn drill(&self) -> Command {
        let account = self.bench.account(0);
        let what = ["drill", "--account", &account, "--by", "A. Jones", "--yes"];
        self.bench.halligan(what).with(["--json", "--events"])
    }

    /// Starts it, and waits for the address of its page.
    fn begin(&self, options: &[&str]) -> (Started, String) {
        let started = self.drill().with(options.iter().copied()).start();
        let (started, event) = started.until_event("sign_in");
        (started, event["url"].as_str().unwrap().to_owned())
    }

    /// A whole drill, by the account's own key.
    fn held(&self, options: &[&str]) -> Finished {
        let (drill, page) = self.begin(options);
        browser::sign_in(&self.bench, &page, &self.bench.account(0), &self.keys[0]);
        drill.finish()
    }

    /// A policy for everybody but the group of emergency accounts, or for everybody.
    fn policy(&self, name: &str, control: &str, excluded: bool) {
        let id = self.bench.user_id(&self.bench.account(0));
        let group =
            json!({"id": GROUP, "displayName": "Emergency access accounts", "members": [id]});
        let exclude: &[&str] = if excluded { &[GROUP] } else { &[] };
        let policy = json!({"displayName": name, "state": "enabled", "conditions": {
            "clientAppTypes": ["all"], "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": exclude}},
            "grantControls": {"operator": "OR", "builtInControls": [control]}});
        let seed = json!({"groups": [group], "conditionalAccessPolicies": [policy]});
        self.bench.seed(&seed.to_string());
    }
}

/// The verdict on a subject, and why.
fn finding<'a>(document: &'a Value, subject: &str) -> (&'a str, &'a str) {
    let findings = document["findings"].as_array().unwrap();
    let found = findings.iter().find(|one| one["subject"] == subject);
    let found = found.unwrap_or_else(|| panic!("no {subject} in {document:#}"));
    (
        found["verdict"].as_str().unwrap(),
        found["why"].as_str().unwrap_or_default(),
    )
}

#[test]
fn an_account_signs_in_with_its_key_and_the_log_says_so() {
    let stage = Stage::new();
    stage.policy("Require MFA for all users", "mfa", true);
    let held = stage
        .held(&["--key", "BG1-A", "--reason", "quarterly"])
        .exits(0);
    let document = held.document();
    assert_eq!(document["schema"], "halligan.drill/1");
    for finding in document["findings"].as_array().unwrap() {
        assert!(
            ["pass", "not_applicable"].contains(&finding["verdict"].as_str().unwrap()),
            "{finding}"
        );
    }
    assert_eq!(
        finding(&document, "policies"),
        ("pass", "none of 1 applied")
    );
    assert_eq!(finding(&document, "method").1, document["log"]["method"]);
    assert!(
        finding(&document, "log")
            .1
            .starts_with("the row of this token")
    );
    assert!(
        held.events()
            .iter()
            .any(|event| event["event"] == "sign_out")
    );
    let ledger = stage.bench.ledger();
    assert!(ledger.ends_with(&[
        "drill.intended".into(),
        // Somebody is in; and what was found then.
        "drill.attempted".into(),
        "drill.attempted".into(),
        "drill.completed".into()
    ]));
    stage.bench.verified_ledger();
}

#[test]
fn a_drill_with_more_permissions_reads_as_an_administrator() {
    let stage = Stage::new();
    let more = "permissions = [\"User.Read\", \"RoleManagement.Read.Directory\"]";
    stage.bench.configure_further(more);
    let document = stage.held(&[]).document();
    let (verdict, why) = finding(&document, "administration");
    assert!(why.starts_with("it reads its own roles"), "{verdict} {why}");
}

#[test]
fn a_dry_run_asks_nobody_and_leaves_nothing() {
    let stage = Stage::new();
    let before = stage.bench.ledger();
    let dry = stage.drill().with(["--dry-run"]).run().exits(0);
    assert_eq!(dry.document()["log"], json!({"readable": true}));
    assert_eq!(stage.bench.ledger(), before);
    let wrong = stage.drill().with(["--dry-run", "--key", "BG2-A"]).run();
    wrong.exits(2).fails_with("key_of_another_account");
    let unknown = stage.drill().with(["--dry-run", "--key", "BG9-Z"]).run();
    unknown.exits(2).fails_with("unknown_label");
}

#[test]
fn nobody_signs_in_before_it_is_confirmed() {
    let stage = Stage::new();
    let account = stage.bench.account(0);
    let what = ["drill", "--account", &account, "--by", "A. Jones", "--json"];
    stage
        .bench
        .halligan(what)
        .run()
        .exits(2)
        .fails_with("declined");
    assert!(
        !stage
            .bench
            .ledger()
            .iter()
            .any(|kind| kind.starts_with("drill"))
    );
}

#[test]
fn what_is_printed_for_people_has_a_line_for_each_subject() {
    let stage = Stage::new();
    let account = stage.bench.account(0);
    let short = account.split('@').next().unwrap().to_owned();
    let what = ["drill", "--account", &short, "--by", "A. Jones", "--yes"];
    let started = stage.bench.halligan(what).start();
    let (started, line) = started.until_line("/authorize?");
    browser::sign_in(&stage.bench, line.trim(), &account, &stage.keys[0]);
    let done = started.finish().exits(0);
    done.prints("signs in with its key")
        .prints("✓ method")
        .says("/oauth2/v2.0/logout");
}
