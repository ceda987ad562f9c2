//! A drill that was left open. Before somebody has signed in nothing waits for it, and it is closed; afterwards the log is looked
//! at.

use super::hold::complete;
use super::log::{self, Looked, RETENTION};
use super::{Held, judge};
use crate::ceremony::resume::Inspection;
use crate::ceremony::{Error, Parties, setback};
use crate::ledger::{Ceremony, DrillIntended, EntryRef, Event, Ledger};

const NOT_LATER: &str = "whether anybody signed in was seen by nobody; end the drill that is still waiting, if there is one, and hold it anew";
const HAPPENED: &str = "somebody has tried to sign in, and the log will show it";

/// What is true.
pub(crate) fn inspect(ceremony: &Ceremony) -> Inspection {
    let (fact, finish, undo) = match &ceremony.attempted {
        None => (NOT_LATER.to_owned(), Err(NOT_LATER.to_owned()), Ok(())),
        Some(attempted) => {
            let fact = match &attempted.signed_in_at {
                Some(at) => {
                    format!("the account was signed in at {at}; the log is to be looked at")
                }
                None if attempted.let_in_at.is_some() => format!(
                    "somebody was let in at {}, and who was not proven; the log is to be looked at",
                    attempted.let_in_at.as_deref().unwrap_or_default()
                ),
                None => format!(
                    "nobody was signed in as the account at {}; the log is to be looked at",
                    attempted.began_at
                ),
            };
            (fact, Ok(()), Err(HAPPENED.to_owned()))
        }
    };
    Inspection::without_key(fact, finish, undo)
}

/// Looks for the row again, and completes the drill with what was seen before. Time has passed, so nobody who was not signed in is
/// waited for. While the log cannot be read and may yet have the row, the drill stays open: closed, it would never be proven.
pub(crate) async fn finish(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let (Some(attempted), Event::DrillIntended(intended)) = (&ceremony.attempted, &ceremony.intent)
    else {
        return Err(Error::NotFinishable {
            ceremony: ceremony.id,
            why: NOT_LATER.to_owned(),
        });
    };
    let DrillIntended {
        account,
        expected_policies,
        ..
    } = intended;
    let now = parties.env.now();
    let patience = log::patience_left(attempted, now);
    let looked = log::look(account, expected_policies, attempted, patience, parties).await?;
    let is_gone = log::since(attempted, now) >= RETENTION;
    let seen = match looked {
        Looked::Seen(seen) => seen,
        Looked::Unread {
            unread,
            is_mendable: true,
        } if !is_gone => {
            let needed = unread.permission.as_deref();
            let needed = needed.map_or_else(String::new, |one| format!("; needed is {one}"));
            return Err(Error::NotFinishable {
                ceremony: ceremony.id,
                why: format!("the sign-in log cannot be read: {}{needed}", unread.why),
            });
        }
        Looked::Unread { unread, .. } => judge::unread(&unread),
    };
    let held = complete(
        ceremony.id,
        account.clone(),
        attempted.clone(),
        seen,
        parties,
    )
    .await?;
    Ok(held.entry)
}

/// Closes it.
pub(crate) async fn undo(
    ceremony: &Ceremony,
    parties: &mut Parties<'_>,
) -> Result<EntryRef, Error> {
    let untouched = match ceremony.attempted {
        None => Ok(()),
        Some(_) => Err(HAPPENED.to_owned()),
    };
    setback::undo_untouched(ceremony, untouched, parties).await
}

/// The drill that this entry completed.
pub(crate) fn held(ceremony: &Ceremony, entry: EntryRef, ledger: &Ledger) -> Option<Held> {
    let recorded = ledger
        .entries()
        .iter()
        .find(|one| one.index == entry.index)?;
    let event = Event::parse(&recorded.kind, &recorded.body).ok()??;
    match (event, &ceremony.intent) {
        (Event::DrillCompleted(completed), Event::DrillIntended(intended)) => Some(Held::new(
            ceremony.id,
            intended.account.clone(),
            completed,
            entry,
        )),
        _ => None,
    }
}
