//! `halligan init`: what it writes is what was said, and what cannot be is not written.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::bench::{Bench, Command};

const ALICE: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const CLIENT: &str = "6731de76-14a6-49ae-97bc-6eba6914391e";

/// `init` in an empty folder beside the bench's own configuration.
fn init(bench: &Bench, options: &[&str]) -> Command {
    let init = ["--config", "new/halligan.toml", "init", "--yes"];
    bench.halligan(init).with(options.iter().copied())
}

fn written(bench: &Bench) -> toml::Table {
    let text = fs::read_to_string(bench.path("new/halligan.toml")).unwrap();
    text.parse().unwrap()
}

/// Options that point at the bench's tenant.
fn at_the_bench(bench: &Bench) -> Vec<String> {
    let text = fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let config: toml::Table = text.parse().unwrap();
    let url = config["tenant"]["authority_url"].as_str().unwrap();
    [
        "--look-up",
        "--authority-url",
        url,
        "--ca-cert",
        "tenant/ca.pem",
    ]
    .map(str::to_owned)
    .into()
}

#[test]
fn what_is_given_by_options_is_read_back() {
    let bench = Bench::new();
    let custodian = format!("Alice={ALICE}");
    let options = [
        "--tenant",
        "contoso.onmicrosoft.com",
        "--cloud",
        "usgov",
        "--client-id",
        CLIENT,
        "--login-hint",
        "admin@contoso.onmicrosoft.com",
        "--account",
        "ea-1",
        "--account",
        "ea-2",
        "--custodian",
        &custodian,
        "--station",
        "vault-1",
        "--ledger",
        "az://halligan/emergency",
    ];
    let done = init(&bench, &options).json().run().exits(0).document();
    let file = written(&bench);
    assert_eq!(file["station"].as_str(), Some("vault-1"));
    assert_eq!(file["ledger"].as_str(), Some("az://halligan/emergency"));
    assert_eq!(file["tenant"]["cloud"].as_str(), Some("usgov"));
    assert_eq!(file["sign_in"]["client_id"].as_str(), Some(CLIENT));
    let accounts = file["emergency"]["account"].as_array().unwrap();
    assert_eq!(accounts[1]["name"].as_str(), Some("ea-2"));
    assert_eq!(
        file["custody"]["custodian"][0]["recipient"].as_str(),
        Some(ALICE)
    );
    assert_eq!(done["accounts"], serde_json::json!(["ea-1", "ea-2"]));
    let permissions = done["next"]["permissions"]["keys"].as_array().unwrap();
    assert!(permissions.contains(&"UserAuthMethod-Passkey.ReadWrite.All".into()));
    let registration = done["next"]["registration"].as_str().unwrap();
    for said in ["oauth2PermissionScopes", "User.Read ", "AuditLog.Read.All"] {
        assert!(registration.contains(said), "{said}: {registration}");
    }
    let watching = &done["next"]["permissions"]["watching"];
    assert_eq!(watching, &serde_json::json!(["AuditLog.Read.All"]));
    assert!(done["next"]["drill_registration"].is_null());
}

