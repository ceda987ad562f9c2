//! What a check is, and what it answers.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use super::bench::{Bench, Trouble};
use crate::attestation::Verdict;

/// One thing that is asked of a key. All of them are in [`super::CHECKS`].
#[derive(Clone, Copy)]
pub struct Check {
    /// Stable, and the name of the page in `docs/checks/`.
    pub id: &'static str,
    /// What a key that passes does.
    pub title: &'static str,
    /// What checks are chosen by besides their id.
    pub tags: &'static [Tag],
    /// What it leaves on the key.
    pub kind: Kind,
    /// What must be there for it; the first that is not decides.
    pub needs: &'static [Need],
    /// Touches of its own, those for the throw-away credentials left out.
    pub touches: u8,
    /// How often the key is unplugged and plugged in again for it alone.
    pub reinsertions: u8,
    pub(super) run: fn(&mut Bench<'_>) -> Answer,
}

/// What a check answers, or what kept it from answering.
pub(super) type Answer = Result<Finding, Trouble>;

/// Groups of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Credentials and signatures.
    Credential,
    /// Extensions.
    Extension,
    /// Reports and channels.
    Hid,
    /// What the key says of itself.
    Info,
    /// Which model it is, and the proof.
    Model,
    /// What needs the PIN, or is about it.
    Pin,
    /// What a reset erases, and when it is taken.
    Reset,
    /// What lasts half a minute or more; left out unless it is asked for.
    Slow,
    /// How long things take.
    Time,
    /// What needs a touch.
    Touch,
}

impl Tag {
    /// All, in order.
    pub const ALL: [Self; 10] = [
        Self::Credential,
        Self::Extension,
        Self::Hid,
        Self::Info,
        Self::Model,
        Self::Pin,
        Self::Reset,
        Self::Slow,
        Self::Time,
        Self::Touch,
    ];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Extension => "extension",
            Self::Hid => "hid",
            Self::Info => "info",
            Self::Model => "model",
            Self::Pin => "pin",
            Self::Reset => "reset",
            Self::Slow => "slow",
            Self::Time => "time",
            Self::Touch => "touch",
        }
    }
}

/// What a check leaves on the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything that was on the key is lost; the run ends with a reset.
    Destructive,
    /// Nothing: what it makes lives in the credential id alone.
    ReadOnly,
    /// Nothing either: it stores throw-away credentials and deletes them again.
    Writes,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Destructive => "destructive",
            Self::ReadOnly => "read-only",
            Self::Writes => "writes",
        }
    }
}

/// What must be there for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// An answer to getInfo.
    Info,
    /// CTAP1 on the HID layer or among the versions.
    Ctap1,
    /// A PIN function.
    PinFunction,
    /// A PIN that is set.
    PinSet,
    /// A PIN that is set, and known to us.
    Pin,
    /// An extension, by its identifier.
    Extension(&'static str),
    /// The option `largeBlobs`.
    LargeBlobs,
    /// Discoverable credentials that can be deleted again.
    CredentialManagement,
    /// Leave to make credentials: a proof of the user where the key demands one.
    Creation,
    /// A throw-away credential, by one touch for all checks.
    Credential,
    /// One with what Windows asks for, by one touch for all checks.
    WindowsCredential,
    /// A signature of the throw-away credential, by one touch for all checks.
    Assertion,
    /// A PIN that the run itself has set.
    OwnPin,
    /// What became of a lock-out, by one re-insertion for all checks.
    Lockout,
    /// What became of everything by a reset, by one re-insertion for all checks.
    Wiped,
}

impl Need {
    /// What it costs, once for all checks that need it; what it rests on comes on top.
    pub(super) fn touches(self) -> u8 {
        match self {
            Self::Credential | Self::WindowsCredential | Self::Assertion => 1,
            // Two credentials and the reset.
            Self::Wiped => 3,
            _ => 0,
        }
    }

    /// How often the key is plugged in anew for it, once for all checks that need it.
    pub(super) fn reinsertions(self) -> u8 {
        u8::from(matches!(self, Self::Lockout | Self::Wiped))
    }

    /// What it rests on.
    pub(super) fn rests_on(self) -> &'static [Self] {
        match self {
            Self::Assertion => &[Self::Credential],
            Self::Credential | Self::WindowsCredential => &[Self::Creation],
            Self::Info | Self::Ctap1 => &[],
            Self::Lockout => &[Self::OwnPin],
            Self::Pin => &[Self::PinSet],
            Self::OwnPin | Self::PinSet => &[Self::PinFunction],
            Self::CredentialManagement
            | Self::Creation
            | Self::Extension(_)
            | Self::LargeBlobs
            | Self::PinFunction
            | Self::Wiped => &[Self::Info],
        }
    }
}

/// A verdict, and the numbers and bytes that led to it.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) facts: Map<String, Json>,
}

impl Finding {
    pub(super) fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            facts: Map::new(),
        }
    }

    pub(super) fn pass() -> Self {
        Self::new(Verdict::Pass)
    }

    /// Pass if nothing is wrong, otherwise all that is.
    pub(super) fn of_problems(problems: &[String]) -> Self {
        Self::new(match problems {
            [] => Verdict::Pass,
            problems => Verdict::fail(problems.join("; ")),
        })
    }

    pub(super) fn fact(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

impl From<Verdict> for Finding {
    fn from(verdict: Verdict) -> Self {
        Self::new(verdict)
    }
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Which check.
    pub check: &'static Check,
    /// What it answered.
    pub verdict: Verdict,
    /// Numbers and bytes that led to it.
    pub facts: Map<String, Json>,
    /// How long it took, touches included.
    pub took: Duration,
}

impl fmt::Debug for Check {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id)
    }
}

impl PartialEq for Check {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
