//! The ledger, read as anybody may: that it verifies, that this station may go on writing it, that the clock is not behind it.

use jiff::Timestamp;

use super::{CLOCK_TOLERANCE, Finding, Remedy, Subject};
use crate::ceremony::error::in_full;
use crate::ledger::{Error, Reader, State, Station, Verification};

/// Reads and verifies a ledger that was, or was not, opened. Without a station nothing is said of it.
pub async fn ledger(
    opened: Result<Reader, Error>,
    station: Option<&Station>,
    now: Timestamp,
) -> Vec<Finding> {
    let reader = match opened {
        Ok(reader) => reader,
        Err(error) => return vec![unread(&error)],
    };
    match reader.verify().await {
        Ok(verification) => judge(&reader, &verification, station, now),
        Err(error) => vec![unread(&error)],
    }
}

/// Where nothing is yet, the first enrolment begins it.
fn unread(error: &Error) -> Finding {
    match error {
        Error::Absent(location) => Finding::not_applicable(
            Subject::Ledger,
            format!("there is none yet at {location}; the first entry makes it"),
        ),
        error => Finding::fail(Subject::Ledger, in_full(error), Remedy::LedgerUnread),
    }
}

fn judge(
    reader: &Reader,
    verification: &Verification,
    station: Option<&Station>,
    now: Timestamp,
) -> Vec<Finding> {
    let location = reader.location();
    if let Some(failure) = &verification.failure {
        let why = format!("{location}: {failure}");
        return vec![Finding::fail(Subject::Ledger, why, Remedy::Inconsistent)];
    }
    let state = &verification.state;
    let entries = match verification.entries() {
        1 => "1 entry".to_owned(),
        entries => format!("{entries} entries"),
    };
    let mut findings = vec![Finding::pass(
        Subject::Ledger,
        format!("{entries} at {location}, verified"),
    )];
    findings.extend(station.and_then(|station| standing(state, station)));
    findings.extend(clock(state, now));
    findings.push(open_ceremonies(state));
    findings
}

/// Whether the ledger lets this station write no more.
fn standing(state: &State, station: &Station) -> Option<Finding> {
    let name = station.name();
    let joined = state.stations().get(name)?;
    let why = if joined.public_key != *station.public_key() {
        format!(
            "the ledger knows {name} with another key, since entry {}",
            joined.joined.index
        )
    } else {
        let revoked = joined.revoked.as_ref()?;
        format!("{name} was revoked: {}", revoked.reason)
    };
    Some(Finding::fail(Subject::Station, why, Remedy::Station).about("in the ledger"))
}

/// Entries say when things happened by the clock of who wrote them.
fn clock(state: &State, now: Timestamp) -> Option<Finding> {
    let newest = state.last_time()?;
    let behind = newest.duration_since(now);
    (behind > CLOCK_TOLERANCE).then(|| {
        let why = format!(
            "this machine's clock is {} s behind the ledger's newest entry",
            behind.as_secs()
        );
        Finding::fail(Subject::Clock, why, Remedy::SetClock).about("by the ledger")
    })
}

fn open_ceremonies(state: &State) -> Finding {
    let open = state.open_ceremonies();
    if open.is_empty() {
        return Finding::pass(Subject::OpenCeremonies, "none");
    }
    let labels: Vec<&str> = open.iter().map(|one| one.label.as_str()).collect();
    let why = format!("stopped in the middle: {}", labels.join(", "));
    Finding::fail(Subject::OpenCeremonies, why, Remedy::Resume)
}
