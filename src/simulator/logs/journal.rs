//! Where a log is stored: a line of JSON for each row, added at the end, so that a row costs a line and not the whole log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::simulator::logs::log::Log;
use crate::simulator::logs::{Entry, LogKind, LogRow};
use crate::simulator::storage::{self, Access, Directory};

/// Lines that may be there without a row of their own before the file is written anew.
const SLACK: usize = 10_000;

/// The file of a log.
pub(super) struct Journal {
    kind: LogKind,
    lines: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    visible_from: Timestamp,
    row: LogRow,
}

impl Journal {
    /// The stored rows. A last line that a crash cut off does not count.
    pub(super) fn open(
        directory: &Directory,
        kind: LogKind,
    ) -> Result<(Self, Vec<Entry>), storage::Error> {
        let bytes = directory.read(kind.file())?.unwrap_or_default();
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let text = &bytes[..whole.map_or(0, |end| end + 1)];
        let mut entries = Vec::new();
        for line in text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let line: Line =
                serde_json::from_slice(line).map_err(|cause| storage::Error::Damaged {
                    path: directory.path(kind.file()),
                    cause: cause.to_string(),
                })?;
            entries.push(Entry::new(kind, line.row, line.visible_from));
        }
        if text.len() < bytes.len() {
            directory.replace(kind.file(), text, Access::Owner)?;
        }
        let lines = entries.len();
        Ok((Self { kind, lines }, entries))
    }

    pub(super) fn append(
        &mut self,
        directory: &Directory,
        entries: &[Entry],
    ) -> Result<(), storage::Error> {
        let mut bytes = Vec::new();
        for entry in entries {
            write(&mut bytes, entry.visible_from, entry.row.clone());
        }
        self.lines += entries.len();
        directory.append(self.kind.file(), &bytes)
    }

    /// Writes the file anew when too much of it is of rows that gave way.
    pub(super) fn tidy(&mut self, directory: &Directory, log: &Log) -> Result<(), storage::Error> {
        if self.lines <= log.len() + log.len() / 2 + SLACK {
            return Ok(());
        }
        let mut bytes = Vec::new();
        for (visible_from, row) in log.all() {
            write(&mut bytes, visible_from, row);
        }
        self.lines = log.len();
        directory.replace(self.kind.file(), &bytes, Access::Owner)
    }
}

fn write(bytes: &mut Vec<u8>, visible_from: Timestamp, row: LogRow) {
    let line = serde_json::to_vec(&Line { visible_from, row });
    bytes.extend(line.expect("a row has text keys and plain values"));
    bytes.push(b'\n');
}
