//! One row on its way into a log.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A row as beta shows it.
pub type LogRow = Map<String, Value>;

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// `signIn`
    SignIns,
    /// `directoryAudit`
    DirectoryAudits,
}

impl LogKind {
    /// The member that says when it happened.
    pub(in crate::simulator) const fn time_member(self) -> &'static str {
        match self {
            Self::SignIns => "createdDateTime",
            Self::DirectoryAudits => "activityDateTime",
        }
    }

    /// The file in the state directory.
    pub(super) const fn file(self) -> &'static str {
        match self {
            Self::SignIns => "sign-ins.jsonl",
            Self::DirectoryAudits => "directory-audits.jsonl",
        }
    }
}

/// A row for one of the logs.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulator) struct Entry {
    pub(in crate::simulator) kind: LogKind,
    /// From when on it is told.
    pub(in crate::simulator) visible_from: Timestamp,
    pub(in crate::simulator) id: String,
    /// When it happened.
    pub(in crate::simulator) time: Timestamp,
    pub(in crate::simulator) row: LogRow,
}

impl Entry {
    /// A row without an id gets one that is made of it, the same each time; one without a time happened when it is first seen.
    pub(in crate::simulator) fn new(
        kind: LogKind,
        mut row: LogRow,
        visible_from: Timestamp,
    ) -> Self {
        let id = match row.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => {
                let text = Value::Object(row.clone()).to_string();
                let hash: [u8; 32] = Sha256::digest(text).into();
                let (start, _) = hash.split_first_chunk().expect("16 of 32 bytes");
                Uuid::from_bytes(*start).to_string()
            }
        };
        row.insert("id".to_owned(), id.clone().into());
        let time = row.get(kind.time_member()).and_then(Value::as_str);
        let time = time
            .and_then(|text| text.parse().ok())
            .unwrap_or(visible_from);
        row.insert(kind.time_member().to_owned(), time.to_string().into());
        Self {
            kind,
            visible_from,
            id,
            time,
            row,
        }
    }

    /// The objects that it is about, by which it is found.
    pub(super) fn objects(&self) -> Vec<Uuid> {
        let row = Value::Object(self.row.clone());
        let paths: &[&str] = match self.kind {
            LogKind::SignIns => &["/userId", "/servicePrincipalId"],
            LogKind::DirectoryAudits => &[
                "/initiatedBy/user/id",
                "/initiatedBy/app/servicePrincipalId",
            ],
        };
        let named = paths.iter().filter_map(|path| row.pointer(path));
        let targets = row["targetResources"].as_array().into_iter().flatten();
        let ids = named.chain(targets.map(|target| &target["id"]));
        ids.filter_map(|id| id.as_str()?.parse().ok()).collect()
    }
}
