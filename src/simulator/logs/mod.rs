//! The two logs of a tenant: rows as beta shows them, kept apart from its other state, because they are many and only ever grow.

mod entry;
mod journal;
mod log;
mod population;

pub(in crate::simulator) use entry::Entry;
pub use entry::{LogKind, LogRow};
pub(in crate::simulator) use log::{Key, Log, Window};
pub use population::LogPopulation;
use serde::{Deserialize, Serialize};

use crate::simulator::logs::journal::Journal;
use crate::simulator::storage::{self, Directory};

/// How the logs behave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LogSettings {
    /// How long it takes until a row shows up, in seconds.
    pub delay_seconds: u32,
    /// Whether an application gets five answers in ten seconds and no more.
    pub is_throttled: bool,
}

/// Both logs, stored in a state directory.
pub(in crate::simulator) struct Logs {
    sign_ins: Kept,
    directory_audits: Kept,
}

/// A log and where it is stored.
struct Kept {
    log: Log,
    journal: Journal,
}

impl Logs {
    pub(in crate::simulator) fn open(directory: &Directory) -> Result<Self, storage::Error> {
        Ok(Self {
            sign_ins: Kept::open(directory, LogKind::SignIns)?,
            directory_audits: Kept::open(directory, LogKind::DirectoryAudits)?,
        })
    }

    pub(in crate::simulator) fn of(&self, kind: LogKind) -> &Log {
        match kind {
            LogKind::SignIns => &self.sign_ins.log,
            LogKind::DirectoryAudits => &self.directory_audits.log,
        }
    }

    /// Adds rows; one with the id of another takes its place.
    pub(in crate::simulator) fn add(&mut self, directory: &Directory, entries: Vec<Entry>) {
        let (sign_ins, audits): (Vec<Entry>, Vec<Entry>) = entries
            .into_iter()
            .partition(|entry| entry.kind == LogKind::SignIns);
        self.sign_ins.add(directory, sign_ins);
        self.directory_audits.add(directory, audits);
    }
}

impl Kept {
    fn open(directory: &Directory, kind: LogKind) -> Result<Self, storage::Error> {
        let (journal, entries) = Journal::open(directory, kind)?;
        let mut log = Log::default();
        entries.into_iter().for_each(|entry| log.insert(entry));
        Ok(Self { log, journal })
    }

    /// What cannot be stored is still told until the end: the change that it is about has happened.
    fn add(&mut self, directory: &Directory, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        let appended = self.journal.append(directory, &entries);
        entries.into_iter().for_each(|entry| self.log.insert(entry));
        let stored = appended.and_then(|()| self.journal.tidy(directory, &self.log));
        if let Err(cause) = stored {
            tracing::debug!(%cause, "simulator: rows of a log cannot be stored");
        }
    }
}
