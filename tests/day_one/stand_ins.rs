//! What the stand-ins write, so that a first walk needs nothing else: a configuration with all that the tool asks for, and the roots
//! of the keys.

use std::fs;

use serde_json::Value;

use crate::bench::{Bench, PIN, Started};

/// Two new keys in this process, each with a maker of its own.
fn keys(bench: &Bench) -> [String; 2] {
    ["one", "two"].map(|name| {
        let device = format!("emulator:{name}");
        let info = ["key", "info", "--device", &device];
        bench.halligan(info).run().exits(0);
        format!("{name}/attestation-root.pem")
    })
}

fn served(bench: &Bench, options: &[&str]) -> (Started, Value) {
    let serve = ["simulator", "serve", "--state", "served", "--json"];
    let serve = bench.halligan(serve).with(["--listen", "127.0.0.1:0"]);
    serve.with(options.iter().copied()).start().ready()
}

fn config(bench: &Bench) -> toml::Table {
    let text = fs::read_to_string(bench.path("served/halligan.toml")).unwrap();
    text.parse().unwrap()
}

#[test]
fn a_key_in_the_same_process_shows_its_root() {
    let bench = Bench::new();
    let [root, _] = keys(&bench);
    let first = fs::read_to_string(bench.path(&root)).unwrap();
    assert!(first.starts_with("-----BEGIN CERTIFICATE-----"), "{first}");
    let serve = ["emulator", "serve", "--state", "one", "--json"];
    let serve = bench.halligan(serve).with(["--listen", "udp:127.0.0.1:0"]);
    let (_serving, announced) = serve.start().ready();
    assert_eq!(announced["attestation_root"].as_str(), Some(root.as_str()));
    assert_eq!(fs::read_to_string(bench.path(&root)).unwrap(), first);
}

#[test]
fn the_simulators_configuration_has_all_that_is_asked_for() {
    let bench = Bench::new();
    let [one, two] = keys(&bench);
    let (serving, announced) = served(&bench, &["--attestation-root", &one, &two]);
    let applications = &announced["applications"];
    let written = config(&bench);
    assert_eq!(
        written["drill"]["client_id"].as_str(),
        applications["public"]["client_id"].as_str()
    );
    assert_eq!(
        written["sign_in"]["client_id"].as_str(),
        applications["provisioning"]["client_id"].as_str()
    );
    assert!(announced["operator"].as_str().unwrap().contains('@'));
    let tool = bench.halligan(["--config", "served/halligan.toml"]);
    let everything = ["doctor", "--for", "drill", "--for", "review hold"];
    tool.clone().with(everything).run().exits(0);
    let account = announced["accounts"][0].as_str().unwrap();
    for (name, label) in [("one", "BG1-A"), ("two", "BG1-B")] {
        let device = format!("emulator:{name}");
        let enroll = ["enroll", "--device", &device, "--account", account];
        let enroll = tool.clone().with(enroll).with(["--label", label]);
        let strict = enroll.with(["--require-attestation"]);
        strict.pin(PIN).run().exits(0);
    }
    serving.interrupt().finish();
    // What the tenant was told once it keeps, and says again.
    let (_serving, _) = served(&bench, &[]);
    let roots = config(&bench)["attestation"]["roots"][0].clone();
    let pem = fs::read_to_string(roots.as_str().unwrap()).unwrap();
    assert_eq!(pem.matches("BEGIN CERTIFICATE").count(), 2, "{pem}");
}

#[test]
fn a_drill_opens_its_page_by_a_command() {
    let bench = Bench::new();
    let [root, _] = keys(&bench);
    let (_serving, announced) = served(&bench, &["--attestation-root", &root]);
    let tool = bench.halligan(["--config", "served/halligan.toml"]);
    let account = announced["accounts"][0].as_str().unwrap();
    let enroll = ["enroll", "--device", "emulator:one", "--label", "BG1-A"];
    let enroll = tool.clone().with(enroll).with(["--account", account]);
    enroll.pin(PIN).run().exits(0);
    fs::write(bench.path("pin"), PIN).unwrap();
    // The command is the shell's, with quotes and a redirection, and the address its last word.
    let browser = format!(
        "'{}' --config 'served/halligan.toml' simulator sign-in --device emulator:one --pin-stdin < pin",
        env!("CARGO_BIN_EXE_halligan")
    );
    let drill = ["drill", "--account", account, "--by", "A. Jones", "--yes"];
    let drill = tool.with(drill).with(["--browser", &browser, "--json"]);
    let document = drill.run().document();
    assert!(document["signed_in_at"].is_string(), "{document:#}");
}
