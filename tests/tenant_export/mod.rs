//! `tenant export` by the real executable: one document, whole or saying what is missing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use halligan::tenant::conditional_access::Via;
use halligan::tenant::snapshot::{SCHEMA, Snapshot};
use serde_json::Value;

use crate::bench::{ADMINISTRATORS, Bench, Command, GROUP, INNER};

/// A bench whose configuration names both emergency accounts, one that does not exist, and the operator.
fn bench() -> Bench {
    let bench = Bench::new();
    name_accounts(&bench);
    bench
}

fn name_accounts(bench: &Bench) {
    let names = [
        bench.account(0),
        bench.account(1),
        "gone@nowhere.example".to_owned(),
    ];
    let accounts = names.map(|name| format!("[[emergency.account]]\nname = \"{name}\"\n"));
    let regular = format!("[emergency]\nregular_users = [\"{}\"]\n", bench.operator());
    bench.configure_further(&format!("{}{regular}", accounts.concat()));
}

fn export(bench: &Bench) -> Command {
    bench.halligan(["tenant", "export"])
}

fn snapshot(document: &Value) -> Snapshot {
    serde_json::from_value(document.clone()).unwrap()
}

/// The parts that are missing, with the permission that would tell.
fn unread(document: &Value) -> Vec<(String, Option<String>)> {
    let parts = document["unread"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    parts
        .map(|one| (text(&one["part"]).unwrap(), text(&one["permission"])))
        .collect()
}

#[test]
fn an_export_is_one_document_that_can_be_read_again() {
    let bench = bench();
    let document = export(&bench).json().run().document();
    assert_eq!(document["schema"], "halligan.tenant.export/1");
    assert_eq!(document["ok"], unread(&document).is_empty());
    let snapshot = snapshot(&document["snapshot"]);
    assert_eq!(snapshot.schema, SCHEMA);
    assert_eq!(
        serde_json::to_value(&snapshot).unwrap(),
        document["snapshot"]
    );
    let names: Vec<&str> = snapshot
        .accounts
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            bench.account(0),
            bench.account(1),
            "gone@nowhere.example".to_owned()
        ]
    );
    let first = &snapshot.accounts[0];
    let user = first.user.as_ref().unwrap().as_ref().unwrap();
    assert_eq!(
        user.user_principal_name.as_deref(),
        Some(bench.account(0).as_str())
    );
    assert!(first.keys.as_ref().unwrap().is_empty());
    assert!(first.sign_ins.is_err(), "nobody asked for them");
    assert_eq!(snapshot.regular.len(), 1);
}

#[test]
fn an_account_that_is_not_there_is_a_fact_and_not_a_missing_part() {
    let bench = bench();
    let document = export(&bench).json().run().document();
    let gone = &snapshot(&document["snapshot"]).accounts[2];
    assert_eq!(gone.user, Ok(None));
    assert!(gone.keys.as_ref().unwrap_err().why.contains("no such user"));
    let parts = document["unread"].as_array().unwrap();
    assert!(
        parts
            .iter()
            .all(|one| one["account"] != "gone@nowhere.example"),
        "{parts:#?}"
    );
}

#[test]
fn a_file_is_written_for_its_owner_alone() {
    let bench = bench();
    let written = export(&bench).with(["--output", "tenant.json"]).run();
    assert!(
        written.stdout.contains("written to tenant.json"),
        "{}",
        written.shown()
    );
    let path = bench.path("tenant.json");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        snapshot(&serde_json::from_str(&text).unwrap()).schema,
        SCHEMA
    );
    let document = export(&bench)
        .with(["--output", "tenant.json"])
        .json()
        .run()
        .document();
    assert_eq!(document["file"], "tenant.json");
    assert_eq!(document.get("snapshot"), None);
}

#[test]
fn standard_output_is_the_document_and_nothing_else() {
    let bench = bench();
    let exported = export(&bench).run();
    let document: Value = serde_json::from_str(&exported.stdout).unwrap();
    assert_eq!(snapshot(&document).schema, SCHEMA);
    assert!(
        exported.stderr.contains("Reading policies"),
        "{}",
        exported.stderr
    );
}

