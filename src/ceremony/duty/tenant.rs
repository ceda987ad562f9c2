//! What is due for the tenant as a whole, for ceremonies, and for what lies beside the ledger.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::accounts::Account;
use super::calendar::{Calendar, Last};
use super::record::{Ending, Record};
use super::{Duty, DutyKind, DutyState, StoredMetadata};
use crate::encoding::shell_word;
use crate::ledger::{Ceremony, Entry, State};

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
        unexplained(tenant, record),
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
    let command = "halligan tenant plan".to_owned();
    accounts.is_empty().then(|| {
        Duty::new(DutyKind::Keys, tenant, DutyState::Failed, command)
            .because("neither configuration nor ledger knows an emergency account")
    })
}

/// Nothing where nobody has looked.
fn unexplained(tenant: &str, record: &Record) -> Option<Duty> {
    let first = record.looks.first()?;
    let command = format!("halligan monitor --since {}", first.from);
    Some(match record.unexplained() {
        0 => Duty::new(DutyKind::Unexplained, tenant, DutyState::Done, command)
            .because("nothing in the logs is unexplained"),
        rows => Duty::new(DutyKind::Unexplained, tenant, DutyState::Failed, command)
            .because(format!("{rows} rows of the logs that nothing explains")),
    })
}

/// A look at some accounts only says nothing of the others.
fn monitor(
    tenant: &str,
    accounts: &[Account<'_>],
    record: &Record,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let ids = || accounts.iter().filter_map(|account| account.id.as_deref());
    let looks = record.looks.iter().filter(|look| look.covers(ids()));
    let look = looks.max_by_key(|look| look.until);
    let last = look.map(|look| look.until);
    let command = "halligan monitor".to_owned();
    let duty = calendar.duty(DutyKind::Monitor, tenant, last.into(), command)?;
    Some(match look.map(|look| &look.unread) {
        Some(Some(why)) => duty.at_least(DutyState::Unknown, format!("not all was read: {why}")),
        None if !record.looks.is_empty() => duty.because("nobody looked for all accounts"),
        Some(None) | None => duty,
    })
}

fn audit(tenant: &str, record: &Record, calendar: &Calendar<'_>) -> Option<Duty> {
    let last = record.audit.as_ref().map(|(time, _)| *time);
    let command = "halligan tenant audit --record".to_owned();
    let duty = calendar.duty(DutyKind::Audit, tenant, last.into(), command)?;
    Some(match record.audit.as_ref().map(|(_, ending)| ending) {
        Some(Ending::Failed(what)) => duty.at_least(DutyState::Failed, what),
        Some(Ending::Inconclusive(what)) => duty.at_least(DutyState::Unknown, what),
        Some(Ending::Passed) | None => duty,
    })
}

/// There is something to be reviewed from the first entry on.
fn review(
    tenant: &str,
    record: &Record,
    began: Option<Timestamp>,
    calendar: &Calendar<'_>,
) -> Option<Duty> {
    let last = match (record.review, began) {
        (Some((time, _)), _) => Last::At(time),
        (None, Some(began)) => Last::NotSince(began),
        (None, None) => Last::Never,
    };
    let command = "halligan review hold --by NAME".to_owned();
    let duty = calendar.duty(DutyKind::Review, tenant, last, command)?;
    Some(match record.review {
        Some((_, false)) => duty.at_least(DutyState::Failed, "the last one was not in order"),
        Some((_, true)) | None => duty,
    })
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

/// One for each ceremony that is open. It is no secret for a day, and a matter of concern from then on.
pub(super) fn ceremonies(entries: &[Entry], state: &State, calendar: &Calendar<'_>) -> Vec<Duty> {
    let open = state.open_ceremonies().into_iter();
    open.filter_map(|ceremony| one(ceremony, entries, calendar))
        .collect()
}

fn one(ceremony: &Ceremony, entries: &[Entry], calendar: &Calendar<'_>) -> Option<Duty> {
    let first = usize::try_from(*ceremony.entries.first()?).ok()?;
    let since = entries.get(first)?.time;
    let due_at = calendar.terms.schedule.of(DutyKind::Ceremony)?.after(since);
    let state = match due_at <= calendar.now {
        true => DutyState::Overdue,
        false => DutyState::DueSoon,
    };
    let command = format!("halligan resume {}", shell_word(&ceremony.label));
    let what = ceremony.kind.as_str();
    let duty = Duty::new(DutyKind::Ceremony, &ceremony.label, state, command);
    let why = format!("{what}, open since {since}");
    Some(duty.due(Some(due_at)).because(why))
}
