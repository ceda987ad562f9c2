//! What counts as told, and what is to be told again.

use super::*;

/// What a look over this time comes to that found nothing, and could not read this.
fn quiet((from, until): (Timestamp, Timestamp), unread: Vec<Unread>) -> Look {
    Look {
        tenant: TENANT.to_owned(),
        accounts: vec![account(ACCOUNT)],
        window: Window { from, until },
        rows: Rows::default(),
        findings: Vec::new(),
        omitted: 0,
        unexplained: 0,
        unread,
        evidence: "00".repeat(32),
        groups: Vec::new(),
        recent: Vec::new(),
        memory: Memory::default(),
        refused_until: None,
        untold: false,
    }
}

fn unread((from, until): (Timestamp, Timestamp), of: Option<String>) -> Unread {
    Unread {
        log: Log::SignIns,
        window: Window { from, until },
        why: "x".to_owned(),
        permission: None,
        of,
        code: String::new(),
    }
}

#[tokio::test]
async fn what_there_is_no_room_for_is_still_read_again() {
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let time = (days(31), days(1));
    for (number, from) in [(100, 2), (101, 30)] {
        let others = (1..number).map(|number| Some(format!("other-{number}")));
        let all = others.chain([Some(ACCOUNT.to_owned())]);
        let all: Vec<Unread> = all.map(|of| unread(time, of)).collect();
        let of_others = all[..99].to_vec();
        let mut stage = Stage::new().await;
        let look = match number {
            100 => quiet(time, of_others),
            _ => quiet(time, all),
        };
        record(&mut stage.ledger, &look).await.unwrap();
        let begins = stage.begins(None, now);
        assert_eq!(begins, (days(from), days(2)), "{number}");
    }
}

#[tokio::test]
async fn a_new_blindness_is_not_hidden_by_what_the_service_has_forgotten() {
    let now = Env::system().now();
    let hours = |hours: i64| now - SignedDuration::from_hours(hours);
    let window = (hours(800), now);
    let forgotten = || unread((hours(800), hours(700)), None);
    let blind = || unread(window, None);
    let mut stage = Stage::new().await;
    let first = quiet(window, vec![forgotten()]);
    assert!(first.is_newly_blind(stage.ledger.entries()));
    record(&mut stage.ledger, &first).await.unwrap();
    assert!(!first.is_newly_blind(stage.ledger.entries()));
    let second = quiet(window, vec![forgotten(), blind()]);
    assert!(second.is_newly_blind(stage.ledger.entries()));
    record(&mut stage.ledger, &second).await.unwrap();
    assert!(!second.is_newly_blind(stage.ledger.entries()));
    assert!(!first.is_newly_blind(stage.ledger.entries()));
}

#[tokio::test]
async fn a_look_of_a_clock_that_is_ahead_has_told_of_nothing() {
    let now = Env::system().now();
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let mut stage = Stage::new().await;
    stage.looked(&[ACCOUNT], (days(31), now), false).await;
    let known = |now| {
        let (entries, state) = (stage.ledger.entries(), stage.ledger.state());
        Known::new(entries, state, &who(Ok(true)), &request(None), now)
    };
    assert!(known(now).told.contains("told"));
    assert!(known(days(1)).told.is_empty(), "it is of tomorrow");
}

