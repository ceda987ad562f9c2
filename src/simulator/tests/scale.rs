//! A tenant of many: single look-ups cost what they cost in a small one, and reading writes nothing.

use std::time::{Duration, Instant};

use super::Bench;
use crate::simulator::tenant::Population;

/// How long it takes to look up a user by name, by filter, and the groups of one.
async fn looked_up(bench: &Bench, token: &str) -> Duration {
    let id = Population::user_id(9);
    let memberships = format!("/v1.0/users/{id}/transitiveMemberOf/microsoft.graph.group");
    // The first look makes the index.
    let first = bench.get(&memberships, token).await;
    assert_eq!(first.body["value"].as_array().unwrap().len(), 5);
    let started = Instant::now();
    for number in 0..10 {
        let name = format!("user{number}@{}", bench.domain());
        let by_name = bench.get(&format!("/v1.0/users/{name}"), token).await;
        assert_eq!(by_name.status, 200);
        assert_eq!(bench.get(&memberships, token).await.status, 200);
        let filter = format!("userPrincipalName in ('{name}')");
        let found = bench
            .find("/v1.0/users", &[("$filter", &filter)], token)
            .await;
        assert_eq!(found.body["value"].as_array().unwrap().len(), 1);
    }
    started.elapsed()
}

#[tokio::test]
async fn looking_up_one_of_many_looks_at_one() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["User.Read.All", "GroupMember.Read.All"])
        .await;
    bench
        .seeded("population = { users = 10, groups = 5, depth = 5 }")
        .await;
    let few = looked_up(&bench, &token).await;
    let seed = "population = { users = 20000, groups = 5, depth = 5 }";
    bench.seeded(seed).await;
    let stored = || {
        std::fs::metadata(bench.path().join("tenant.json"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = stored();
    let many = looked_up(&bench, &token).await;
    assert!(
        many < few * 10 + Duration::from_secs(1),
        "{few:?}, {many:?}"
    );
    assert_eq!(stored(), before);
    let page = bench
        .get("/v1.0/users?$top=999&$select=id", &token)
        .await
        .body;
    assert_eq!(page["value"].as_array().unwrap().len(), 999);
    bench.seeded(seed).await;
    assert_eq!(bench.running.tenant.read(|state| state.users.len()), 20_004);
}
