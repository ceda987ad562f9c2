//! `halligan key test --compare`

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::json;

use super::watch::Watch;
use crate::attestation::Trust;
use crate::ceremony::key_compare::{self, ResultError, SIZE_LIMIT, TestResult};
use crate::ceremony::key_test::{self, Check, Setting};
use crate::cli::device::DeviceChoice;
use crate::cli::{Context, Error};
use crate::ctap::hid::Address;
use crate::report::{self, Report};

/// What both keys are tested with.
pub(super) struct Bench<'a> {
    pub(super) checks: &'a [&'static Check],
    pub(super) trust: &'a Trust,
    pub(super) watch: &'a mut Watch,
    pub(super) context: &'a Context,
    pub(super) spend_last_tries: bool,
}

/// One side of a comparison.
enum Side {
    Key(DeviceChoice),
    Result(TestResult),
}

impl Bench<'_> {
    /// Tests what is a key, reads what is a file, and compares.
    pub(super) fn compare(mut self, names: [&str; 2]) -> Result<Report, Error> {
        // A file that is no result is better known before the touches.
        let [first, second] = names.map(Side::of);
        let [first, second] = [first?, second?];
        let (first, _) = match self.result(names[0], first)? {
            // Without the first there is nothing to compare the second with.
            (_, Some(broken_off)) => return Err(broken_off),
            whole => whole,
        };
        let (second, broken_off) = self.result(names[1], second)?;
        let report = report::key_compare(&key_compare::compare(&first, &second));
        match broken_off {
            Some(Error::TestBrokenOff { source, .. }) => Err(Error::TestBrokenOff {
                report: Box::new(report),
                source,
            }),
            Some(error) => Err(error),
            None => Ok(report),
        }
    }

    /// A result, and what ended the test before its end.
    fn result(&mut self, name: &str, side: Side) -> Result<(TestResult, Option<Error>), Error> {
        let choice = match side {
            Side::Result(result) => return Ok((result, None)),
            Side::Key(choice) => choice,
        };
        let event = json!({"event": "testing", "device": name});
        self.watch.terminal.tell(&event, &format!("Testing {name}"));
        let connection = choice.connect(&self.context.env)?;
        let mut reconnect = choice.reconnecting(&connection, &self.context.env);
        let setting = Setting {
            trust: self.trust,
            witness: self.watch,
            cancel: &self.context.interrupt.cancel,
            env: &self.context.env,
            reconnect: &mut reconnect,
            spend_last_tries: self.spend_last_tries,
        };
        let tested = key_test::run(connection.device, self.checks, setting)?;
        let report = report::key_test(&tested, &connection.description);
        let result = TestResult::from_document(report.document()).map_err(|source| {
            let path = name.into();
            Error::TestResult { path, source }
        })?;
        let broken_off = tested.broken_off.map(|error| Error::TestBrokenOff {
            report: Box::new(report),
            source: Box::new(error.into()),
        });
        Ok((result, broken_off))
    }
}

impl Side {
    /// What has the form of an address is one; a file of that name is reached by `./`.
    fn of(name: &str) -> Result<Self, Error> {
        let not_an_address = match name.parse::<Address>() {
            Ok(device) => return Ok(Self::Key(DeviceChoice { device })),
            Err(error) => error,
        };
        let path = Path::new(name);
        if !path.exists() {
            return Err(Error::Usage(format!(
                "{name} is neither a file nor a device: {not_an_address}"
            )));
        }
        let bytes = read(path)?;
        let result = TestResult::from_json(&bytes).map_err(|source| failed(path, source))?;
        Ok(Self::Result(result))
    }
}

fn failed(path: &Path, source: ResultError) -> Error {
    Error::TestResult {
        path: path.to_owned(),
        source,
    }
}

/// A file of no more bytes than a result has.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let limit = u64::try_from(SIZE_LIMIT).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}
