//! What is due for the tenant as a whole, for ceremonies, and for what lies beside the ledger.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::accounts::Account;
use super::calendar::{Calendar, Last, is_ahead};
use super::command::resume;
use super::record::{Ending, Record};
use super::{Duty, DutyKind, DutyState, StoredMetadata};
use crate::ledger::{Ceremony, Entry};

/// All of them for a tenant.
pub(super) fn duties(
    accounts: &[Account<'_>],
    record: &Record,
    began: Option<Timestamp>,
    calendar: &Calendar<'_>,
) -> Vec<Duty> {
    let tenant = calendar.terms.tenant.as_deref().unwrap_or("the tenant");
    [
        no_account(tenant, accounts),
        unexplained(tenant, record, calendar.now),
        monitor(tenant, accounts, record, calendar),
        audit(tenant, record, calendar),
        review(tenant, record, began, calendar),
        metadata(calendar),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where there is nothing to look after, everything else is in order.
fn no_account(tenant: &str, accounts: &[Account<'_>]) -> Option<Duty> {
    let command = "halligan init".to_owned();
    accounts.is_empty().then(|| {
        let why = "neither configuration nor ledger knows an emergency account: name them as \
             `[[emergency.account]]` in halligan.toml, which `halligan init` writes if there is none";
        Duty::new(DutyKind::Keys, tenant, DutyState::Failed, command).because(why)
    })
}

/// How long the service keeps its logs at the most.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

const HOLD: &str = "halligan review hold --by NAME";

/// The look that tells of everything from this moment on; where the logs do not go back so far, only people can tell.
fn look_again(since: Timestamp, now: Timestamp) -> String {
    match now.duration_since(since) < KEPT {
        true => format!("halligan monitor --since {since}"),
        false => HOLD.to_owned(),
    }
}

/// Nothing where nobody has looked.
fn unexplained(tenant: &str, record: &Record, now: Timestamp) -> Option<Duty> {
    if record.looks.saw_nothing() {
        return None;
    }
    let found = record.looks.unexplained();
    let command = match found.since {
        Some(since) => look_again(since, now),
        None => "halligan monitor".to_owned(),
    };
    let (state, why) = match found.rows {
        0 => (
            DutyState::Done,
            "nothing in the logs is unexplained".to_owned(),
        ),
        1 => (
            DutyState::Failed,
            "1 row of the logs that nothing explains".to_owned(),
        ),
        rows => (
            DutyState::Failed,
            format!("{rows} rows of the logs that nothing explains"),
        ),
    };
    Some(Duty::new(DutyKind::Unexplained, tenant, state, command).because(why))
}

/// A look at some accounts only says nothing of the others, and one that begins late nothing of what was before.
fn monitor(
    tenant: &str,
    accounts: &[Account<'_>],
    record: &Record,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let looks = &record.looks;
    let ids = || accounts.iter().filter_map(|account| account.id.as_deref());
    let seen = ids().map(|id| looks.seen(id)).min();
    let last = match (seen, looks.is_empty()) {
        (_, true) => record.look_ahead.map_or(Last::Never, Last::At),
        (Some(Some(seen)), false) => Last::At(seen),
        // It was looked at, and nothing could be read; or no account is known.
        (Some(None) | None, false) => looks.until().map_or(Last::Never, Last::At),
    };
    let command = "halligan monitor".to_owned();
    let duty = calendar.duty(DutyKind::Monitor, tenant, last, command)?;
    if looks.is_empty() {
        return Some(duty);
    }
    let mut unknown = accounts.iter().filter(|account| {
        let id = account.id.as_deref();
        !id.is_some_and(|id| looks.know(id))
    });
    if let Some(account) = unknown.next() {
        let why = format!("nobody looked for {}", account.name);
        return Some(duty.at_least(DutyState::Unknown, why));
    }
    let gaps = ids().flat_map(|id| looks.gaps(id, &record.reviews));
    Some(match gaps.min_by_key(|gap| gap.from) {
        Some(gap) => {
            let command = match gap.from == Timestamp::MIN {
                true => duty.command.clone(),
                false => look_again(gap.from, calendar.now),
            };
            duty.at_least(DutyState::Unknown, gap.why).by(command)
        }
        None => duty,
    })
}

fn audit(tenant: &str, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let command = "halligan tenant audit --sign-ins --record".to_owned();
    let last = record.audit.last();
    let duty = calendar.duty(DutyKind::Audit, tenant, last, command)?;
    Some(duty.ended(record.audit.what()))
}

/// There is something to be reviewed from the first entry on. One that nobody has signed is none yet.
fn review(
    tenant: &str,
    record: &Record,
    began: Option<Timestamp>,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let reviews = &record.reviews;
    let last = match (reviews.last(), began) {
        (Some(time), _) => Last::At(time),
        (None, Some(began)) => Last::NotSince(began),
        (None, None) => Last::Never,
    };
    let duty = calendar.duty(DutyKind::Review, tenant, last, HOLD.to_owned())?;
    let Some(newest) = reviews.newest() else {
        return Some(duty);
    };
    let duty = match &newest.ending {
        Ending::Failed(what) => {
            let why = format!("the last one was not in order: {what}");
            duty.at_least(DutyState::Failed, why)
        }
        Ending::Inconclusive(what) => {
            let why = format!("the last one left open: {what}");
            duty.at_least(DutyState::Unknown, why)
        }
        Ending::Passed => duty,
    };
    if reviews.is_signed(newest) {
        return Some(duty);
    }
    let (index, signed) = (newest.index, newest.signed);
    let why = format!(
        "{signed} of {} have signed the one of entry {index}",
        calendar.terms.signatures
    );
    let sign = format!("halligan review sign --review {index} --reviewer NAME");
    Some(duty.at_least(DutyState::Unknown, why).by(sign))
}

/// Nothing where none is stored: a tenant may do with the roots of its keys' makers.
fn metadata(calendar: &Calendar<'_>) -> Option<Duty> {
    const SUBJECT: &str = "FIDO's metadata";
    let command = "halligan mds update".to_owned();
    let stored = match &calendar.terms.metadata {
        Ok(stored) => (*stored)?,
        Err(why) => {
            let duty = Duty::new(DutyKind::Metadata, SUBJECT, DutyState::Unknown, command);
            return Some(duty.because(why.clone()));
        }
    };
    let duty = calendar.duty(
        DutyKind::Metadata,
        SUBJECT,
        Last::At(stored.stored_at),
        command,
    )?;
    let Some(due_at) = duty.due_at else {
        return Some(duty);
    };
    // A new edition is out before ours was to be asked for: nothing passes by the old one any more.
    match stale(stored).filter(|stale| *stale < due_at) {
        Some(stale) => {
            let state = calendar.state(stored.stored_at, stale, DutyState::Overdue);
            Some(Duty { state, ..duty }.due(Some(stale)))
        }
        None => Some(duty),
    }
}

/// The first moment after its last day.
fn stale(stored: StoredMetadata) -> Option<Timestamp> {
    let day = stored.next_update.tomorrow().ok()?;
    let midnight = day.to_zoned(TimeZone::UTC).ok()?;
    Some(midnight.timestamp())
}

/// One for each key, account or change with a ceremony that is open: of several on a key the oldest, which the others are parts of. It
/// is no secret for a day, and a matter of concern from then on.
pub(super) fn ceremonies(
    open: &[&Ceremony],
    entries: &[Entry],
    calendar: &Calendar<'_>,
) -> Vec<Duty> {
    let mut told = BTreeSet::new();
    let first = open.iter().filter(|one| told.insert(one.label.as_str()));
    first.map(|one| ceremony(one, entries, calendar)).collect()
}

fn ceremony(ceremony: &Ceremony, entries: &[Entry], calendar: &Calendar<'_>) -> Duty {
    let (what, label) = (ceremony.kind.as_str(), &ceremony.label);
    let duty = |state| Duty::new(DutyKind::Ceremony, label, state, resume(label));
    let first = ceremony.entries.first().copied();
    let first = first.and_then(|first| entries.get(usize::try_from(first).ok()?));
    let Some(since) = first.map(|entry| entry.time) else {
        return duty(DutyState::Unknown).because(format!("{what}, open"));
    };
    let within = calendar.terms.schedule.of(DutyKind::Ceremony);
    let due_at = within.map(|within| within.after(since));
    let state = match due_at.is_none_or(|due_at| due_at <= calendar.now) {
        _ if is_ahead(since, calendar.now) => DutyState::Unknown,
        true => DutyState::Overdue,
        false => DutyState::DueSoon,
    };
    let why = format!("{what}, open since {since}");
    duty(state).due(due_at).because(why)
}
