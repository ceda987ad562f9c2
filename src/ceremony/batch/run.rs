//! One key, and many of them side by side.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Handle;

use super::{Common, Connected, Resolved, Workshop};
use crate::ceremony::enroll::{self, Enrolled, Outcome, Request};
use crate::ceremony::silent::{self, Answer};
use crate::ceremony::{Error, Parties};
use crate::ctap::hid::Address;
use crate::env::Env;
use crate::ledger::{Ledger, State};

/// Enrols keys whose addresses are known: the places of the plan, and where their keys are. At most `workers` at a time, each on
/// a thread with a handle on the ledger that serves for many keys. After an interrupt no further one begins.
///
/// Blocks until all have ended; the runtime needs a thread of its own.
pub fn side_by_side<W: Workshop>(
    jobs: Vec<(usize, Address)>,
    workers: usize,
    common: Common<'_>,
    workshop: &W,
) {
    let runtime = Handle::current();
    let workers = workers.clamp(1, jobs.len().max(1));
    let queue = Mutex::new(jobs.into_iter());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut ledger = None;
                while let Some((index, address)) = next() {
                    if common.cancel.is_raised() {
                        return;
                    }
                    let result = runtime.block_on(async {
                        if ledger.is_none() {
                            ledger = Some(workshop.ledger().await?);
                        }
                        let ledger = ledger.as_mut().expect("it was opened above");
                        let key = workshop.open(&address)?;
                        let line = &common.resolution.lines[index];
                        one(line, key, ledger, common, workshop).await
                    });
                    workshop.ended(index, result);
                }
            });
        }
    });
}

/// Enrols one key, and says where it will lie.
pub(super) async fn one<W: Workshop>(
    line: &Resolved,
    mut key: Connected,
    ledger: &mut Ledger,
    common: Common<'_>,
    workshop: &W,
) -> Result<Enrolled, W::Error> {
    let model = key.authenticator.info().aaguid;
    common.resolution.admit(line, model)?;
    let request = workshop.request(line, &key);
    let request = Request {
        custody: line.key.custody.clone().or(request.custody),
        ..request
    };
    let mut person = workshop.person(&line.key.label);
    ledger.refresh().await.map_err(Error::from)?;
    if let Some((account, label)) = known_as(&mut key, ledger.state(), common.env)? {
        let label = Some(label);
        return Err(Error::AlreadyEnrolled { account, label }.into());
    }
    let parties = Parties {
        key: (&mut key.authenticator).into(),
        tenant: Some(common.tenant),
        ledger,
        interaction: person.as_mut(),
        cancel: common.cancel,
        env: common.env,
    };
    let outcome = enroll::enroll(&request, parties).await?;
    let Outcome::Enrolled(enrolled) = outcome else {
        unreachable!("no request of a batch is a dry run");
    };
    Ok(*enrolled)
}

/// The account and the label that the ledger has for a key, whichever account that is. The key says so silently.
pub(super) fn known_as(
    key: &mut Connected,
    ledger: &State,
    env: &Env,
) -> Result<Option<(String, String)>, Error> {
    let model = key.authenticator.info().aaguid;
    let keys = ledger.keys_in_service().map(|key| &key.enrolled);
    let known: Vec<_> = keys.filter(|key| key.aaguid == model).collect();
    let rp_ids: BTreeSet<_> = known.iter().map(|key| &key.rp_id).collect();
    for rp_id in rp_ids {
        let of_rp = known.iter().filter(|key| key.rp_id == *rp_id);
        let ids = of_rp.map(|key| key.credential_id.as_slice());
        if let Answer::Holds(held) = silent::ask(&mut key.authenticator, env, rp_id, ids)? {
            let found = known.iter().find(|key| key.credential_id == held);
            return Ok(found.map(|key| (key.account.upn.clone(), key.label.clone())));
        }
    }
    Ok(None)
}
