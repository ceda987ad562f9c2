//! Metadata and policy, from outside: what they refuse, when, and what they find out afterwards.

use std::fs;

use halligan::emulator::Profile;
use halligan::encoding::{base64url, hex};
use halligan::webauthn::{Aaguid, client_data};
use serde_json::{Value, json};

use crate::bench::{Bench, Finished, Key, PIN};
use crate::metadata::signer::Authority;

const MODEL: &str = "8b1d6c52-0f3e-4b6a-9c77-2e5a41d093f4";
const OTHER_MODEL: &str = "8b1d6c52-0f3e-4b6a-9c77-2e5a41d00004";
/// The firmware of the default profile.
const FIRMWARE: u64 = 0x0001_0000;

/// A bench that has metadata, and a key.
struct Desk {
    bench: Bench,
    authority: Authority,
    key: Key,
}

impl Desk {
    /// With these lines in `[attestation]`, and no metadata yet.
    fn new(policy: &str) -> Self {
        let desk = Self::without_policy();
        desk.bench
            .configure_further(&format!("[attestation]\n{policy}"));
        desk
    }

    /// With no `[attestation]`.
    fn without_policy() -> Self {
        let bench = Bench::new();
        let authority = Authority::new("CN=Root", 1);
        fs::write(bench.path("root.pem"), authority.pem()).unwrap();
        bench.configure_further("[mds]\nroots = [\"root.pem\"]");
        let key = bench.key(Profile::default());
        Self {
            bench,
            authority,
            key,
        }
    }

    /// Stores metadata that has the key's model, certified as L1, and this report of it.
    fn store(&self, no: u64, next_update: &str, report: Option<Value>) {
        self.store_as(no, next_update, report, "basic_full");
    }

    /// The same, of a model that attests in this way.
    fn store_as(&self, no: u64, next_update: &str, report: Option<Value>, attestation: &str) {
        let root = fs::read_to_string(self.key.attestation_root()).unwrap();
        let lines = root.lines().filter(|line| !line.starts_with("-----"));
        let root: String = lines.collect();
        let mut reports =
            vec![json!({"status": "FIDO_CERTIFIED_L1", "effectiveDate": "2025-01-01"})];
        reports.extend(report);
        let payload = json!({
            "no": no,
            "nextUpdate": next_update,
            "entries": [{
                "aaguid": MODEL,
                "metadataStatement": {
                    "description": "Emulated Key", "protocolFamily": "fido2",
                    "attestationTypes": [attestation], "attestationRootCertificates": [root],
                },
                "statusReports": reports,
            }],
        });
        fs::write(
            self.bench.path("blob.jwt"),
            self.authority.signer().sign(&payload),
        )
        .unwrap();
        let update = ["mds", "update", "--from", "blob.jwt"];
        self.bench.halligan(update).run().exits(0);
    }

    /// `enroll` without a root of the operator's.
    fn enroll(&self, key: &Key, label: &str) -> Finished {
        self.bench
            .enroll_over(key.address(), label)
            .with(["--json"])
            .run()
    }

    fn key_of_another_model(&self) -> Key {
        self.bench.key(Profile {
            aaguid: OTHER_MODEL.parse::<Aaguid>().unwrap(),
            ..Profile::default()
        })
    }

    /// The enrolment ends before anybody touches the key, with these words.
    fn refuses_model(&self, key: &Key, label: &str, words: &str) {
        let refused = self.enroll(key, label).exits(3).fails_with("model_refused");
        let message = message(&refused);
        assert!(message.contains(words), "{message}");
    }

    /// Nothing was begun: no entry, no PIN, no credential.
    fn is_untouched(&self, key: &Key) {
        assert_eq!(self.bench.registered(), 0);
        assert!(self.bench.ledger().is_empty(), "{:?}", self.bench.ledger());
        assert_ne!(key.open().info().options.client_pin, Some(true));
    }
}

fn revoked() -> Option<Value> {
    Some(json!({"status": "REVOKED", "effectiveDate": "2026-01-01"}))
}

fn message(finished: &Finished) -> String {
    let document = finished.document();
    document["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn findings(finished: &Finished, member: &str) -> Vec<(String, String)> {
    let document = finished.document();
    let text =
        |finding: &Value, member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    document[member]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let name = text(finding, "subject") + &text(finding, "rule");
            (name, text(finding, "verdict"))
        })
        .collect()
}

