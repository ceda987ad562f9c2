//! The result of a batch: a row for each key of the plan; as text, as JSON, and as a table for spreadsheets.

use std::fmt::Write;

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::ceremony::batch::{Resolution, Resolved, Todo};
use crate::ceremony::enroll::Enrolled;
use crate::encoding::hex;
use crate::report::{Report, printable};

/// What became of a key of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was enrolled by an earlier run.
    AlreadyEnrolled,
    /// It was enrolled now.
    Enrolled,
    /// Its enrolment failed, and nothing remains of it.
    Failed,
    /// It cannot be enrolled as planned.
    Impossible,
    /// An enrolment is open and waits for `resume`.
    Open,
    /// It is to be enrolled; nothing was done yet.
    Planned,
}

impl Status {
    fn id(self) -> &'static str {
        match self {
            Self::AlreadyEnrolled => "already_enrolled",
            Self::Enrolled => "enrolled",
            Self::Failed => "failed",
            Self::Impossible => "impossible",
            Self::Open => "open",
            Self::Planned => "planned",
        }
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// One key of the plan. No member is a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The label.
    pub label: String,
    /// The account.
    pub account: String,
    /// What became of it.
    pub status: Status,
    /// Where the key is, if the plan or the command line says so.
    pub device: Option<String>,
    /// The model.
    pub aaguid: Option<String>,
    /// The credential, hexadecimal.
    pub credential_id: Option<String>,
    /// The authentication method's identifier in the tenant.
    pub method_id: Option<String>,
    /// The entry that enrolled it.
    pub entry: Option<u64>,
    /// That entry's hash.
    pub entry_hash: Option<String>,
    /// The ceremony.
    pub ceremony: Option<String>,
    /// The failure's stable code.
    pub code: Option<String>,
    /// The failure, or what stands against it.
    pub message: Option<String>,
    /// What the operator should know.
    pub warnings: Vec<String>,
}

impl Row {
    /// A key as it was resolved.
    #[must_use]
    pub fn new(line: &Resolved) -> Self {
        let mut row = Self {
            label: line.key.label.clone(),
            account: line.account.clone(),
            status: Status::Planned,
            device: line.key.device.as_ref().map(ToString::to_string),
            aaguid: None,
            credential_id: None,
            method_id: None,
            entry: None,
            entry_hash: None,
            ceremony: None,
            code: None,
            message: None,
            warnings: line.warnings.clone(),
        };
        match &line.todo {
            Todo::Enroll => {}
            Todo::Done { entry } => {
                row.status = Status::AlreadyEnrolled;
                row.entry = Some(*entry);
            }
            Todo::Open { ceremony } => {
                row.status = Status::Open;
                row.ceremony = Some(ceremony.to_string());
                row.message = Some("an enrolment under this label was begun before".to_owned());
            }
            Todo::Impossible { obstacles } => {
                row.status = Status::Impossible;
                row.message = Some(obstacles.join("; "));
            }
        }
        row
    }

    /// The key was enrolled.
    pub fn enrolled(&mut self, enrolled: &Enrolled) {
        self.status = Status::Enrolled;
        self.aaguid = Some(enrolled.aaguid.to_string());
        self.credential_id = Some(hex::encode(&enrolled.credential_id));
        self.method_id = Some(enrolled.method.id.clone());
        self.entry = Some(enrolled.entry.index);
        self.entry_hash = Some(enrolled.entry.hash.to_string());
        self.ceremony = Some(enrolled.ceremony.to_string());
    }

    fn mark(&self) -> &'static str {
        match self.status {
            Status::AlreadyEnrolled | Status::Enrolled => "✓",
            Status::Failed | Status::Impossible => "✗",
            Status::Open => "!",
            Status::Planned => "–",
        }
    }

    fn words(&self) -> &'static str {
        match self.status {
            Status::AlreadyEnrolled => "enrolled before",
            Status::Enrolled => "enrolled",
            Status::Failed => "failed",
            Status::Impossible => "impossible",
            Status::Open => "open",
            Status::Planned => "to be enrolled",
        }
    }
}

/// The rows of a plan before anything is done.
#[must_use]
pub fn rows(resolution: &Resolution) -> Vec<Row> {
    resolution.lines.iter().map(Row::new).collect()
}

