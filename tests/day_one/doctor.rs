//! `halligan doctor`: what is right is said to be, and each thing that is wrong on purpose has its line.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use halligan::emulator::Profile;
use halligan::env::Env;
use halligan::ledger::{Ledger, Station};
use serde_json::Value;

use crate::bench::{Bench, Command, Finished};

fn doctor(bench: &Bench) -> Command {
    bench.halligan(["doctor", "--json"])
}

/// The lines on a subject.
fn lines(ran: &Finished, subject: &str) -> Vec<Value> {
    let document = ran.document();
    let findings = document["findings"].as_array().unwrap();
    let on_it = |line: &&Value| line["subject"] == subject;
    findings.iter().filter(on_it).cloned().collect()
}

/// The one line on a subject that has this verdict; how it mends.
#[track_caller]
fn line(ran: &Finished, subject: &str, verdict: &str) -> Value {
    let found = lines(ran, subject);
    let mut with = found.iter().filter(|line| line["verdict"] == verdict);
    match with.next() {
        Some(line) => line.clone(),
        None => panic!("no {subject} is {verdict}: {}", ran.shown()),
    }
}

#[track_caller]
fn mends(line: &Value, word: &str) {
    let help = line["help"].as_str().unwrap_or_default();
    assert!(help.contains(word), "{word:?} is not in {line:#}");
}

#[test]
fn a_healthy_set_up_is_green() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let entries = bench.ledger().len();
    let accounts = format!(
        "[[emergency.account]]\nname = \"{}\"\n[[emergency.account]]\nname = \"bg2\"",
        bench.account(0)
    );
    bench.configure_further(&accounts);
    let ran = doctor(&bench).run().exits(0);
    for subject in [
        "configuration",
        "secret",
        "station",
        "ledger",
        "ledger_writable",
        "disk_space",
        "open_ceremonies",
        "authority",
        "clock",
        "sign_in",
        "permissions",
        "account",
    ] {
        assert!(!lines(&ran, subject).is_empty(), "{subject}");
        for line in lines(&ran, subject) {
            assert_eq!(line["verdict"], "pass", "{line:#}");
        }
    }
    assert_eq!(ran.document()["healthy"], true);
    assert_eq!(bench.ledger().len(), entries, "nothing was written");
    let shown = bench.halligan(["doctor"]).run().exits(0);
    shown
        .prints("✓ ledger")
        .prints("Healthy")
        .says_nothing_of(&bench.app_secret());
}

#[test]
fn without_a_configuration_the_way_to_one_is_said() {
    let bench = Bench::new();
    fs::remove_file(bench.path("halligan.toml")).unwrap();
    let ran = doctor(&bench).run().exits(2).fails_with("configuration");
    mends(&line(&ran, "configuration", "fail"), "halligan init");
    assert!(
        !lines(&ran, "udev").is_empty(),
        "the machine is looked at all the same"
    );
}

#[test]
fn a_configuration_that_cannot_be_read_is_told() {
    for spoiled in [
        "not TOML",
        "no_such_member = 1\n",
        "[tenant]\ncloud = \"mars\"\n",
    ] {
        let bench = Bench::new();
        fs::write(bench.path("halligan.toml"), spoiled).unwrap();
        let ran = doctor(&bench).run().exits(2).fails_with("configuration");
        line(&ran, "configuration", "fail");
    }
    let bench = Bench::new();
    let elsewhere = ["--config", "nowhere.toml", "doctor", "--json"];
    bench
        .halligan(elsewhere)
        .run()
        .exits(2)
        .fails_with("configuration");
}

#[test]
fn keys_that_others_may_read_are_told() {
    let bench = Bench::new();
    Station::create(
        &bench.path("station"),
        "workbench".parse().unwrap(),
        &Env::system(),
    )
    .unwrap();
    for (subject, file) in [
        ("station", "station/station.json"),
        ("secret", "tenant/app-secret"),
    ] {
        let path = bench.path(file);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let ran = doctor(&bench).run().exits(1);
        mends(&line(&ran, subject, "fail"), "chmod 600");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    fs::write(bench.path("station/station.json"), "{}").unwrap();
    let ran = doctor(&bench).run().exits(1);
    mends(&line(&ran, "station", "fail"), "station_directory");
}

#[test]
fn a_ledger_that_was_tampered_with_is_told() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    fs::write(bench.path("ledger/entries/00000001.json"), "{}").unwrap();
    let ran = doctor(&bench).run().exits(1);
    let told = line(&ran, "ledger", "fail");
    assert!(
        told["why"].as_str().unwrap().contains("entry 1"),
        "{told:#}"
    );
    let ran = bench
        .halligan(["doctor", "--json", "--no-sign-in", "--ledger", "jsonl:x"])
        .run();
    line(&ran.exits(1), "ledger_writable", "fail");
}

