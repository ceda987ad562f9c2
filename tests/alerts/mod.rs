//! `alerts generate` by the real executable: the right things are watched, nothing of the operator's is lost, and the files are as
//! those in `tests/vectors/alerts`. What foreign programs say of them is in `tests/interop/alerts`.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use halligan::emulator::Profile;
use serde_json::Value;

use crate::bench::{Bench, Command, GROUP};

const ACCOUNT: &str = "00aa00aa-bb11-cc22-dd33-44ee44ee44ee";
const WORKSPACE: &str = "/subscriptions/22cc22cc-dd33-44ee-55ff-66aa66aa66aa/resourceGroups/security/providers/Microsoft.OperationalInsights/workspaces/entra-logs";

fn generate(bench: &Bench) -> Command {
    bench.halligan(["alerts", "generate"])
}

/// For one account, without asking anybody.
fn offline(bench: &Bench) -> Command {
    let account = format!("{ACCOUNT}=bg1@contoso.onmicrosoft.com");
    generate(bench)
        .with(["--account", &account, "--group", GROUP])
        .with(["--policy", &format!("{GROUP}=Require MFA")])
        .with(["--workspace", WORKSPACE])
        .with(["--email", "soc@contoso.com"])
}

/// Every file below a folder, relative to it.
fn files_in(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(one).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => _ = found.insert(path.strip_prefix(folder).unwrap().to_owned()),
            }
        }
    }
    found
}

fn ids(list: &Value) -> Vec<&str> {
    let ids = list.as_array().unwrap().iter();
    ids.map(|one| one["id"].as_str().unwrap()).collect()
}

