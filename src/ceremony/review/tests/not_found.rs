//! Accounts that are configured and that the tenant does not show: nobody can have looked for them.

use serde_json::{Value, json};

use super::logs::logs;
use super::world::{World, account, on};
use crate::ledger::OutcomeVerdict;
use crate::tenant::snapshot::example;

/// A user of the tenant.
fn user(id: &str, upn: &str) -> Value {
    json!({"read": {"id": id, "userPrincipalName": upn}})
}

fn nobody() -> Value {
    json!({"read": null})
}

fn unreadable() -> Value {
    json!({"unread": {"why": "the service did not answer"}})
}

impl World {
    /// The tenant shows this of the accounts that are configured.
    fn shows(&mut self, accounts: &[(&str, Value)]) {
        let mut document = example::document();
        let shown = accounts.iter().map(|(name, user)| {
            let mut shown = document["accounts"][0].clone();
            shown["name"] = json!(name);
            shown["user"] = user.clone();
            shown
        });
        document["accounts"] = shown.collect();
        self.snapshot = Some(example::read(document));
    }

    /// What a review says of the logs, each line of which leaves something open.
    #[track_caller]
    fn says_of_the_logs(&self, expected: &[&str]) {
        let reviewed = self.review(&[], 1);
        let lines = logs(&reviewed);
        let open: Vec<&str> = lines.iter().map(|(_, why)| *why).collect();
        assert_eq!(open, expected);
        let are_unknown = |(verdict, _): &(_, _)| *verdict == OutcomeVerdict::Unknown;
        assert!(lines.iter().all(are_unknown), "{lines:?}");
        let mut items = reviewed.checklist.iter();
        let watched = items.find(|one| one.id == "watched").unwrap();
        assert_ne!(watched.outcome.verdict, OutcomeVerdict::Pass);
    }
}

async fn looked_at() -> World {
    let mut world = World::new().await;
    world.enroll("EA0-A", 0, "north").await;
    world.until(1);
    world.look(0, &[]).await;
    world
}

#[tokio::test]
async fn nobody_looked_for_an_account_that_the_tenant_does_not_show() {
    let mut world = looked_at().await;
    let shown = user(&account(1).id, &account(1).upn);
    world.shows(&[
        ("ea1", shown),
        ("gone", nobody()),
        ("hidden@contoso.onmicrosoft.com", unreadable()),
    ]);
    world.says_of_the_logs(&[
        "nobody looked for gone",
        "nobody looked for hidden@contoso.onmicrosoft.com",
    ]);
}

#[tokio::test]
async fn an_account_is_known_by_its_key_where_the_tenant_does_not_show_it() {
    let mut world = looked_at().await;
    let upn = account(0).upn;
    let local = upn.split('@').next().unwrap().to_owned();
    let names = [local, upn.to_uppercase(), account(0).id];
    for name in &names {
        world.shows(&[(name, nobody())]);
        let reviewed = world.review(&[], 1);
        let fine = "the logs were looked at without a gap";
        assert_eq!(logs(&reviewed), [(OutcomeVerdict::Pass, fine)], "{name}");
    }
    // What begins as its name does is another one.
    world.shows(&[("ea0-b", nobody())]);
    world.says_of_the_logs(&["nobody looked for ea0-b"]);
}

#[tokio::test]
async fn an_account_that_the_tenant_shows_is_to_be_looked_for() {
    let mut world = looked_at().await;
    let shown = user("user-9", "ea9@contoso.onmicrosoft.com");
    world.shows(&[("ea9", shown)]);
    let line = format!(
        "nobody looked at the logs of {} to {} for ea9@contoso.onmicrosoft.com",
        on(0),
        on(1)
    );
    world.says_of_the_logs(&[&line]);
}
