//! What other stations wrote into the ledger that `tenant apply` goes by.

use std::sync::Arc;

use halligan::env::{Env, ManualClock, SeededRng};
use halligan::ledger::{
    CeremonyUndone, Draft, Event, Ledger, Station, TenantChange, TenantChangeIntended,
    TenantChanged, TenantObject,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;
use uuid::Uuid;

use super::interruptions::held;
use super::kills::APPLY;
use super::{GROUP, apply, empty, plan, steps};
use crate::bench::Bench;

/// Has another station write, by a clock that is ahead by so many seconds.
fn elsewhere(bench: &Bench, ahead: i64, write: impl AsyncFnOnce(&mut Ledger)) {
    let clock = ManualClock::new(Timestamp::now() + SignedDuration::from_secs(ahead));
    let env = Env::new(Arc::new(clock), Arc::new(SeededRng::new(7)));
    let station = Station::from_seed("vault".parse().unwrap(), &[7; 32]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let location = bench.path("ledger").display().to_string();
        let mut ledger = Ledger::open(&location, &station, env).await.unwrap();
        write(&mut ledger).await;
    });
}

/// Another station's intent to make the group.
async fn intend(tenant: &str, ledger: &mut Ledger) -> Uuid {
    let ceremony = Uuid::from_u128(7);
    let intended = TenantChangeIntended {
        label: "tenant/create-group".to_owned(),
        tenant: tenant.to_owned(),
        change: TenantChange::CreateGroup,
        object: group(None),
        with: None,
        before: None,
        after: Map::new(),
        password: None,
    };
    let event = Event::TenantChangeIntended(Box::new(intended));
    let draft = Draft::new(&event, Some(ceremony));
    ledger.append(draft).await.unwrap();
    ceremony
}

fn group(id: Option<&str>) -> TenantObject {
    TenantObject {
        id: id.map(str::to_owned),
        name: GROUP.to_owned(),
    }
}

fn tenant(bench: &Bench) -> String {
    let planned = plan(bench, &[]).document();
    planned["tenant"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_another_station_left_open_long_ago_is_closed() {
    let bench = empty();
    let tenant = tenant(&bench);
    elsewhere(&bench, -600, async |ledger| {
        intend(&tenant, ledger).await;
    });
    let applied = apply(&bench, &[]).exits(0).document();
    assert_eq!(applied["settled"][0]["made"], false);
    assert_eq!(applied["changes"].as_array().unwrap().len(), 8);
}

#[test]
fn a_clock_that_is_ahead_settles_nothing() {
    let bench = empty();
    let tenant = tenant(&bench);
    elsewhere(&bench, 3600, async |ledger| {
        intend(&tenant, ledger).await;
    });
    let started = bench.halligan(["tenant", "apply", "--yes", "--events"]);
    let (started, event) = started.start().until_event("waiting");
    let seconds = event["seconds"].as_f64().unwrap();
    assert!((240.0..=300.0).contains(&seconds), "{event}");
    started.interrupt().finish().exits(7);
}

/// However their ids compare.
#[test]
fn of_several_groups_that_were_made_the_last_one_counts() {
    let bench = empty();
    let tenant = tenant(&bench);
    elsewhere(&bench, -600, async |ledger| {
        let ceremony = intend(&tenant, ledger).await;
        let changed = Event::TenantChanged(TenantChanged {
            label: "tenant/create-group".to_owned(),
            object: group(Some("ffffffff-ffff-4fff-8fff-ffffffffffff")),
        });
        let draft = Draft::new(&changed, Some(ceremony));
        ledger.append(draft).await.unwrap();
    });
    apply(&bench, &[]).exits(0);
    bench.change_tenant(|state| {
        let mut groups = state.groups.iter_mut();
        let ours = groups.find(|one| one.display_name == GROUP).unwrap();
        ours.display_name = "Renamed".to_owned();
    });
    let planned = plan(&bench, &[]).exits(1).document();
    assert_eq!(steps(&planned), Vec::<&str>::new());
}

#[test]
fn a_run_whose_change_was_given_up_says_what_it_made() {
    let bench = APPLY.bench();
    let first = held(&APPLY, &bench, "POST /v1.0/groups", "");
    elsewhere(&bench, 0, async |ledger| {
        let open = ledger.state().open_ceremonies()[0].clone();
        let undone = Event::CeremonyUndone(CeremonyUndone {
            label: open.label.clone(),
            credential_deleted: false,
            method_deleted: false,
            pin: None,
        });
        let draft = Draft::new(&undone, Some(open.id));
        ledger.append(draft).await.unwrap();
    });
    let ended = first.finish().exits(5);
    let ended = ended.fails_with("tenant_change_given_up");
    let made = bench.in_tenant(|state| {
        let found = state.groups.iter().find(|one| one.display_name == GROUP);
        found.unwrap().id.clone()
    });
    assert!(ended.stdout.contains(&made), "{}", ended.shown());
}
