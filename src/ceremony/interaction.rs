//! What a ceremony needs from the person at the keyboard. The ceremony says what it is doing and asks; how that looks is the
//! command line's business.

use std::time::Duration;

use crate::secret::Pin;

/// A part of a ceremony, in the words of the progress display and of the event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Read what the key says about itself.
    InspectKey,
    /// Read the account and its registered keys.
    InspectTenant,
    /// Verify the record before anything is added to it.
    InspectLedger,
    /// Write the intent into the ledger.
    RecordIntent,
    /// Set the first PIN of a fresh key.
    SetPin,
    /// Prove the PIN to the key.
    VerifyPin,
    /// Make the credential on the key.
    CreateCredential,
    /// Judge the attestation.
    VerifyAttestation,
    /// Register the credential in the tenant.
    Register,
    /// Read the registration back from the directory.
    ReadBack,
    /// Have the key sign the ledger's head.
    ProveKey,
    /// Remove the credential that this ceremony made.
    UndoCredential,
    /// Remove the registration that this ceremony made.
    UndoRegistration,
    /// See that the key in hand is the one that the ledger means.
    RecognizeKey,
    /// Change the settings of the key.
    ApplySettings,
    /// Replace the PIN of the key.
    ChangePin,
    /// Take the credential out of the directory.
    RemoveMethod,
    /// Delete the credential of a key that goes out of service.
    DeleteCredential,
    /// Make the key as it left the factory.
    ResetKey,
    /// Read what the tenant is like.
    ReadTenant,
    /// Prove that no emergency account is shut out.
    ProveExclusion,
    /// Change something in the tenant.
    ChangeTenant,
    /// Have somebody sign in.
    SignIn,
    /// Read the sign-in log.
    ReadLog,
    /// Write the outcome into the ledger.
    RecordOutcome,
}

impl Step {
    /// A stable identifier for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::InspectKey => "inspect_key",
            Self::InspectTenant => "inspect_tenant",
            Self::InspectLedger => "inspect_ledger",
            Self::RecordIntent => "record_intent",
            Self::SetPin => "set_pin",
            Self::VerifyPin => "verify_pin",
            Self::CreateCredential => "create_credential",
            Self::VerifyAttestation => "verify_attestation",
            Self::Register => "register",
            Self::ReadBack => "read_back",
            Self::ProveKey => "prove_key",
            Self::UndoCredential => "undo_credential",
            Self::UndoRegistration => "undo_registration",
            Self::RecognizeKey => "recognize_key",
            Self::ApplySettings => "apply_settings",
            Self::ChangePin => "change_pin",
            Self::RemoveMethod => "remove_method",
            Self::DeleteCredential => "delete_credential",
            Self::ResetKey => "reset_key",
            Self::ReadTenant => "read_tenant",
            Self::ProveExclusion => "prove_exclusion",
            Self::ChangeTenant => "change_tenant",
            Self::SignIn => "sign_in",
            Self::ReadLog => "read_log",
            Self::RecordOutcome => "record_outcome",
        }
    }

    /// What a person reads while it goes on.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::InspectKey => "Inspect the key",
            Self::InspectTenant => "Inspect the account in the tenant",
            Self::InspectLedger => "Verify the ledger",
            Self::RecordIntent => "Record the intent",
            Self::SetPin => "Set the PIN",
            Self::VerifyPin => "Prove the PIN to the key",
            Self::CreateCredential => "Create the credential on the key",
            Self::VerifyAttestation => "Verify the attestation",
            Self::Register => "Register the credential in the tenant",
            Self::ReadBack => "Read the registration back",
            Self::ProveKey => "Have the key sign the ledger's head",
            Self::UndoCredential => "Remove the credential from the key",
            Self::UndoRegistration => "Remove the registration from the tenant",
            Self::RecognizeKey => "Recognize the key",
            Self::ApplySettings => "Change the key's settings",
            Self::ChangePin => "Change the PIN",
            Self::RemoveMethod => "Remove the registration from the tenant",
            Self::DeleteCredential => "Delete the credential from the key",
            Self::ResetKey => "Reset the key",
            Self::ReadTenant => "Read the tenant",
            Self::ProveExclusion => "Prove that the accounts get in",
            Self::ChangeTenant => "Change the tenant",
            Self::SignIn => "Sign in",
            Self::ReadLog => "Read the sign-in log",
            Self::RecordOutcome => "Record the outcome",
        }
    }
}

/// Which PIN is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinPurpose {
    /// The PIN that an interrupted ceremony was to give the key.
    Intended,
    /// The PIN that the key has.
    Present {
        /// Tries left before the key locks itself, where the key says.
        retries: Option<u8>,
    },
    /// The PIN that the key shall get.
    New {
        /// The fewest characters that the key accepts.
        minimum: usize,
    },
}

/// No PIN could be had, or what was given cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum PinUnavailable {
    /// The operator gave up at the prompt.
    #[error("the PIN prompt was left without an answer")]
    Declined,
    /// Standard input or the file descriptor could not be read.
    #[error("reading the PIN from {source_name}: {source}")]
    Io {
        /// Where the PIN was to come from.
        source_name: String,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// Neither a terminal nor an option to take a PIN from.
    #[error("a PIN is needed, but there is no terminal and no --pin-stdin or --pin-fd")]
    NoSource,
    /// What was typed cannot be a PIN.
    #[error(transparent)]
    Unusable(#[from] crate::secret::PinError),
    /// The two entries of a new PIN differ.
    #[error("the two entries of the new PIN differ")]
    Mismatch,
}

/// The person, as a ceremony sees them.
pub trait Interaction: Send {
    /// A step begins.
    fn begin(&mut self, step: Step);

    /// The step has ended well; `fact` is what was found or made.
    fn done(&mut self, step: Step, fact: &str);

    /// Something that the operator should know, and that stops nothing.
    fn warn(&mut self, message: &str);

    /// The key is waiting to be touched.
    fn touch_needed(&mut self);

    /// The ceremony waits by itself: throttling, a directory that lags behind its own write.
    fn waiting(&mut self, reason: &str, duration: Duration);

    /// Has the person type `word` before something that cannot be taken back; `stakes` says what will be lost. False unless
    /// exactly that was typed.
    fn confirm(&mut self, stakes: &str, word: &str) -> bool;

    /// The key has to be unplugged and plugged in again.
    fn reinsert_key(&mut self);

    /// Asks for a PIN.
    ///
    /// # Errors
    /// When none can be had.
    fn pin(&mut self, purpose: PinPurpose) -> Result<Pin, PinUnavailable>;
}