#[tokio::test]
async fn refused_sign_ins_count_as_told_only_where_they_were_read() {
    let now = Env::system().now();
    let hours = |hours: i64| now - SignedDuration::from_hours(hours);
    let refused = |at: Timestamp| {
        let mut event = sign_in(at);
        let (code, why) = ("50126".to_owned(), String::new());
        event.ended = crate::tenant::activity::Ended::Failed { code, why };
        event.severity = crate::tenant::audit::Severity::Warning;
        event
    };
    let is_told = |stage: &Stage, event: &crate::tenant::activity::Event| {
        let known = stage.known(&request(None)).refused;
        known.iter().any(|one| one.includes(event))
    };
    let (from, until) = (hours(10), hours(1));
    for (accounts, unread, is_read) in [
        ([ACCOUNT], None, true),
        (["another"], None, false),
        ([ACCOUNT], Some(None), false),
        ([ACCOUNT], Some(Some(ACCOUNT)), false),
        ([ACCOUNT], Some(Some("another")), true),
    ] {
        let look = TenantMonitored {
            refused_until: Some(hours(2).to_string()),
            ..Stage::a_look(&accounts, (from, until), unread)
        };
        let mut stage = Stage::new().await;
        stage.append(Event::TenantMonitored(look), None).await;
        let case = format!("{accounts:?} {unread:?}");
        assert_eq!(is_told(&stage, &refused(hours(5))), is_read, "{case}");
        assert_eq!(is_told(&stage, &refused(hours(2))), is_read, "{case}");
        assert!(!is_told(&stage, &refused(hours(11))), "before: {case}");
        assert!(!is_told(&stage, &refused(until)), "after: {case}");
        assert!(!is_told(&stage, &sign_in(hours(5))), "got in: {case}");
    }
}

#[test]
fn times_of_refused_sign_ins_that_overlap_become_one() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let hours = |hours: i64| now - SignedDuration::from_hours(hours);
    let accounts = [account(ACCOUNT), account("another")];
    let mut all = Vec::new();
    for (from, until) in [(10, 8), (9, 7), (5, 4)] {
        for one in Refused::of(&accounts, (hours(from), hours(until)), &[]) {
            one.add_to(&mut all);
        }
    }
    let own = all.iter().filter(|one| one.account == ACCOUNT);
    let own: Vec<_> = own.map(|one| (one.from, one.until)).collect();
    assert_eq!(own, [(hours(10), hours(7)), (hours(5), hours(4))]);
    assert_eq!(all.len(), 4);
    // What is not read of one account may be its beginning only.
    let unread = [(Some(ACCOUNT.to_owned()), hours(3))];
    let refused = Refused::of(&accounts, (hours(5), hours(2)), &unread);
    let from: Vec<_> = refused.iter().map(|one| one.from).collect();
    assert_eq!(from, [hours(3), hours(5)]);
}

#[test]
fn what_the_next_look_meets_again_is_remembered() {
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let hours = |hours: i64| now - SignedDuration::from_hours(hours);
    let event = |id: &str, at: Timestamp, code: i32| {
        let mut event = sign_in(at);
        event.id = id.to_owned();
        if code != 0 {
            let (code, why) = (code.to_string(), String::new());
            event.ended = crate::tenant::activity::Ended::Failed { code, why };
            event.severity = crate::tenant::audit::Severity::Warning;
        }
        event
    };
    let met = || {
        let mut met = recent::Met::default();
        met.add(&event("old", hours(30), 0), true);
        met.add(&event("new", hours(1), 0), true);
        met.add(&event("told", hours(1), 50126), false);
        met.add(&event(&"x".repeat(1000), hours(1), 0), true);
        met
    };
    let (new, all, refused_until) = met().end(now, |_| true);
    let ids: Vec<&str> = new.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["new"]);
    assert!(all.len() == 2 && all.contains("told"));
    assert_eq!(refused_until, None);
    // A log that was not read to its end is read again from where this look began.
    let (new, all, _) = met().end(now, |log| log != Log::SignIns);
    assert_eq!((new.len(), all.len()), (2, 3));
    // Of refused sign-ins there may be any number.
    let mut many = recent::Met::default();
    for number in 0..100_000 {
        many.add(&event(&number.to_string(), hours(2), 50126), true);
    }
    many.add(&event("refused", hours(1), 50126), true);
    let (new, _, refused_until) = many.end(now, |_| true);
    assert_eq!((new.len(), refused_until), (100_000, Some(hours(1))));
}
