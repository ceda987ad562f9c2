//! `halligan mds` from outside, with blobs signed by a root that was made for the test.

use std::fs;
use std::path::PathBuf;

use halligan::encoding::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::signer::{Authority, VALID};
use super::{payload, payload_until};
use crate::bench::{Bench, Command, Finished};

const FINE: &str = "11111111-1111-1111-1111-111111111111";
const FOUL: &str = "22222222-2222-2222-2222-222222222222";
const UNREADABLE: &str = "33333333-3333-3333-3333-333333333333";

/// A bench whose configuration trusts a root of its own.
struct Desk {
    bench: Bench,
    authority: Authority,
}

impl Desk {
    fn new() -> Self {
        let bench = Bench::new();
        let authority = Authority::new("CN=Root", 1);
        fs::write(bench.path("root.pem"), authority.pem()).unwrap();
        bench.configure_further("[mds]\nroots = [\"root.pem\"]");
        Self { bench, authority }
    }

    fn with(payload: &Value) -> Self {
        let desk = Self::new();
        desk.update(payload).exits(0);
        desk
    }

    fn update(&self, payload: &Value) -> Finished {
        self.offer(&self.authority.signer().sign(payload)).run()
    }

    fn offer(&self, blob: &str) -> Command {
        fs::write(self.bench.path("blob.jwt"), blob).unwrap();
        self.mds(&["update", "--from", "blob.jwt"])
    }

    fn mds(&self, arguments: &[&str]) -> Command {
        self.bench.halligan(["mds"]).with(arguments.to_vec())
    }

    fn stored(&self) -> Value {
        serde_json::from_slice(&fs::read(self.bench.path("mds/stored.json")).unwrap()).unwrap()
    }

    fn blob_file(&self) -> PathBuf {
        let sha256 = self.stored()["sha256"].as_str().unwrap().to_owned();
        self.bench.path(&format!("mds/{sha256}.jwt"))
    }
}

fn names(document: &Value) -> Vec<&str> {
    let models = document["models"].as_array().unwrap().iter();
    models
        .map(|model| model["aaguid"].as_str().unwrap_or_default())
        .collect()
}

