//! The sign-in log, which shows a sign-in minutes after it happened.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::judge::{self, Match};
use crate::ceremony::interaction::Step;
use crate::ceremony::snapshot::permission;
use crate::ceremony::unread::read;
use crate::ceremony::{Error, Parties};
use crate::graph::model::SignIn;
use crate::ledger::{Account, DrillAttempted, LoggedSignIn, Outcome};
use crate::tenant::read::Read;

/// What an interrupt leaves.
pub(super) const REMAINS: &str =
    "the sign-in came to its end, and its row in the sign-in log was not looked at yet";

/// How far apart the clocks of this machine and of the service may be.
pub(super) const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// The first pauses between two looks. The service allows five requests in ten seconds to all who ask.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// The later ones.
const PAUSE: Duration = Duration::from_secs(20);

/// How long the log is worth waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// What it shows now is all that can be expected: nobody got in as the account.
    Once,
    /// It will show a row, and soon.
    Until(Duration),
}

/// What the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) findings: Vec<Outcome>,
    pub(super) row: Option<LoggedSignIn>,
}

/// Looks until the log shows the sign-in, or is out of patience.
pub(super) async fn look(
    account: &Account,
    expected_policies: &[String],
    attempted: &DrillAttempted,
    patience: Patience,
    parties: &mut Parties<'_>,
) -> Result<Seen, Error> {
    parties.interaction.begin(Step::ReadLog);
    let begin = parties.env.monotonic();
    let limit = match patience {
        Patience::Once => Duration::ZERO,
        Patience::Until(limit) => limit,
    };
    let mut pauses = PAUSES.into_iter();
    loop {
        let rows = match rows(account, attempted, parties).await? {
            Ok(rows) => rows,
            Err(unread) => return Ok(judge::unread(&unread)),
        };
        let waited = parties.env.monotonic().saturating_sub(begin);
        let left = limit.saturating_sub(waited);
        let found = Match::find(&rows, attempted);
        if found.is_certain() || left.is_zero() {
            let Some(row) = found.row() else {
                parties
                    .interaction
                    .done(Step::ReadLog, "it does not show it");
                return Ok(judge::nothing(patience, waited));
            };
            parties.interaction.done(Step::ReadLog, &row.id);
            let now = parties.env.now();
            return Ok(judge::row(row, &found, now, expected_policies, attempted));
        }
        wait(waited, pauses.next().unwrap_or(PAUSE).min(left), parties).await?;
    }
}

async fn wait(waited: Duration, pause: Duration, parties: &mut Parties<'_>) -> Result<(), Error> {
    let so_far = match waited.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} minutes", seconds / 60),
    };
    let reason = format!("the log does not show the sign-in yet, {so_far} so far; usually minutes");
    parties.pause(&reason, pause).await
}

async fn rows(
    account: &Account,
    attempted: &DrillAttempted,
    parties: &Parties<'_>,
) -> Result<Read<Vec<SignIn>>, Error> {
    let id = object_id(account)?;
    let since = time(&attempted.began_at).unwrap_or(Timestamp::UNIX_EPOCH) - TOLERANCE;
    let question = parties.tenant()?.sign_ins(id, since);
    let rows = parties.interruptible(async { question.await }).await?;
    Ok(read(rows, permission::AUDIT_LOG)?)
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
