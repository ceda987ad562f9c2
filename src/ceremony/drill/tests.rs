//! What a row says, without tenant or browser.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::alert::{Unbelievable, delay};
use super::attempt::{is_judgement, read_roles};
use super::finding::passed;
use super::judge::{self, Found, Match};
use super::log::{Patience, Seen, patience, patience_left};
use super::refusal::{is_final, reason};
use crate::graph::credential::AuthorityRefusal;
use crate::graph::model::SignIn;
use crate::ledger::{DrillAttempted, OutcomeVerdict};
use crate::tenant::read::Unread;

const REQUEST: Uuid = Uuid::from_u128(0xc0);

fn attempted(signed_in: bool) -> DrillAttempted {
    DrillAttempted {
        label: "drill/bg1".to_owned(),
        began_at: "2026-03-01T10:00:00Z".to_owned(),
        let_in_at: signed_in.then(|| "2026-03-01T10:00:59Z".to_owned()),
        signed_in_at: signed_in.then(|| "2026-03-01T10:01:00Z".to_owned()),
        correlation_id: REQUEST,
        token_id: signed_in.then(|| "uti".to_owned()),
        findings: Vec::new(),
    }
}

/// A row of a good sign-in, with these members otherwise.
fn row(changes: Value) -> SignIn {
    let mut row = json!({
        "id": "row", "createdDateTime": "2026-03-01T10:00:58Z", "correlationId": REQUEST.to_string().to_uppercase(),
        "uniqueTokenIdentifier": "uti", "status": {"errorCode": 0}, "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [{"displayName": "MFA", "result": "notApplied"}],
        "authenticationDetails": [{"authenticationMethod": "Passkey (device-bound)", "succeeded": true}],
    });
    for (member, value) in changes.as_object().unwrap() {
        row[member] = value.clone();
    }
    serde_json::from_value(row).unwrap()
}

fn judged(changes: Value, expected: &[&str]) -> Seen {
    let how = Match::Token;
    let row = row(changes);
    let expected: Vec<String> = expected.iter().map(|&name| name.to_owned()).collect();
    let now = "2026-03-01T10:05:00Z".parse().unwrap();
    judge::row(&Found { how, row }, now, &expected, &attempted(true))
}

fn verdict(seen: &Seen, subject: &str) -> OutcomeVerdict {
    let found = seen.findings.iter().find(|one| one.subject == subject);
    found.unwrap().verdict
}

#[test]
fn a_good_row_passes_and_says_when_it_was_seen() {
    let seen = judged(json!({}), &[]);
    assert!(passed(&seen.findings), "{seen:?}");
    let row = seen.row.unwrap();
    assert_eq!(
        (row.seen_after, row.method.as_deref()),
        (240, Some("Passkey (device-bound)"))
    );
}

/// What is found among these rows, and how.
fn found(rows: &[SignIn], attempted: &DrillAttempted) -> Option<(Match, String)> {
    let found = Found::among(None, rows.iter().cloned(), attempted);
    found.map(|found| (found.how, found.row.id))
}

#[test]
fn the_token_says_more_than_the_request_and_that_more_than_the_time() {
    let of_token = row(json!({"id": "token", "correlationId": "other"}));
    let of_request = row(json!({"id": "request", "uniqueTokenIdentifier": null}));
    let interrupted = row(
        json!({"id": "interrupted", "uniqueTokenIdentifier": null, "status": {"errorCode": 50140}}),
    );
    let likely = row(json!({"id": "likely", "uniqueTokenIdentifier": null, "correlationId": null}));
    let early = row(
        json!({"id": "early", "uniqueTokenIdentifier": null, "correlationId": null,
        "createdDateTime": "2026-03-01T09:50:00Z"}),
    );
    let mut rows = vec![interrupted, early, likely, of_request, of_token];
    for (how, id) in [
        (Match::Token, "token"),
        (Match::Request, "request"),
        (Match::Likely, "likely"),
    ] {
        assert_eq!(found(&rows, &attempted(true)), Some((how, id.to_owned())));
        assert_eq!(how.is_certain(), how != Match::Likely);
        rows.pop();
    }
    assert_eq!(found(&rows, &attempted(true)), None);
}

/// Another drill of the account, or somebody else, at the same time.
#[test]
fn a_row_that_says_it_is_another_sign_in_is_not_taken() {
    let another = row(json!({"uniqueTokenIdentifier": "another", "correlationId": "another"}));
    let rows = [another];
    assert_eq!(found(&rows, &attempted(true)), None);
    let without_token = DrillAttempted {
        token_id: None,
        ..attempted(true)
    };
    let likely = Some((Match::Likely, "row".to_owned()));
    assert_eq!(found(&rows, &without_token), likely);
}

