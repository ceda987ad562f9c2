//! A large tenant through the real executable: it takes as many requests as a small one, and groups within groups are shown.

use halligan::simulator::tenant::Population;
use serde_json::{Value, json};

use crate::bench::Bench;

/// The most that `tenant audit` asks for three accounts at the end of five nested groups; the sign-in, each batch and each question
/// in a batch counted by itself.
const MOST: usize = 80;

/// From the outside in; the emergency accounts are in the last one.
const CHAIN: [&str; 5] = ["Outermost", "Outer", "Middle", "Inner", "Innermost"];

const EMERGENCY: &str = "[emergency]\nregular_users = [\"user0\"]\ngroup = { name = \"Ours\" }\n\
    [[emergency.account]]\nname = \"bg1\"\n[[emergency.account]]\nname = \"bg2\"\n";

/// A bench with so many users and groups, and policies that exclude the emergency accounts by a chain of groups.
fn bench(users: u32, groups: u32) -> Bench {
    let bench = Bench::new();
    bench.configure_further(EMERGENCY);
    let seed = json!({
        "license": "p2",
        "population": {"users": users, "groups": groups, "depth": 5},
        "groups": chain(),
        "conditionalAccessPolicies": (0..40).map(policy).collect::<Vec<Value>>(),
    });
    bench.seed(&seed.to_string());
    bench
}

fn id(level: usize) -> String {
    format!("ea000000-0000-4000-8000-{level:012}")
}

fn chain() -> Vec<Value> {
    let groups = CHAIN.iter().enumerate().map(|(level, name)| {
        let members = match level + 1 == CHAIN.len() {
            true => vec!["bg1".to_owned(), "bg2".to_owned()],
            false => vec![id(level + 1)],
        };
        json!({"id": id(level), "displayName": name, "members": members})
    });
    let ours = json!({"id": id(99), "displayName": "Ours", "members": ["bg1", "bg2"]});
    groups.chain([ours]).collect()
}

fn policy(number: u32) -> Value {
    let groups = [Population::group_id(number % 2 * 5), id(0)];
    json!({
        "displayName": format!("Policy {number}"),
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {"includeUsers": ["All"], "excludeGroups": groups},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    })
}

#[test]
fn a_tenant_of_thousands_takes_as_many_requests_as_a_small_one() {
    let requests = |users, groups| {
        let bench = bench(users, groups);
        bench.halligan(["tenant", "audit"]).json().run().exits(1);
        bench.requests()
    };
    let few = requests(10, 10);
    assert!(few <= MOST, "{few}");
    assert_eq!(requests(5_000, 1_000), few);
}

#[test]
fn five_groups_within_each_other_are_shown_one_by_one() {
    let bench = bench(10, 10);
    let audited = bench.halligan(["tenant", "audit", "--check", "HG-411"]);
    let path = "\"Outermost\", through \"Innermost\" in \"Inner\" in \"Middle\" in \"Outer\"";
    audited.run().exits(1).prints(path);
    let explained = bench.halligan(["tenant", "explain", "bg1"]).run();
    explained.prints(&format!("it excludes group {path}"));
}
