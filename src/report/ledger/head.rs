//! The head: what to note elsewhere, so that a cut-off end shows.

use serde_json::json;

use crate::ledger::Entry;
use crate::report::Report;

/// Renders the newest entry's index and hash, as one line or as a form to write on.
#[must_use]
pub fn ledger_head(newest: &Entry, location: &str, form: bool) -> Report {
    let head = newest.reference();
    let body = json!({
        "entries": head.index + 1,
        "head": head,
        "noted": head.to_string(),
        "time": newest.time,
        "station": newest.station,
    });
    let text = if form {
        page(newest, location)
    } else {
        format!("{head}\n")
    };
    Report::new("halligan.ledger.head/1", true, body, text)
}

fn page(newest: &Entry, location: &str) -> String {
    let head = newest.reference();
    let hash = head.hash.to_string();
    let groups: Vec<&str> = (0..16)
        .map(|group| &hash[4 * group..4 * group + 4])
        .collect();
    let line = "_".repeat(32);
    format!(
        "Head of the ledger {location}\n\n\
         entry     {index}\n\
         hash      {first}\n          {second}\n\
         time      {time}\n\
         station   {station}\n\n\
         Noted by  {line}  on  ______________\n\n\
         Witness   {line}  on  ______________\n\n\
         Later, this says whether the end of the ledger was cut off or its past rewritten:\n\
         halligan ledger verify --expect-head {head}\n",
        index = head.index,
        first = groups[..8].join(" "),
        second = groups[8..].join(" "),
        time = newest.time,
        station = newest.station,
    )
}
