//! Keys without an address: each is plugged in when its turn comes.

use std::collections::BTreeSet;
use std::time::Duration;

use super::run::{known_as, one};
use super::{Common, Connected, Workshop};
use crate::ceremony::Error;
use crate::ctap::hid::Address;
use crate::ledger::Ledger;

/// How often it is looked whether a key was plugged in.
const INTERVAL: Duration = Duration::from_millis(250);

/// Enrols the keys at these places of the plan one after the other, each as it is plugged in. After an interrupt no further one
/// begins.
///
/// # Errors
/// When plugged-in keys cannot be listed or the ledger cannot be read: then no further one begins either.
pub async fn one_by_one<W: Workshop>(
    places: &[usize],
    common: Common<'_>,
    workshop: &W,
) -> Result<(), W::Error> {
    if places.is_empty() {
        return Ok(());
    }
    let mut ledger = workshop.ledger().await?;
    let mut seen = BTreeSet::new();
    for &index in places {
        let line = &common.resolution.lines[index];
        let label = &line.key.label;
        let Some(next) = next(label, &mut seen, &mut ledger, common, workshop).await? else {
            return Ok(());
        };
        let result = match next {
            Ok(key) => one(line, key, &mut ledger, common, workshop).await,
            Err(error) => Err(error),
        };
        workshop.ended(index, result);
    }
    Ok(())
}

/// Waits for a key that was not there before, or was pulled out since, and that the ledger does not know: one of this batch that is
/// put in again is sent back. None after an interrupt. The inner error is about the key that came.
async fn next<W: Workshop>(
    label: &str,
    seen: &mut BTreeSet<String>,
    ledger: &mut Ledger,
    common: Common<'_>,
    workshop: &W,
) -> Result<Option<Result<Connected, W::Error>>, W::Error> {
    let mut asked = false;
    while !common.cancel.is_raised() {
        let Some(address) = unseen(seen, workshop.plugged_in()?) else {
            if !asked {
                workshop.insert_key(label);
                asked = true;
            }
            tokio::time::sleep(INTERVAL).await;
            continue;
        };
        let mut key = match workshop.open(&address) {
            Ok(key) => key,
            Err(error) => return Ok(Some(Err(error))),
        };
        ledger.refresh().await.map_err(Error::from)?;
        match known_as(&mut key, ledger.state(), common.env) {
            Ok(None) => return Ok(Some(Ok(key))),
            Ok(Some((_, known))) => {
                let mut person = workshop.person(label);
                person.warn(&format!(
                    "the key that was put in is {known} already; take another"
                ));
                asked = false;
            }
            Err(error) => return Ok(Some(Err(error.into()))),
        }
    }
    Ok(None)
}

/// The first key that has not had its turn. One that was pulled out may have it again.
fn unseen(seen: &mut BTreeSet<String>, plugged_in: Vec<Address>) -> Option<Address> {
    let names: BTreeSet<String> = plugged_in.iter().map(Address::to_string).collect();
    seen.retain(|name| names.contains(name));
    let mut unseen = plugged_in
        .into_iter()
        .filter(|address| !seen.contains(&address.to_string()));
    let next = unseen.next()?;
    drop(unseen);
    seen.insert(next.to_string());
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_its_turn_once_unless_it_was_pulled_out() {
        let key = |path: &str| Address::Hid(path.to_owned());
        let mut seen = BTreeSet::new();
        let both = || vec![key("a"), key("b")];
        assert_eq!(unseen(&mut seen, both()), Some(key("a")));
        assert_eq!(unseen(&mut seen, both()), Some(key("b")));
        assert_eq!(unseen(&mut seen, both()), None);
        assert_eq!(unseen(&mut seen, vec![key("b")]), None);
        assert_eq!(unseen(&mut seen, both()), Some(key("a")));
    }
}
