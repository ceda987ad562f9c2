//! Why a secret could not be sealed or opened.

use super::recipient::NotARecipient;
use super::share::ShareError;

/// Why a secret could not be sealed or opened. No text holds any part of a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// age could not encrypt.
    #[error("age could not encrypt: {0}")]
    Encrypt(#[from] age::EncryptError),
    /// What the part held is not what the format wants: it was not sealed by us.
    #[error("the part sealed to {0} was opened and does not hold what it should")]
    Foreign(String),
    /// The secret has a character that would end it too early when it is opened.
    #[error("a secret with a line break cannot be sealed")]
    LineBreak,
    /// No custodian, so nobody could ever open it.
    #[error("there is no custodian to seal it to")]
    NoCustodian,
    /// A custodian without a recipient.
    #[error("custodian {0:?} has no recipient")]
    NoRecipient(String),
    /// None of the identities belongs to a recipient.
    #[error("none of these identities can open it; it is sealed to {}", .0.join(", "))]
    NotForThese(Vec<String>),
    /// A name that nobody could read on a sheet.
    #[error("{0:?} is no name: 1 to 100 characters without control characters")]
    NotAName(String),
    /// A part is damaged, or is no age file.
    #[error("the part sealed to {recipients}: {source}")]
    Part {
        /// Whom the part is sealed to.
        recipients: String,
        /// What age says.
        source: age::DecryptError,
    },
    /// The ledger names a recipient that nothing can be sealed to.
    #[error(transparent)]
    Recipient(#[from] NotARecipient),
    /// The same recipient twice: two custodians who are one, or one whose copy would count twice.
    #[error("custodians {first:?} and {second:?} have the same recipient")]
    SameRecipient {
        /// The custodian who had it first.
        first: String,
        /// The other.
        second: String,
    },
    /// A share, or several together, cannot be used.
    #[error(transparent)]
    Share(#[from] ShareError),
    /// More custodians are needed than there are, or none.
    #[error("{threshold} of {custodians} custodians cannot be needed")]
    Threshold {
        /// How many are to be needed.
        threshold: u8,
        /// How many there are.
        custodians: usize,
    },
    /// Too many for the shares to be told apart.
    #[error("{0} custodians; at most 255 are possible")]
    TooMany(usize),
    /// Two custodians of one name.
    #[error("two custodians are called {0:?}")]
    TwiceNamed(String),
}