/// Whoever was let in may be unknown: the process ended, or the ID token could not be verified.
#[test]
fn a_sign_in_of_which_only_the_request_is_known_is_found() {
    let let_in = DrillAttempted {
        signed_in_at: None,
        token_id: None,
        ..attempted(true)
    };
    let success = row(json!({}));
    let interrupted = row(json!({"status": {"errorCode": 50140}}));
    let request = Some((Match::Request, "row".to_owned()));
    assert_eq!(found(&[interrupted.clone(), success], &let_in), request);
    assert_eq!(found(&[interrupted], &let_in), None);
    let refused = row(json!({"status": {"errorCode": 53003}}));
    assert_eq!(found(&[refused], &attempted(false)), request);
}

#[test]
fn the_log_is_waited_for_unless_another_account_got_in() {
    let limit = Duration::from_secs(1800);
    let at = |text: &str| format!("2026-03-{text}Z").parse().unwrap();
    let mut attempt = attempted(true);
    assert_eq!(patience(&attempt, limit), Patience::Until(limit));
    let left = |attempt: &DrillAttempted, time| patience_left(attempt, at(time));
    let minutes = |minutes: u64| Patience::Until(Duration::from_secs(60 * minutes));
    assert_eq!(left(&attempt, "01T10:11:00"), minutes(20));
    assert_eq!(left(&attempt, "09T10:00:00"), minutes(0));
    attempt
        .findings
        .push(super::Subject::SignedInAccount.fail("bg2 got in"));
    assert_eq!(patience(&attempt, limit), Patience::Once);
    assert_eq!(patience(&attempted(false), limit), Patience::Once);
}

/// An entry may name the time of the tokens alone: without its row such a drill must not be green.
#[test]
fn an_account_that_was_signed_in_was_let_in() {
    let signed_in = DrillAttempted {
        let_in_at: None,
        ..attempted(true)
    };
    let limit = Duration::from_secs(1800);
    assert_eq!(patience(&signed_in, limit), Patience::Until(limit));
    let without_token = json!({"uniqueTokenIdentifier": null, "status": {"errorCode": 50140}});
    assert_eq!(found(&[row(without_token)], &signed_in), None);
    let nobody = DrillAttempted {
        signed_in_at: None,
        ..signed_in
    };
    assert_eq!(patience(&nobody, limit), Patience::Once);
}