#[test]
fn what_is_written_is_what_is_listed_and_as_it_was_reviewed() {
    let bench = Bench::new();
    let command = offline(&bench).with(["--directory", "alerts"]);
    let document = command.json().run().exits(0).document();
    assert_eq!(document["schema"], "halligan.alerts.generate/1");
    let directory = bench.path("alerts");
    let listed = document["files"].as_array().unwrap().iter();
    let listed: BTreeSet<PathBuf> = listed
        .map(|one| PathBuf::from(one["path"].as_str().unwrap()))
        .collect();
    assert_eq!(files_in(&directory), listed);
    assert_eq!(listed.len(), 21);
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/alerts");
    let reviewed = files_in(&vectors);
    assert!(!reviewed.is_empty());
    for path in reviewed {
        let text = |folder: &Path| fs::read_to_string(folder.join(&path)).unwrap();
        assert_eq!(text(&directory), text(&vectors), "{}", path.display());
    }
    let mode = |name: &str| {
        fs::metadata(directory.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o077
    };
    assert_eq!(mode("azure-monitor/main.bicepparam"), 0);
    assert_eq!(mode("azure-monitor/azuredeploy.parameters.json"), 0);
}

#[test]
fn people_are_told_what_is_watched() {
    let bench = Bench::new();
    let written = offline(&bench).with(["--directory", "alerts"]).run();
    written
        .exits(0)
        .prints("Watched: accounts 1, groups 1, policies 1\n");
}

#[test]
fn a_service_alone_is_written_alone() {
    let bench = Bench::new();
    let only = ["--for", "sentinel", "--directory", "alerts"];
    offline(&bench).with(only).run().exits(0);
    let files = files_in(&bench.path("alerts"));
    assert!(files.contains(Path::new("sentinel/main.bicep")));
    assert!(files.contains(Path::new("entra-diagnostic-setting/main.bicep")));
    assert!(!files.iter().any(|path| path.starts_with("azure-monitor")));
}

#[test]
fn the_accounts_the_group_and_its_policies_are_those_of_the_tenant() {
    let bench = Bench::new();
    bench.furnish();
    bench.configure_further(&format!("[emergency.group]\nid = \"{GROUP}\""));
    let command = generate(&bench).with(["--print", "kql"]);
    let document = command.json().run().exits(0).document();
    let accounts = [0, 1].map(|number| bench.user_id(&bench.account(number)));
    assert_eq!(ids(&document["accounts"]), accounts);
    assert_eq!(document["accounts"][0]["name"], bench.account(0));
    assert_eq!(document["group"], GROUP);
    assert!(!ids(&document["policies"]).is_empty());
    let changes = &document["queries"][1]["query"];
    let changes = changes.as_str().unwrap();
    for id in ids(&document["policies"]).into_iter().chain([GROUP]) {
        assert!(changes.contains(id), "{id}: {changes}");
    }
}

#[test]
fn an_account_that_is_not_there_is_not_left_out_in_silence() {
    let bench = Bench::new();
    bench.configure_further("[[emergency.account]]\nname = \"gone@nowhere.example\"");
    let command = generate(&bench).with(["--directory", "alerts"]);
    command.json().run().exits(5).fails_with("unwatchable");
    assert!(!bench.path("alerts").exists());
}

#[test]
fn the_ledger_knows_the_accounts_too() {
    let bench = Bench::new();
    let key = bench.key(Profile::default());
    bench.enroll(&key, "BG1-A").run().exits(0);
    let from_ledger = ["--accounts-from", "ledger", "--print", "kql"];
    let run = || generate(&bench).with(from_ledger).json().run();
    let document = run().exits(0).document();
    let id = bench.user_id(&bench.account(0));
    assert_eq!(ids(&document["accounts"]), [id]);
    assert_eq!(document["group"], Value::Null);
    fs::remove_dir_all(bench.path("ledger")).unwrap();
    run().exits(6);
}

#[test]
fn what_somebody_changed_in_the_directory_is_not_lost() {
    let bench = Bench::new();
    let into = || offline(&bench).with(["--directory", "alerts"]);
    into().run().exits(0);
    into().run().exits(0);
    let parameters = bench.path("alerts/azure-monitor/main.bicepparam");
    let edited = fs::read_to_string(&parameters).unwrap() + "// mine\n";
    fs::write(&parameters, &edited).unwrap();
    let refused = into().json().run().exits(2).fails_with("directory_in_use");
    refused.prints("main.bicepparam");
    assert_eq!(fs::read_to_string(&parameters).unwrap(), edited);
    into().with(["--force"]).run().exits(0);
    assert_ne!(fs::read_to_string(&parameters).unwrap(), edited);
    fs::write(bench.path("alerts/notes.txt"), "mine").unwrap();
    into().run().exits(2).says("notes.txt").says("--force");
    into().with(["--force"]).run().exits(0);
    assert_eq!(
        fs::read_to_string(bench.path("alerts/notes.txt")).unwrap(),
        "mine"
    );
}

#[test]
fn the_queries_can_be_read_without_writing_anything() {
    let bench = Bench::new();
    let printed = offline(&bench).with(["--print", "kql", "--silence-hours", "30"]);
    printed
        .run()
        .exits(0)
        .prints("// halligan-emergency-sign-in")
        .prints("// halligan-log-silence")
        .prints("ago(30h)");
}

#[test]
fn receivers_come_from_the_configuration_unless_they_are_typed() {
    let bench = Bench::new();
    bench.configure_further(
        "[alerts]\nemail = [\"night@contoso.com\"]\nsms = [\"49:1701234567\"]\nsilence_hours = 12",
    );
    let command = offline(&bench).with(["--directory", "alerts"]);
    command.run().exits(0).says_nothing_of("nobody is told");
    let read = |name: &str| fs::read_to_string(bench.path("alerts").join(name)).unwrap();
    let parameters = read("azure-monitor/azuredeploy.parameters.json");
    assert!(parameters.contains("soc@contoso.com") && parameters.contains("1701234567"));
    assert!(!parameters.contains("night@contoso.com"));
    assert!(read("azure-monitor/queries/log-silence.kql").contains("ago(12h)"));
    let nobody = format!("{ACCOUNT}=bg1@contoso.com");
    let bench = Bench::new();
    let command = generate(&bench).with(["--account", &nobody, "--directory", "alerts"]);
    command
        .run()
        .exits(0)
        .says("nobody is told")
        .says("--group");
}

#[test]
fn what_cannot_be_is_refused() {
    let bench = Bench::new();
    let wrong = [
        ["--account", "not-an-id=bg1@contoso.com"],
        ["--account", "00aa00aa-bb11-cc22-dd33-44ee44ee44ee"],
        ["--email", "soc at contoso.com"],
        ["--sms", "+491701234567"],
        ["--voice", "49:o17O"],
        ["--webhook", "http://example.com/hook"],
        ["--workspace", "entra-logs"],
        ["--silence-hours", "48"],
        ["--silence-hours", "0"],
    ];
    for option in wrong {
        let command = offline(&bench).with(["--print", "kql"]).with(option);
        command.run().exits(2).says(option[0]);
    }
    generate(&bench).run().exits(2).says("--directory");
    for line in ["sms = [\"1\"]", "silence_hours = 48", "workspace = \"x\""] {
        let bench = Bench::new();
        bench.configure_further(&format!("[alerts]\n{line}"));
        let command = offline(&bench).with(["--print", "kql"]);
        let member = line.split(' ').next().unwrap();
        if member == "workspace" {
            // What is typed goes before it, and then nobody looks at it.
            command.run().exits(0);
        } else {
            command.json().run().exits(2).fails_with("configuration");
        }
    }
}

/// The names are data, wherever they stand.
#[test]
fn a_hostile_name_stays_a_name() {
    let bench = Bench::new();
    let name = "x\" or true //\n'''${y}`[z]";
    let command = generate(&bench)
        .with(["--account", &format!("{ACCOUNT}={name}")])
        .with(["--directory", "alerts"]);
    command.run().exits(0);
    let read = |file: &str| fs::read_to_string(bench.path("alerts").join(file)).unwrap();
    let query = read("azure-monitor/queries/emergency-sign-in.kql");
    assert!(
        query.contains(r#""x\" or true //\n'''${y}`[z]""#),
        "{query}"
    );
    let readme = read("README.md");
    assert!(
        readme.contains("`x\" or true //\u{fffd}'''${y}'[z]`"),
        "{readme}"
    );
    let template: Value = serde_json::from_str(&read("azure-monitor/azuredeploy.json")).unwrap();
    let rules = template["resources"].as_array().unwrap();
    let embedded = &rules[1]["properties"]["criteria"]["allOf"][0]["query"];
    assert_eq!(embedded, &query);
}
