//! Audits, and of which tenant they are.

use super::*;

#[tokio::test]
async fn an_audit_counts_for_its_tenant_and_tells_what_it_found() {
    let mut world = World::new().await;
    world.audit(0, OTHER, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Audit, 0), DutyState::Never);
    world.audit(1, TENANT, &["HG-105"], &["HG-104"]).await;
    let failed = world.duty(DutyKind::Audit, 1).unwrap();
    assert_eq!(
        (failed.state, failed.why.as_deref()),
        (DutyState::Failed, Some("HG-105"))
    );
    world.audit(2, TENANT, &[], &["HG-104"]).await;
    assert_eq!(world.state(DutyKind::Audit, 2), DutyState::Unknown);
    world.audit(3, TENANT, &[], &[]).await;
    assert_eq!(world.state(DutyKind::Audit, 3), DutyState::Done);
    assert_eq!(world.state(DutyKind::Audit, 9), DutyState::DueSoon);
    assert_eq!(world.state(DutyKind::Audit, 10), DutyState::Overdue);
    // The configuration may name the tenant by a domain, the audit never does.
    let by_domain = Terms {
        tenant: Some("contoso.onmicrosoft.com".to_owned()),
        ..terms()
    };
    let overview = world.on(3, &by_domain);
    let audit = overview.of_kind(DutyKind::Audit).next().unwrap();
    assert_eq!(audit.state, DutyState::Done);
}

#[tokio::test]
async fn where_the_ledger_knows_both_names_of_the_tenant_nothing_of_another_one_counts() {
    let mut world = World::new().await;
    let by_domain = Terms {
        tenant: Some("contoso.onmicrosoft.com".to_owned()),
        ..terms()
    };
    let audit = |world: &World| {
        let overview = world.on(3, &by_domain);
        overview.of_kind(DutyKind::Audit).next().unwrap().state
    };
    world.audit(0, OTHER, &[], &[]).await;
    // It may be ours.
    assert_eq!(audit(&world), DutyState::Done);
    // The same account, by a drill that names the domain and a look that names the identifier.
    let named = DrillIntended {
        tenant: "Contoso.onmicrosoft.com".to_owned(),
        ..intended()
    };
    let ceremony = Uuid::from_u128(77);
    world
        .write(0, Event::DrillIntended(named), Some(ceremony))
        .await;
    world.look((0, 1), &[], None).await;
    assert_eq!(audit(&world), DutyState::Never);
    world.audit(2, TENANT, &[], &[]).await;
    assert_eq!(audit(&world), DutyState::Done);
}

#[tokio::test]
async fn an_open_ceremony_of_another_tenant_is_not_ours() {
    let mut world = World::new().await;
    let theirs = DrillIntended {
        tenant: OTHER.to_owned(),
        account: Account {
            id: "user-9".to_owned(),
            upn: "ea-1@fabrikam.onmicrosoft.com".to_owned(),
        },
        ..intended()
    };
    let ceremony = Uuid::from_u128(77);
    world
        .write(0, Event::DrillIntended(theirs), Some(ceremony))
        .await;
    let overview = world.on(9, &terms());
    assert_eq!(overview.of_kind(DutyKind::Ceremony).count(), 0);
    assert_eq!(overview.open_ceremonies, 0);
    world.intend(9).await;
    assert_eq!(world.on(9, &terms()).open_ceremonies, 1);
}

#[tokio::test]
async fn many_checks_that_failed_are_not_all_named() {
    let mut world = World::new().await;
    let failed = [
        "HG-101", "HG-102", "HG-103", "HG-104", "HG-105", "HG-106", "HG-107",
    ];
    world.audit(0, TENANT, &failed, &[]).await;
    let why = world.duty(DutyKind::Audit, 0).unwrap().why.unwrap();
    assert_eq!(why, "HG-101, HG-102, HG-103, HG-104, HG-105 and 2 more");
}
