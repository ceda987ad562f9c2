//! Waiting until the directory shows what it has taken.

use std::time::Duration;

use super::ApplyError;
use crate::ceremony::{Error, Parties};
use crate::graph::Client;
use crate::tenant::plan::Step;

/// Pauses while the directory does not show yet what it has taken.
pub(super) const LAG_PAUSES: [Duration; 7] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// How many of them while nobody knows whether the service has taken it: if it did not, it will never show. The change stays open
/// then, and the next run looks again.
pub(super) const DOUBTFUL_PAUSES: usize = 5;

/// How long is looked, after an interrupt, for what the service has taken.
const LAST_LOOK: Duration = Duration::from_secs(5);
/// Pause between two such looks.
const LAST_LOOK_PAUSE: Duration = Duration::from_millis(500);

/// Waits until something shows; not for long once the operator interrupts.
pub(super) async fn until(
    step: &Step,
    pauses: &[Duration],
    parties: &mut Parties<'_>,
    look: impl AsyncFn(&Client) -> Result<Option<String>, Error>,
) -> Result<String, Error> {
    let client = parties.tenant()?.clone();
    match patiently(step, pauses, &client, parties, &look).await {
        Err(_) if parties.go_on().is_err() => last_look(client, look).await,
        found => found,
    }
}

async fn patiently(
    step: &Step,
    pauses: &[Duration],
    client: &Client,
    parties: &mut Parties<'_>,
    look: &impl AsyncFn(&Client) -> Result<Option<String>, Error>,
) -> Result<String, Error> {
    let mut pauses = pauses.iter().copied();
    loop {
        if let Some(id) = look(client).await? {
            return Ok(id);
        }
        let Some(pause) = pauses.next() else {
            return Err(ApplyError::DoesNotShow(step.id()).into());
        };
        parties
            .pause("the directory does not show the change yet", pause)
            .await?;
    }
}

/// What shows within a moment can be recorded, and nobody has to find it out later.
async fn last_look(
    client: Client,
    look: impl AsyncFn(&Client) -> Result<Option<String>, Error>,
) -> Result<String, Error> {
    // The interrupt would break off every question.
    let client = client.stop_when(std::future::pending());
    let looks = async {
        loop {
            if let Some(id) = look(&client).await? {
                return Ok(id);
            }
            tokio::time::sleep(LAST_LOOK_PAUSE).await;
        }
    };
    let found = tokio::time::timeout(LAST_LOOK, looks).await;
    found.unwrap_or(Err(Error::Cancelled))
}
