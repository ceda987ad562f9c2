//! Asks the service which policies would apply to the accounts, on every usual way in. Reads only.

use crate::ceremony::Error;
use crate::graph::Client;
use crate::tenant::conditional_access::usual_ways;
use crate::tenant::snapshot::Snapshot;
use crate::tenant::what_if::Standing;
use crate::tenant::what_if::service::{Answer, answer, question};

/// What the service says of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The account's name in the configuration.
    pub account: String,
    /// Its answers, a way each; none for an account that could not be read.
    pub answers: Vec<Answer>,
}

/// Asks about every account. The service takes one question a second: `progress` is told how many of how many were answered.
///
/// # Errors
/// [`Error::Tenant`] when the service does not answer one of them.
pub async fn ask(
    client: &Client,
    snapshot: &Snapshot,
    standings: &[Standing],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Asked>, Error> {
    let accounts = snapshot.accounts.iter().chain(&snapshot.regular);
    let people: Vec<_> = accounts.map(|account| account.person()).collect();
    let total = people.iter().flatten().count() * usual_ways().count();
    let mut done = 0;
    let mut asked = Vec::new();
    for (person, standing) in people.into_iter().zip(standings) {
        let mut answers = Vec::new();
        for way in usual_ways() {
            let Some(person) = &person else { break };
            progress(done, total);
            let results = client.evaluate(&question(person, way)).await?;
            answers.push(answer(snapshot, person, &standing.models(), way, &results));
            done += 1;
        }
        asked.push(Asked {
            account: standing.account.clone(),
            answers,
        });
    }
    progress(done, total);
    Ok(asked)
}