#[test]
fn a_clock_behind_the_ledger_is_told() {
    let bench = Bench::new();
    let station = Station::create(
        &bench.path("station"),
        "workbench".parse().unwrap(),
        &Env::system(),
    )
    .unwrap();
    let (env, clock) = Env::system().with_offset();
    clock.advance(Duration::from_secs(3600));
    let place = bench.path("ledger").display().to_string();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut ledger = Ledger::open(&place, &station, env).await.unwrap();
        ledger.join().await.unwrap();
    });
    let ran = doctor(&bench).run().exits(1);
    mends(&line(&ran, "clock", "fail"), "timedatectl");
}

#[test]
fn a_key_that_another_station_has_in_the_ledger_is_told() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    fs::remove_dir_all(bench.path("station")).unwrap();
    Station::create(
        &bench.path("station"),
        "workbench".parse().unwrap(),
        &Env::system(),
    )
    .unwrap();
    let ran = doctor(&bench).run().exits(1);
    let told = line(&ran, "station", "fail");
    assert!(
        told["why"].as_str().unwrap().contains("another key"),
        "{told:#}"
    );
}

#[test]
fn a_ceremony_in_the_middle_is_told() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.tenant_fault("createMethod=503,times=always");
    bench.enroll(&key, "BG1-A").run().exits(7);
    bench.clear_tenant_faults();
    let ran = doctor(&bench).run().exits(1);
    let told = line(&ran, "open_ceremonies", "fail");
    assert!(told["why"].as_str().unwrap().contains("BG1-A"));
    mends(&told, "halligan resume");
}

#[test]
fn a_tenant_that_is_down_is_open_and_never_green() {
    let bench = Bench::new();
    bench.cut_the_network();
    let ran = doctor(&bench).run().exits(5).fails_with("undiagnosed");
    for subject in ["authority", "clock", "sign_in"] {
        line(&ran, subject, "unknown");
    }
    assert_eq!(ran.document()["healthy"], false);
    bench
        .halligan(["doctor"])
        .run()
        .exits(5)
        .prints("? authority");
}

#[test]
fn a_tenant_of_another_name_is_told() {
    let bench = Bench::new();
    let text = fs::read_to_string(bench.path("halligan.toml")).unwrap();
    let tenant = bench.in_tenant(|state| state.tenant_id.to_string());
    fs::write(
        bench.path("halligan.toml"),
        text.replace(&tenant, "nobody.example"),
    )
    .unwrap();
    let ran = doctor(&bench).run().exits(1);
    mends(&line(&ran, "authority", "fail"), "[tenant]");
}

#[test]
fn a_secret_that_is_not_accepted_is_told_in_the_authoritys_words() {
    let bench = Bench::new();
    fs::write(bench.path("tenant/app-secret"), "squirrel-28174").unwrap();
    let ran = doctor(&bench)
        .run()
        .exits(1)
        .says_nothing_of("squirrel-28174");
    let told = line(&ran, "sign_in", "fail");
    assert!(
        told["why"].as_str().unwrap().contains("AADSTS7000215"),
        "{told:#}"
    );
    mends(&told, "client_secret_file");
}

