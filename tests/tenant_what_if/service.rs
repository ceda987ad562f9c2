//! The service's own evaluation beside the tool's. The simulator's was written apart from it.

use serde_json::{Value, json};

use super::{bench, grant_only, of_account, systems, what_if};
use crate::bench::Bench;

fn by_service(bench: &Bench) -> Value {
    let ran = what_if(bench).with(["--service"]).json().run();
    ran.document()
}

#[test]
fn it_says_the_same_of_every_policy() {
    let bench = bench();
    let document = by_service(&bench);
    assert_eq!(document["service"]["asked"], 36);
    assert_eq!(document["service"]["disagreements"], json!([]));
    assert_eq!(document["ok"], true);
    let alone = what_if(&bench).json().run().document();
    assert_eq!(document["accounts"], alone["accounts"]);
    let shown = what_if(&bench).with(["--service"]).run().exits(0);
    shown
        .prints("The service says the same of every policy.")
        .says("Asking the service what would apply: 36 of 36");
}

/// The tenant changes between reading and asking: from then on the service goes by another policy.
#[test]
fn what_it_says_otherwise_is_named_and_the_worse_counts() {
    let bench = bench();
    let before = bench.requests();
    what_if(&bench).run().exits(0);
    let reading = bench.requests() - before;
    // Held before it is looked at, so that the change comes in between for certain.
    bench.tenant_fault(&format!("any=slow,seconds=3,skip={reading}"));
    let asking = what_if(&bench).with(["--service"]).json().start();
    bench.until_tenant_faults_are_met();
    bench.change_tenant(|state| {
        let mut policies = state.conditional_access.policies.iter_mut();
        let managed = policies.find(|one| one.display_name == "Managed Windows");
        let users = managed.unwrap().conditions.users.as_mut().unwrap();
        users.exclude_groups.clear();
    });
    let document = asking.finish().exits(1).document();
    let disagreements = document["service"]["disagreements"].as_array().unwrap();
    assert!(!disagreements.is_empty());
    for one in disagreements {
        let one = one.as_str().unwrap();
        assert!(one.contains("Managed Windows"), "{one}");
        assert!(one.contains("the service says that it applies"), "{one}");
    }
    let account = of_account(&document, &bench.account(1));
    assert_eq!(systems(account, "stays_out"), ["windows"]);
}

#[test]
fn without_its_permission_it_is_an_error() {
    let bench = bench();
    grant_only(&bench, &["User.Read.All", "GroupMember.Read.All"]);
    what_if(&bench).with(["--service"]).run().exits(5);
}
