//! Drills in the ledger: held, noticed, and open.

use serde_json::json;
use uuid::Uuid;

use super::forge::Forge;
use super::tampered::{Case, case};
use super::{golden, vectors};
use crate::ledger::{
    Account, AlertReceived, CeremonyKind, CeremonyPhase, Draft, DrillAttempted, DrillCompleted,
    DrillIntended, Event, LoggedSignIn, Outcome, OutcomeVerdict, Step,
};

const HELD: Uuid = Uuid::from_u128(0xd0);
const OPEN: Uuid = Uuid::from_u128(0xd1);

fn label() -> String {
    "drill/ea-1@contoso.onmicrosoft.com".to_owned()
}

fn findings() -> Vec<Outcome> {
    vec![Outcome {
        subject: "sign_in".to_owned(),
        verdict: OutcomeVerdict::Pass,
        why: None,
    }]
}

fn intended(ceremony: Uuid) -> Draft {
    let intended = DrillIntended {
        label: label(),
        tenant: "11111111-2222-4333-8444-555555555555".to_owned(),
        account: Account {
            id: "user-1".to_owned(),
            upn: "ea-1@contoso.onmicrosoft.com".to_owned(),
        },
        key: Some("BG1-A".to_owned()),
        by: vec!["Alice".to_owned(), "Bob".to_owned()],
        reason: Some("quarterly".to_owned()),
        expected_policies: vec!["Emergency access: phishing-resistant only".to_owned()],
    };
    Draft::new(&Event::DrillIntended(intended), Some(ceremony))
}

fn attempted(ceremony: Uuid) -> Draft {
    let attempted = DrillAttempted {
        label: label(),
        began_at: "2026-03-01T10:00:00Z".to_owned(),
        let_in_at: Some("2026-03-01T10:00:59Z".to_owned()),
        signed_in_at: Some("2026-03-01T10:01:00Z".to_owned()),
        correlation_id: Uuid::from_u128(0xc0),
        token_id: Some("3OzMkr9bG0mDBCNHqvUBAA".to_owned()),
        findings: findings(),
    };
    Draft::new(&Event::DrillAttempted(attempted), Some(ceremony))
}

/// Somebody is in, and nothing else is known yet.
fn let_in(ceremony: Uuid) -> Draft {
    let let_in = DrillAttempted {
        label: label(),
        began_at: "2026-03-01T10:00:00Z".to_owned(),
        let_in_at: Some("2026-03-01T10:00:59Z".to_owned()),
        signed_in_at: None,
        correlation_id: Uuid::from_u128(0xc0),
        token_id: None,
        findings: findings(),
    };
    Draft::new(&Event::DrillAttempted(let_in), Some(ceremony))
}

fn completed(ceremony: Uuid) -> Draft {
    let completed = DrillCompleted {
        label: label(),
        passed: true,
        findings: findings(),
        signed_in_at: Some("2026-03-01T10:01:00Z".to_owned()),
        log: Some(LoggedSignIn {
            id: "row-1".to_owned(),
            time: "2026-03-01T10:01:00Z".to_owned(),
            seen_after: 240,
            method: Some("Passkey (device-bound)".to_owned()),
        }),
    };
    Draft::new(&Event::DrillCompleted(completed), Some(ceremony))
}

fn alert(ceremony: Uuid) -> Draft {
    let received = AlertReceived {
        drill: ceremony,
        received_at: "2026-03-01T10:09:00Z".to_owned(),
        delay: 480,
        channel: "mail".to_owned(),
        by: "Carol".to_owned(),
    };
    Draft::new(&Event::AlertReceived(received), None)
}

/// A drill that was held and noticed, and one whose row the log does not show yet.
pub(super) fn held(forge: &mut Forge<'_>) {
    for draft in [
        intended(HELD),
        attempted(HELD),
        completed(HELD),
        alert(HELD),
        intended(OPEN),
        let_in(OPEN),
        attempted(OPEN),
    ] {
        forge.append(draft);
    }
}

pub(super) const DRILLS: [Case; 5] = [
    case("drill-attempted-unintended", 14, "ceremony", |forge| {
        forge.append(attempted(HELD));
    }),
    case("drill-attempted-after-its-end", 16, "ceremony", |forge| {
        forge.append(intended(HELD));
        forge.append(completed(HELD));
        forge.append(attempted(HELD));
    }),
    case("drill-by-nobody-knows", 14, "body", |forge| {
        forge.append(intended(HELD));
        forge.rewrite(14, |entry| entry["body"]["by"] = json!("Alice"));
    }),
    case("drill-seen-before-it-was-held", 16, "body", |forge| {
        forge.append(intended(HELD));
        forge.append(attempted(HELD));
        forge.append(completed(HELD));
        forge.rewrite(16, |entry| entry["body"]["log"]["seen_after"] = json!(-1));
    }),
    case("alert-of-no-drill", 14, "body", |forge| {
        forge.append(alert(HELD));
        forge.rewrite(14, |entry| entry["body"]["drill"] = json!("the last one"));
    }),
];

#[test]
fn a_drill_is_open_until_it_is_completed() {
    let mut golden = golden::build();
    let mut forge = Forge::new(&mut golden);
    held(&mut forge);
    let state = vectors::verify(&forge.objects).state;
    let phase = |id| state.ceremony(id).map(|one| (one.kind, one.phase));
    let drill = |phase| Some((CeremonyKind::Drill, phase));
    assert_eq!(phase(HELD), drill(CeremonyPhase::Completed));
    assert_eq!(phase(OPEN), drill(CeremonyPhase::Open(Step::Attempted)));
    assert_eq!(state.open_ceremony(&label()).map(|one| one.id), Some(OPEN));
}