#[test]
fn an_update_stores_what_it_verified() {
    let desk = Desk::new();
    let blob = desk.authority.signer().sign(&payload(7));
    let document = desk.offer(&blob).json().run().exits(0).document();
    assert_eq!(document["metadata"]["no"], 7);
    assert_eq!(document["metadata"]["fresh"], true);
    assert_eq!(document["metadata"]["source"], "blob.jwt");
    assert_eq!(document["replaced"], Value::Null);
    assert_eq!(
        (&document["entries"], &document["fido2"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(document["unreadable"][0]["aaguid"], UNREADABLE);
    assert_eq!(fs::read_to_string(desk.blob_file()).unwrap(), blob);
    assert_eq!(desk.stored()["no"], 7);
    assert_eq!(desk.stored()["sha256"], document["metadata"]["sha256"]);
    let before = desk.blob_file();
    desk.update(&payload(8)).exits(0).prints("metadata 8");
    assert!(desk.blob_file().exists() && !before.exists());
}

#[test]
fn what_does_not_verify_changes_nothing() {
    let desk = Desk::with(&payload(7));
    let before = desk.stored();
    let signer = |host, valid| desk.authority.signer_for(host, valid);
    let fido = halligan::attestation::mds::SIGNER;
    let good = desk.authority.signer().sign(&payload(8));
    let tampered = good.replacen('.', ".AAAA", 1);
    let wrong = [
        (tampered, "signature"),
        (
            signer(fido, (VALID.0, "2026-01-02T00:00:00Z")).sign(&payload(8)),
            "expired",
        ),
        (
            signer("mds.example.org", VALID).sign(&payload(8)),
            "not for mds.fidoalliance.org",
        ),
        (
            Authority::new("CN=Other", 2).signer().sign(&payload(8)),
            "trusted roots",
        ),
        (payload(8).to_string(), "without a signature"),
        ("nonsense".to_owned(), "not a JSON Web Signature"),
    ];
    for (blob, why) in wrong {
        desk.offer(&blob)
            .json()
            .run()
            .exits(1)
            .fails_with("metadata_refused")
            .prints(why);
        assert_eq!(desk.stored(), before, "{why}");
    }
    desk.mds(&["show", FINE]).run().exits(0);
}

#[test]
fn editions_do_not_go_backwards_unless_asked_to() {
    let desk = Desk::with(&payload(7));
    desk.update(&payload(6)).exits(1).says("older");
    assert_eq!(desk.stored()["no"], 7);
    desk.update(&payload(7)).exits(0);
    let older = desk.authority.signer().sign(&payload(6));
    desk.offer(&older).with(["--allow-older"]).run().exits(0);
    assert_eq!(desk.stored()["no"], 6);
}

#[test]
fn what_was_changed_on_the_disk_is_refused_and_not_used() {
    let desk = Desk::with(&payload(7));
    let signer = desk.authority.signer();
    fs::write(desk.blob_file(), signer.sign(&payload(9))).unwrap();
    let show = || desk.mds(&["show", FINE]).json().run().exits(1);
    show().fails_with("metadata_changed");
    let text = fs::read_to_string(desk.blob_file()).unwrap();
    let forged = text.replacen('.', ".AAAA", 1);
    fs::write(desk.blob_file(), &forged).unwrap();
    show().fails_with("metadata_changed");
    let mut stored = desk.stored();
    stored["sha256"] = json!(hex::encode(&Sha256::digest(&forged)));
    fs::write(desk.bench.path("mds/stored.json"), stored.to_string()).unwrap();
    fs::write(desk.blob_file(), &forged).unwrap();
    show().fails_with("metadata_refused");
    for damaged in [
        "{}".to_owned(),
        desk.stored()
            .to_string()
            .replace("\"sha256\":\"", "\"sha256\":\"../"),
    ] {
        fs::write(desk.bench.path("mds/stored.json"), damaged).unwrap();
        show().fails_with("metadata_changed");
    }
    desk.update(&payload(7)).exits(0);
    desk.mds(&["show", FINE]).run().exits(0);
}

#[test]
fn metadata_by_a_root_that_is_no_longer_trusted_is_not_used() {
    let desk = Desk::with(&payload(7));
    let configuration = fs::read_to_string(desk.bench.path("halligan.toml")).unwrap();
    let without = configuration.replace("roots = [\"root.pem\"]", "");
    fs::write(desk.bench.path("halligan.toml"), without).unwrap();
    let show = desk.mds(&["show", FINE]);
    show.clone().run().exits(1).says("trusted roots");
    show.with(["--root", "root.pem"]).run().exits(0);
}

#[test]
fn stale_metadata_is_shown_and_says_so_everywhere() {
    let desk = Desk::with(&payload_until(7, "2026-02-01"));
    let commands: [&[&str]; 4] = [
        &["update", "--from", "blob.jwt"],
        &["show", FINE],
        &["query"],
        &["query", "--format", "allow-list"],
    ];
    for command in commands {
        let command = desk.mds(command);
        command
            .clone()
            .run()
            .exits(0)
            .prints("STALE since 2026-02-02");
        let document = command.json().run().exits(0).document();
        assert_eq!(document["metadata"]["fresh"], false);
        assert_eq!(document["metadata"]["stale_since"], "2026-02-02");
    }
}

#[test]
fn models_are_shown_by_identifier_and_by_name() {
    let desk = Desk::with(&payload(7));
    let show = |name| desk.mds(&["show", name]);
    let one = show(FINE).run().exits(0);
    let one = one.prints("certification   L2 since 2025-05-05, for firmware 5 and later");
    // A name from elsewhere moves no cursor.
    one.prints("Fine Key\u{fffd}\u{fffd}[31m]")
        .says_nothing_of("\u{1b}");
    let several = show("key").run().exits(0);
    several
        .prints(FINE)
        .prints("REVOKED")
        .prints("00112233445566778899aabbccddeeff00112233");
    let foul = show("FOUL").json().run().exits(0).document();
    assert_eq!(foul["models"][0]["revoked"], true);
    assert_eq!(
        foul["models"][0]["incidents"][0]["effective_date"],
        "2025-06-06"
    );
    assert_eq!(foul["models"][0]["certification"], Value::Null);
    show("00112233445566778899AABBCCDDEEFF00112233")
        .run()
        .exits(0)
        .prints("Old Key");
    show("nothing")
        .json()
        .run()
        .exits(2)
        .fails_with("metadata_unknown_model");
    let unreadable = show(UNREADABLE).json().run().exits(1).document();
    assert_eq!(unreadable["unreadable"]["place"], 3);
}

#[test]
fn queries_find_what_meets_every_demand() {
    let desk = Desk::with(&payload(7));
    let cases: [(&[&str], &[&str]); 14] = [
        (&[], &[FINE, FOUL]),
        (&["--level", "l1+"], &[FINE]),
        (&["--level", "L3"], &[]),
        (&["--level", "L2", "--firmware", "4"], &[]),
        (&["--level", "L1", "--firmware", "4"], &[FINE]),
        (&["--status", "revoked"], &[FOUL]),
        (&["--status", "USER_VERIFICATION_BYPASS"], &[]),
        (
            &["--status", "REVOKED", "--status", "FIDO_CERTIFIED_L1"],
            &[FINE, FOUL],
        ),
        (
            &[
                "--key-protection",
                "hardware",
                "--key-protection",
                "secure_element",
            ],
            &[FINE],
        ),
        (&["--user-verification", "passcode_external"], &[FINE]),
        (&["--transport", "usb"], &[FINE]),
        (&["--vendor", "foul"], &[FOUL]),
        (&["--protocol", "u2f"], &[""]),
        (&["--device-bound"], &[FINE]),
    ];
    for (demands, expected) in cases {
        let query = desk.mds(&["query"]).with(demands.to_vec()).json();
        let document = query.run().exits(0).document();
        assert_eq!(names(&document), expected, "{demands:?}");
    }
    // getInfo says usb, so what the attachment tells besides does not count.
    let unknown = desk.mds(&["query", "--transport", "nfc"]).run();
    unknown.exits(2).says("there are internal, usb");
    desk.mds(&["query", "--status", "REVOKE"]).run().exits(2);
    desk.mds(&["query", "--level", "L4"]).run().exits(2);
}

#[test]
fn an_allow_list_can_be_pasted_and_leaves_out_what_is_revoked() {
    let desk = Desk::with(&payload(7));
    let query = |more: &[&str]| desk.mds(&["query"]).with(more.to_vec());
    let text = query(&["--format", "allow-list"]).run().exits(0).stdout;
    assert!(text.contains(&format!("left out, because of its status reports: {FOUL}")));
    let table: toml::Table = text.parse().unwrap();
    let expected: toml::Table = format!("[attestation]\nallowed_models = [{FINE:?}]")
        .parse()
        .unwrap();
    assert_eq!(table, expected);
    let graph = query(&["--format", "graph"]).run().exits(0).stdout;
    let graph: Value = serde_json::from_str(&graph).unwrap();
    let restrictions = json!({"isEnforced": true, "enforcementType": "allow", "aaGuids": [FINE]});
    assert_eq!(graph, json!({"keyRestrictions": restrictions}));
    let document = query(&[]).json().run().exits(0).document();
    assert_eq!(document["allow_list"]["aaguids"], json!([FINE]));
    assert_eq!(document["allow_list"]["left_out"], json!([FOUL]));
    assert_eq!(document["allow_list"]["graph"], graph);
    let all = query(&["--include-incidents"])
        .json()
        .run()
        .exits(0)
        .document();
    assert_eq!(all["allow_list"]["aaguids"], json!([FINE, FOUL]));
}

#[test]
fn without_metadata_one_is_told_how_to_get_some() {
    let desk = Desk::new();
    desk.mds(&["query"])
        .json()
        .run()
        .exits(2)
        .fails_with("metadata_absent");
    desk.mds(&["update", "--from", "nowhere.jwt"])
        .run()
        .exits(2)
        .says("nowhere.jwt");
    let address = ["update", "--from", "https://127.0.0.1:1/"];
    desk.mds(&address)
        .json()
        .run()
        .exits(5)
        .fails_with("metadata_unreachable");
    desk.mds(&["update", "--from", "http://example.org/"])
        .run()
        .exits(2)
        .says("https");
    assert!(!desk.bench.path("mds").exists());
}

#[test]
fn source_and_directory_can_be_configured() {
    let desk = Desk::new();
    desk.bench
        .configure_further("source = \"mirror/blob.jwt\"\ndirectory = \"kept\"");
    fs::create_dir(desk.bench.path("mirror")).unwrap();
    let blob = desk.authority.signer().sign(&payload(7));
    fs::write(desk.bench.path("mirror/blob.jwt"), blob).unwrap();
    desk.mds(&["update"])
        .run()
        .exits(0)
        .prints("mirror/blob.jwt");
    assert!(desk.bench.path("kept/stored.json").exists());
}
