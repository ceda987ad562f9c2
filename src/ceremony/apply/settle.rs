//! Changes that an earlier run left open: the tenant says what became of each, before anything is planned.

use std::time::Duration;

use jiff::Timestamp;

use super::look::{intended, shows};
use super::run::{changed, phase};
use super::turn::Turn;
use crate::ceremony::interaction::Step as Phase;
use crate::ceremony::setback::undone;
use crate::ceremony::{Error, Parties};
use crate::ledger::{Ceremony, CeremonyKind, CeremonyPhase, EntryRef};

/// Pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was made.
    Made,
    /// It was not.
    NotMade,
}

/// A change that was left open, and how it was closed.
#[derive(Debug, Clone)]
pub struct Settled {
    /// The change's own name.
    pub label: String,
    /// What became of it.
    pub end: End,
    /// The entry that closes it.
    pub entry: EntryRef,
}

/// Closes every change of this tenant that is open.
pub(super) async fn settle(
    tenant: &str,
    turn: &Turn,
    parties: &mut Parties<'_>,
) -> Result<Vec<Settled>, Error> {
    let open = parties.ledger.state().open_ceremonies().into_iter();
    let open: Vec<Ceremony> = open
        .filter(|one| one.kind == CeremonyKind::Tenant)
        .cloned()
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    parties.interaction.begin(Phase::ReadTenant);
    let tenant = identity(tenant, parties).await?;
    let mut settled = Vec::new();
    for ceremony in open {
        if intended(&ceremony)?.tenant == tenant {
            settled.extend(close(&ceremony, turn, parties).await?);
        }
    }
    let fact = format!("{} changes had been left open", settled.len());
    parties.interaction.done(Phase::ReadTenant, &fact);
    Ok(settled)
}

/// The tenant's identifier as snapshots have it.
async fn identity(configured: &str, parties: &Parties<'_>) -> Result<String, Error> {
    let organization = match parties.tenant()?.organization().await {
        // Snapshots do without, too.
        Err(error) if error.status() == Some(403) => Vec::new(),
        organization => organization?,
    };
    let id = organization.into_iter().next().map(|one| one.id);
    Ok(id.unwrap_or_else(|| configured.to_owned()))
}

/// None if somebody else closes it meanwhile: its own run is at work.
async fn close(
    ceremony: &Ceremony,
    turn: &Turn,
    parties: &mut Parties<'_>,
) -> Result<Option<Settled>, Error> {
    let change = intended(ceremony)?.clone();
    let settled_at = turn.settled_at(ceremony, parties)?;
    let mut told = false;
    while is_open(ceremony, parties) {
        let (end, recorded) = match shows(&change, parties.tenant()?).await? {
            Some(id) => {
                let recorded = changed(ceremony.id, &change, &id, parties).await;
                (End::Made, recorded)
            }
            None if left(settled_at, parties).is_zero() => {
                let recorded = undone(ceremony.id, &change.label, parties).await;
                (End::NotMade, recorded)
            }
            None => {
                if !std::mem::replace(&mut told, true) {
                    let why = format!("{} was left open, and may show yet", change.label);
                    let left = left(settled_at, parties);
                    parties.interaction.waiting(&why, left);
                }
                parties.sleep(PAUSE).await?;
                parties.ledger.refresh().await?;
                continue;
            }
        };
        match recorded {
            Err(_) if !is_open(ceremony, parties) => break,
            entry => {
                return Ok(Some(Settled {
                    label: change.label,
                    end,
                    entry: entry?,
                }));
            }
        }
    }
    Ok(None)
}

fn is_open(ceremony: &Ceremony, parties: &Parties<'_>) -> bool {
    matches!(phase(ceremony.id, parties), Some(CeremonyPhase::Open(_)))
}

/// How long it is until then.
pub(super) fn left(settled_at: Timestamp, parties: &Parties<'_>) -> Duration {
    let left = settled_at.duration_since(parties.env.now());
    Duration::try_from(left).unwrap_or_default()
}
