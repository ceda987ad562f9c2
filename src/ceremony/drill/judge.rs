//! What a row of the sign-in log says of a drill. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Subject;
use super::log::{Patience, Seen, TOLERANCE, rfc3339, time};
use crate::encoding::printable;
use crate::graph::model::{AppliedConditionalAccessPolicy, SignIn};
use crate::ledger::{DrillAttempted, LoggedSignIn, Outcome};
use crate::tenant::read::Unread;

/// How a row and a sign-in belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match<'a> {
    /// By the token's identifier.
    Token(&'a SignIn),
    /// By the identifier of the request.
    Request(&'a SignIn),
    /// By account and time only.
    Likely(&'a SignIn),
    /// There is none.
    None,
}

impl<'a> Match<'a> {
    /// The row of this sign-in among the account's, newest first. A sign-in has rows of its interruptions too, with errors of
    /// their own; whoever got in has one without.
    pub(super) fn find(rows: &'a [SignIn], attempted: &DrillAttempted) -> Self {
        let signed_in = attempted.signed_in_at.is_some();
        let token = attempted.token_id.as_deref();
        let request = attempted.correlation_id.to_string();
        let of_token =
            |row: &&SignIn| token.is_some() && row.unique_token_identifier.as_deref() == token;
        let of_request = |row: &&SignIn| {
            let id = row.correlation_id.as_deref().unwrap_or_default();
            id.eq_ignore_ascii_case(&request) && succeeded(row) == signed_in
        };
        let likely = |row: &&SignIn| signed_in && succeeded(row) && is_near(row, attempted);
        rows.iter()
            .find(of_token)
            .map(Self::Token)
            .or_else(|| rows.iter().find(of_request).map(Self::Request))
            .or_else(|| rows.iter().find(likely).map(Self::Likely))
            .unwrap_or(Self::None)
    }

    /// Whether a later look cannot find a better one.
    pub(super) fn is_certain(&self) -> bool {
        matches!(self, Self::Token(_) | Self::Request(_))
    }

    pub(super) fn row(&self) -> Option<&'a SignIn> {
        match self {
            Self::Token(row) | Self::Request(row) | Self::Likely(row) => Some(row),
            Self::None => None,
        }
    }
}

fn error_code(row: &SignIn) -> Option<i32> {
    row.status.as_ref()?.error_code
}

fn succeeded(row: &SignIn) -> bool {
    error_code(row) == Some(0)
}

/// Whether the row's time is one between the request and the tokens.
fn is_near(row: &SignIn, attempted: &DrillAttempted) -> bool {
    let at = row.created_date_time.as_deref().and_then(time);
    let began = time(&attempted.began_at);
    let ended = attempted.signed_in_at.as_deref().and_then(time).or(began);
    match (at, began, ended) {
        (Some(at), Some(began), Some(ended)) => {
            (began - TOLERANCE..=ended + TOLERANCE).contains(&at)
        }
        _ => false,
    }
}

/// The log could not be read, so that nothing is known of what it would say.
pub(super) fn unread(unread: &Unread) -> Seen {
    let permission = unread.permission.as_ref();
    let permission = permission.map_or_else(String::new, |one| {
        format!(" (the permission {one} would tell)")
    });
    let mut findings = vec![Subject::Log.unknown(format!("{}{permission}", unread.why))];
    findings.extend(unseen());
    Seen {
        findings,
        row: None,
    }
}

/// The log shows no row.
pub(super) fn nothing(patience: Patience, waited: Duration) -> Seen {
    let findings = match patience {
        Patience::Once => vec![
            Subject::Log.not_applicable("it shows nothing of the account, which was not signed in"),
        ],
        Patience::Until(_) => {
            let why = format!("it does not show the sign-in {} after it", span(waited));
            std::iter::once(Subject::Log.fail(why))
                .chain(unseen())
                .collect()
        }
    };
    Seen {
        findings,
        row: None,
    }
}

fn unseen() -> [Outcome; 2] {
    [Subject::Method, Subject::Policies].map(|subject| subject.unknown("only the log would say"))
}

fn span(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    }
}

/// The log shows the sign-in.
pub(super) fn row(
    row: &SignIn,
    found: &Match<'_>,
    now: Timestamp,
    expected_policies: &[String],
    attempted: &DrillAttempted,
) -> Seen {
    let ended = attempted
        .signed_in_at
        .as_ref()
        .unwrap_or(&attempted.began_at);
    let after = time(ended).map_or(SignedDuration::ZERO, |ended| now.duration_since(ended));
    let seen_after = u32::try_from(after.as_secs().max(0)).unwrap_or(u32::MAX);
    let waited = span(Duration::from_secs(seen_after.into()));
    let log = match found {
        Match::Token(_) => Subject::Log.pass(format!("the row of this token, seen after {waited}")),
        Match::Request(_) => Subject::Log.pass(format!("the row of this request, seen after {waited}")),
        Match::Likely(_) | Match::None => Subject::Log.unknown(format!(
            "a row of the account at that time, seen after {waited}; neither token nor request say that it is this sign-in"
        )),
    };
    let methods = methods(row);
    Seen {
        findings: vec![
            log,
            result(row),
            method(&methods),
            policies(row, expected_policies),
            at(row, attempted),
        ],
        row: Some(LoggedSignIn {
            id: row.id.clone(),
            time: row
                .created_date_time
                .as_deref()
                .and_then(time)
                .map(rfc3339)
                .unwrap_or_default(),
            seen_after,
            method: (!methods.is_empty()).then(|| methods.join(", ")),
        }),
    }
}

