//! What becomes of the passwords of accounts that are made: nobody knows them, or the custodians do.

use std::fs;

use age::secrecy::ExposeSecret;
use halligan::simulator::tenant::State;
use serde_json::{Value, json};

use super::{apply, empty_with, plan};
use crate::bench::{Bench, Command, Finished, Snapshot};
use crate::secrets::leaks;

const SEAL: &str = "password = \"seal\"";

/// An empty tenant, and three custodians with their identities in `alice`, `bob` and `carol`.
fn bench(threshold: u8) -> Bench {
    let bench = empty_with(SEAL);
    let mut lines = format!("[custody]\nthreshold = {threshold}\n");
    for name in ["Alice", "Bob", "Carol"] {
        let identity = age::x25519::Identity::generate();
        let file = bench.path(&name.to_lowercase());
        fs::write(file, identity.to_string().expose_secret()).unwrap();
        let recipient = identity.to_public();
        lines.push_str(&format!(
            "[[custody.custodian]]\nname = \"{name}\"\nrecipient = \"{recipient}\"\n"
        ));
    }
    bench.configure_further(&lines);
    bench
}

/// The passwords that the tenant was sent, by the accounts' names.
fn sent(bench: &Bench) -> Vec<(String, String)> {
    let exchanges = bench.exchanges();
    let bodies = exchanges.iter().filter_map(|one| one.request.as_ref());
    bodies
        .filter_map(|body| {
            let text = |at: &str| Some(body.pointer(at)?.as_str()?.to_owned());
            Some((
                text("/userPrincipalName")?,
                text("/passwordProfile/password")?,
            ))
        })
        .collect()
}

fn open(bench: &Bench, account: &str, identities: &[&str]) -> Command {
    let open = bench.halligan(["tenant", "password", "open", account, "--stdout"]);
    identities
        .iter()
        .fold(open, |open, identity| open.with(["--identity", identity]))
}

fn intents(bench: &Bench) -> Vec<Value> {
    let intents = bench.entries().into_iter();
    intents
        .filter(|one| one["body"]["change"] == "create_account")
        .collect()
}

fn made(state: &State) -> usize {
    let users = state.users.iter();
    users
        .filter(|one| one.user_principal_name.starts_with("ea-"))
        .count()
}

#[test]
fn a_custodian_opens_the_password_and_the_ledger_tells() {
    let bench = bench(1);
    bench.record();
    apply(&bench, &[]).exits(0);
    let sent = sent(&bench);
    assert_eq!(sent.len(), 2);
    for (account, password) in &sent {
        let opened = open(&bench, account, &["bob"]).run().exits(0);
        assert_eq!(opened.stdout, format!("{password}\n"));
        opened.says(&format!(
            "the password with which {account} was made, opened by Bob:"
        ));
    }
    let last = bench.entries().pop().unwrap();
    assert_eq!(last["kind"], "tenant.password_opened");
    assert_eq!(
        last["body"],
        json!({"account": sent[1].0, "by": ["Bob"], "share": false})
    );
    assert_eq!(last["ceremony"], intents(&bench)[1]["ceremony"]);
    bench.verified_ledger();

    let (account, password) = &sent[0];
    let by_id = open(&bench, &bench.user_id(account), &["carol"]).with(["--json", "--no-record"]);
    let document = by_id.run().exits(0).document();
    assert_eq!(document["schema"], "halligan.tenant.password.open/1");
    assert_eq!(document["opened"][0]["password"], json!(password));
    assert_eq!(document["opened"][0]["standing"], "in_force");
    assert_eq!(document["recorded"], Value::Null);
    fs::write(bench.path("mallory"), {
        let mallory = age::x25519::Identity::generate();
        mallory.to_string().expose_secret().to_owned()
    })
    .unwrap();
    open(&bench, account, &["mallory"]).run().exits(4);
    let nobody = open(&bench, "nobody@contoso.example", &["bob"]).json();
    nobody.run().exits(4).fails_with("password_not_sealed");
    // The secret is none of a key.
    let label = format!("tenant/create-account/{account}");
    let as_pin = [
        "pin",
        "open",
        "--key",
        &label,
        "--identity",
        "bob",
        "--stdout",
    ];
    let as_pin = bench.halligan(as_pin).run().exits(4);
    as_pin.says("no sealed PIN");
}

#[test]
fn shares_are_put_together_to_the_password() {
    let bench = bench(2);
    bench.record();
    apply(&bench, &[]).exits(0);
    let (account, password) = sent(&bench).remove(0);
    let together = open(&bench, &account, &["carol", "alice"]).run().exits(0);
    assert_eq!(together.stdout, format!("{password}\n"));
    open(&bench, &account, &["bob"]).run().exits(4);
    for custodian in ["alice", "bob"] {
        let share = open(&bench, &account, &[custodian]).with(["--share"]).run();
        let share = share.exits(0);
        assert!(share.stdout.starts_with("share1-"), "{}", share.stdout);
        fs::write(bench.path(&format!("{custodian}.share")), share.stdout).unwrap();
    }
    let last = bench.entries().pop().unwrap();
    assert_eq!(last["body"]["share"], true);
    let shares = ["--stdout", "--shares-from", "alice.share", "bob.share"];
    let combined = bench.halligan(["tenant", "password", "open"]).with(shares);
    assert_eq!(combined.run().exits(0).stdout, format!("{password}\n"));
    // A password is too long for a PIN.
    let as_pin = bench.halligan(["pin", "open"]).with(shares);
    as_pin.run().exits(4).says_nothing_of(&password);
}