#[test]
fn a_missing_permission_counts_for_the_commands_that_are_wanted() {
    let bench = Bench::new();
    bench.change_tenant(|state| {
        for application in &mut state.applications {
            application.application_permissions = vec![
                "UserAuthMethod-Passkey.Read.All".to_owned(),
                "User.Read.All".to_owned(),
            ];
        }
    });
    let ran = doctor(&bench).run().exits(1);
    let told = line(&ran, "permissions", "fail");
    assert_eq!(told["about"], "enroll, resume, retire");
    mends(&told, "UserAuthMethod-Passkey.ReadWrite.All");
    let checking = doctor(&bench).with(["--for", "check"]).run().exits(0);
    assert_eq!(lines(&checking, "permissions")[0]["verdict"], "pass");
    bench
        .halligan(["doctor", "--for", "check"])
        .run()
        .exits(0)
        .prints("! permissions");
    let auditing = ["--for", "check", "--for", "tenant audit"];
    doctor(&bench).with(auditing).run().exits(1);
    doctor(&bench)
        .with(["--for", "tenant paint"])
        .run()
        .exits(2);
}

#[test]
fn a_person_needs_a_role() {
    for (role, status) in [(true, 0), (false, 1)] {
        let bench = Bench::new();
        bench.sign_in_by("browser");
        let waiting = doctor(&bench).with(["--events"]).start();
        let (waiting, event) = waiting.until_event("sign_in");
        let url: url::Url = event["url"].as_str().unwrap().parse().unwrap();
        let form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        match role {
            true => bench.post_as_operator(url.as_str(), &form),
            false => {
                let nobody = bench.in_tenant(|state| state.demo.guest.clone());
                bench.post_as(&nobody, url.as_str(), &form)
            }
        };
        let ran = waiting.finish().exits(status);
        let verdict = if role { "pass" } else { "fail" };
        let told = line(&ran, "role", verdict);
        assert_eq!(told["about"], "check");
    }
}

#[test]
fn accounts_that_are_not_there_or_disabled_are_told() {
    let bench = Bench::new();
    let disabled = bench.account(1);
    bench.change_tenant(|state| {
        let mut users = state.users.iter_mut();
        let user = users.find(|user| user.user_principal_name == disabled);
        user.unwrap().account_enabled = false;
    });
    bench.configure_further(&format!(
        "[[emergency.account]]\nname = \"nobody-here\"\n[[emergency.account]]\nname = \"{disabled}\""
    ));
    let ran = doctor(&bench).run().exits(1);
    let told: Vec<Value> = lines(&ran, "account");
    assert_eq!(told.len(), 2);
    mends(&told[0], "tenant apply");
    mends(&told[1], "enable");
}

#[test]
fn a_drill_without_an_application_of_its_own_is_told() {
    let bench = Bench::new();
    let ran = doctor(&bench).run().exits(0);
    let told = line(&ran, "drill_application", "fail");
    assert_eq!(told["needed"], false, "{told:#}");
    let ran = doctor(&bench).with(["--for", "drill"]).run().exits(1);
    mends(&line(&ran, "drill_application", "fail"), "[drill]");
    let client = bench.public_client();
    bench.configure_further(&format!("[drill]\nclient_id = \"{client}\""));
    let ran = doctor(&bench).with(["--for", "drill"]).run().exits(0);
    line(&ran, "drill_application", "pass");
}

#[test]
fn an_authority_that_is_down_for_the_moment_has_not_said_no() {
    let bench = Bench::new();
    bench.tenant_fault("token=503,retry-after=0,times=always");
    let ran = doctor(&bench).run().exits(5).fails_with("undiagnosed");
    mends(&line(&ran, "sign_in", "unknown"), "network");
}

#[test]
fn without_a_sign_in_it_says_how_far_it_looked() {
    let bench = Bench::new();
    let ran = bench.halligan(["doctor", "--no-sign-in"]).run().exits(0);
    ran.prints("as far as was looked");
    let document = doctor(&bench).with(["--no-sign-in"]).run().document();
    assert_eq!(document["signed_in"], false);
    assert_eq!(doctor(&bench).run().document()["signed_in"], true);
}

#[test]
fn what_a_review_needs_is_known() {
    let bench = Bench::new();
    let review = ["--for", "review hold"];
    doctor(&bench).with(review).run().exits(0);
    bench.change_tenant(|state| {
        for application in &mut state.applications {
            let permissions = &mut application.application_permissions;
            permissions.retain(|one| one != "AuditLog.Read.All");
        }
    });
    let ran = doctor(&bench).with(review).run().exits(1);
    mends(&line(&ran, "permissions", "fail"), "AuditLog.Read.All");
    doctor(&bench).run().exits(0);
}
