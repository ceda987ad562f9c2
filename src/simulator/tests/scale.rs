//! A tenant of many: single look-ups stay quick, and reading writes nothing.

use std::time::{Duration, Instant};

use super::Bench;
use crate::simulator::tenant::Population;

/// Much longer than a look-up takes on a busy machine, much shorter than looking at everybody for each of them.
const LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn looking_up_one_of_many_looks_at_one() {
    let bench = Bench::new().await;
    bench
        .seeded("population = { users = 20000, groups = 500, depth = 5 }")
        .await;
    let token = bench
        .token_with(&["User.Read.All", "GroupMember.Read.All"])
        .await;
    let id = Population::user_id(19_999);
    let stored = || {
        std::fs::metadata(bench.path().join("tenant.json"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = stored();
    let path = format!("/v1.0/users/{id}/transitiveMemberOf/microsoft.graph.group");
    let first = bench.get(&path, &token).await;
    assert_eq!(first.body["value"].as_array().unwrap().len(), 5);
    let started = Instant::now();
    for number in 0..20 {
        let name = format!("/v1.0/users/user{number}@{}", bench.domain());
        assert_eq!(bench.get(&name, &token).await.status, 200);
        assert_eq!(bench.get(&path, &token).await.status, 200);
        let filter = format!("userPrincipalName in ('user{number}@{}')", bench.domain());
        let found = bench
            .find("/v1.0/users", &[("$filter", &filter)], &token)
            .await;
        assert_eq!(found.body["value"].as_array().unwrap().len(), 1);
    }
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    assert_eq!(stored(), before);
    let page = bench
        .get("/v1.0/users?$top=999&$select=id", &token)
        .await
        .body;
    assert_eq!(page["value"].as_array().unwrap().len(), 999);
    bench
        .seeded("population = { users = 20000, groups = 500, depth = 5 }")
        .await;
    assert_eq!(bench.running.tenant.read(|state| state.users.len()), 20_004);
}
