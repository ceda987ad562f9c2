//! `halligan review`, through the real executable: reviewers with keys of their own, a review with its files, signatures, and what is
//! refused.

mod year;

use std::fs;
use std::path::{Path, PathBuf};

use halligan::ceremony::review::ITEMS;
use halligan::emulator::Profile;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::bench::{Bench, Command, Key, PIN};

/// Somebody's own key, with a PIN.
fn own_key(bench: &Bench) -> Key {
    let key = bench.key(Profile::default());
    key.set_pin();
    key
}

fn add(bench: &Bench, key: &Key, name: &str) -> Command {
    let add = ["review", "reviewers", "add", name, "--device"];
    bench.halligan(add).with([key.address()]).pin(PIN)
}

fn hold(bench: &Bench) -> Command {
    bench.halligan(["review", "hold", "--by", "Ada", "--directory", "reviews"])
}

fn sign(bench: &Bench, key: &Key, name: &str) -> Command {
    let sign = ["review", "sign", "--reviewer", name, "--from", "reviews"];
    bench
        .halligan(sign)
        .with(["--device", key.address()])
        .pin(PIN)
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

/// The page and the document that a review wrote.
fn files(bench: &Bench, review: &Value) -> [PathBuf; 2] {
    ["report", "document"].map(|file| bench.path(text(&review["files"], file)))
}

fn sha256(path: &PathBuf) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_review_is_held_and_signed_by_people_with_keys_of_their_own() {
    let bench = Bench::new();
    let _keys = bench.furnish_with_keys();
    let (ada, bob) = (own_key(&bench), own_key(&bench));
    add(&bench, &ada, "Ada").run().exits(0);
    add(&bench, &ada, "Ada")
        .json()
        .run()
        .exits(2)
        .fails_with("reviewer_known");
    add(&bench, &ada, "Eve")
        .json()
        .run()
        .exits(3)
        .fails_with("reviewers_key");
    add(&bench, &bob, "Bob").run().exits(0);
    assert!(ada.credentials().is_empty(), "it takes no room");

    let answers = "[[answer]]\nitem = \"safes\"\nanswer = \"yes\"\nby = \"Carol\"\nnote = \"seen on Monday\"\n";
    fs::write(bench.path("answers.toml"), answers).unwrap();
    let held = hold(&bench)
        .with(["--answers", "answers.toml"])
        .json()
        .run();
    let review = held.exits(1).document();
    assert_eq!(review["schema"], "halligan.review.hold/1");
    let safes = review["checklist"].as_array().unwrap().iter();
    let safes = safes.clone().find(|item| item["id"] == "safes").unwrap();
    assert_eq!(
        (text(safes, "verdict"), &safes["given"]["by"]),
        ("pass", &"Carol".into())
    );
    let kinds = bench.ledger();
    let tail: Vec<&str> = kinds.iter().rev().take(3).map(String::as_str).collect();
    assert_eq!(tail, ["review.held", "tenant.monitored", "tenant.audited"]);
    let [report, document] = files(&bench, &review);
    let entries = bench.entries();
    let body = &entries.last().unwrap()["body"];
    assert_eq!(
        (text(body, "report"), text(body, "document")),
        (&*sha256(&report), &*sha256(&document))
    );
    let page = fs::read_to_string(&report).unwrap();
    assert!(page.contains("default-src 'none'") && page.contains("seen on Monday"));

    only_what_was_reviewed_is_signed(&bench, &ada, &bob, &report);

    let next = hold(&bench).json().run().exits(1).document();
    let last = &next["compared_with"];
    assert_eq!(last["entry"], review["entry"]);
    assert_eq!(last["signed_by"].as_array().unwrap().len(), 2);
    let appeared = last["appeared"].as_array().unwrap();
    assert!(
        appeared.iter().any(|line| line == "safes"),
        "nobody confirmed it: {appeared:?}"
    );
    let questions = bench.halligan(["review", "questions"]).run().exits(0);
    assert!(
        !questions.stdout.contains("Last time"),
        "the last review had no answers"
    );
    bench.verified_ledger();
}

fn only_what_was_reviewed_is_signed(bench: &Bench, ada: &Key, bob: &Key, report: &Path) {
    sign(bench, ada, "Ada")
        .run()
        .exits(0)
        .says("NOT IN ORDER")
        .says("held by Ada")
        .says("nobody said where")
        .prints("1 of 1 signatures");
    sign(bench, ada, "Ada")
        .json()
        .run()
        .exits(2)
        .fails_with("review_signed");
    let tries = ada.tries();
    sign(bench, ada, "Bob")
        .json()
        .run()
        .exits(3)
        .fails_with("wrong_key");
    assert_eq!(ada.tries(), tries);
    sign(bench, bob, "Mallory")
        .json()
        .run()
        .exits(2)
        .fails_with("reviewer_unknown");
    a_changed_file_is_not_signed(bench, bob, report, ("Not in order", "In order"));
    let rows = report.with_extension("logs.json");
    a_changed_file_is_not_signed(bench, bob, &rows, (":", ": "));
    sign(bench, bob, "Bob").run().exits(0);

    let remove = [
        "review",
        "reviewers",
        "remove",
        "Bob",
        "--reason",
        "another post",
    ];
    bench.halligan(remove).run().exits(0);
    sign(bench, bob, "Bob")
        .json()
        .run()
        .exits(2)
        .fails_with("reviewer_unknown");
    add(bench, bob, "Eve")
        .json()
        .run()
        .exits(3)
        .fails_with("reviewers_key");
    let late = own_key(bench);
    add(bench, &late, "Carol").run().exits(0);
    sign(bench, &late, "Carol")
        .run()
        .exits(0)
        .prints("2 of 1 signatures")
        .prints("it does not count");
    let listed = bench
        .halligan(["review", "reviewers", "list"])
        .run()
        .exits(0);
    assert!(
        listed.stdout.contains("Ada")
            && listed.stdout.contains("until")
            && listed.stdout.contains("(entry "),
        "{}",
        listed.stdout
    );
}

/// Changes a text in it, and puts it right again.
fn a_changed_file_is_not_signed(
    bench: &Bench,
    bob: &Key,
    file: &Path,
    (text, other): (&str, &str),
) {
    let whole = fs::read_to_string(file).unwrap();
    let changed = whole.replace(text, other);
    assert_ne!(changed, whole);
    fs::write(file, changed).unwrap();
    sign(bench, bob, "Bob")
        .json()
        .run()
        .exits(1)
        .fails_with("review_file");
    fs::write(file, whole).unwrap();
}

#[test]
fn what_cannot_tell_people_apart_is_no_reviewers_key() {
    let bench = Bench::new();
    let emergency = bench.key(Profile::default());
    bench.enroll(&emergency, "BG1-A").run().exits(0);
    let before = bench.ledger();
    let key = bench.key(Profile::default());
    let refused = add(&bench, &key, "Ada").json().run().exits(3);
    refused.fails_with("key_unfit");
    assert_eq!(bench.ledger(), before);
}

#[test]
fn nobody_joins_an_empty_ledger_and_the_key_is_left_as_it_was() {
    let bench = Bench::new();
    let key = own_key(&bench);
    // If it were asked for a credential, it would be gone.
    key.fault("unplug-on=makeCredential");
    let refused = add(&bench, &key, "Ada").json().run().exits(6);
    refused.fails_with("ledger_empty");
    assert!(!key.is_gone());
    let written = fs::read_dir(bench.path("ledger")).into_iter().flatten();
    assert_eq!(written.count(), 0);
}

#[test]
fn an_emergency_key_can_sign_and_is_warned_of() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let added = add(&bench, &key, "Ada").run().exits(0);
    added.says("this is the emergency key BG1-A");
    assert_eq!(key.credentials().len(), 1);
    bench.check(&key, "BG1-A").run().exits(0);
    bench.verified_ledger();
}

