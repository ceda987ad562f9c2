use super::{SEALED, Vault};

#[test]
fn a_sheet_says_what_the_ledger_knows_and_not_the_pin() {
    let vault = Vault::new(2);
    vault.pin(SEALED, true);
    let printed = vault
        .bench
        .halligan(["sheet", "--key", "BG1-A"])
        .run()
        .exits(0);
    let entries = vault.bench.entries();
    let enrolled = entries
        .iter()
        .find(|entry| entry["kind"] == "key.enrolled")
        .unwrap();
    for expected in [
        "<h1>BG1-A</h1>",
        &vault.bench.account(0),
        "2 of 3: Alice, Bob, Carol",
        enrolled["hash"].as_str().unwrap(),
        enrolled["body"]["aaguid"].as_str().unwrap(),
        enrolled["time"].as_str().unwrap(),
        entries.last().unwrap()["hash"].as_str().unwrap(),
        "<svg",
    ] {
        assert!(
            printed.stdout.contains(expected),
            "{expected}: {}",
            printed.stdout
        );
    }
    printed.says_nothing_of(SEALED).says_nothing_of("<?xml");
}

#[test]
fn a_pin_is_printed_only_if_it_was_asked_for_and_recorded() {
    let vault = Vault::new(2);
    vault.pin(SEALED, true);
    let sheet = |options: &[&str]| {
        let all = ["sheet", "--all", "--output", "sheets.html"];
        vault.bench.halligan(all).with(options.to_vec()).run()
    };
    sheet(&["--with-pin"]).exits(2);
    sheet(&["--with-pin", "--identity", "alice"]).exits(4);
    sheet(&["--with-pin", "--identity", "alice", "bob"])
        .exits(0)
        .says_nothing_of(SEALED);
    let path = vault.bench.path("sheets.html");
    assert!(std::fs::read_to_string(&path).unwrap().contains(SEALED));
    let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(vault.bench.ledger().last().unwrap(), "pin.opened");
    // Written anew, without it.
    sheet(&["--json"]).exits(0);
    assert!(!std::fs::read_to_string(&path).unwrap().contains(SEALED));
}

#[test]
fn a_sheet_of_a_key_that_nobody_enrolled_is_refused() {
    let vault = Vault::new(1);
    let refused = vault
        .bench
        .halligan(["sheet", "--key", "BG9", "--json"])
        .run();
    refused.exits(2).fails_with("unknown_label");
    vault.bench.halligan(["sheet"]).run().exits(2);
}

#[test]
fn whatever_stands_in_the_ledger_is_escaped() {
    let vault = Vault::new(1);
    let key = vault.bench.key(halligan::emulator::Profile::default());
    let label = "<script>alert('1')</script>";
    vault
        .bench
        .enroll_for(&vault.bench.account(1), &key, label)
        .run()
        .exits(0);
    let printed = vault
        .bench
        .halligan(["sheet", "--key", label])
        .run()
        .exits(0);
    printed.says_nothing_of("<script").prints("&lt;script&gt;");
}
