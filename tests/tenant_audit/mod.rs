//! `halligan tenant audit` on documents, through the real executable: exit status, files, what counts, what is accepted, what is
//! recorded; and that every check has its page.

#[path = "../../src/tenant/audit/tests/document.rs"]
mod document;
mod files;
mod large;
mod pages;

use std::fs;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bench::{Bench, Command};

const EMERGENCY: &str = "[emergency.thresholds]\npassword_age_days = 3650\n\
    [[emergency.account]]\nname = \"bg0\"\n[[emergency.account]]\nname = \"bg1\"\n";

/// A bench whose configuration names the accounts of the document.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.configure_further(EMERGENCY);
    bench
}

/// The healthy tenant, as one that this bench's configuration is for.
fn healthy() -> Value {
    let mut snapshot = document::snapshot();
    // The configuration's own, which is another for each bench.
    snapshot["tenant"] = json!("contoso.onmicrosoft.com");
    snapshot
}

/// By all checks.
fn whole_audit(bench: &Bench, snapshot: &Value) -> Command {
    fs::write(bench.path("snapshot.json"), snapshot.to_string()).unwrap();
    let id = fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let id = id
        .lines()
        .find_map(|line| line.strip_prefix("id = "))
        .unwrap()
        .to_owned();
    let mut snapshot = snapshot.clone();
    if snapshot["tenant"] == "contoso.onmicrosoft.com" {
        snapshot["tenant"] = json!(id.trim_matches('"'));
        fs::write(bench.path("snapshot.json"), snapshot.to_string()).unwrap();
    }
    bench.halligan(["tenant", "audit", "--snapshot", "snapshot.json"])
}

/// There is no ledger in which the document's keys could be.
fn audit(bench: &Bench, snapshot: &Value) -> Command {
    whole_audit(bench, snapshot).with(["--skip", "HG-307", "--skip", "HG-308"])
}

fn disabled() -> Value {
    let mut snapshot = healthy();
    snapshot["accounts"][1]["user"]["read"]["accountEnabled"] = json!(false);
    snapshot
}

#[test]
fn a_healthy_tenant_is_safe_and_a_broken_one_is_not() {
    let bench = bench();
    let safe = audit(&bench, &healthy()).run().exits(0);
    assert!(
        safe.stdout.contains(": safe\n0 errors, 0 warnings"),
        "{}",
        safe.stdout
    );
    assert!(!safe.stdout.contains("HG-105"), "{}", safe.stdout);
    audit(&bench, &healthy())
        .with(["-v"])
        .run()
        .exits(0)
        .prints("✓ HG-105");
    let broken = audit(&bench, &disabled()).run().exits(1);
    let broken = broken
        .prints("✗ HG-105")
        .prints("bg1@contoso.onmicrosoft.com")
        .prints("docs/audit/HG-105.md");
    assert!(broken.stdout.contains("NOT SAFE"));
    let document = audit(&bench, &disabled()).json().run().exits(1).document();
    assert_eq!(
        (&document["schema"], &document["ok"]),
        (&json!("halligan.tenant.audit/1"), &json!(false))
    );
    assert_eq!(document["summary"]["errors"], 1);
    let findings = document["findings"].as_array().unwrap();
    let failed: Vec<&Value> = findings
        .iter()
        .filter(|one| one["verdict"] == "fail" && one["severity"] != "note")
        .collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["check"], "HG-105");
    assert_eq!(failed[0]["subject"]["id"], document::BG[1]);
}

#[test]
fn what_counts_can_be_chosen() {
    let bench = bench();
    let mut warned = healthy();
    warned["accounts"][0]["user"]["read"]["passwordPolicies"] = json!("None");
    let mut open = healthy();
    open["domains"] = json!({"unread": {"why": "HTTP 403", "permission": "Domain.Read.All"}});
    for (snapshot, fail_on, status) in [
        (&warned, "warning", 1),
        (&warned, "error", 0),
        (&warned, "note", 1),
        (&warned, "error,unknown", 0),
        (&open, "warning", 0),
        (&open, "unknown", 1),
        (&open, "error,unknown", 1),
    ] {
        audit(&bench, snapshot)
            .with(["--fail-on", fail_on])
            .run()
            .exits(status);
    }
    let shown = audit(&bench, &open).run().exits(1);
    shown
        .prints("? HG-104")
        .prints("Domain.Read.All would tell");
    audit(&bench, &open)
        .with(["--skip", "HG-104"])
        .run()
        .exits(0);
    audit(&bench, &disabled())
        .with(["--check", "hg-104"])
        .run()
        .exits(0);
    audit(&bench, &disabled())
        .with(["--check", "HG-105"])
        .run()
        .exits(1);
    audit(&bench, &healthy())
        .with(["--check", "HG-999"])
        .run()
        .exits(2);
    audit(&bench, &healthy())
        .with(["--check", "HG-105", "--skip", "HG-105"])
        .run()
        .exits(2);
    audit(&bench, &healthy())
        .with(["--fail-on", "often"])
        .run()
        .exits(2);
}

#[test]
fn what_the_ledger_would_tell_is_open_without_one() {
    let bench = bench();
    let _ = audit(&bench, &healthy());
    let words = ["tenant", "audit", "--snapshot", "snapshot.json"];
    let open = bench.halligan(words).run().exits(1);
    open.prints("? HG-307")
        .prints("the ledger could not be read");
    let named = bench.halligan(words).with(["--ledger", "nowhere"]).run();
    named.exits(6);
}