#[test]
fn a_tenant_that_does_not_answer_is_unknown_and_a_dry_run_records_nothing() {
    let bench = Bench::new();
    let _keys = bench.furnish_with_keys();
    let before = bench.entries().len();
    let dry = hold(&bench)
        .with(["--dry-run"])
        .json()
        .run()
        .exits(1)
        .document();
    assert_eq!(dry["entry"], Value::Null);
    let [report, document] = files(&bench, &dry);
    assert!(report.exists() && document.exists());
    assert_eq!(bench.entries().len(), before);

    bench.cut_the_network();
    let told = hold(&bench).run().exits(1).stdout;
    assert_eq!(told.matches("! the tenant was not read: ").count(), 1);
    let review = hold(&bench).json().run().exits(1).document();
    assert!(review["unanswered"].is_string());
    let findings = review["findings"].as_array().unwrap();
    for part in ["audit", "reconcile"] {
        let mut those = findings.iter().filter(|one| one["part"] == part);
        assert!(
            those.any(|one| one["verdict"] == "unknown"),
            "{part}: {findings:?}"
        );
    }
    assert!(review["exposure"]["unread"].is_string());
    assert_eq!(bench.ledger().last().unwrap(), "review.held");
}

#[test]
fn answers_to_what_nobody_asks_are_refused_before_anything_is_done() {
    let bench = Bench::new();
    bench.name_accounts();
    let answer = |item: &str, word: &str| {
        format!("[[answer]]\nitem = \"{item}\"\nanswer = \"{word}\"\nby = \"Ada\"\n")
    };
    let twice = answer("safes", "yes") + &answer("safes", "no");
    for text in [answer("drills", "yes"), answer("safes", "perhaps"), twice] {
        fs::write(bench.path("answers.toml"), text).unwrap();
        let refused = hold(&bench)
            .with(["--answers", "answers.toml"])
            .json()
            .run();
        refused.exits(2).fails_with("usage");
    }
    assert!(bench.entries().is_empty());
}

#[test]
fn every_item_of_the_checklist_is_documented() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/review.md");
    let page = fs::read_to_string(page).unwrap();
    for item in &ITEMS {
        let row = format!(
            "| {} | `{}` | {} |",
            item.recommendation, item.id, item.text
        );
        assert!(page.contains(&row), "{row}");
    }
}
