//! From an error to what the operator reads and what the calling program sees. `advice` picks the hint and the exit status.

use std::error::Error as _;

use serde_json::{Map, Value};

use crate::cli::{Error, advice, facts};
use crate::report::Report;

/// How the process ends. The README's table and `--help` say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    NotSafe,
    Usage,
    Key,
    Pin,
    Tenant,
    Ledger,
    Stopped,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::NotSafe => 1,
            Self::Usage => 2,
            Self::Key => 3,
            Self::Pin => 4,
            Self::Tenant => 5,
            Self::Ledger => 6,
            Self::Stopped => 7,
        }
    }
}

/// An error, ready to print.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A stable word for programs.
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) causes: Vec<String>,
    /// What a program needs to know besides.
    pub(crate) facts: Map<String, Value>,
    /// What was found out all the same.
    pub(crate) report: Option<Report>,
}

impl Failure {
    /// A usage error that clap found.
    pub(crate) fn usage(error: &clap::Error) -> Self {
        let text = error.to_string();
        // The first paragraph says what is wrong, over several lines where arguments are listed; usage follows.
        let paragraph = text.lines().take_while(|line| !line.is_empty());
        let message = paragraph.map(str::trim).collect::<Vec<_>>().join(" ");
        let message = message.trim_start_matches("error: ").to_owned();
        let hint = Some(
            "`halligan --help` and `halligan COMMAND --help` show what can be typed".to_owned(),
        );
        Self {
            exit: Exit::Usage,
            code: "usage",
            message,
            hint,
            causes: Vec::new(),
            facts: Map::new(),
            report: None,
        }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        let (exit, code, hint) = advice::of(error);
        let message = error.to_string();
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many messages already end in their cause's, and many causes too.
            let said = |earlier: &String| earlier.contains(&text);
            if !said(&message) && !causes.iter().any(said) {
                causes.push(text);
            }
            source = cause.source();
        }
        Self {
            exit,
            code,
            message,
            hint,
            causes,
            facts: facts::of(error),
            report: match error {
                Error::Batch { report, .. }
                | Error::BatchOpen { report, .. }
                | Error::LogsUnread(report)
                | Error::PlanImpossible(report)
                | Error::Inconclusive { report, .. }
                | Error::KeysDenied { report, .. }
                | Error::TestBrokenOff { report, .. }
                | Error::Unanswered { report, .. }
                | Error::Unconfigured { report, .. }
                | Error::Undiagnosed { report, .. } => Some((**report).clone()),
                _ => None,
            },
        }
    }
}
