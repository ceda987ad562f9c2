//! A drill is to be noticed. Whoever watches says when and how it was.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::log::{rfc3339, time};
use crate::ceremony::{Error, Parties};
use crate::ledger::{AlertReceived, Ceremony, CeremonyKind, Draft, EntryRef, Event, Ledger};

/// A later alert is not one about this sign-in, or nobody was helped by it.
const LATEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How far the clock of whoever got it may be ahead or behind: the service saw the sign-in before this station had the tokens, too.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(1);

/// What the operator says.
#[derive(Debug, Clone)]
pub struct Request {
    /// The drill's ceremony, its name or its account; none for the last one.
    pub drill: Option<String>,
    /// When the alert came; none if it never did.
    pub received: Option<Timestamp>,
    /// By which way.
    pub channel: String,
    /// Who got it.
    pub by: String,
    /// How long it may take.
    pub within: Option<Duration>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The drill's ceremony.
    pub drill: Uuid,
    /// Its name.
    pub label: String,
    /// When the account was signed in, RFC 3339.
    pub signed_in_at: String,
    /// The alert and the entry that records it; none if it never came.
    pub received: Option<(AlertReceived, EntryRef)>,
    /// Whether it came, and in time.
    pub in_time: bool,
}

/// Why a statement about an alert is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbelievable {
    /// Before anybody had signed in.
    #[error("the alert cannot have come at {received}: the sign-in was at {signed_in}")]
    BeforeTheSignIn {
        /// When it is said to have come.
        received: Timestamp,
        /// When the account was signed in.
        signed_in: Timestamp,
    },
    /// Later than now.
    #[error("the alert cannot have come at {0}, which is still to come")]
    InTheFuture(Timestamp),
    /// Days after.
    #[error("an alert at {0} is days after the sign-in, and not about it")]
    TooLate(Timestamp),
}

/// Records when a drill was noticed, and judges whether that was in time. That it never was is recorded by nobody: a drill
/// without an alert says so itself.
///
/// # Errors
/// [`Error::NoSuchDrill`] and [`Error::Alert`] when that cannot have been, and when it could not be recorded.
pub async fn verify(request: &Request, parties: Parties<'_>) -> Result<Verified, Error> {
    parties.ledger.refresh().await?;
    let unknown = || Error::NoSuchDrill(request.drill.clone());
    let drill = find(request.drill.as_deref(), parties.ledger).ok_or_else(unknown)?;
    let (id, label) = (drill.id, drill.label.clone());
    let signed_in_at = drill
        .attempted
        .as_ref()
        .and_then(|attempted| attempted.signed_in_at.clone())
        .ok_or_else(unknown)?;
    let mut verified = Verified {
        drill: id,
        label,
        received: None,
        in_time: false,
        signed_in_at,
    };
    let Some(received) = request.received else {
        return Ok(verified);
    };
    let signed_in = time(&verified.signed_in_at).ok_or_else(unknown)?;
    let delay = delay(signed_in, received, parties.env.now())?;
    let alert = AlertReceived {
        drill: id,
        received_at: rfc3339(received),
        delay,
        channel: request.channel.clone(),
        by: request.by.clone(),
    };
    let event = Event::AlertReceived(alert.clone());
    let entry = parties.ledger.append(Draft::new(&event, None)).await?;
    verified.received = Some((alert, entry.reference()));
    verified.in_time = request
        .within
        .is_none_or(|within| u64::from(delay) <= within.as_secs());
    Ok(verified)
}

/// The latest of those that are meant in which the account was signed in. A drill that was finished later, by `resume`, is not
/// later for that.
fn find<'a>(wanted: Option<&str>, ledger: &'a Ledger) -> Option<&'a Ceremony> {
    let signed_in = |one: &Ceremony| time(one.attempted.as_ref()?.signed_in_at.as_deref()?);
    let drills = ledger.state().ceremonies();
    let drills = drills.filter(|one| one.kind == CeremonyKind::Drill && is_meant(one, wanted));
    drills
        .filter_map(|one| Some((signed_in(one)?, one)))
        .max_by_key(|(time, one)| (*time, one.entries.first().copied()))
        .map(|(_, one)| one)
}

/// By its id, its name, the account's id or the account's name in full or before its `@`.
pub(super) fn is_meant(drill: &Ceremony, wanted: Option<&str>) -> bool {
    let Some(wanted) = wanted else { return true };
    let Event::DrillIntended(intended) = &drill.intent else {
        return false;
    };
    let account = &intended.account;
    let short = account.upn.split('@').next().unwrap_or_default();
    let id = drill.id.to_string();
    let names = [id.as_str(), &drill.label, &account.id, &account.upn, short];
    names.iter().any(|name| name.eq_ignore_ascii_case(wanted))
}

/// The seconds from the sign-in to the alert, if that can be.
pub(super) fn delay(
    signed_in: Timestamp,
    received: Timestamp,
    now: Timestamp,
) -> Result<u32, Unbelievable> {
    if received > now + TOLERANCE {
        return Err(Unbelievable::InTheFuture(received));
    }
    let delay = received.duration_since(signed_in);
    if delay > LATEST {
        return Err(Unbelievable::TooLate(received));
    }
    if delay < -TOLERANCE {
        return Err(Unbelievable::BeforeTheSignIn {
            received,
            signed_in,
        });
    }
    // A week fits.
    Ok(u32::try_from(delay.as_secs().max(0)).unwrap_or_default())
}
