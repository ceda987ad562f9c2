//! The sign-in log, which shows a sign-in minutes after it happened.

use std::convert::Infallible;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::judge::{self, Found, Match};
use super::{LOG_LIMIT, Subject};
use crate::ceremony::error::in_full;
use crate::ceremony::interaction::Step;
use crate::ceremony::snapshot::permission;
use crate::ceremony::unread::{is_passing, read};
use crate::ceremony::{Error, Parties};
use crate::graph::{self, SignInKind, Window};
use crate::ledger::{Account, DrillAttempted, LoggedSignIn, Outcome, OutcomeVerdict};
use crate::tenant::read::Unread;

/// What an interrupt leaves.
pub(super) const REMAINS: &str =
    "the sign-in came to its end, and its row in the sign-in log was not looked at yet";

/// How far apart the clocks of this machine and of the service may be.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// How long the service keeps a sign-in for those who may ask for it (Entra ID P1; without it there is no log).
pub(super) const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The first pauses between two looks. The service allows five requests in ten seconds to all who ask.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// The later ones.
const PAUSE: Duration = Duration::from_secs(20);

/// Pages of a thousand rows in one look. Whoever tries the account's name many times must not push the drill's row out of sight.
const PAGES: usize = 100;

/// How long the log is worth waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// What it shows now is all that can be expected: nobody got in as the account.
    Once,
    /// It will show a row, and soon.
    Until(Duration),
}

/// Whether the account's log will show that somebody got in. Another account's sign-in it never shows.
pub(super) fn is_awaited(attempted: &DrillAttempted) -> bool {
    let account = Subject::SignedInAccount.as_str();
    let is_other = |one: &Outcome| one.subject == account && one.verdict == OutcomeVerdict::Fail;
    attempted.is_let_in() && !attempted.findings.iter().any(is_other)
}

/// How long the log is worth waiting for once the page has answered.
pub(super) fn patience(attempted: &DrillAttempted, limit: Duration) -> Patience {
    match is_awaited(attempted) {
        true => Patience::Until(limit),
        false => Patience::Once,
    }
}

/// The same when some of the time has passed.
pub(super) fn patience_left(attempted: &DrillAttempted, now: Timestamp) -> Patience {
    let passed = Duration::try_from(since(attempted, now)).unwrap_or_default();
    patience(attempted, LOG_LIMIT.saturating_sub(passed))
}

/// The time since somebody got in, or since it began.
pub(super) fn since(attempted: &DrillAttempted, now: Timestamp) -> SignedDuration {
    let then = judge::ended(attempted);
    then.map_or(SignedDuration::ZERO, |then| now.duration_since(then))
}

/// What the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) findings: Vec<Outcome>,
    pub(super) row: Option<LoggedSignIn>,
}

/// What came of looking.
pub(super) enum Looked {
    Seen(Seen),
    /// The log could not be read; whether it may be another time.
    Unread {
        unread: Unread,
        is_mendable: bool,
    },
}

/// Looks until the log shows the sign-in, or is out of patience. What passes by itself is waited for like a row.
pub(super) async fn look(
    account: &Account,
    expected_policies: &[String],
    attempted: &DrillAttempted,
    patience: Patience,
    parties: &mut Parties<'_>,
) -> Result<Looked, Error> {
    parties.interaction.begin(Step::ReadLog);
    let begin = parties.env.monotonic();
    let limit = match patience {
        Patience::Once => Duration::ZERO,
        Patience::Until(limit) => limit,
    };
    let mut pauses = PAUSES.into_iter();
    loop {
        let looked = look_once(account, attempted, parties).await?;
        let waited = parties.env.monotonic().saturating_sub(begin);
        let left = limit.saturating_sub(waited);
        let why = match looked {
            Ok(Some(found)) if found.how.is_certain() || left.is_zero() => {
                parties.interaction.done(Step::ReadLog, &found.row.id);
                let now = parties.env.now();
                let seen = judge::row(&found, now, expected_policies, attempted);
                return Ok(Looked::Seen(seen));
            }
            Ok(_) if left.is_zero() => {
                parties
                    .interaction
                    .done(Step::ReadLog, "it does not show it");
                let since = since(attempted, parties.env.now());
                return Ok(Looked::Seen(judge::nothing(patience, since)));
            }
            Ok(_) => "the log does not show the sign-in yet".to_owned(),
            Err(error) if left.is_zero() || !is_passing(&error) => return unread(error),
            Err(error) => format!("the log cannot be read now ({})", in_full(&error)),
        };
        wait(
            &why,
            waited,
            pauses.next().unwrap_or(PAUSE).min(left),
            parties,
        )
        .await?;
    }
}

fn unread(error: graph::Error) -> Result<Looked, Error> {
    let is_mendable = !error.lacks_licence();
    match read(Err::<Infallible, _>(error), permission::AUDIT_LOG)? {
        Ok(never) => match never {},
        Err(unread) => Ok(Looked::Unread {
            unread,
            is_mendable,
        }),
    }
}

async fn wait(
    why: &str,
    waited: Duration,
    pause: Duration,
    parties: &mut Parties<'_>,
) -> Result<(), Error> {
    let so_far = match waited.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    };
    let reason = format!("{why}, {so_far} so far; usually minutes");
    parties.pause(&reason, pause).await
}

/// The row of this sign-in among the account's, of which there may be many.
async fn look_once(
    account: &Account,
    attempted: &DrillAttempted,
    parties: &Parties<'_>,
) -> Result<Result<Option<Found>, graph::Error>, Error> {
    let id = object_id(account)?;
    let from = time(&attempted.began_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let window = Window {
        from: from.saturating_sub(TOLERANCE).unwrap_or(from),
        until: parties.env.now().saturating_add(TOLERANCE).unwrap_or(from),
    };
    let mut rows = parties
        .tenant()?
        .sign_in_log(id, SignInKind::Interactive, window);
    let mut best: Option<Found> = None;
    for _ in 0..PAGES {
        let page = match parties.interruptible(rows.next_page()).await? {
            Ok(Some(page)) => page,
            Ok(None) => break,
            Err(error) => return Ok(Err(error)),
        };
        // A row that cannot be read is none of a sign-in that ended well.
        let page = page.into_iter().filter_map(|row| row.row.ok());
        best = Found::among(best, page, attempted);
        if best.as_ref().is_some_and(|best| best.how == Match::Token) {
            break;
        }
    }
    Ok(Ok(best))
}

pub(super) fn object_id(account: &Account) -> Result<Uuid, Error> {
    let id = account.id.parse();
    id.map_err(|_| Error::NoObjectId(account.id.clone()))
}

/// As times stand in the ledger.
pub(super) fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}
