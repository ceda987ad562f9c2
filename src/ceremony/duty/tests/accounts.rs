//! Accounts, and what is wrong where there are none.

use super::*;

#[tokio::test]
async fn an_account_without_keys_is_told_and_the_most_urgent_comes_first() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    let overview = world.on(100, &terms());
    let keys = overview.duty(DutyKind::Keys, "ea-1").unwrap();
    assert_eq!(keys.why.as_deref(), Some("0 of 2 keys in service"));
    let states: Vec<DutyState> = overview.duties.iter().map(|duty| duty.state).collect();
    assert!(states.is_sorted(), "{states:?}");
    assert_eq!(states[0], DutyState::Failed);
}

#[tokio::test]
async fn an_account_that_is_named_in_two_ways_is_one() {
    let mut world = World::new().await;
    world.drill(0, None).await;
    let names = ["ea-1", UPN, "EA-1", "ea-2", "ea-2"];
    let twice = Terms {
        accounts: names.map(str::to_owned).to_vec(),
        ..terms()
    };
    let overview = world.on(0, &twice);
    let names: Vec<&str> = overview
        .accounts
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["ea-1", "ea-2"]);
    assert_eq!(overview.domain.as_deref(), Some("contoso.onmicrosoft.com"));
}

#[tokio::test]
async fn where_nobody_named_an_account_that_is_what_is_wrong() {
    let world = World::new().await;
    let nobody = Terms {
        accounts: Vec::new(),
        ..terms()
    };
    let overview = world.on(0, &nobody);
    let keys = overview.of_kind(DutyKind::Keys).next().unwrap();
    assert_eq!(
        (keys.state, keys.command.as_str()),
        (DutyState::Failed, "halligan init")
    );
    assert!(!overview.is_healthy());
}
