//! Waiting until the directory shows what it has taken.

use std::time::Duration;

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

/// Waits until something shows.
pub(super) async fn until(
    step: &Step,
    pauses: &[Duration],
    parties: &mut Parties<'_>,
    look: impl AsyncFn(&Client) -> Result<Option<String>, Error>,
) -> Result<String, Error> {
    let client = parties.tenant()?.clone();
    let mut pauses = pauses.iter().copied();
    loop {
        if let Some(id) = look(&client).await? {
            return Ok(id);
        }
        let Some(pause) = pauses.next() else {
            return Err(Error::TenantDoesNotShow(step.id()));
        };
        parties
            .pause("the directory does not show the change yet", pause)
            .await?;
    }
}