#[track_caller]
fn has(found: &[(String, String)], name: &str, verdict: &str) {
    let expected = (name.to_owned(), verdict.to_owned());
    assert!(found.contains(&expected), "{name} {verdict}: {found:?}");
}

#[test]
fn the_roots_of_the_metadata_are_enough_to_verify_everything() {
    let desk = Desk::new("required = true\nmin_level = \"L1\"");
    desk.store(1, "2099-01-01", None);
    let enrolled = desk.enroll(&desk.key, "BG1-A").exits(0);
    let attestation = findings(&enrolled, "attestation");
    for subject in [
        "chain",
        "model",
        "status",
        "certification",
        "attestation_type",
    ] {
        has(&attestation, subject, "pass");
    }
    let policy = findings(&enrolled, "policy");
    has(&policy, "min_level", "pass");
    has(&policy, "device_bound_only", "pass");
    let checked = desk.bench.check(&desk.key, "BG1-A").json().run().exits(0);
    has(&findings(&checked, "findings"), "status", "pass");
}

#[test]
fn a_revoked_model_is_refused_before_anybody_touches_the_key() {
    let desk = Desk::new("");
    desk.store(1, "2099-01-01", revoked());
    desk.refuses_model(
        &desk.key,
        "BG1-A",
        "status: FIDO reports REVOKED since 2026-01-01",
    );
    desk.is_untouched(&desk.key);
}

#[test]
fn a_key_whose_model_is_revoked_later_is_found_by_check_and_reconcile() {
    let desk = Desk::new("");
    desk.store(1, "2099-01-01", None);
    desk.enroll(&desk.key, "BG1-A").exits(0);
    desk.bench.halligan(["reconcile", "--json"]).run().exits(0);
    desk.store(2, "2099-01-01", revoked());
    let checked = desk.bench.check(&desk.key, "BG1-A").json().run().exits(1);
    let found = findings(&checked, "findings");
    has(&found, "status", "fail");
    has(&found, "model", "pass");
    let reconciled = desk.bench.halligan(["reconcile", "--json"]).run().exits(1);
    let line = &reconciled.document()["lines"][0]["findings"][0];
    assert_eq!(line["id"], "key_refused");
    let shown = desk
        .bench
        .halligan(["ledger", "show", "--key", "BG1-A"])
        .run();
    shown
        .exits(0)
        .prints("REFUSED")
        .prints("REVOKED since 2026-01-01");
    desk.bench.verified_ledger();
}

#[test]
fn a_model_that_attests_by_itself_is_not_touched_where_the_tenant_enforces_attestation() {
    let desk = Desk::new("");
    desk.bench.seed("[policy]\nisAttestationEnforced = true\n");
    desk.store_as(1, "2099-01-01", None, "basic_surrogate");
    let refused = desk.enroll(&desk.key, "BG1-A").exits(5);
    refused.fails_with("preflight");
    desk.is_untouched(&desk.key);
    // Nobody knows before the touch.
    desk.store(2, "2099-01-01", None);
    desk.bench.tenant_trusts(&desk.key);
    desk.enroll(&desk.key, "BG1-A").exits(0);
}

#[test]
fn stale_metadata_proves_nothing() {
    let desk = Desk::new("");
    desk.store(1, "2099-01-01", None);
    desk.enroll(&desk.key, "BG1-A").exits(0);
    desk.store(2, "2026-01-01", None);
    let checked = desk.bench.check(&desk.key, "BG1-A").json().run().exits(1);
    let found = findings(&checked, "findings");
    has(&found, "status", "unknown");
    has(&found, "model", "unknown");
}

#[test]
fn a_level_that_stale_metadata_cannot_show_is_not_met() {
    let desk = Desk::new("min_level = \"L1\"");
    desk.store(1, "2026-01-01", None);
    desk.refuses_model(
        &desk.key,
        "BG1-A",
        "min_level: the FIDO metadata, edition 1, is stale",
    );
    desk.is_untouched(&desk.key);
}

#[test]
fn every_rule_about_the_model_refuses_it_before_the_touch() {
    for (policy, words) in [
        (
            format!("allowed_models = [\"{OTHER_MODEL}\"]"),
            "is not on the list",
        ),
        (
            "min_level = \"L2\"".to_owned(),
            "certified as L1, demanded is L2",
        ),
        (
            format!("[attestation.min_firmware]\n\"{MODEL}\" = {}", FIRMWARE + 1),
            "the key has 65536, demanded is 65537",
        ),
        (
            format!(
                "[[attestation.advisory]]\nmodel = \"{MODEL}\"\nfirmware_to = {FIRMWARE}\ntext = \"copied in a laboratory\"\n\
                 severity = \"critical\""
            ),
            "copied in a laboratory",
        ),
    ] {
        let desk = Desk::new(&policy);
        desk.store(1, "2099-01-01", None);
        desk.refuses_model(&desk.key, "BG1-A", words);
        desk.is_untouched(&desk.key);
    }
}

