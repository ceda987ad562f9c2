//! The whole tool on every family of keys that the emulator imitates, and profiles as the operator meets them.

use std::collections::BTreeSet;

use halligan::emulator::profile::{Family, Profile, ProfileFile};
use serde_json::json;

use crate::bench::{Bench, PIN};

/// Each family with its profile, that of U2F apart.
fn families() -> Vec<(&'static str, Profile)> {
    let families = Family::ALL.iter();
    let families: Vec<(&str, Profile)> = families
        .map(|family| (family.name, family.read().profile))
        .filter(|(_, profile)| profile.has_ctap2())
        .collect();
    assert!(families.len() >= 11);
    families
}

#[test]
fn every_family_is_enrolled_checked_and_shown() {
    for (name, profile) in families() {
        let bench = Bench::new();
        let aaguid = profile.aaguid.to_string();
        let key = bench.key(profile);
        let info = bench.halligan(["key", "info", "--device", key.address()]);
        let info = info.json().run().exits(0).document();
        assert_eq!(info["aaguid"], aaguid, "{name}");
        bench.enroll(&key, "BG1-A").run().exits(0);
        bench.check(&key, "BG1-A").run().exits(0);
        let fully = bench.check(&key, "BG1-A").with(["--full"]).pin(PIN);
        let fully = fully.json().run().exits(0).document();
        assert_eq!(fully["evidence"], "touch_and_pin", "{name}");
        let list = ["key", "credentials", "list", "--device", key.address()];
        let held = bench
            .halligan(list)
            .pin(PIN)
            .json()
            .run()
            .exits(0)
            .document();
        assert_eq!(held["credentials"].as_array().unwrap().len(), 1, "{name}");
        bench.verified_ledger();
    }
}

#[test]
fn a_key_that_only_knows_u2f_is_refused_as_one() {
    let bench = Bench::new();
    let key = bench.key(Family::named("u2f").unwrap().read().profile);
    let info = bench.halligan(["key", "info", "--device", key.address()]);
    info.json().run().exits(3).fails_with("key_unsupported");
    let enroll = bench.enroll(&key, "BG1-A").run().exits(3);
    enroll.says("the key knows FIDO U2F only");
}

#[test]
fn a_profile_is_listed_shown_and_checked() {
    let bench = Bench::new();
    let profile = |words: &[&str]| {
        let command = bench.halligan(["emulator", "profile"]);
        command.with(words.iter().copied())
    };
    let list = profile(&["list"]).json().run().exits(0).document();
    let listed = list["profiles"].as_array().unwrap();
    assert_eq!(listed.len(), Family::ALL.len());
    assert_eq!(listed[0]["name"], "default");
    profile(&["list"]).run().exits(0).prints("yubikey-5.2 ");
    let shown = profile(&["show", "nitrokey-3"]).run().exits(0).stdout;
    std::fs::write(bench.path("mine.toml"), &shown).unwrap();
    let checked = profile(&["check", "mine.toml"]).json().run().exits(0);
    assert_eq!(
        checked.document()["versions"],
        json!(["U2F_V2", "FIDO_2_0", "FIDO_2_1"])
    );
    let again = profile(&["show", "./mine.toml"]).run().exits(0).stdout;
    assert_eq!(again, shown);
    std::fs::write(bench.path("wrong.toml"), "max_msg_size = 12").unwrap();
    let wrong = profile(&["check", "wrong.toml"]).json().run().exits(2);
    wrong.fails_with("profile");
    profile(&["check", "wrong.toml"])
        .run()
        .exits(2)
        .says("max_msg_size: 12 is not within 1024 to 7609");
    profile(&["show", "nobody"])
        .run()
        .exits(2)
        .says("nitrokey-3");
}

/// The profile in the emulator's own document, as a reader would copy it.
#[test]
fn the_example_in_the_document_is_a_profile() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/emulator.md");
    let document = std::fs::read_to_string(document).unwrap();
    let (_, example) = document.split_once("# my-key.toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    assert!(ProfileFile::parse(example).is_ok(), "{example}");
}

/// Every member of a profile has its line in the reference, and every line its member; so have the families.
#[test]
fn the_document_explains_every_member_and_every_family() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/emulator.md");
    let document = std::fs::read_to_string(document).unwrap();
    let (_, section) = document.split_once("\n## Profiles\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let (families, members) = section.split_once("### Members").unwrap();
    let first_columns = |text: &str| -> BTreeSet<String> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
        let cells = rows.filter_map(|row| row.split(" |").next());
        let names = cells.flat_map(|cell| cell.split('`').step_by(2));
        names
            .filter(|name| *name != ", ")
            .map(str::to_owned)
            .collect()
    };
    let known: BTreeSet<String> = Family::ALL
        .iter()
        .map(|family| family.name.to_owned())
        .collect();
    assert_eq!(first_columns(families), known);
    let mut known = BTreeSet::from(["base".to_owned()]);
    let whole = Family::named("bio").unwrap().read().complete_text();
    let whole: toml::Table = whole.parse().unwrap();
    for (name, value) in &whole {
        known.insert(name.clone());
        let below = value.as_table().into_iter().flat_map(toml::Table::keys);
        known.extend(below.map(|member| format!("{name}.{member}")));
    }
    known.remove("usb");
    known.remove("description");
    let mut listed = first_columns(members);
    listed.remove("description");
    assert_eq!(listed, known);
}

#[test]
fn a_new_key_keeps_the_profile_that_it_was_made_with() {
    let bench = Bench::new();
    let aaguid = || {
        let info = bench.halligan(["key", "info", "--device", "emulator:own"]);
        info.json().run().exits(0).document()["aaguid"].clone()
    };
    let serve = |words: &[&str]| {
        let serve = ["emulator", "serve", "--state", "own", "--listen"];
        let command = bench.halligan(serve).with(["udp:127.0.0.1:0", "--json"]);
        let (serving, _) = command.with(words.iter().copied()).start().ready();
        serving.interrupt().finish().exits(0);
    };
    serve(&["--profile", "preview"]);
    let preview = json!(Profile::preview().aaguid);
    assert_eq!(aaguid(), preview);
    // For this run only: the key is there already.
    serve(&["--profile", "default"]);
    assert_eq!(aaguid(), preview);
    std::fs::write(bench.path("own/profile.toml"), "base = \"feitian\"").unwrap();
    let feitian = ProfileFile::choose("feitian").unwrap().profile;
    assert_eq!(aaguid(), json!(feitian.aaguid));
    std::fs::write(bench.path("own/profile.toml"), "bass = 1").unwrap();
    let info = bench.halligan(["key", "info", "--device", "emulator:own"]);
    info.run().exits(2).says("bass");
}
