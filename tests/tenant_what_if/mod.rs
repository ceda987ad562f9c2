//! `tenant what-if` and `tenant explain` through the executable, live and by an export: who gets in, who would be shut out by a
//! change, whether the service says the same, and why somebody is asked or not.

mod changes;
mod explaining;
mod service;

use serde_json::Value;

use crate::bench::{Bench, Command, Finished};

/// All systems that are looked at, in the order of the alphabet.
const EVERYWHERE: [&str; 5] = ["android", "iOS", "linux", "macOS", "windows"];

/// A furnished tenant, with keys for both accounts.
fn bench() -> Bench {
    let bench = Bench::new();
    // The emulated keys are not needed any more once they are registered.
    let _keys = bench.furnish_with_keys();
    bench
}

fn what_if(bench: &Bench) -> Command {
    bench.halligan(["tenant", "what-if"])
}

/// Takes permissions from the application.
fn grant_only(bench: &Bench, permissions: &[&str]) {
    bench.change_tenant(|state| {
        let client = state.demo.app_client_id;
        let application = state.application_mut(client).unwrap();
        application.application_permissions =
            permissions.iter().map(|&one| one.to_owned()).collect();
    });
}

/// The document about one account.
fn of_account<'a>(document: &'a Value, name: &str) -> &'a Value {
    let accounts = document["accounts"].as_array().unwrap();
    accounts.iter().find(|one| one["account"] == name).unwrap()
}

/// The systems on which an account's ways in have this effect, each once.
fn systems<'a>(account: &'a Value, effect: &str) -> Vec<&'a str> {
    let ways = account["ways"].as_array().unwrap().iter();
    let with = ways.filter(|way| way["effect"] == effect);
    let mut systems: Vec<&str> = with.map(|way| way["platform"].as_str().unwrap()).collect();
    systems.sort_unstable();
    systems.dedup();
    systems
}

#[test]
fn an_account_that_does_not_exist_is_shut_out() {
    let bench = bench();
    bench.configure_further("[[emergency.account]]\nname = \"ghost@contoso.onmicrosoft.com\"\n");
    let shown = what_if(&bench).run().exits(1);
    shown.prints("✗  every way in: shut out: there is no such account");
    let document = what_if(&bench).json().run().exits(1).document();
    let ghost = of_account(&document, "ghost@contoso.onmicrosoft.com");
    assert_eq!(systems(ghost, "stays_out"), EVERYWHERE);
}

#[test]
fn a_tenant_in_order_lets_everybody_in() {
    let bench = bench();
    let shown = what_if(&bench).run().exits(0);
    shown
        .prints("(emergency account)")
        .prints("(regular user)")
        .prints("Every emergency account gets in by every way.");
    let document = what_if(&bench).json().run().exits(0).document();
    assert_eq!(document["schema"], "halligan.tenant.what-if/1");
    assert_eq!(document["accounts"].as_array().unwrap().len(), 3);
    for number in [0, 1] {
        let account = of_account(&document, &bench.account(number)).clone();
        assert_eq!(account["ways"].as_array().unwrap().len(), 40);
        assert_eq!(systems(&account, "stays_in"), EVERYWHERE);
    }
    let operator = of_account(&document, &bench.operator()).clone();
    assert_eq!(operator["emergency"], false);
    assert_eq!(
        systems(&operator, "stays_out"),
        ["android", "iOS", "windows"],
        "managed devices, and on telephones managed applications"
    );
}

#[test]
fn report_only_policies_can_be_looked_at_as_if_they_counted() {
    let bench = bench();
    let enforced = what_if(&bench).with(["--enforce-report-only"]).run();
    enforced
        .exits(1)
        .prints("No personal devices")
        .prints("Not certain to get in by every way");
}

#[test]
fn what_may_not_be_read_is_open_and_not_safe() {
    let bench = bench();
    grant_only(&bench, &["User.Read.All", "GroupMember.Read.All"]);
    let ran: Finished = what_if(&bench).json().run().exits(1);
    let document = ran.document();
    let account = of_account(&document, &bench.account(0));
    assert_eq!(systems(account, "stays_open"), EVERYWHERE);
    let why = account["ways"][0]["after"]["why"].as_str().unwrap();
    assert!(why.contains("could not be read"), "{why}");
}