fn result(row: &SignIn) -> Outcome {
    match (error_code(row), &row.status) {
        (Some(0), _) => Subject::Result.pass("success"),
        (Some(code), Some(status)) => {
            let reason = status
                .failure_reason
                .as_deref()
                .map(printable)
                .unwrap_or_default();
            Subject::Result.fail(format!("error {code}: {reason}"))
        }
        _ => Subject::Result.unknown("the log does not say how it ended"),
    }
}

/// The methods of the steps that succeeded, as the service names them.
fn methods(row: &SignIn) -> Vec<String> {
    let mut methods = Vec::new();
    for detail in &row.authentication_details {
        if let (Some(method), Some(true)) = (&detail.authentication_method, detail.succeeded) {
            let method = printable(method);
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
    }
    methods
}

/// `Passkey (device-bound)`, in earlier years `FIDO2 security key`. The documented list of names is out of date.
fn method(methods: &[String]) -> Outcome {
    let by_key = methods.iter().any(|method| {
        let method = method.to_lowercase();
        method.contains("passkey") || method.contains("fido2")
    });
    match methods {
        [] => Subject::Method.unknown("the log does not say how"),
        _ if by_key => Subject::Method.pass(methods.join(", ")),
        _ => Subject::Method.fail(format!("not a key: {}", methods.join(", "))),
    }
}

fn policies(row: &SignIn, expected: &[String]) -> Outcome {
    let subject = Subject::Policies;
    let all = &row.applied_conditional_access_policies;
    let blocking = names(all, |result, _| result == "failure");
    if !blocking.is_empty() || row.conditional_access_status.as_deref() == Some("failure") {
        return subject.fail(format!("refused by {}", or_unnamed(&blocking)));
    }
    let unexpected = names(all, |result, name| {
        result == "success" && !expected.contains(name)
    });
    if !unexpected.is_empty() {
        return subject.fail(format!("asked for something by {}", unexpected.join(", ")));
    }
    let undetermined = names(all, |result, _| !is_known(result));
    if !undetermined.is_empty() {
        return subject.unknown(format!(
            "the log does not say what {} did",
            undetermined.join(", ")
        ));
    }
    let applied = names(all, |result, _| result == "success");
    match row.conditional_access_status.as_deref() {
        Some("notApplied") => {
            subject.pass(format!("none of {} applied{}", all.len(), reporting(all)))
        }
        Some("success") if !applied.is_empty() => subject.pass(format!(
            "as intended, {}{}",
            applied.join(", "),
            reporting(all)
        )),
        _ => subject.unknown(
            "the log does not say what the policies did; the permission Policy.Read.All would tell",
        ),
    }
}

/// Of report-only policies, those that would have refused.
fn reporting(all: &[AppliedConditionalAccessPolicy]) -> String {
    match names(all, |result, _| result == "reportOnlyFailure").as_slice() {
        [] => String::new(),
        names => format!("; once enforced, {} would refuse", names.join(", ")),
    }
}

/// `appliedConditionalAccessPolicyResult`, but `unknown` and what may come.
fn is_known(result: &str) -> bool {
    matches!(
        result,
        "success"
            | "failure"
            | "notApplied"
            | "notEnabled"
            | "reportOnlySuccess"
            | "reportOnlyFailure"
            | "reportOnlyNotApplied"
            | "reportOnlyInterrupted"
    )
}

fn names(
    all: &[AppliedConditionalAccessPolicy],
    which: impl Fn(&str, &String) -> bool,
) -> Vec<String> {
    let unnamed = String::from("a policy without a name");
    all.iter()
        .filter_map(|one| {
            let name = one
                .display_name
                .as_ref()
                .or(one.id.as_ref())
                .unwrap_or(&unnamed);
            let result = one.result.as_deref().unwrap_or_default();
            which(result, name).then(|| printable(name))
        })
        .collect()
}

fn or_unnamed(names: &[String]) -> String {
    match names {
        [] => "a policy that the log does not name".to_owned(),
        names => names.join(", "),
    }
}

fn at(row: &SignIn, attempted: &DrillAttempted) -> Outcome {
    let shown = row.created_date_time.as_deref().map(printable);
    match shown {
        None => Subject::Time.unknown("the log does not say when"),
        Some(shown) if is_near(row, attempted) => Subject::Time.pass(shown),
        Some(shown) => Subject::Time.fail(format!("{shown}, and not the time of the drill")),
    }
}
