//! Results, rendered: text for people, JSON for programs. Pure: nothing here asks a key, a tenant or the clock, and nothing
//! computes a verdict.

mod batch;
mod check;
mod enroll;
mod key;
mod ledger;
mod reconcile;

use serde_json::{Map, Value, json};

pub use batch::{Row, Status, batch, csv, rows, table};
pub use check::check;
pub use enroll::enroll;
pub use key::{ListedKey, credentials, device_list, key_info};
pub use ledger::{ledger_show, ledger_verify};
pub use reconcile::reconcile;

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

/// Names come from the directory and from the key, and must not move the reader's cursor.
fn printable(text: &str) -> String {
    let shown = |character: char| {
        if character.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            character
        }
    };
    text.chars().map(shown).collect()
}
