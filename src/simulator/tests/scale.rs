//! A tenant of many: one is found by name, by filter and with its groups, answers come in pages, and reading writes nothing.

use super::Bench;
use crate::simulator::tenant::Population;

const SEED: &str = "population = { users = 20000, groups = 5, depth = 5 }";

#[tokio::test]
async fn one_of_many_is_found_and_nothing_is_written() {
    let bench = Bench::new().await;
    let token = bench
        .token_with(&["User.Read.All", "GroupMember.Read.All"])
        .await;
    bench.seeded(SEED).await;
    let stored = || {
        let file = std::fs::metadata(bench.path().join("tenant.json")).unwrap();
        file.modified().unwrap()
    };
    let before = stored();
    let id = Population::user_id(9);
    let memberships = format!("/v1.0/users/{id}/transitiveMemberOf/microsoft.graph.group");
    let groups = bench.get(&memberships, &token).await.body;
    assert_eq!(groups["value"].as_array().unwrap().len(), 5);
    let name = format!("user9@{}", bench.domain());
    let user = bench.get(&format!("/v1.0/users/{name}"), &token).await.body;
    assert_eq!(user["id"], id.to_string());
    let filter = format!("userPrincipalName in ('{name}')");
    let query = [("$filter", filter.as_str())];
    let found = bench.find("/v1.0/users", &query, &token).await.body;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    let page = bench
        .get("/v1.0/users?$top=999&$select=id", &token)
        .await
        .body;
    assert_eq!(page["value"].as_array().unwrap().len(), 999);
    assert_eq!(stored(), before);
}

#[tokio::test]
async fn a_population_is_seeded_once() {
    let bench = Bench::new().await;
    bench.seeded(SEED).await;
    bench.seeded(SEED).await;
    let users = bench.running.tenant.read(|state| state.users.len());
    assert_eq!(users, 20_004);
}
