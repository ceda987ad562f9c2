//! What is due: for each key, each account and the tenant what has to be done again and again, when it was last done, and when it
//! is due. Pure: what the ledger says, what the configuration wants and the time go in, [`Duty`]s come out, the most urgent first.

mod accounts;
mod calendar;
mod command;
mod interval;
mod keys;
mod newest;
mod overview;
mod record;
mod schedule;
mod tenancy;
mod tenant;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;

pub(in crate::ceremony) use calendar::{CLOCK_TOLERANCE, is_ahead};
pub(in crate::ceremony) use command::resume;
pub use interval::{Interval, NotAnInterval};
pub use overview::{AccountOverview, KeyOverview, LedgerOverview, Overview};
pub(in crate::ceremony) use record::concerns;
pub use schedule::Schedule;
pub(in crate::ceremony) use tenancy::Tenancy;

/// What has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DutyKind {
    /// Explain what the logs show and nothing in the ledger explains.
    Unexplained,
    /// Finish a ceremony, or take it back.
    Ceremony,
    /// Have a ledger that can be relied on.
    Ledger,
    /// Have as many keys as there are to be.
    Keys,
    /// Have a key prove that it works.
    KeyCheck,
    /// Sign in with an account.
    Drill,
    /// Say that the alert about a drill came.
    Alerts,
    /// Look at the logs.
    Monitor,
    /// Audit the tenant.
    Audit,
    /// Look at everything together.
    Review,
    /// Say where a key lies.
    Custody,
    /// Give a key another PIN.
    PinRotation,
    /// Fetch FIDO's metadata.
    Metadata,
}

impl DutyKind {
    /// All of them, in the order in which equally urgent ones are told.
    pub const ALL: [Self; 13] = [
        Self::Unexplained,
        Self::Ceremony,
        Self::Ledger,
        Self::Keys,
        Self::KeyCheck,
        Self::Drill,
        Self::Alerts,
        Self::Monitor,
        Self::Audit,
        Self::Review,
        Self::Custody,
        Self::PinRotation,
        Self::Metadata,
    ];

    /// As programs and the configuration name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Audit => "audit",
            Self::Ceremony => "ceremony",
            Self::Custody => "custody",
            Self::Drill => "drill",
            Self::KeyCheck => "key_check",
            Self::Keys => "keys",
            Self::Ledger => "ledger",
            Self::Metadata => "metadata",
            Self::Monitor => "monitor",
            Self::PinRotation => "pin_rotation",
            Self::Review => "review",
            Self::Unexplained => "unexplained",
        }
    }
}

/// A text that is no kind of duty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are {}", DutyKind::ALL.map(DutyKind::as_str).join(", "))]
pub struct NotADutyKind;

impl FromStr for DutyKind {
    type Err = NotADutyKind;

    fn from_str(text: &str) -> Result<Self, NotADutyKind> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or(NotADutyKind)
    }
}

/// How it stands with a duty, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DutyState {
    /// It was done, and what was found is not as it should be.
    Failed,
    /// It was done, and is to be done again since some time.
    Overdue,
    /// It was never done, and should have been.
    Never,
    /// What was done does not tell.
    Unknown,
    /// It will be due soon.
    DueSoon,
    /// It was done in time, or is not due for the first time yet.
    Done,
}

impl DutyState {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 6] = [
        Self::Failed,
        Self::Overdue,
        Self::Never,
        Self::Unknown,
        Self::DueSoon,
        Self::Done,
    ];

    /// As programs name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::DueSoon => "due_soon",
            Self::Failed => "failed",
            Self::Never => "never",
            Self::Overdue => "overdue",
            Self::Unknown => "unknown",
        }
    }

    /// Whether nothing is wrong with it today.
    #[must_use]
    pub fn is_satisfied(self) -> bool {
        matches!(self, Self::Done | Self::DueSoon)
    }
}

/// Something that has to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// What.
    pub kind: DutyKind,
    /// The label of a key, the name of an account, the tenant, the name of a ceremony.
    pub subject: String,
    /// When it was last done, so that it counts.
    pub last: Option<Timestamp>,
    /// When it is due, or was; none of what does not go by dates.
    pub due_at: Option<Timestamp>,
    /// How it stands.
    pub state: DutyState,
    /// The reason for a state that dates do not explain.
    pub why: Option<String>,
    /// Where the key lies that is needed.
    pub place: Option<String>,
    /// The command that does it.
    pub command: String,
}

/// What the ledger does not say: what is wanted, and what lies elsewhere.
#[derive(Debug, Clone)]
pub struct Terms {
    /// How often each thing is to happen.
    pub schedule: Schedule,
    /// The tenant, by its identifier or by one of its domains; none: whatever the ledger is about.
    pub tenant: Option<String>,
    /// The emergency accounts, by sign-in name or by what stands before its `@`; those with keys need not be named.
    pub accounts: Vec<String>,
    /// How many keys each is to have.
    pub keys_per_account: usize,
    /// How many reviewers are to sign each review.
    pub signatures: usize,
    /// FIDO's metadata, if any is stored, or why that is not known.
    pub metadata: Result<Option<StoredMetadata>, String>,
    /// What is due within this time is announced, instead of what the schedule says.
    pub within: Option<Interval>,
}

/// FIDO's metadata as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredMetadata {
    /// When it was stored.
    pub stored_at: Timestamp,
    /// The last day on which it is fresh.
    pub next_update: Date,
}