#[test]
fn the_allow_list_of_a_query_is_pasted_into_the_configuration() {
    let desk = Desk::without_policy();
    desk.store(1, "2099-01-01", None);
    let query = ["mds", "query", "--level", "L1", "--format", "allow-list"];
    let list = desk.bench.halligan(query).run().exits(0).stdout;
    assert!(list.contains(&format!("\"{MODEL}\", # Emulated Key")));
    desk.bench.configure_further(&list);
    let other = desk.key_of_another_model();
    desk.refuses_model(&other, "BG1-A", "is not on the list");
    let enrolled = desk.enroll(&desk.key, "BG1-A").exits(0);
    has(&findings(&enrolled, "policy"), "allowed_models", "pass");
}

#[test]
fn a_level_is_demanded_of_queries_and_of_keys_in_the_same_words() {
    for (level, met) in [
        ("functional", true),
        ("L1", true),
        ("L1plus", false),
        ("l1+", false),
        ("L3plus", false),
    ] {
        let desk = Desk::new(&format!("min_level = \"{level}\""));
        desk.store(1, "2099-01-01", None);
        let found = desk
            .bench
            .halligan(["mds", "query", "--level", level, "--json"])
            .run();
        let found = found.exits(0).document();
        assert_eq!(
            found["models"].as_array().unwrap().len(),
            usize::from(met),
            "{level}"
        );
        if met {
            desk.enroll(&desk.key, "BG1-A").exits(0);
        } else {
            desk.refuses_model(&desk.key, "BG1-A", "certified as L1, demanded is L");
        }
    }
}

#[test]
fn an_account_does_not_get_all_its_keys_of_one_model() {
    let desk = Desk::new("distinct_models = true");
    desk.enroll(&desk.key, "BG1-A").exits(0);
    let same = desk.bench.key(Profile::default());
    desk.refuses_model(&same, "BG1-B", "every other key of the account: BG1-A");
    let other = desk.key_of_another_model();
    desk.enroll(&other, "BG1-B").exits(0);
    desk.enroll(&same, "BG1-C").exits(0);
}

#[test]
fn a_plan_with_a_model_that_is_refused_begins_nothing() {
    let desk = Desk::new("distinct_models = true");
    desk.store(1, "2099-01-01", revoked());
    let account = desk.bench.account(0);
    let plan = format!(
        "[defaults]\naccount = '{account}'\n\
         [[key]]\nlabel = 'BG1-A'\nmodel = '{OTHER_MODEL}'\n\
         [[key]]\nlabel = 'BG1-B'\nmodel = '{MODEL}'\n\
         [[key]]\nlabel = 'BG1-C'\n"
    );
    fs::write(desk.bench.path("plan.toml"), plan).unwrap();
    let arguments = ["enroll", "--plan", "plan.toml", "--yes", "--json"];
    let refused = desk.bench.halligan(arguments).pin(PIN).run();
    let refused = refused.exits(2).fails_with("plan_impossible");
    let document = refused.document();
    let message = document["keys"][1].to_string();
    assert!(message.contains("REVOKED since 2026-01-01"), "{document}");
    assert!(
        !document["keys"][0].to_string().contains("REVOKED"),
        "{document}"
    );
    desk.is_untouched(&desk.key);
}

#[test]
fn a_plan_that_gives_an_account_one_model_only_begins_nothing() {
    let desk = Desk::new("distinct_models = true");
    let account = desk.bench.account(0);
    let plan = format!(
        "[defaults]\naccount = '{account}'\nmodel = '{MODEL}'\n[[key]]\nlabel = 'BG1-A'\n[[key]]\nlabel = 'BG1-B'\n"
    );
    fs::write(desk.bench.path("plan.toml"), plan).unwrap();
    let arguments = ["enroll", "--plan", "plan.toml", "--yes", "--json"];
    let refused = desk.bench.halligan(arguments).pin(PIN).run();
    let document = refused.exits(2).fails_with("plan_impossible").document();
    let message = document["keys"][1].to_string();
    assert!(
        message.contains("every other key of the account: BG1-A"),
        "{document}"
    );
}

