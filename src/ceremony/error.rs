//! Why a ceremony did not reach its end. Facts only; advice and exit status are the command line's.

use uuid::Uuid;

use crate::attestation::policy::PolicyFinding;
use crate::attestation::{self, Finding};
use crate::ceremony::apply::ApplyError;
use crate::ceremony::drill::alert::Unbelievable;
use crate::ceremony::interaction::PinUnavailable;
use crate::ceremony::two_rooms::FileError;
use crate::encoding::printable;
use crate::graph::{self, display_name};
use crate::tenant::preflight::Prediction;
use crate::webauthn::Aaguid;
use crate::{ctap, custody, ledger};

/// Why a ceremony did not reach its end.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The service or the account stands against it.
    #[error("the account {account} cannot be used: {}", obstacles.join("; "))]
    AccountUnfit {
        /// The account as the operator named it.
        account: String,
        /// What stands against it.
        obstacles: Vec<String>,
    },
    /// The key holds a credential for this account already.
    #[error("the key already holds a credential for {account}{}", label.as_ref().map(|label| format!(", enrolled as {label}")).unwrap_or_default())]
    AlreadyEnrolled {
        /// The account.
        account: String,
        /// The label under which the ledger knows the credential.
        label: Option<String>,
    },
    /// A change of the tenant was not made, or is not sure.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The attestation bytes cannot be read at all.
    #[error(transparent)]
    Attestation(#[from] attestation::Error),
    /// The key is not what it claims to be, or could not show it.
    #[error("the attestation was not accepted: {}", against.join("; "))]
    AttestationRefused {
        /// Every line of the verdict.
        findings: Vec<Finding>,
        /// Every line of the policy's verdict.
        policy: Vec<PolicyFinding>,
        /// What stands against the key.
        against: Vec<String>,
    },
    /// A ceremony that was begun on the key is neither finished nor undone.
    #[error("ceremony {ceremony} is still open on {label}")]
    CeremonyOpen {
        /// The key's label.
        label: String,
        /// The ceremony's id in the ledger.
        ceremony: Uuid,
    },
    /// The operator interrupted.
    #[error("interrupted by the operator")]
    Cancelled,
    /// The PIN could not be sealed to its custodians.
    #[error(transparent)]
    Custody(#[from] custody::Error),
    /// The label is too long for the directory.
    #[error(transparent)]
    DisplayName(#[from] display_name::Error),
    /// The directory shows something else than what was registered.
    #[error("the directory's entry {method_id} does not match: {what}")]
    DirectoryMismatch {
        /// The method's id.
        method_id: String,
        /// What differs.
        what: String,
    },
    /// The rows of a log could not be written.
    #[error("writing the rows that were read")]
    Evidence(#[source] std::io::Error),
    /// The key and we do not understand each other, or it refused.
    #[error(transparent)]
    Key(#[from] ctap::Error),
    /// The key is for somebody else.
    #[error("the key {label} is one of {account}")]
    KeyOfAnotherAccount {
        /// The key's label.
        label: String,
        /// Whose it is.
        account: String,
    },
    /// The key's answer proves nothing.
    #[error("the key's assertion does not prove the credential: {0}")]
    KeyProof(String),
    /// The key was to be one that nobody uses, and shows signs of use.
    #[error("the key is in use: {}", .0.join("; "))]
    KeyInUse(Vec<String>),
    /// The key cannot do what Entra needs.
    #[error("the key cannot be used: {}", .0.join("; "))]
    KeyUnfit(Vec<String>),
    /// The label names another key.
    #[error("the label {label} is taken by a key of {account}")]
    LabelTaken {
        /// The label.
        label: String,
        /// The account whose key has it.
        account: String,
    },
    /// The record could not be read or written.
    #[error(transparent)]
    Ledger(Box<ledger::Error>),
    /// Plan or policy want another model.
    #[error("the key for {label} is of model {model}: {why}")]
    ModelRefused {
        /// The label that the key was to have.
        label: String,
        /// What it is.
        model: Aaguid,
        /// Who refuses it, and by what.
        why: String,
    },
    /// There is no emergency account to ask about.
    #[error("no emergency account is known{}", .0.iter().map(|why| format!("; {why}")).collect::<String>())]
    NoAccounts(Vec<String>),
    /// The ceremony needs the key and was started without one.
    #[error("the key is not in hand")]
    NoKeyInHand,
    /// The ceremony can't be finished as things are.
    #[error("ceremony {ceremony} cannot be finished: {why}")]
    NotFinishable {
        /// The ceremony's id in the ledger.
        ceremony: Uuid,
        /// What stands against it.
        why: String,
    },
    /// The ceremony can't be taken back any more.
    #[error("ceremony {ceremony} cannot be undone: {why}")]
    NotUndoable {
        /// The ceremony's id in the ledger.
        ceremony: Uuid,
        /// What stands against it.
        why: String,
    },
    /// Something that cannot be taken back was not confirmed.
    #[error("not done: {0:?} was not typed")]
    NotConfirmed(String),
    /// The key was to be unplugged and plugged in again, and was not.
    #[error("the key was not unplugged and plugged in again in time")]
    NotPluggedInAgain,
    /// Another key was plugged in where one was unplugged.
    #[error("the key that was plugged in is not the one that was unplugged: {0}")]
    NotTheSameKey(String),
    /// No open ceremony has this identifier, and none is on a key with this label.
    #[error("no ceremony is open on {0}")]
    NoSuchCeremony(String),
    /// No drill of this name, or none at all, in which the account was signed in.
    #[error("the ledger knows no drill{} in which the account was signed in", .0.as_ref().map_or_else(String::new, |name| format!(" {}", printable(name))))]
    NoSuchDrill(Option<String>),
    /// The ceremony needs a tenant and was started without one.
    #[error("no tenant is configured")]
    NoTenant,
    /// A file from another room cannot be used.
    #[error("the file from the other room: {0}")]
    OtherRoom(#[from] FileError),
    /// The key is out of service already.
    #[error("the key {label} is out of service: {why}")]
    OutOfService {
        /// The key's label.
        label: String,
        /// How it came to that.
        why: String,
    },
    /// No PIN.
    #[error(transparent)]
    Pin(#[from] PinUnavailable),
    /// The PIN that the key is to get is sealed to its custodians, and nobody has opened it.
    #[error(
        "the PIN that {0} is to get is sealed, and any other would leave its custodians with the wrong one"
    )]
    PinSealed(String),
    /// The tenant would certainly refuse the key.
    #[error("the tenant would refuse a key of {account}: {}", prediction.reasons().join("; "))]
    Preflight {
        /// The account.
        account: String,
        /// Every line.
        prediction: Box<Prediction>,
    },
    /// The key must be plugged in anew, and did not come back, or nobody could open it again.
    #[error("the key takes this only right after it was plugged in")]
    ReinsertionNeeded,
    /// No review was held, or none is in that entry.
    #[error("{}", .0.map_or_else(|| "no review was held".to_owned(), |index| format!("entry {index} is no review")))]
    NoReview(Option<u64>),
    /// A file is not the one that an entry names.
    #[error(
        "the {what} is not the one of entry {entry}: its SHA-256 is {found}, and the entry has {recorded}"
    )]
    ReviewFile {
        /// `report`, `document` or `list of rows`.
        what: &'static str,
        /// The entry of the review, or of the look into the logs.
        entry: u64,
        /// The hash of the file at hand, hexadecimal.
        found: String,
        /// The hash in the entry.
        recorded: String,
    },
    /// This person has signed this review.
    #[error(
        "{} has signed the review of entry {review} already",
        printable(reviewer)
    )]
    ReviewSignedAlready {
        /// The person.
        reviewer: String,
        /// The entry with the review.
        review: u64,
    },
    /// There is no entry yet that a reviewer's key could sign.
    #[error("the ledger is empty: a reviewer's key signs its head")]
    ReviewerBeforeEntries,
    /// The name is a reviewer's already.
    #[error("{} is a reviewer already", printable(.0))]
    ReviewerKnown(String),
    /// Nobody of this name signs reviews.
    #[error("{} is no reviewer", printable(.0))]
    ReviewerUnknown(String),
    /// The key in hand signs for somebody else.
    #[error("the key in hand signs for another reviewer already")]
    ReviewersKey,
    /// A setting that the key does not have, or cannot get.
    #[error("the key cannot be set so: {0}")]
    SettingImpossible(String),
    /// The ceremony ended in the middle and something remains that it could not take back.
    #[error("stopped in the middle of ceremony {ceremony}: {remains}; {source}")]
    Stopped {
        /// The ceremony's id in the ledger.
        ceremony: Uuid,
        /// What remains, and where.
        remains: String,
        /// What stopped it.
        source: Box<Error>,
    },
    /// The tenant refused or could not be reached.
    #[error(transparent)]
    Tenant(#[from] graph::Error),
    /// The account would keep fewer working keys than it should.
    #[error("the account {account} would keep {left} working keys")]
    TooFewKeys {
        /// The account.
        account: String,
        /// Working keys that it would keep.
        left: usize,
    },
    /// Trying a PIN could leave fewer tries than the tool keeps.
    #[error("the key has {left} PIN tries left, and a wrong one would leave fewer than {kept}")]
    TooFewPinTries {
        /// Tries left.
        left: u8,
        /// Tries that are kept.
        kept: u8,
    },
    /// No key in the ledger has this label.
    #[error("the ledger knows no key {0}")]
    UnknownLabel(String),
    /// No credential in the ledger is on the key in hand.
    #[error("no key in the ledger matches the key in hand")]
    UnknownKey,
    /// The directory gave an id that is none.
    #[error("{0:?} is no object id")]
    NoObjectId(String),
    /// What is said of an alert cannot be.
    #[error(transparent)]
    Alert(#[from] Unbelievable),
    /// Another key is in hand.
    #[error("the key in hand is {found}, not {wanted}")]
    WrongKey {
        /// The label asked for.
        wanted: String,
        /// What the key in hand is.
        found: String,
    },
}

impl Error {
    /// A short word for the ledger; the message says the rest.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Attestation(_) | Self::AttestationRefused { .. } => "attestation",
            Self::Cancelled => "cancelled",
            Self::Key(ctap::Error::Pin { .. } | ctap::Error::PinUnfit(_))
            | Self::Pin(_)
            | Self::PinSealed(_) => "pin",
            Self::AlreadyEnrolled { .. }
            | Self::Key(_)
            | Self::KeyInUse(_)
            | Self::KeyOfAnotherAccount { .. }
            | Self::KeyProof(_)
            | Self::KeyUnfit(_)
            | Self::ModelRefused { .. }
            | Self::NoKeyInHand
            | Self::NotPluggedInAgain
            | Self::NotTheSameKey(_)
            | Self::ReinsertionNeeded
            | Self::ReviewersKey
            | Self::SettingImpossible(_)
            | Self::TooFewPinTries { .. }
            | Self::UnknownKey
            | Self::UnknownLabel(_)
            | Self::WrongKey { .. } => "key",
            Self::AccountUnfit { .. }
            | Self::Apply(_)
            | Self::DirectoryMismatch { .. }
            | Self::DisplayName(_)
            | Self::NoAccounts(_)
            | Self::NoObjectId(_)
            | Self::Preflight { .. }
            | Self::Tenant(_)
            | Self::NoTenant => "tenant",
            Self::CeremonyOpen { .. }
            | Self::LabelTaken { .. }
            | Self::Ledger(_)
            | Self::NoReview(_)
            | Self::ReviewFile { .. }
            | Self::ReviewSignedAlready { .. }
            | Self::ReviewerBeforeEntries
            | Self::ReviewerKnown(_)
            | Self::ReviewerUnknown(_)
            | Self::NoSuchCeremony(_)
            | Self::NoSuchDrill(_)
            | Self::Alert(_)
            | Self::NotFinishable { .. }
            | Self::NotUndoable { .. }
            | Self::OtherRoom(_)
            | Self::OutOfService { .. } => "ledger",
            Self::Custody(_) => "custody",
            Self::Evidence(_) => "write",
            Self::NotConfirmed(_) | Self::TooFewKeys { .. } => "declined",
            Self::Stopped { source, .. } => source.code(),
        }
    }
}

/// An error with its causes, for records and findings, where nobody asks for the cause afterwards.
pub(crate) fn in_full(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Many messages already end in their cause's.
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

impl From<ledger::Error> for Error {
    fn from(error: ledger::Error) -> Self {
        Self::Ledger(Box::new(error))
    }
}
