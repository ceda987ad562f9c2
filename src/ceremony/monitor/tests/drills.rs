//! Which sign-in a drill explains.

use super::*;

fn intent() -> Event {
    Event::DrillIntended(DrillIntended {
        label: "D1".to_owned(),
        tenant: TENANT.to_owned(),
        account: account(ACCOUNT),
        key: None,
        by: Vec::new(),
        reason: None,
        expected_policies: Vec::new(),
    })
}

fn attempted(request: Uuid) -> Event {
    let now = Env::system().now().to_string();
    Event::DrillAttempted(DrillAttempted {
        label: "D1".to_owned(),
        began_at: now.clone(),
        let_in_at: Some(now),
        signed_in_at: None,
        correlation_id: request,
        token_id: None,
        findings: Vec::new(),
    })
}

/// A drill that found this row, and was sure of it but for one finding.
fn completed(row: &str, unsure_of: &str) -> Event {
    let findings = ["sign_in", "log", "result", "method"].map(|subject| Outcome {
        subject: subject.to_owned(),
        verdict: match subject == unsure_of {
            true => OutcomeVerdict::Unknown,
            false => OutcomeVerdict::Pass,
        },
        why: None,
    });
    Event::DrillCompleted(DrillCompleted {
        label: "D1".to_owned(),
        passed: true,
        findings: findings.to_vec(),
        signed_in_at: None,
        log: Some(LoggedSignIn {
            id: row.to_owned(),
            time: String::new(),
            seen_after: 0,
            method: None,
        }),
    })
}

/// Whether a sign-in is explained; nothing while that cannot be told.
fn explains(stage: &Stage, at: Timestamp) -> Option<bool> {
    let announced = stage.known(&request(None)).announced;
    let explanation = announced.of_sign_in(&sign_in(at))?;
    Some(matches!(explanation, Explanation::By { what, .. } if what == "drill D1"))
}

#[tokio::test]
async fn a_drill_explains_its_own_sign_in_from_its_announcement_to_its_end() {
    let ceremony = Some(Uuid::from_u128(1));
    let now = Env::system().now();
    let hour = SignedDuration::from_hours(1);
    let mut stage = Stage::new().await;
    assert_eq!(explains(&stage, now), Some(false));
    stage.append(intent(), ceremony).await;
    assert_eq!(explains(&stage, now), None, "it may be the drill's, or not");
    assert_eq!(explains(&stage, now + hour * 2), Some(false));
    assert_eq!(explains(&stage, now - hour), Some(false));
    stage.append(attempted(REQUEST), ceremony).await;
    assert_eq!(explains(&stage, now), Some(true));
    assert_eq!(
        explains(&stage, now + hour),
        Some(false),
        "its sign-in is over, however long its log takes"
    );
    stage.append(completed("2", ""), ceremony).await;
    assert_eq!(explains(&stage, now), Some(true));
}

#[tokio::test]
async fn a_drill_explains_no_other_sign_in() {
    let ceremony = Some(Uuid::from_u128(1));
    let now = Env::system().now();
    let mut other = Stage::new().await;
    other.append(intent(), ceremony).await;
    other.append(attempted(Uuid::from_u128(7)), ceremony).await;
    assert_eq!(explains(&other, now), Some(false));
    // Nor one that it found itself, and was not sure of.
    for unsure_of in ["sign_in", "log", "result", "method", ""] {
        let mut stage = Stage::new().await;
        stage.append(intent(), ceremony).await;
        stage.append(attempted(Uuid::from_u128(7)), ceremony).await;
        stage.append(completed("1", unsure_of), ceremony).await;
        assert_eq!(
            explains(&stage, now),
            Some(unsure_of.is_empty()),
            "{unsure_of}"
        );
    }
    // One that was given up tells of no sign-in.
    let mut undone = Stage::new().await;
    undone.append(intent(), ceremony).await;
    let event = Event::CeremonyUndone(ledger::CeremonyUndone {
        label: "D1".to_owned(),
        credential_deleted: false,
        method_deleted: false,
        pin: None,
    });
    undone.append(event, ceremony).await;
    assert_eq!(explains(&undone, now), Some(false));
}

#[tokio::test]
async fn a_drill_that_nobody_got_into_explains_nobody_who_uses_its_page_later() {
    let ceremony = Some(Uuid::from_u128(1));
    let now = Env::system().now();
    for (is_let_in, is_signed_in, is_explained) in [
        (false, false, false),
        (true, false, true),
        (false, true, true),
    ] {
        let Event::DrillAttempted(attempted) = attempted(REQUEST) else {
            panic!("it is one");
        };
        let at = |is: bool| is.then(|| now.to_string());
        let attempted = DrillAttempted {
            let_in_at: at(is_let_in),
            signed_in_at: at(is_signed_in),
            ..attempted
        };
        let mut stage = Stage::new().await;
        stage.append(intent(), ceremony).await;
        stage
            .append(Event::DrillAttempted(attempted), ceremony)
            .await;
        assert_eq!(explains(&stage, now), Some(is_explained));
    }
}