#[test]
fn an_application_with_a_secret_gets_another_for_drills() {
    let bench = Bench::new();
    let secret = ["--tenant", "x.example", "--sign-in", "client-secret"];
    let secret = [&secret[..], &["--client-secret-file", "secret"]].concat();
    let done = init(&bench, &secret).json().run().exits(0).document();
    let lines = done["next"]["drill_registration"].as_str().unwrap();
    assert!(lines.contains("--public-client-redirect-uris http://localhost"));
    let text = fs::read_to_string(bench.path("new/halligan.toml")).unwrap();
    assert!(text.contains("\n# [drill]\n"), "{text}");
    let named = ["--force", "--drill-client-id", CLIENT];
    init(&bench, &secret).with(named).run().exits(0);
    let drill = &written(&bench)["drill"];
    assert_eq!(drill["client_id"].as_str(), Some(CLIENT));
    assert_eq!(drill["permissions"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_smallest_configuration_is_one() {
    let bench = Bench::new();
    let shown = init(&bench, &["--tenant", "contoso.onmicrosoft.com"]).run();
    shown
        .exits(0)
        .prints("application none yet")
        .prints("az ad app create")
        .prints("doctor");
    let file = written(&bench);
    let mut members: Vec<&str> = file.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["sign_in", "tenant"]);
}

#[test]
fn the_authority_is_asked_for_id_and_graph() {
    let bench = Bench::new();
    let tenant = bench.in_tenant(|state| state.tenant_id.to_string());
    let account = bench.account(0);
    let (_, domain) = account.split_once('@').unwrap();
    init(&bench, &["--tenant", domain])
        .with(at_the_bench(&bench))
        .run()
        .exits(0);
    let file = written(&bench);
    assert_eq!(file["tenant"]["id"].as_str(), Some(tenant.as_str()));
    assert_eq!(
        file["tenant"]["graph_url"], file["tenant"]["authority_url"],
        "of the stand-in both are the same"
    );
    let text = fs::read_to_string(bench.path("new/halligan.toml")).unwrap();
    assert!(text.contains(&format!("# {domain}")), "{text}");
    let looked = ["--config", "new/halligan.toml", "doctor", "--no-sign-in"];
    bench.halligan(looked).run().exits(0).prints("✓ authority");
}

#[test]
fn a_tenant_that_there_is_not_writes_nothing() {
    let bench = Bench::new();
    init(&bench, &["--tenant", "nobody.example"])
        .with(at_the_bench(&bench))
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_not_found");
    let options = at_the_bench(&bench);
    bench.cut_the_network();
    let cut = at_the_bench(&bench);
    assert_ne!(options, cut);
    init(&bench, &["--tenant", "nobody.example"])
        .with(cut)
        .json()
        .run()
        .exits(5)
        .fails_with("tenant_unreachable");
    assert!(!bench.path("new").exists());
}

#[test]
fn what_is_there_is_not_overwritten_and_with_force_kept() {
    let bench = Bench::new();
    let options = ["--tenant", "contoso.onmicrosoft.com"];
    init(&bench, &options).run().exits(0);
    let before = fs::read(bench.path("new/halligan.toml")).unwrap();
    init(&bench, &["--tenant", "fabrikam.onmicrosoft.com"])
        .json()
        .run()
        .exits(2)
        .fails_with("configuration_there");
    assert_eq!(fs::read(bench.path("new/halligan.toml")).unwrap(), before);
    for (number, tenant) in [(1, "fabrikam"), (2, "wingtip")] {
        let tenant = format!("{tenant}.onmicrosoft.com");
        init(&bench, &["--tenant", &tenant, "--force"])
            .run()
            .exits(0);
        assert_eq!(written(&bench)["tenant"]["id"].as_str(), Some(&*tenant));
        assert!(
            bench
                .path(&format!("new/halligan.toml.bak{number}"))
                .exists()
        );
    }
    assert_eq!(
        fs::read(bench.path("new/halligan.toml.bak1")).unwrap(),
        before
    );
}

#[test]
fn an_answer_never_becomes_a_line_of_its_own() {
    let bench = Bench::new();
    let hostile = "ea\"\n[sign_in]\nmethod = \"azure-cli\"\n#";
    let options = ["--tenant", "contoso.onmicrosoft.com", "--account", hostile];
    init(&bench, &options).run().exits(0);
    let file = written(&bench);
    assert_eq!(
        file["emergency"]["account"][0]["name"].as_str(),
        Some(hostile)
    );
    assert_eq!(file["sign_in"]["method"].as_str(), Some("browser"));
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_written() {
    let bench = Bench::new();
    let custodian = format!("Alice={ALICE}");
    let secret = ["--sign-in", "client-secret", "--client-id", CLIENT];
    for (options, word) in [
        (&[][..], "--tenant"),
        (
            &["--tenant", "not a tenant"],
            "neither a tenant id nor a domain",
        ),
        (
            &["--tenant", "x.example", "--client-id", "x"],
            "--client-id",
        ),
        (
            &["--tenant", "x.example", "--station", "-"],
            "not a station name",
        ),
        (
            &["--tenant", "x.example", "--custodian", "Alice=x"],
            "no recipient",
        ),
        (
            &["--tenant", "x.example", "--account", "a", "--account", "A"],
            "is there twice",
        ),
        (
            &[
                "--tenant",
                "x.example",
                "--custodian",
                &custodian,
                "--threshold",
                "2",
            ],
            "2 of 1",
        ),
        (
            &[&["--tenant", "x.example"], &secret[..]].concat(),
            "--client-secret-file",
        ),
    ] {
        init(&bench, options).run().exits(2).says(word);
        assert!(!bench.path("new").exists(), "{options:?}");
    }
}

#[test]
fn paths_that_were_typed_here_are_found_from_there() {
    let bench = Bench::new();
    let options = ["--tenant", "contoso.onmicrosoft.com", "--ledger", "record"];
    init(&bench, &options).run().exits(0);
    let place = written(&bench)["ledger"].as_str().unwrap().to_owned();
    assert_eq!(
        fs::canonicalize(bench.folder()).unwrap().join("record"),
        std::path::Path::new(&place)
    );
}

/// Runs `init` at a terminal of its own, types these lines, and returns what the terminal showed.
fn answered(bench: &Bench, lines: &[&str]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let mut person = File::from(terminal);
    let side = || {
        let name = OsStr::from_bytes(name.to_bytes());
        let opened = File::options().read(true).write(true).open(name);
        Stdio::from(opened.unwrap())
    };
    let mut tool = std::process::Command::new(env!("CARGO_BIN_EXE_halligan"))
        .args(["--config", "new/halligan.toml", "init"])
        .current_dir(bench.folder())
        .env_remove("HALLIGAN_CONFIG")
        .stdin(side())
        .stdout(Stdio::null())
        .stderr(side())
        .spawn()
        .unwrap();
    let mut watching = person.try_clone().unwrap();
    let shown = std::thread::spawn(move || {
        let mut shown = Vec::new();
        // Ends with an error when the other side is closed.
        let _ = watching.read_to_end(&mut shown);
        String::from_utf8_lossy(&shown).into_owned()
    });
    for line in lines {
        person.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    let status = tool.wait().unwrap();
    let shown = shown.join().unwrap();
    assert!(status.success(), "{shown}");
    shown
}

#[test]
fn who_sits_at_the_terminal_is_asked() {
    let bench = Bench::new();
    let custodian = format!("Alice={ALICE}");
    let lines = [
        "device-code",
        "not a tenant",
        "contoso.onmicrosoft.com",
        "no",
        "no id",
        CLIENT,
        "ea-1",
        "",
        "Alice=nobody",
        &custodian,
        "",
        "vault-1",
        "",
    ];
    let shown = answered(&bench, &lines);
    for said in ["neither a tenant id", "no recipient", "Sign-in name"] {
        assert!(shown.contains(said), "{said:?}: {shown}");
    }
    let file = written(&bench);
    assert_eq!(file["sign_in"]["method"].as_str(), Some("device-code"));
    assert_eq!(file["sign_in"]["client_id"].as_str(), Some(CLIENT));
    assert_eq!(file["station"].as_str(), Some("vault-1"));
    assert_eq!(
        file["emergency"]["account"].as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(
        file["custody"]["custodian"][0]["name"].as_str(),
        Some("Alice")
    );
}
