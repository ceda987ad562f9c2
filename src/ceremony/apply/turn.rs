//! Whether another run can be at work, and how long a change that was left open is waited for.
//!
//! Runs of one station exclude each other by the station's lock, which a killed process loses: a change that this station left open is
//! nobody's any more, and only the directory may still be hiding it. What another station does, only its entries tell. Its run ends a
//! step within [`LONGEST_STEP`] or leaves it open, so that its change is waited for that much longer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::ApplyError;
use super::look::intended;
use super::run::LONGEST_STEP;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, Entry, StationLock, StationName, TenantChange};

/// How long a change may take to show. Whatever is done once more after that is the same change again.
const SHOWS: Duration = Duration::from_secs(20);
/// The same where a name may be there twice: what was made would be made once more.
const SHOWS_BY_NAME: Duration = Duration::from_secs(60);

/// That no other run of this station is at work, as far as that can be known.
pub(super) struct Turn {
    /// None where the file system knows no locks: then this station is like another.
    lock: Option<StationLock>,
    station: StationName,
}

impl Turn {
    /// # Errors
    /// [`ApplyError::RunUnderWay`] while another run of this station is at work.
    pub(super) fn take(parties: &Parties<'_>) -> Result<Self, Error> {
        let station = parties.ledger.station();
        let name = station.name().clone();
        let lock = match station.lock() {
            Ok(None) => return Err(ApplyError::RunUnderWay(name.to_string()).into()),
            Ok(lock) => lock,
            Err(_) => None,
        };
        Ok(Self {
            lock,
            station: name,
        })
    }

    /// From when on a change that does not show was not made. A clock that is ahead counts as right now.
    pub(super) fn settled_at(
        &self,
        ceremony: &Ceremony,
        parties: &Parties<'_>,
    ) -> Result<Timestamp, Error> {
        let now = parties.env.now();
        let first = ceremony.entries.first();
        let first = first.and_then(|index| usize::try_from(*index).ok());
        let intent = first.and_then(|index| parties.ledger.entries().get(index));
        let patience = patience(intended(ceremony)?.change, self.is_ours(intent));
        let since = intent.map_or(now, |intent| intent.time.min(now));
        Ok(since.saturating_add(patience).unwrap_or(Timestamp::MAX))
    }

    fn is_ours(&self, intent: Option<&Entry>) -> bool {
        self.lock.is_some() && intent.is_some_and(|intent| intent.station == self.station)
    }
}

fn patience(change: TenantChange, ours: bool) -> SignedDuration {
    let shows = match change {
        TenantChange::CreateDedicatedPolicy
        | TenantChange::CreateGroup
        | TenantChange::CreateMfaPolicy => SHOWS_BY_NAME,
        _ => SHOWS,
    };
    let all = match ours {
        true => shows,
        // What is over covers the directory, and clocks that do not agree.
        false => LONGEST_STEP + SHOWS_BY_NAME,
    };
    SignedDuration::try_from(all).expect("a few minutes")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn another_stations_step_is_waited_for_as_long_as_it_may_take() {
        for change in [TenantChange::CreateGroup, TenantChange::AddMember] {
            assert!(patience(change, false) > SignedDuration::try_from(LONGEST_STEP).unwrap());
            assert!(patience(change, true) < patience(change, false));
        }
        assert!(
            patience(TenantChange::CreateGroup, true) > patience(TenantChange::AddMember, true)
        );
    }
}