#[test]
fn who_may_read_roles_is_seen_by_the_scopes() {
    let of =
        |scopes: &[&str]| read_roles(&scopes.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
    assert!(!of(&["User.Read", "openid", "profile"]) && !of(&[]));
    assert!(of(&[
        "User.Read",
        "https://graph.microsoft.com/RoleManagement.Read.Directory"
    ]));
    assert!(of(&["directory.read.all"]));
}

#[test]
fn each_thing_that_is_wrong_with_a_row_is_found() {
    use OutcomeVerdict::{Fail, Pass, Unknown};
    let methods = |method: &str, succeeded: bool| json!({"authenticationDetails": [{"authenticationMethod": method, "succeeded": succeeded}]});
    let policy = |status: &str, result: &str| json!({"conditionalAccessStatus": status, "appliedConditionalAccessPolicies": [{"displayName": "P", "result": result}]});
    for (changes, subject, wanted) in [
        (json!({"status": {"errorCode": 50074}}), "result", Fail),
        (json!({"status": null}), "result", Unknown),
        (methods("FIDO2 security key", true), "method", Pass),
        (methods("Password", true), "method", Fail),
        (methods("Passkey (device-bound)", false), "method", Unknown),
        (json!({"authenticationDetails": []}), "method", Unknown),
        (policy("success", "success"), "policies", Fail),
        (policy("failure", "failure"), "policies", Fail),
        (policy("failure", "notApplied"), "policies", Fail),
        (policy("notApplied", "unknown"), "policies", Unknown),
        (
            policy("notApplied", "unknownFutureValue"),
            "policies",
            Unknown,
        ),
        (policy("notApplied", "reportOnlyFailure"), "policies", Pass),
        (policy("success", "notApplied"), "policies", Unknown),
        (
            json!({"conditionalAccessStatus": "success", "appliedConditionalAccessPolicies": []}),
            "policies",
            Unknown,
        ),
        (
            json!({"conditionalAccessStatus": null}),
            "policies",
            Unknown,
        ),
        (
            json!({"createdDateTime": "2026-03-01T09:00:00Z"}),
            "time",
            Fail,
        ),
        (json!({"createdDateTime": null}), "time", Unknown),
    ] {
        let seen = judged(changes.clone(), &[]);
        assert_eq!(verdict(&seen, subject), wanted, "{changes}");
    }
    assert_eq!(
        verdict(&judged(policy("success", "success"), &["P"]), "policies"),
        Pass
    );
}

#[test]
fn what_the_log_does_not_show_is_never_green() {
    let until = Patience::Until(Duration::ZERO);
    let late = judge::nothing(until, SignedDuration::from_mins(30));
    let said = late.findings[0].why.as_deref();
    assert_eq!(
        said,
        Some("it does not show the sign-in 30 minutes after it")
    );
    assert_eq!(verdict(&late, "log"), OutcomeVerdict::Fail);
    let forgotten = judge::nothing(until, SignedDuration::from_hours(31 * 24));
    assert_eq!(verdict(&forgotten, "log"), OutcomeVerdict::Unknown);
    assert!(!passed(&forgotten.findings));
    assert_eq!(verdict(&late, "policies"), OutcomeVerdict::Unknown);
    let unread = judge::unread(&Unread {
        why: "no licence".to_owned(),
        permission: None,
    });
    assert!(!passed(&unread.findings) && unread.row.is_none());
    let nobody = judge::nothing(Patience::Once, SignedDuration::ZERO);
    assert_eq!(verdict(&nobody, "log"), OutcomeVerdict::NotApplicable);
}

#[test]
fn what_the_tenant_says_cannot_command_a_terminal() {
    let seen = judged(
        json!({"conditionalAccessStatus": "success",
            "appliedConditionalAccessPolicies": [{"displayName": "P\u{1b}[2J", "result": "success"}],
            "authenticationDetails": [{"authenticationMethod": "Passkey\u{7}", "succeeded": true}]}),
        &[],
    );
    assert!(!format!("{:?}", seen.findings).contains("\\u{1b}[2J\""));
    let control = |text: &str| text.chars().any(char::is_control);
    let said = seen.findings.iter().filter_map(|one| one.why.as_deref());
    assert!(
        said.chain(seen.row.unwrap().method.as_deref())
            .all(|text| !control(text))
    );
}

#[test]
fn the_authoritys_numbers_are_put_into_words() {
    let refusal = |code: i64| AuthorityRefusal {
        error: "access_denied".to_owned(),
        description: format!("AADSTS{code}: x"),
        codes: vec![code],
        ..AuthorityRefusal::default()
    };
    assert!(reason(&refusal(53_003)).starts_with("a Conditional Access policy blocks"));
    assert!(reason(&refusal(50_105)).contains("not assigned to the application"));
    assert!(reason(&refusal(1)).starts_with("the authority refused: access_denied"));
    assert!(is_final(&refusal(135_010)) && !is_final(&refusal(65_004)));
    assert!(!is_final(&AuthorityRefusal::default()));
}

#[test]
fn an_alarm_comes_after_the_sign_in_and_before_now() {
    let at = |text: &str| format!("2026-03-{text}Z").parse().unwrap();
    let (signed_in, now) = (at("01T10:00:00"), at("20T00:00:00"));
    assert_eq!(delay(signed_in, at("01T10:07:30"), now), Ok(450));
    assert_eq!(delay(signed_in, signed_in, now), Ok(0));
    // Its clock, or the service's, is a little behind this station's.
    assert_eq!(delay(signed_in, at("01T09:59:01"), now), Ok(0));
    let early = delay(signed_in, at("01T09:58:59"), now);
    assert!(matches!(early, Err(Unbelievable::BeforeTheSignIn { .. })));
    let late = delay(signed_in, at("09T10:00:00"), now);
    assert!(matches!(late, Err(Unbelievable::TooLate(_))));
    let future = delay(signed_in, at("01T10:07:30"), at("01T10:06:00"));
    assert!(matches!(future, Err(Unbelievable::InTheFuture(_))));
}

#[test]
fn a_service_that_is_busy_or_broken_says_nothing_of_the_account() {
    for (status, judged) in [
        (400, true),
        (401, true),
        (403, true),
        (404, true),
        (408, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        assert_eq!(is_judgement(status), judged, "{status}");
    }
}