#[test]
fn no_password_is_written_anywhere_but_sealed() {
    let bench = bench(1);
    bench.record();
    let mut finished: Vec<Finished> = vec![
        plan(&bench, &["-vvv"]).exits(1),
        apply(&bench, &["-vvv", "--events", "--dry-run"]).exits(0),
        apply(&bench, &["-vvv", "--events"]).exits(0),
    ];
    finished.push(bench.halligan(["-vvv", "ledger", "show"]).run().exits(0));
    let sent = sent(&bench);
    let quiet = bench
        .halligan(["-vvv", "tenant", "password", "open", &sent[0].0])
        .with(["--identity", "bob", "--json"]);
    // There is no terminal, and nobody asked for it on standard output.
    finished.push(quiet.run().exits(2));
    let secrets = sent
        .into_iter()
        .map(|(name, password)| (name, password.into_bytes()));
    let secrets = secrets.collect();
    let mut texts: Vec<(String, String)> = finished
        .iter()
        .map(|one| (one.line().to_owned(), one.shown()))
        .collect();
    // The simulated tenant's own files too: it does not keep what it is sent.
    for (path, bytes) in Snapshot::of(bench.folder()).0 {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        texts.push((path.display().to_string(), text));
    }
    assert!(texts.iter().any(|(name, _)| name == "tenant/tenant.json"));
    assert!(texts.iter().any(|(name, _)| name.starts_with("ledger/")));
    for (name, text) in texts {
        let of_password = leaks(&text, &secrets);
        let of_password: Vec<_> = of_password.iter().filter(|one| one.contains('@')).collect();
        assert!(of_password.is_empty(), "{of_password:?} in {name}");
    }
}

/// The sealed password is in the ledger before there is an account.
#[test]
fn killed_in_the_middle_no_account_has_a_password_that_is_lost() {
    for after_commit in [false, true] {
        let bench = bench(1);
        bench.record();
        let moment = if after_commit { ",after-commit" } else { "" };
        // A plan without changes asks as much as an apply before its first change.
        let before = bench.requests();
        plan(&bench, &[]).exits(1);
        let reading = bench.requests() - before;
        let mut at = reading;
        loop {
            let held = bench.answers_held();
            bench.tenant_fault(&format!("any=slow,seconds=3600{moment},skip={at}"));
            let mut started = bench.halligan(["tenant", "apply", "--yes"]).start();
            while bench.answers_held() == held && !started.has_ended() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            started.kill();
            bench.clear_tenant_faults();
            if !sent(&bench).is_empty() || intents(&bench).len() > 1 {
                break;
            }
            at += 1;
        }
        assert!(bench.in_tenant(made) <= 1);
        apply(&bench, &[]).exits(0);
        let accounts = sent(&bench);
        for intent in intents(&bench) {
            assert!(intent["body"]["password"]["parts"].is_array());
        }
        for name in ["ea-1@", "ea-2@"] {
            let mut of_name = accounts
                .iter()
                .filter(|(account, _)| account.starts_with(name));
            let (account, _) = of_name.clone().next().unwrap();
            let opened = open(&bench, account, &["alice"]).run().exits(0);
            let opened = opened.stdout.trim_end();
            // The last one that was sent was taken: the service refuses a name that is there.
            assert_eq!(opened, of_name.next_back().unwrap().1, "{account}");
        }
    }
}

#[test]
fn without_custodians_nothing_is_made() {
    let bench = empty_with(SEAL);
    for command in ["plan", "apply"] {
        let refused = bench.halligan(["tenant", command]).json().run().exits(2);
        refused.fails_with("configuration");
    }
    assert_eq!(bench.in_tenant(made), 0);
    assert_eq!(bench.ledger(), Vec::<String>::new());
    let odd = empty_with("password = \"print\"");
    odd.halligan(["tenant", "plan"]).run().exits(2);
}

#[test]
fn by_default_nobody_can_open_one() {
    let bench = empty_with("password = \"discard\"");
    apply(&bench, &[]).exits(0);
    for intent in intents(&bench) {
        assert_eq!(intent["body"].get("password"), None);
    }
    let account = bench.in_tenant(|state| {
        let user = state.users.iter();
        let mut user = user.filter(|one| one.user_principal_name.starts_with("ea-1@"));
        user.next().unwrap().user_principal_name.clone()
    });
    let identity = age::x25519::Identity::generate();
    fs::write(bench.path("alice"), identity.to_string().expose_secret()).unwrap();
    let opened = open(&bench, &account, &["alice"]).json().run().exits(4);
    opened.fails_with("password_not_sealed");
}
