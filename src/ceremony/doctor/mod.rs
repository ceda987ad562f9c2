//! Is the set-up healthy? What ledger and tenant say, a line for each subject; nothing is changed, and nothing is written, into the
//! ledger neither. What there is to find out about the machine itself comes from the caller: this module opens no files.

mod authority;
mod ledger;
mod needs;
mod operator;

use std::path::PathBuf;

use crate::attestation::Verdict;
use crate::graph::credential;
use crate::tenant::preflight::OperatorKind;

pub use authority::{CLOCK_TOLERANCE, authority};
pub use ledger::ledger;
pub use needs::{NEEDS, Need, Role};
pub use operator::{SignedIn, accounts, signed_in};

/// What is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An emergency account of the configuration.
    Account,
    /// The authority answers, and knows the tenant.
    Authority,
    /// This machine's clock.
    Clock,
    /// The configuration is there, and makes sense.
    Configuration,
    /// A crash would leave no memory on the disk.
    CoreDumps,
    /// To whom PINs are sealed.
    Custody,
    /// Room for the ledger.
    DiskSpace,
    /// The application by which an emergency account signs in for a drill.
    DrillApplication,
    /// A key that is plugged in.
    Key,
    /// The ledger is there, and verifies.
    Ledger,
    /// It can be written.
    LedgerWritable,
    /// FIDO's metadata is there, and not too old.
    Metadata,
    /// Ceremonies that stopped in the middle.
    OpenCeremonies,
    /// What a command needs is granted.
    Permissions,
    /// Who signs in has the role that a command needs.
    Role,
    /// A file with a secret is there, and readable by its owner alone.
    Secret,
    /// The tool gets an access token.
    SignIn,
    /// This machine's signing key.
    Station,
    /// Memory that is written to the disk.
    Swap,
    /// A PIN can be typed.
    Terminal,
    /// Rules let a person at this machine use a key.
    Udev,
}

impl Subject {
    /// Its name in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Authority => "authority",
            Self::Clock => "clock",
            Self::Configuration => "configuration",
            Self::CoreDumps => "core_dumps",
            Self::Custody => "custody",
            Self::DiskSpace => "disk_space",
            Self::DrillApplication => "drill_application",
            Self::Key => "key",
            Self::Ledger => "ledger",
            Self::LedgerWritable => "ledger_writable",
            Self::Metadata => "metadata",
            Self::OpenCeremonies => "open_ceremonies",
            Self::Permissions => "permissions",
            Self::Role => "role",
            Self::Secret => "secret",
            Self::SignIn => "sign_in",
            Self::Station => "station",
            Self::Swap => "swap",
            Self::Terminal => "terminal",
            Self::Udev => "udev",
        }
    }
}

/// What would mend it. The words for it are the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Make the account, or correct its name.
    Account,
    /// Make the directory, or let this user write there.
    Directory(PathBuf),
    /// Let somebody grant these permissions.
    Consent {
        /// To whom.
        kind: OperatorKind,
        /// Which.
        permissions: Vec<&'static str>,
    },
    /// Switch core dumps off.
    CoreDumps,
    /// Name an application for drills.
    DrillApplication,
    /// Enable the account.
    Enable,
    /// Make room.
    FreeSpace,
    /// Something is wrong in the configuration.
    Configuration,
    /// Write one.
    Init,
    /// Take rights to a key.
    KeyRights,
    /// The ledger does not verify.
    Inconsistent,
    /// The ledger cannot be read.
    LedgerUnread,
    /// Fetch FIDO's metadata.
    Metadata,
    /// Take a file's rights from everybody but its owner.
    OnlyOwner(PathBuf),
    /// Finish the ceremony, or take it back.
    Resume,
    /// Get a role.
    Role(String),
    /// Set the clock.
    SetClock,
    /// Something about the application's sign-in, by the authority's number for it, if it gave one.
    SignIn(Option<i64>),
    /// The station's name or key is no longer good for this ledger.
    Station,
    /// Encrypt or switch off what memory is written to.
    Swap,
    /// The network, or the proxy.
    Network,
    /// The tenant's id, or its cloud.
    Tenant,
    /// Install rules for udev.
    Udev,
    /// Who can open PINs.
    Custody,
}

/// How much a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Without it the tool does not work.
    Needed,
    /// It works without, and would better not.
    Advice,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub subject: Subject,
    /// Which one, where there are several.
    pub about: Option<String>,
    /// The answer.
    pub verdict: Verdict,
    /// What was found, where it is good.
    pub found: Option<String>,
    /// How much it counts.
    pub weight: Weight,
    /// What would mend it.
    pub remedy: Option<Remedy>,
}

impl Finding {
    /// Examined and found good.
    #[must_use]
    pub fn pass(subject: Subject, found: impl Into<String>) -> Self {
        Self {
            found: Some(found.into()),
            ..Self::new(subject, Verdict::Pass)
        }
    }

    /// Examined and found bad.
    #[must_use]
    pub fn fail(subject: Subject, why: impl Into<String>, remedy: Remedy) -> Self {
        Self {
            remedy: Some(remedy),
            ..Self::new(subject, Verdict::fail(why))
        }
    }

    /// Nothing to examine.
    #[must_use]
    pub fn not_applicable(subject: Subject, why: impl Into<String>) -> Self {
        Self::new(subject, Verdict::not_applicable(why))
    }

    /// Not determined.
    #[must_use]
    pub fn unknown(subject: Subject, why: impl Into<String>) -> Self {
        Self::new(subject, Verdict::unknown(why))
    }

    fn new(subject: Subject, verdict: Verdict) -> Self {
        Self {
            subject,
            about: None,
            verdict,
            found: None,
            weight: Weight::Needed,
            remedy: None,
        }
    }

    /// The same about one of several.
    #[must_use]
    pub fn about(self, about: impl Into<String>) -> Self {
        Self {
            about: Some(about.into()),
            ..self
        }
    }

    /// The same as advice.
    #[must_use]
    pub fn advice(self) -> Self {
        Self {
            weight: Weight::Advice,
            ..self
        }
    }

    /// The same with what would mend it.
    #[must_use]
    pub fn mended_by(self, remedy: Remedy) -> Self {
        Self {
            remedy: Some(remedy),
            ..self
        }
    }

    /// Whether something that is needed is wrong.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        self.verdict.is_fail() && self.weight == Weight::Needed
    }

    /// Whether something that is needed was not determined.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.verdict, Verdict::Unknown { .. }) && self.weight == Weight::Needed
    }
}

/// Whether the authority was asked, and said no: then asking again is of no use. An answer that is none is not the authority's word: a
/// proxy says such things, and a service that is down.
fn said_no(error: &credential::Error) -> bool {
    use credential::Error as E;
    match error {
        E::Malformed { .. } => false,
        E::Refused(refusal) => !refusal.is_passing(),
        E::Certificate(_) | E::Declined(_) | E::Local { .. } | E::TokenNotAHeader => true,
        E::Http(_) | E::Loopback(_) | E::TimedOut { .. } | E::Unreachable { .. } => false,
    }
}