/// Renders a batch.
#[must_use]
pub fn batch(rows: &[Row], dry_run: bool) -> Report {
    let done = |row: &Row| matches!(row.status, Status::AlreadyEnrolled | Status::Enrolled);
    let fine = |row: &Row| done(row) || (dry_run && row.status == Status::Planned);
    let ok = rows.iter().all(fine);
    let enrolled = rows.iter().filter(|row| done(row)).count();
    let mut text = table(rows);
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "{enrolled} of {} keys are enrolled.", rows.len());
    if dry_run {
        text.push_str("Dry run: nothing was changed.\n");
    }
    let body = json!({"dry_run": dry_run, "keys": rows});
    Report::new("halligan.enroll.plan/1", ok, body, text)
}

/// A line for each key, for people.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let device = row.device.as_deref().unwrap_or_default();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{} {:<30} {:<16} {}  {device}",
            row.mark(),
            printable(&row.label),
            row.words(),
            printable(&row.account)
        );
        for why in row.message.iter().chain(&row.warnings) {
            let _ = writeln!(text, "    {}", printable(why));
        }
    }
    text
}

/// The rows as RFC 4180 text. Every field is quoted, and one that a spreadsheet would take for a formula begins with an
/// apostrophe.
#[must_use]
pub fn csv(rows: &[Row]) -> String {
    let mut text = String::from(
        "label,account,status,device,aaguid,credential_id,method_id,entry,entry_hash,ceremony,code,message,warnings\r\n",
    );
    for row in rows {
        let entry = row.entry.map(|entry| entry.to_string());
        let warnings = row.warnings.join("; ");
        let fields = [
            Some(&row.label),
            Some(&row.account),
            Some(&row.status.id().to_owned()),
            row.device.as_ref(),
            row.aaguid.as_ref(),
            row.credential_id.as_ref(),
            row.method_id.as_ref(),
            entry.as_ref(),
            row.entry_hash.as_ref(),
            row.ceremony.as_ref(),
            row.code.as_ref(),
            row.message.as_ref(),
            Some(&warnings),
        ]
        .map(|field| quoted(field.map_or("", String::as_str)));
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// Characters with which spreadsheets begin formulas, also behind white space and in their wide forms.
fn is_formula(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    let starts_odd = text.starts_with(['\t', '\r', '\n']);
    starts_odd || first.is_some_and(|first| "=+-@|%＝＋－＠".contains(first))
}

fn quoted(text: &str) -> String {
    let guard = if is_formula(text) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(label: &str) -> Row {
        Row {
            label: label.to_owned(),
            account: "bg1@contoso.example".to_owned(),
            status: Status::Failed,
            device: None,
            aaguid: None,
            credential_id: None,
            method_id: Some("-2_GRUg2".to_owned()),
            entry: Some(7),
            entry_hash: None,
            ceremony: None,
            code: None,
            message: Some("he said \"no\",\nand left".to_owned()),
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_table_for_spreadsheets_holds_no_formula() {
        let text = csv(&[row("=HYPERLINK(\"https://x\")")]);
        assert!(
            text.contains("\"'=HYPERLINK(\"\"https://x\"\")\",\"bg1@contoso.example\",\"failed\""),
            "{text}"
        );
        assert!(text.contains("\"'-2_GRUg2\",\"7\""), "{text}");
        assert!(text.contains("\"he said \"\"no\"\",\nand left\""), "{text}");
    }

    proptest! {
        #[test]
        fn no_field_breaks_out_or_calculates(label in "\\PC{0,20}", odd in "[\\t\\r\\n =+@\"',;|%-]{0,6}") {
            let label = format!("{odd}{label}");
            let field = quoted(&label);
            let inner = field.strip_prefix('"').and_then(|field| field.strip_suffix('"')).unwrap_or_default();
            prop_assert!(!inner.replace("\"\"", "").contains('"'));
            prop_assert!(!is_formula(inner), "{inner:?}");
            let back = inner.replace("\"\"", "\"");
            prop_assert_eq!(back.strip_prefix('\'').filter(|_| is_formula(&label)).unwrap_or(&back), label.as_str());
        }
    }
}
