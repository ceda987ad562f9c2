//! Results, rendered: text for people, JSON for programs. Pure: nothing here asks a key, a tenant or the clock, and nothing
//! computes a verdict.

mod alerts;
mod attestation;
mod batch;
mod check;
mod doctor;
mod document;
mod drill;
mod duty;
mod enroll;
mod handover;
mod key;
mod key_compare;
mod key_config;
mod key_history;
mod key_life;
mod key_test;
mod ledger;
mod mds;
mod monitor;
mod pin_change;
mod reconcile;
mod reset;
mod resume;
mod retire;
mod review;
mod sheet;
mod tenant;
mod two_rooms;

use serde_json::{Map, Value, json};

use crate::encoding::printable;

pub use alerts::{
    EmailAddress, File as AlertFile, Named, ReceiverError, Receivers, Request as AlertRequest,
    Service as AlertService, Telephone, Watched, Webhook, WorkspaceError, WorkspaceId, alert_files,
    alert_queries, alerts_generated,
};
pub use attestation::{attestation_verify, unreadable_attestation};
pub use batch::{Row, Status, batch, csv, rows, table};
pub use check::check;
pub use doctor::doctor;
pub use drill::{alerts_verify, drill, with_drill};
pub use duty::{Screen, Shown, calendar, due, metrics, metrics_without_ledger, status};
pub use enroll::enroll;
pub use handover::handover;
pub use key::{ListedKey, credentials, device_list, key_info};
pub use key_compare::key_compare;
pub use key_config::{key_config_set, key_settings};
pub use key_history::key_history;
pub use key_life::key_life;
pub use key_test::{
    html as key_test_html, junit as key_test_junit, key_test, key_test_list, key_test_recorded,
};
pub use ledger::{
    ledger_export, ledger_head, ledger_page, ledger_revoke, ledger_show, ledger_stations,
    ledger_verify,
};
pub use mds::{AllowList, mds_query, mds_show, mds_update};
pub use monitor::{
    monitor, monitor_alarm, monitor_event, monitor_failure, monitor_line, monitor_unread_line,
};
pub use pin_change::pin_change;
pub use reconcile::reconcile;
pub use reset::key_reset;
pub use resume::{resume, resume_list};
pub use retire::retire;
pub use review::{
    Files as ReviewFiles, review_document, review_held, review_html, review_questions,
    review_signed, review_summary, reviewer_joined, reviewer_left, reviewers,
};
pub use sheet::{Sheet, sheets};
pub use tenant::{
    Audited, Destination, explain, prediction_json, preflight, snapshot_text, tenant_apply,
    tenant_audit, tenant_audit_html, tenant_audit_junit, tenant_audit_list, tenant_audit_recorded,
    tenant_audit_sarif, tenant_export, tenant_plan, unread_line, what_if,
};
pub use two_rooms::{enroll_offline, enroll_request, enroll_response};

/// A result, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// `halligan.<command>/<version>`
    pub schema: &'static str,
    /// Whether the answer is the one that was hoped for. A check that ran and failed is not `ok`.
    pub ok: bool,
    /// The members of the JSON document besides `schema` and `ok`.
    pub body: Map<String, Value>,
    /// The same for people, ending in a line feed.
    pub text: String,
}

impl Report {
    /// A report from a JSON object and its text.
    ///
    /// A body that is not an object is kept under `result`.
    #[must_use]
    pub fn new(schema: &'static str, ok: bool, body: Value, text: String) -> Self {
        let body = match body {
            Value::Object(members) => members,
            other => Map::from_iter([("result".to_owned(), other)]),
        };
        Self {
            schema,
            ok,
            body,
            text,
        }
    }

    /// The whole document, `schema` and `ok` first.
    #[must_use]
    pub fn document(&self) -> Value {
        let mut document = Map::from_iter([
            ("schema".to_owned(), json!(self.schema)),
            ("ok".to_owned(), json!(self.ok)),
        ]);
        document.extend(self.body.clone());
        Value::Object(document)
    }
}