#[test]
fn what_is_accepted_has_a_reason_and_a_day() {
    let accept = |until: &str| {
        format!(
            "[[emergency.accept]]\ncheck = \"HG-105\"\nsubject = \"bg1@contoso.onmicrosoft.com\"\nreason = \"parental leave\"\nuntil = {until}\n"
        )
    };
    let bench = bench();
    bench.configure_further(&accept("2999-12-31"));
    let taken = audit(&bench, &disabled()).run().exits(0);
    taken
        .prints("~ HG-105")
        .prints("accepted until 2999-12-31: parental leave");
    let unneeded = audit(&bench, &healthy()).run().exits(0);
    unneeded.prints("accepted, and not needed");
    let bench = self::bench();
    bench.configure_further(&accept("2020-01-01"));
    let over = audit(&bench, &disabled()).run().exits(1);
    over.prints("✗ HG-105")
        .prints("no longer accepted since 2020-01-01");
    for wrong in [
        accept("2999-12-31").replace("HG-105", "HG-000"),
        accept("2999-12-31T10:00:00Z"),
        accept("2999-12-31").replace("parental leave", " "),
        accept("2999-12-31").replace("reason", "why"),
    ] {
        let bench = self::bench();
        bench.configure_further(&wrong);
        audit(&bench, &healthy()).run().exits(2);
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_refused() {
    let bench = bench();
    let mut other_schema = healthy();
    other_schema["schema"] = json!("halligan.reconcile/1");
    let mut other_tenant = healthy();
    other_tenant["tenant"] = json!("00000000-0000-4000-8000-00000000beef");
    let mut incomplete = healthy();
    incomplete.as_object_mut().unwrap().remove("policies");
    let refused = audit(&bench, &other_tenant).run().exits(2);
    refused.says("is of tenant 00000000-0000-4000-8000-00000000beef");
    for wrong in [other_schema, incomplete, json!([]), json!({"schema": 1})] {
        audit(&bench, &wrong)
            .json()
            .run()
            .exits(2)
            .fails_with("snapshot");
    }
    fs::write(bench.path("snapshot.json"), "{\"schema\": \"hall").unwrap();
    let words = ["tenant", "audit", "--snapshot", "snapshot.json"];
    bench.halligan(words).run().exits(2);
    bench
        .halligan(["tenant", "audit", "--snapshot", "nowhere.json"])
        .run()
        .exits(2);
}

#[test]
fn an_audit_is_recorded_when_asked_for() {
    let bench = bench();
    let record = |snapshot: &Value| {
        let audit = whole_audit(&bench, snapshot).with(["--record"]).json();
        audit.run().exits(1).document()
    };
    let review = |document: &Value| {
        let findings = document["findings"].as_array().unwrap();
        let line = findings
            .iter()
            .find(|one| one["check"] == "HG-707")
            .unwrap();
        line["verdict"].clone()
    };
    let later = || audit(&bench, &healthy()).json().run().exits(0).document();
    // It is as old as what was read.
    let mut read_long_ago = healthy();
    read_long_ago["taken_at"] = json!("2020-01-01T00:00:00Z");
    record(&read_long_ago);
    assert_eq!(review(&later()), "fail");
    let mut read_now = disabled();
    read_now["taken_at"] = json!(Timestamp::now());
    let document = record(&read_now);
    assert!(document["entry"]["index"].is_u64(), "{document}");
    assert_eq!(review(&document), "pass");
    assert_eq!(review(&later()), "pass");
    bench.halligan(["ledger", "verify"]).run().exits(0);
    let shown = bench
        .halligan(["ledger", "show", "--json"])
        .run()
        .exits(0)
        .document();
    let entries = shown["entries"].as_array().unwrap();
    let audited = entries
        .iter()
        .rfind(|one| one["kind"] == "tenant.audited")
        .unwrap();
    assert_eq!(audited["body"]["failed"][0], "HG-105");
    assert_eq!(audited["body"]["passed"], false);
    assert_eq!(audited["body"]["fail_on"], json!(["warning", "unknown"]));
    assert_eq!(audited["body"]["snapshot"].as_str().unwrap().len(), 64);
}

#[test]
fn an_audit_by_some_checks_is_no_review() {
    let bench = bench();
    for choice in ["--check", "--skip"] {
        let words = [choice, "HG-101", "--record"];
        whole_audit(&bench, &healthy()).with(words).run().exits(2);
    }
    assert!(!bench.path("ledger").exists());
}

/// The simulated tenant as it comes: the accounts are there, and nothing that keeps them safe.
#[test]
fn the_tenant_itself_is_asked() {
    let bench = Bench::new();
    let account = |number| {
        format!(
            "[[emergency.account]]\nname = {:?}\n",
            bench.account(number)
        )
    };
    bench.configure_further(&(account(0) + &account(1)));
    let asked = bench.halligan(["tenant", "audit"]).json().run().exits(1);
    let document = asked.document();
    let findings = document["findings"].as_array().unwrap();
    let verdicts = |id: &str| -> Vec<&str> {
        let of_check = findings.iter().filter(|one| one["check"] == id);
        of_check
            .map(|one| one["verdict"].as_str().unwrap())
            .collect()
    };
    assert_eq!(verdicts("HG-102"), ["pass", "pass"]);
    assert_eq!(verdicts("HG-301"), ["fail", "fail"]);
    assert_eq!(verdicts("HG-501"), ["fail"]);
    let kept = bench.halligan(["tenant", "export", "--output", "kept.json"]);
    // Without a licence lifecycle workflows are not told: the document says so, and so does the exit status.
    kept.run().exits(1);
    let again = bench.halligan(["tenant", "audit", "--snapshot", "kept.json"]);
    let again = again.json().run().exits(1).document();
    assert_eq!(again["summary"], document["summary"]);
}
