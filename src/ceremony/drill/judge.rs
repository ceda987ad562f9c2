//! What a row of the sign-in log says of a drill. Pure.

use jiff::{SignedDuration, Timestamp};

use super::Subject;
use super::log::{Patience, RETENTION, Seen, TOLERANCE, is_awaited, rfc3339, since, time};
use crate::encoding::printable;
use crate::graph::model::{AppliedConditionalAccessPolicy, SignIn};
use crate::ledger::{DrillAttempted, LoggedSignIn, Outcome};
use crate::tenant::activity::is_passkey;
use crate::tenant::read::Unread;

/// How a row and a sign-in belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    /// By account and time only.
    Likely,
    /// By the identifier of the request.
    Request,
    /// By the token's identifier.
    Token,
}

impl Match {
    /// A sign-in has rows of its interruptions too, with errors of their own; whoever got in has one without.
    pub(super) fn of(row: &SignIn, attempted: &DrillAttempted) -> Option<Self> {
        let is_in = attempted.is_let_in();
        let same = |one: &Option<String>, other: &str| {
            one.as_deref().map(|one| one.eq_ignore_ascii_case(other))
        };
        let request = same(&row.correlation_id, &attempted.correlation_id.to_string());
        let token = attempted.token_id.as_deref();
        let token = token.and_then(|token| Some(row.unique_token_identifier.as_deref()? == token));
        match (token, request) {
            (Some(true), _) => Some(Self::Token),
            (_, Some(true)) if succeeded(row) || !is_in => Some(Self::Request),
            // Both say that it is another sign-in.
            (Some(false), Some(false)) => None,
            _ if is_awaited(attempted) && succeeded(row) && is_near(row, attempted) => {
                Some(Self::Likely)
            }
            _ => None,
        }
    }

    /// Whether a later look cannot find a better one.
    pub(super) fn is_certain(self) -> bool {
        self > Self::Likely
    }
}

/// A row, and how it belongs to the sign-in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) how: Match,
    pub(super) row: SignIn,
}

impl Found {
    /// The best of these rows, newest first, and one that was found before.
    pub(super) fn among(
        before: Option<Self>,
        rows: impl IntoIterator<Item = SignIn>,
        attempted: &DrillAttempted,
    ) -> Option<Self> {
        rows.into_iter().fold(before, |best, row| {
            let how = Match::of(&row, attempted);
            match how {
                Some(how) if best.as_ref().is_none_or(|best| best.how < how) => {
                    Some(Self { how, row })
                }
                _ => best,
            }
        })
    }
}

/// When somebody got in, or when it began.
pub(super) fn ended(attempted: &DrillAttempted) -> Option<Timestamp> {
    let ended = attempted.signed_in_at.as_ref();
    let ended = ended.or(attempted.let_in_at.as_ref());
    time(ended.unwrap_or(&attempted.began_at))
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
    match (at, began, ended(attempted)) {
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

/// The log shows no row so long after the sign-in.
pub(super) fn nothing(patience: Patience, since: SignedDuration) -> Seen {
    let log = match patience {
        Patience::Once => {
            Subject::Log.not_applicable("it shows nothing of the account, which was not signed in")
        }
        Patience::Until(_) if since >= RETENTION => Subject::Log.unknown(format!(
            "it does not show the sign-in {} after it, and the service forgets after 30 days",
            span(since)
        )),
        Patience::Until(_) => Subject::Log.fail(format!(
            "it does not show the sign-in {} after it",
            span(since)
        )),
    };
    let mut findings = vec![log];
    if patience != Patience::Once {
        findings.extend(unseen());
    }
    Seen {
        findings,
        row: None,
    }
}

fn unseen() -> [Outcome; 2] {
    [Subject::Method, Subject::Policies].map(|subject| subject.unknown("only the log would say"))
}

fn span(time: SignedDuration) -> String {
    match time.as_secs().max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} minutes", seconds / 60),
        seconds @ 7200..172_800 => format!("{} hours", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// The log shows the sign-in.
pub(super) fn row(
    found: &Found,
    now: Timestamp,
    expected_policies: &[String],
    attempted: &DrillAttempted,
) -> Seen {
    let row = &found.row;
    let since = since(attempted, now);
    let seen_after = u32::try_from(since.as_secs().max(0)).unwrap_or(u32::MAX);
    let waited = span(since);
    let log = match found.how {
        Match::Token => Subject::Log.pass(format!("the row of this token, seen after {waited}")),
        Match::Request => Subject::Log.pass(format!("the row of this request, seen after {waited}")),
        Match::Likely => Subject::Log.unknown(format!(
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
    match methods {
        [] => Subject::Method.unknown("the log does not say how"),
        _ if methods.iter().any(|method| is_passkey(method)) => {
            Subject::Method.pass(methods.join(", "))
        }
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
    let shown = row.created_date_time.as_deref();
    let shown = shown.map(|text| time(text).map_or_else(|| printable(text), rfc3339));
    match shown {
        None => Subject::Time.unknown("the log does not say when"),
        Some(shown) if is_near(row, attempted) => Subject::Time.pass(shown),
        Some(shown) => Subject::Time.fail(format!("{shown}, and not the time of the drill")),
    }
}
