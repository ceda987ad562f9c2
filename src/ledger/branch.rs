//! A branch: what a station appends to a copy of the ledger while it cannot reach the ledger itself. [`Ledger::merge`] brings
//! it in.
//!
//! [`Ledger::merge`]: super::Ledger::merge

use super::entry::Entry;
use super::error::Error;
use super::store::{Created, Store};

/// Makes a copy of a ledger at `location`, to be continued there. A copy that is there already, whole, in part or continued, is left as it is.
///
/// # Errors
/// [`Error::NotACopy`] when the place holds a ledger of another history, and when the storage refuses.
pub async fn copy(entries: &[Entry], location: &str) -> Result<(), Error> {
    let store = Store::open(location)?;
    for entry in entries {
        match store.create(entry.index, entry.as_bytes()).await? {
            Created::Ours => {}
            Created::Theirs => {
                return Err(Error::NotACopy {
                    location: location.to_owned(),
                    index: entry.index,
                });
            }
        }
    }
    Ok(())
}