/// The registration of an enrolled key, in files as they would be in a ticket.
fn in_files(desk: &Desk) -> [String; 4] {
    desk.bench
        .enroll_over(desk.key.address(), "BG1-A")
        .with(["--save", "saved"])
        .run()
        .exits(0);
    let saved = fs::read(desk.bench.path("saved/registration.json")).unwrap();
    let saved: Value = serde_json::from_slice(&saved).unwrap();
    let response = &saved["publicKeyCredential"]["response"];
    let write = |name: &str, member: &str| {
        fs::write(desk.bench.path(name), response[member].as_str().unwrap()).unwrap();
    };
    write("object.txt", "attestationObject");
    write("client-data.txt", "clientDataJSON");
    [
        "--attestation-object",
        "object.txt",
        "--client-data",
        "client-data.txt",
    ]
    .map(str::to_owned)
}

#[test]
fn a_registration_from_files_is_judged() {
    let desk = Desk::new("");
    desk.store(1, "2099-01-01", None);
    let files = in_files(&desk);
    let verify = |more: &[&str]| {
        let command = desk.bench.halligan(["attestation", "verify", "--json"]);
        command.with(files.clone()).with(more.to_vec()).run()
    };
    let verified = verify(&[]).exits(0).document();
    assert_eq!(verified["format"], "packed");
    assert_eq!(verified["description"], "Emulated Key");
    assert_eq!(verified["certification"], "L1");
    assert_eq!(verified["aaguid"], MODEL);
    verify(&["--aaguid", MODEL, "--firmware", "65536"]).exits(0);
    // Both sides of the choice, and neither.
    verify(&["--client-data-hash", &"00".repeat(32)]).exits(2);
    let object = [
        "attestation",
        "verify",
        "--attestation-object",
        "object.txt",
    ];
    desk.bench.halligan(object).run().exits(2);
    let json = fs::read_to_string(desk.bench.path("client-data.txt")).unwrap();
    let hash = client_data::hash(&base64url::decode(&json).unwrap());
    let by_hash = |more: &[&str]| {
        let command = desk.bench.halligan(object).with(["--json"]);
        command.with(more.to_vec()).run()
    };
    let verified = by_hash(&["--client-data-hash", &hex::encode(&hash)]).exits(0);
    has(
        &findings(&verified, "findings"),
        "client_data",
        "not_applicable",
    );
    by_hash(&["--client-data-hash", "00"]).exits(2);
    has(
        &findings(&verify(&["--aaguid", OTHER_MODEL]).exits(1), "findings"),
        "reported_aaguid",
        "fail",
    );
    has(
        &findings(&verify(&["--challenge", "AAAA"]).exits(1), "findings"),
        "client_data",
        "fail",
    );
    has(
        &findings(&verify(&["--rp-id", "example.org"]).exits(1), "findings"),
        "rp_id",
        "fail",
    );
    has(
        &findings(
            &verify(&["--at", "2099-06-01T00:00:00Z"]).exits(1),
            "findings",
        ),
        "status",
        "unknown",
    );
    let object = fs::read_to_string(desk.bench.path("object.txt")).unwrap();
    let bytes = base64url::decode(&object).unwrap();
    fs::write(desk.bench.path("object.txt"), &bytes).unwrap();
    verify(&[]).exits(0);
    fs::write(desk.bench.path("object.txt"), &bytes[..bytes.len() / 2]).unwrap();
    let cut = verify(&[]).exits(1).document();
    assert!(cut["unreadable"].is_string(), "{cut}");
}

#[test]
fn a_mistake_in_the_policy_names_the_member() {
    for (policy, words) in [
        ("min_level = \"L4\"".to_owned(), "attestation.min_level"),
        (
            "allowed_models = [\"YubiKey\"]".to_owned(),
            "allowed_models",
        ),
        ("distinct_modells = true".to_owned(), "distinct_modells"),
        (
            format!(
                "[[attestation.advisory]]\nmodel = \"{MODEL}\"\nfirmware_from = 2\nfirmware_to = 1\ntext = \"\""
            ),
            "attestation.advisory",
        ),
    ] {
        let desk = Desk::new(&policy);
        let refused = desk
            .enroll(&desk.key, "BG1-A")
            .exits(2)
            .fails_with("configuration");
        let said = refused.document()["error"].to_string();
        assert!(said.contains(words), "{said}");
    }
}
