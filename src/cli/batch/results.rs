//! What became of the keys so far, in memory and in the results file, which is replaced as a whole so that it is never half
//! written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ceremony::enroll::Enrolled;
use crate::cli::Error;
use crate::cli::failure::{Exit, Failure};
use crate::cli::file::{self, Readers};
use crate::report::{self, Row, Status};

/// The results of a batch, to which several workers add.
pub(super) struct Results {
    file: Option<PathBuf>,
    so_far: Mutex<SoFar>,
}

struct SoFar {
    rows: Vec<Row>,
    /// Why keys were not enrolled, by their place in the plan.
    failures: BTreeMap<usize, Error>,
    /// Why the file could not be written, if it could not.
    unsaved: Option<Error>,
}

impl Results {
    pub(super) fn new(rows: Vec<Row>, file: Option<PathBuf>) -> Self {
        Self {
            file,
            so_far: Mutex::new(SoFar {
                rows,
                failures: BTreeMap::new(),
                unsaved: None,
            }),
        }
    }

    /// The end of one key's enrolment. That the file cannot be written stops no other key.
    pub(super) fn add(&self, index: usize, result: Result<Enrolled, Error>) {
        let mut so_far = self.lock();
        let row = &mut so_far.rows[index];
        match result {
            Ok(enrolled) => row.enrolled(&enrolled),
            Err(error) => {
                note(row, &error);
                so_far.failures.insert(index, error);
            }
        }
        so_far.unsaved = self.write(&so_far.rows).err();
    }

    /// Writes the file as it is now.
    pub(super) fn save(&self) -> Result<(), Error> {
        self.write(&self.lock().rows)
    }

    /// Rows, failures, and why the file could not be written.
    pub(super) fn into_parts(self) -> (Vec<Row>, BTreeMap<usize, Error>, Option<Error>) {
        let so_far = self
            .so_far
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        (so_far.rows, so_far.failures, so_far.unsaved)
    }

    fn write(&self, rows: &[Row]) -> Result<(), Error> {
        let Some(path) = &self.file else {
            return Ok(());
        };
        file::write(path, text(path, rows).as_bytes(), Readers::Owner)
    }

    fn lock(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a row says of a failure.
fn note(row: &mut Row, error: &Error) {
    let failure = Failure::from(error);
    let open = failure.exit == Exit::Stopped && failure.code != "cancelled";
    row.status = if open { Status::Open } else { Status::Failed };
    row.code = Some(failure.code.to_owned());
    row.message = Some(
        std::iter::once(failure.message)
            .chain(failure.causes)
            .collect::<Vec<_>>()
            .join(": "),
    );
}

fn text(path: &Path, rows: &[Row]) -> String {
    let is_csv = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if is_csv {
        report::csv(rows)
    } else {
        format!("{:#}\n", report::batch(rows, false).document())
    }
}