#[test]
fn what_may_not_be_read_is_named_with_the_permission_that_would_tell() {
    let bench = Bench::new();
    bench.sign_in_by("browser");
    bench.configure_further("permissions = [\"User.Read.All\"]");
    name_accounts(&bench);
    let (export, event) = export(&bench)
        .json()
        .with(["--events"])
        .start()
        .until_event("sign_in");
    let url: url::Url = event["url"].as_str().unwrap().parse().unwrap();
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    bench.post_as_operator(url.as_str(), &parameters);
    let exported = export.finish().exits(1);
    let document = exported.document();
    assert_eq!(document["ok"], false);
    let missing = unread(&document);
    for (part, permission) in [
        ("passkeys", "Policy.Read.All"),
        ("organization", "Organization.Read.All"),
        ("role_assignments", "RoleManagement.Read.Directory"),
        ("keys", "UserAuthenticationMethod.Read.All"),
    ] {
        let wanted = (part.to_owned(), Some(permission.to_owned()));
        assert!(missing.contains(&wanted), "{part}: {missing:#?}");
    }
    let snapshot = snapshot(&document["snapshot"]);
    assert!(
        snapshot.accounts[0].user.is_ok(),
        "what may be read is read"
    );
}

#[test]
fn a_tenant_that_cannot_be_reached_leaves_an_earlier_export_alone() {
    let bench = bench();
    fs::write(bench.path("tenant.json"), "earlier").unwrap();
    bench.cut_the_network();
    export(&bench)
        .with(["--output", "tenant.json"])
        .run()
        .exits(5);
    assert_eq!(
        fs::read_to_string(bench.path("tenant.json")).unwrap(),
        "earlier"
    );
    let document = export(&bench).json().run().exits(5).document();
    assert_eq!(document["schema"], "halligan.tenant.export/1");
    assert!(document["error"]["code"].is_string());
}

#[test]
fn a_configuration_without_accounts_is_told() {
    let bench = Bench::new();
    export(&bench).run().exits(2).says("[[emergency.account]]");
}

#[test]
fn a_complete_export_has_paths_role_groups_and_sign_ins() {
    let bench = Bench::new();
    let _keys = bench.furnish_with_keys();
    let command = export(&bench).with(["--sign-ins"]).json();
    let document = command.run().exits(0).document();
    assert_eq!(document["ok"], true);
    assert_eq!(unread(&document), []);
    let snapshot = snapshot(&document["snapshot"]);
    let second = &snapshot.accounts[1];
    let user = bench.user_id(&bench.account(1));
    assert_eq!(
        second.memberships.as_ref().unwrap().len(),
        4,
        "three groups and a role"
    );
    let path = second.describe(&Via::Group(GROUP.to_owned()));
    assert_eq!(
        path.matches(" in ").count(),
        1,
        "two groups between: {path}"
    );
    assert!(path.contains("through \"Inner"), "{path}");
    let edges = second.edges.as_ref().unwrap();
    assert!(
        edges
            .iter()
            .any(|one| one.member == user && one.group == INNER)
    );
    let role_groups = snapshot.role_groups.as_ref().unwrap();
    let group = role_groups
        .iter()
        .find(|one| one.group == ADMINISTRATORS)
        .unwrap();
    let chief = group.members[0].user_principal_name.as_deref().unwrap();
    assert!(chief.starts_with("chief@"), "{chief}");
    let sign_ins =
        |account: &halligan::tenant::snapshot::Account| account.sign_ins.as_ref().unwrap().len();
    assert_eq!(sign_ins(&snapshot.accounts[0]), 1);
    assert_eq!(sign_ins(second), 0);
    assert_eq!(sign_ins(&snapshot.regular[0]), 1);
    assert_eq!(snapshot.policies.as_ref().unwrap().len(), 14);
}

/// The number does not grow with users and groups: what a service counts and slows down. Those in a batch are heard one by one, too.
#[test]
fn a_tenant_is_read_by_few_requests() {
    let bench = Bench::new();
    bench.furnish();
    bench.record();
    let count = |bench: &Bench| {
        let before = bench.exchanges().len();
        export(bench).run().exits(0);
        let asked = bench.exchanges().split_off(before);
        let is_batch = |path: &str| path.ends_with("/$batch");
        let batches = asked.iter().filter(|one| is_batch(&one.path)).count();
        let of_access = |path: &str| path.starts_with("/v1.0/identity/conditionalAccess/");
        let of_access = asked.iter().filter(|one| of_access(&one.path)).count();
        (batches, of_access, asked.len())
    };
    let small = count(&bench);
    assert!(small.0 <= 9 && small.1 == 2, "{small:?}");
    bench.seed("population = { users = 100, groups = 10, depth = 5 }");
    assert_eq!(count(&bench), small);
}
