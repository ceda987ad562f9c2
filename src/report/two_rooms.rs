//! The results of an enrolment in two rooms, one for each room and visit.

use std::path::Path;

use serde_json::json;

use crate::ceremony::two_rooms::{EnrollRequest, EnrollResponse, Wanted};
use crate::ledger::{EnrolledKey, EntryRef};
use crate::report::Report;

const SCHEMA: &str = "halligan.enroll/1";

/// What was asked for, and the head that the other room must see.
#[must_use]
pub fn enroll_request(wanted: &Wanted, head: &EntryRef, path: &Path) -> Report {
    let expires = wanted.options.options.expires;
    let body = json!({
        "request": path,
        "label": wanted.label,
        "account": wanted.account,
        "expires": expires,
        "head": head,
    });
    let until = expires.map_or_else(String::new, |end| format!(", good until {end}"));
    let text = format!(
        "Wrote {}: {} for {}{until}.\n  ledger      entry {}, head {}\nNote the head and compare it in the room of the key.\n",
        path.display(),
        wanted.label,
        wanted.account.upn,
        head.index,
        head.hash
    );
    Report::new(SCHEMA, true, body, text)
}

/// What was done in the room of the key.
#[must_use]
pub fn enroll_offline(request: &EnrollRequest, response: &EnrollResponse, path: &Path) -> Report {
    let head = &request.head;
    let body = json!({
        "response": path,
        "label": request.wanted.label,
        "account": request.wanted.account,
        "ceremony": response.ceremony,
        "requested_by": request.station,
        "request_head": head,
        "entries": response.entries.len(),
    });
    let text = format!(
        "{} is provisioned for {}, and not registered yet.\n  request     by {}, entry {}, head {}\nWrote {} ({} entries): register it with `halligan enroll --offline-response FILE` in the room of the tenant.\n",
        request.wanted.label,
        request.wanted.account.upn,
        request.station,
        head.index,
        head.hash,
        path.display(),
        response.entries.len()
    );
    Report::new(SCHEMA, true, body, text)
}

/// What was registered.
#[must_use]
pub fn enroll_response(key: Option<&EnrolledKey>, entry: &EntryRef) -> Report {
    let enrolled = key.map(|key| &key.enrolled);
    let body = json!({
        "label": enrolled.map(|enrolled| &enrolled.label),
        "account": enrolled.map(|enrolled| &enrolled.account),
        "method_id": enrolled.map(|enrolled| &enrolled.method_id),
        "entry": entry,
    });
    let who = enrolled.map_or_else(String::new, |enrolled| {
        format!(" {} for {}", enrolled.label, enrolled.account.upn)
    });
    let text = format!(
        "Enrolled{who}.\n  ledger      entry {}, head {}\n",
        entry.index, entry.hash
    );
    Report::new(SCHEMA, true, body, text)
}
