//! The whole tool on every family of keys that the emulator imitates, and profiles as the operator meets them.

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
    info.json().run().exits(3);
    bench.enroll(&key, "BG1-A").run().exits(3);
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
