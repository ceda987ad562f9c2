//! Everything that ends a command early, before it becomes a message, a hint and an exit status in `failure`.

use std::path::PathBuf;

use crate::cli::config;
use crate::cli::demo;
use crate::cli::emulator::ControlError;
use crate::cli::mds;
use crate::cli::simulator::PageError;
use crate::ctap::hid::DeviceError;
use crate::report::Report;
use crate::{attestation, ceremony, ctap, custody, emulator, graph, ledger, simulator, tenant};

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("attestation roots: {0}")]
    AttestationRoots(#[from] attestation::Error),
    /// At least one key of a plan was not enrolled.
    #[error("not every key of the plan was enrolled: {source}")]
    Batch {
        report: Box<Report>,
        source: Box<Error>,
    },
    /// Enrolments of a plan stopped in the middle, now or in an earlier run.
    #[error("{open} keys of the plan have an open ceremony")]
    BatchOpen { report: Box<Report>, open: usize },
    #[error(transparent)]
    Ceremony(Box<ceremony::Error>),
    #[error("{path}: {source}")]
    Change {
        path: PathBuf,
        source: Box<tenant::change::Error>,
    },
    #[error(transparent)]
    Config(#[from] config::Error),
    /// There is a configuration, and nobody said that it may go.
    #[error("there is a configuration already: {}", .0.display())]
    ConfigThere(PathBuf),
    #[error(transparent)]
    Custody(#[from] custody::Error),
    #[error("not done: the answer was not {0:?}")]
    Declined(String),
    #[error("the demo went wrong: {0}")]
    Demo(#[from] demo::Surprise),
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// A directory that is to be written into holds something else.
    #[error("{directory} holds {found} already")]
    DirectoryInUse { directory: PathBuf, found: PathBuf },
    /// The authority does not tell of the tenant.
    #[error(transparent)]
    Discovery(#[from] graph::discovery::Error),
    #[error(transparent)]
    Emulator(#[from] emulator::OpenError),
    #[error("the emulator's attestation root: {0}")]
    EmulatorAttestation(#[from] emulator::AttestationError),
    #[error(transparent)]
    EmulatorControl(#[from] ControlError),
    #[error(transparent)]
    EmulatorServe(#[from] emulator::serve::ServeError),
    #[error(transparent)]
    Identity(#[from] custody::IdentityError),
    /// The key was checked and the tenant could not be asked: nothing failed, and nothing is proven safe.
    #[error("the key was checked, but the tenant could not be asked: {source}")]
    Inconclusive {
        report: Box<Report>,
        source: Box<graph::Error>,
    },
    #[error(transparent)]
    Key(#[from] ctap::Error),
    /// Keys are plugged in, and this user may use none of them.
    #[error("{source}")]
    KeysDenied {
        report: Box<Report>,
        source: DeviceError,
    },
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// Nothing in the logs is unexplained, as far as they could be read.
    #[error("not everything could be read of the logs")]
    LogsUnread(Box<Report>),
    #[error(transparent)]
    Metadata(Box<mds::Error>),
    #[error("no FIDO2 key is plugged in")]
    NoKey,
    /// The ledger has no PIN to open.
    #[error("no sealed PIN of {0}")]
    NoSealedPin(String),
    /// The ledger has no password to open.
    #[error("no sealed password of {0}")]
    NoSealedPassword(String),
    #[error("writing the result: {0}")]
    Output(std::io::Error),
    #[error(transparent)]
    Pin(#[from] ceremony::interaction::PinUnavailable),
    #[error("{path}: {source}")]
    Plan {
        path: PathBuf,
        source: Box<ceremony::batch::PlanError>,
    },
    #[error("the plan cannot be carried out, and nothing was begun")]
    PlanImpossible(Box<Report>),
    #[error(transparent)]
    Profile(#[from] emulator::profile::ProfileError),
    #[error("reading {path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: {source}")]
    Seed {
        path: PathBuf,
        source: Box<simulator::tenant::SeedError>,
    },
    #[error("several keys are plugged in: {}", .0.join("; "))]
    SeveralKeys(Vec<String>),
    #[error("{path}: {source}")]
    ShareFile {
        path: PathBuf,
        source: custody::ShareError,
    },
    #[error("{path}: {source}")]
    Snapshot {
        path: PathBuf,
        source: Box<tenant::snapshot::Error>,
    },
    #[error(transparent)]
    SignIn(#[from] graph::credential::Error),
    #[error(transparent)]
    SignInPage(#[from] PageError),
    #[error(transparent)]
    Simulator(#[from] simulator::serve::Error),
    #[error(transparent)]
    Station(#[from] ledger::StationError),
    /// A test of a key ended before its end; the report says what was found till then.
    #[error("the test broke off: {source}")]
    TestBrokenOff {
        report: Box<Report>,
        source: Box<Error>,
    },
    /// A file that should hold an earlier test's result does not.
    #[error("{path}: {source}")]
    TestResult {
        path: PathBuf,
        source: ceremony::key_compare::ResultError,
    },
    /// Nothing that could be compared was wrong, and not everything could be compared.
    #[error("the tenant did not answer everything: {source}")]
    Unanswered {
        report: Box<Report>,
        source: Box<graph::Error>,
    },
    /// What is to be watched could not be found.
    #[error("{what} cannot be watched: {why}")]
    Unwatchable { what: String, why: String },
    /// There is no configuration that could be looked into further.
    #[error("{source}")]
    Unconfigured {
        report: Box<Report>,
        source: Box<config::Error>,
    },
    /// Nothing was found wrong, and not everything could be found out.
    #[error("not everything could be found out: {why}")]
    Undiagnosed { report: Box<Report>, why: String },
    #[error("{0}")]
    Usage(String),
    #[error("writing {path}: {source}")]
    Write {
        path: PathBuf,
        source: std::io::Error,
    },
}

impl From<mds::Error> for Error {
    fn from(error: mds::Error) -> Self {
        Self::Metadata(Box::new(error))
    }
}

impl From<ceremony::Error> for Error {
    fn from(error: ceremony::Error) -> Self {
        Self::Ceremony(Box::new(error))
    }
}
